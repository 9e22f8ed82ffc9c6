"""*Applications*: by state; one's way from score to receipt, the exact bytes that left, and the decision where it is unclear."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from rolecall.applying import elsewhere, follow
from rolecall.errors import InvalidInput
from rolecall.monitoring.audit import about_application
from rolecall.services.ai import shown_forms
from rolecall.store import Connection, sql
from rolecall.web import inbox_pages
from rolecall.web.language import mark
from rolecall.web.page_context import SQL, PageContext, known_id, opened, person_of, text_of, viewer_of
from rolecall.web.templating import STATES, page
from rolecall.web.viewer import acting
from rolecall.web.ways import ways_pages

PAGE, IN_A_COLUMN = 50, 12
ORDER = ("uncertain", "planned", "approved", "submitting", "submitted", "refused", "cancelled")
"""The states in the order in which they want to be looked at."""

DECISIONS = ("received", "not received", "withdraw", "take a no back")


def router(context: PageContext) -> APIRouter:
    """``/applications``."""
    routes = APIRouter()

    @routes.get("/applications")
    def applications(
        request: Request,
        state: Annotated[str, Query(pattern="^[a-z]{0,20}$")] = "",
        after: Annotated[str, Query(max_length=120)] = "",
        view: Annotated[str, Query(pattern="^(table|board)$")] = "table",
    ) -> Response:
        """A page of applications, newest first; or a board with a column a state."""
        if state and state not in STATES:
            raise HTTPException(404)
        at, _, identity = after.partition(" ")
        try:
            place = {"after_at": datetime.fromisoformat(at) if at else None, "after_id": known_id(identity) if at else None}
        except ValueError:
            raise HTTPException(404) from None
        columns: list[dict[str, Any]] = []
        with opened(context, request) as (conn, person):
            if view == "board":
                columns = conn.execute(
                    sql(SQL / "applications_board.sql"), {"person": person["id"], "states": list(ORDER), "each": IN_A_COLUMN}
                ).fetchall()
            asked = {"person": person["id"], "state": state, "limit": PAGE + 1, **place}
            rows = conn.execute(sql(SQL / "applications.sql"), asked, prepare=False).fetchall()
            found = conn.execute(sql(SQL / "application_counts.sql"), {"person": person["id"]}).fetchall()
            came_of_it = inbox_pages.came_of_it(conn, person["id"]) if not state and not after else {}
        counts = {row["state"]: row["many"] for row in found}
        following = ""
        if len(rows) > PAGE:
            last = rows[PAGE - 1]
            following = urlencode({"state": state, "after": f"{last['created_at'].isoformat()} {last['id']}"})
        return page(
            request,
            "applications.html",
            title="Applications",
            here="applications",
            rows=rows[:PAGE],
            view=view,
            columns=[(one, [row for row in columns if row["state"] == one]) for one in ORDER],
            counts=counts,
            order=ORDER,
            state=state,
            following=following,
            total=sum(counts.values()),
            came_of_it=came_of_it,
        )

    @routes.get("/applications/{application_id}")
    def application(request: Request, application_id: str) -> Response:
        """One application, from its score to its receipt."""
        with opened(context, request) as (conn, person):
            dossier = about_application(conn, _own(conn, person["id"], application_id))
            edits = conn.execute(EDITS, (application_id,)).fetchall()
            answers = inbox_pages.of_application(conn, person["id"], application_id)
            pictured = shown_forms.picture_of(conn, person["id"], application_id) is not None
        return page(
            request,
            "application.html",
            title=dossier["application"]["title"] or "Application",
            here="applications",
            row=dossier["application"],
            dossier=dossier,
            steps=steps(dossier, edits),
            sent=sent_bytes(dossier),
            edits=edits,
            answers=answers,
            pictured=pictured,
            own_runs=(elsewhere.RUN, elsewhere.DATED),
            **ways_pages.words(),
        )

    @routes.post("/applications/{application_id}/settle")
    def settle(request: Request, application_id: str) -> Response:
        """What a person says of it: received, not received, taken back."""
        decision, viewer = text_of(request, "decision"), viewer_of(request)
        detail, kind = text_of(request, "detail", most=2_000), text_of(request, "evidence") or "statement"
        if decision not in DECISIONS or kind not in ("receipt", "mail", "screenshot", "statement"):
            raise InvalidInput("decision", "is none of those that can be made", fix="use one of the buttons")
        if len(detail) < 3 and decision in ("received", "not received"):
            raise InvalidInput(
                "detail", "does not say what you saw", fix="go back and say it: a receipt's number, a mail's subject and date"
            )
        with acting(context.database, viewer, f"settled: {decision}", f"application:{known_id(application_id)}") as conn:
            identity = _own(conn, person_of(conn, request), application_id)
            follow.decide_by_hand(conn, identity, decision, kind, detail or "on the page", viewer.actor)  # type: ignore[arg-type]
        return RedirectResponse(f"{request.scope.get('root_path', '')}/applications/{identity}", status_code=303)

    return routes


EDITS = "select edited_at, edited_by, confirmed from letter_edit where application_id = %s order by id"


def _own(conn: Connection, person_id: str, application_id: str) -> str:
    """The id, where the application is this person's.

    :raises HTTPException: 404
    """
    identity = known_id(application_id)
    if not conn.execute("select 1 from application where id = %s and person_id = %s", (identity, person_id)).fetchone():
        raise HTTPException(404)
    return identity


def sent_bytes(dossier: dict[str, Any]) -> str:
    """What the AI service was asked, or will be: the request's body, and the key it goes under. What it sent on stands in its answer. Empty
    where nothing is asked of it: cancelled, erased, or sent by the person themselves."""
    row = dossier["application"]
    if row["state"] == "cancelled" or row["erased_at"] or row["run_id"] in (elsewhere.RUN, elsewhere.DATED):
        return ""
    body = {"jobId": row["job_id"], "cvId": row["cv_id"], "coverLetter": dossier["letter"] or "", "platform": row["source"]}
    if row["prepared_hash"]:
        body["hash"] = row["prepared_hash"]
    return f"POST /api/auto-apply\nIdempotency-Key: {row['idempotency_key']}\n\n{json.dumps(body, ensure_ascii=False, indent=1)}"


def steps(dossier: dict[str, Any], edits: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What happened, in order: ``[{at, what, words}]``, some with ``which``."""
    row, found = dossier["application"], list[dict[str, Any]]()
    match = dossier["match"] or {}
    if match.get("matched_at"):
        found.append(
            {
                "at": _time(match["matched_at"]),
                "what": mark("matched"),
                "words": f"{int(match['score'] * 100)} %, {match['engine'] or ''}",
            }
        )
    for event in dossier["events"] or []:
        found.append({"at": _time(event["at"]), "what": STATES[event["to_state"]], "words": event["reason"]})
    for edit in edits:
        confirmed = f"; said to be true: {', '.join(edit['confirmed'])}" if edit["confirmed"] else ""
        found.append({"at": edit["edited_at"], "what": mark("letter reworded"), "words": f"by {edit['edited_by']}{confirmed}"})
    for evidence in dossier["evidence"] or []:
        words = f"{evidence['outcome']}: {evidence['detail']} ({evidence['actor']})"
        found.append(
            {"at": _time(evidence["noted_at"]), "what": mark("evidence"), "which": evidence["evidence"].replace("_", " "), "words": words}
        )
    for message in dossier["messages"] or []:
        if message["sent_at"]:
            found.append(
                {
                    "at": _time(message["sent_at"]),
                    "what": mark("told by message"),
                    "which": message["type"],
                    "words": message["subject"] or message["kind"] or "",
                }
            )
    if row["employer_status"] and row["employer_status_at"]:
        found.append({"at": _time(row["employer_status_at"]), "what": mark("the employer"), "words": row["employer_status"]})
    return sorted(found, key=lambda one: one["at"])


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
