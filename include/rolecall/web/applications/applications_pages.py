"""*Applications*: by state; one's way from score to receipt, the exact bytes that left, and the decision where it is unclear."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any, LiteralString
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from rolecall.applying import elsewhere, follow
from rolecall.applying.answers.canonical import canonical_meaning
from rolecall.errors import InvalidInput
from rolecall.monitoring.audit import about_application
from rolecall.outbox.compose import BOARD_NAMES
from rolecall.services.ai import shown_forms
from rolecall.store import Connection, sql
from rolecall.web.applications import inbox_pages
from rolecall.web.language import mark
from rolecall.web.page_context import SQL, PageContext, known_id, opened, person_of, text_of, turn_to, viewer_of
from rolecall.web.templating import STATES, page, percent, tell
from rolecall.web.viewer import acting_transaction
from rolecall.web.ways import ways_pages

PAGE, IN_A_COLUMN = 50, 12
ORDER = ("uncertain", "planned", "approved", "submitting", "submitted", "refused", "cancelled")
"""The states in the order in which they want to be looked at."""

BEGUN, CHANGED = "a.created_at", "coalesce(a.submitted_at, a.updated_at)"
SORTED: dict[str, tuple[LiteralString, LiteralString, LiteralString, str]] = {
    "": (BEGUN, "desc", "<", mark("Newest first, by when it was begun.")),
    "oldest": (BEGUN, "asc", ">", mark("Oldest first, by when it was begun.")),
    "changed": (CHANGED, "desc", "<", mark("Latest change first.")),
    "unchanged": (CHANGED, "asc", ">", mark("Longest without a change first.")),
}
"""Orders of the table by their name in the address: what they go by, which way, what lies beyond a row, and how the page says it."""

OVER = ("withdrawn", "rejected", "declined", "not_selected")
"""Statuses of an employer after which there is nothing to withdraw."""

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
        order: Annotated[str, Query(pattern="^[a-z]{0,10}$")] = "",
    ) -> Response:
        """A page of applications, newest first unless another order is asked for; or a board with a column a state."""
        if (state and state not in STATES) or order not in SORTED:
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
            rows = conn.execute(in_order(order), asked, prepare=False).fetchall()
            found = conn.execute(sql(SQL / "application_counts.sql"), {"person": person["id"]}).fetchall()
            came_of_it = inbox_pages.came_of_it(conn, person["id"]) if not state and not after else {}
        counts = {row["state"]: row["many"] for row in found}
        following = ""
        if len(rows) > PAGE:
            last = rows[PAGE - 1]
            following = urlencode({"state": state, "order": order, "after": f"{last['ordered_at'].isoformat()} {last['id']}"})
        return page(
            request,
            "applications.html",
            title="Applications",
            here="applications",
            rows=rows[:PAGE],
            view=view,
            columns=[(one, [row for row in columns if row["state"] == one]) for one in ORDER],
            counts=counts,
            states_shown=ORDER,
            state=state,
            order=order,
            sorted_by=SORTED[order][3],
            following=following,
            total=sum(counts.values()),
            came_of_it=came_of_it,
            says_sent=follow.SAYS_SENT,
            sent_by_hand=partial(sent_by_hand, request),
        )

    @routes.get("/applications/{application_id}")
    def application(request: Request, application_id: str) -> Response:
        """One application, from its score to its receipt."""
        with opened(context, request) as (conn, person):
            dossier = about_application(conn, _id_of_own(conn, person["id"], application_id))
            edits = conn.execute(EDITS, (application_id,)).fetchall()
            asked = conn.execute(ASKED, (application_id,)).fetchall()
            told = conn.execute(TOLD, (application_id,)).fetchall()
            answers = inbox_pages.of_application(conn, person["id"], application_id)
            pictured = shown_forms.picture_of(conn, person["id"], application_id) is not None
            pictured_after = shown_forms.picture_of(conn, person["id"], application_id, after=True) is not None
        return page(
            request,
            "application.html",
            title=dossier["application"]["title"] or "Application",
            here="applications",
            row=dossier["application"],
            dossier=dossier,
            steps=steps(dossier, edits, asked, told),
            sent=sent_bytes(dossier),
            edits=edits,
            answers=answers,
            pictured=pictured,
            pictured_after=pictured_after,
            own_runs=OWN_RUNS,
            over=OVER,
            sent_by_hand=partial(sent_by_hand, request),
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
        with acting_transaction(context.database, viewer, f"settled: {decision}", f"application:{known_id(application_id)}") as conn:
            identity = _id_of_own(conn, person_of(conn, request), application_id)
            follow.carry_out_decision(conn, identity, decision, kind, detail or "on the page", viewer.actor)  # type: ignore[arg-type]
        return turn_to(request, f"applications/{identity}")

    return routes


def in_order(order: str) -> LiteralString:
    """The statement that lists applications in one of the orders of :data:`SORTED`."""
    by, way, beyond, _ = SORTED[order]
    listed: LiteralString = sql(SQL / "applications.sql")
    return listed.replace("/* by */", by).replace("/* way */", way).replace("/* beyond */", beyond)


def sent_by_hand(request: Request, source: str) -> str:
    """That a person sent it themselves, and where."""
    if source == elsewhere.RUN:
        return tell(request, mark("by hand"))
    return tell(request, mark("by hand, on %(board)s's page"), board=BOARD_NAMES.get(source, source))


OWN_RUNS = (elsewhere.RUN, elsewhere.DATED)
ASKED = """
select asked_at, answer, answered_by, answered_at, run_id = 'page' as unasked from approval where application_id = %s order by asked_at
"""
TOLD = """
select told.question, told.value, told.told_at
from application a join person_answer told on told.person_id = a.person_id
where a.id = %s and told.state = 'confirmed' and told.told_at > a.created_at and told.told_at <= coalesce(a.submitted_at, 'infinity')
order by told.told_at
"""
"""What the person told while the application was there and had not left: their answer to what it asked, where it asked that."""

EDITS = "select edited_at, edited_by, confirmed from letter_edit where application_id = %s order by id"


def _id_of_own(conn: Connection, person_id: str, application_id: str) -> str:
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
    if row["state"] == "cancelled" or row["erased_at"] or row["run_id"] in OWN_RUNS:
        return ""
    body = {"jobId": row["job_id"], "cvId": row["cv_id"], "coverLetter": dossier["letter"] or "", "platform": row["source"]}
    if row["prepared_hash"]:
        body["hash"] = row["prepared_hash"]
    return f"POST /api/auto-apply\nIdempotency-Key: {row['idempotency_key']}\n\n{json.dumps(body, ensure_ascii=False, indent=1)}"


def steps(
    dossier: dict[str, Any], edits: list[dict[str, Any]], asked: list[dict[str, Any]], told: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """What happened, in order: ``[{at, what, words}]``, some with ``which``; ``untimed``: nobody noted when, only what it came before."""
    row, found = dossier["application"], list[dict[str, Any]]()
    match = dossier["match"] or {}
    if match.get("matched_at"):
        found.append(
            {
                "at": _time(match["matched_at"]),
                "what": mark("matched"),
                "words": ", ".join(filter(None, (percent(match["score"]), match["engine"]))),
            }
        )
    for event in dossier["events"] or []:
        if event["to_state"] != "submitted" and str(event["reason"]).startswith("you applied for it yourself"):
            continue  # on its way to submitted, in one transaction
        found.append({"at": _time(event["at"]), "what": STATES[event["to_state"]], "words": event["reason"]})
    found += _questions(row, asked, told)
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
    if row["employer_status"] and row["employer_status_at"] and row["employer_status"] not in follow.SAYS_SENT:
        found.append({"at": _time(row["employer_status_at"]), "what": mark("the employer"), "words": row["employer_status"]})
    return sorted(found, key=lambda one: one["at"])


def _questions(row: dict[str, Any], asked: list[dict[str, Any]], told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the person was asked of it, and what they answered: their yes, and what its form asks."""
    found: list[dict[str, Any]] = []
    for one in asked:
        if not one["unasked"]:
            found.append({"at": one["asked_at"], "what": mark("asked"), "which": mark("is it sent?"), "words": ""})
        if one["answer"] and one["answered_at"]:
            said = mark("nobody answered in time") if one["answer"] == "none" else one["answer"]
            found.append({"at": one["answered_at"], "what": mark("answered"), "which": said, "words": one["answered_by"] or ""})
    said_of = {one["question"]: one for one in told}
    for answer in (row["prepared"] or {}).get("answers") or []:
        if answer.get("source") != "confirmed":
            continue
        key = canonical_meaning(answer["question"], country=answer.get("country") or "", sensitive=bool(answer.get("sensitive"))).key
        if own := said_of.pop(key, None):
            value = own["value"] if isinstance(own["value"], str) else ", ".join(map(str, own["value"]))
            found.append({"at": own["told_at"], "what": mark("asked"), "which": answer["question"], "words": "", "untimed": True})
            found.append({"at": own["told_at"], "what": mark("answered"), "which": value, "words": ""})
    if row["state"] == "planned":
        last = datetime.now(UTC)
        words = [one["question"] for one in row["open_questions"] or []]
        found += [{"at": last, "what": mark("asked"), "which": one, "words": "", "untimed": True} for one in words]
    return found


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
