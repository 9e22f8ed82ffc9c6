"""The one-time link of a mail that asks: what would be sent, and buttons. Opening it decides nothing; mail scanners open links.

Whoever has the link answers for the person, and sees and decides what that one run asked, nothing else of theirs. It works once; the
page that says what was answered gives the next one, for what is still open and for taking back.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import Response

from rolecall.applying import approval, decisions
from rolecall.errors import InvalidInput
from rolecall.store import Connection
from rolecall.store.visible import see_person
from rolecall.web.page_context import PageContext, known_id
from rolecall.web.templating import ANSWERED, page, refusal, tell
from rolecall.web.viewer import Viewer, acting_transaction, check_form, csrf_of
from rolecall.web.ways import ways_pages

TOKEN = 200
"""Characters a link's token has at most."""

NEXT = timedelta(days=30)
"""How long the link works that the page gives after an answer. What the run asked is over sooner; a no can be taken back meanwhile."""

ACTOR = "the person, by the link in their mail"


class LinkOver(Exception):
    """The link was used meanwhile."""


def router(context: PageContext) -> APIRouter:
    """``/answer/{token}``: needs no login."""
    routes = APIRouter()

    def shown(request: Request, token: str, *, status: int = 200, said: str = "", wrong: str = "", again: int = 0) -> Response:
        with context.database.connection() as conn:
            see_person(conn, approval.person_of_link(conn, token) or "")
            run = approval.run_of_link(conn, token)
            if run is None:
                return over(request)
            found = approval.still_open(conn, run, now=datetime.now(UTC))
            values: dict[str, Any] = {
                "open": _with_what_leaves(conn, found),
                "answers": approval.answers_of_run(conn, run),
                **ways_pages.words(),
            }
        return page(
            request,
            "answer.html",
            status=status,
            title="Your answers",
            token=token,
            csrf=csrf_of(token),
            said=said,
            wrong=wrong,
            again=again,
            **values,
        )

    @routes.get("/answer/{token}")
    def look(request: Request, token: str) -> Response:
        """What the run asked, with buttons. Changes nothing."""
        return shown(request, token[:TOKEN])

    @routes.post("/answer/{token}")
    async def answer(request: Request, token: str) -> Response:
        """Yes, later, no, or a taking back, for what is ticked."""
        token = token[:TOKEN]
        sent = await request.form(max_files=1, max_fields=500)
        check_form(request, sent, csrf_of(token))
        return await run_in_threadpool(answered, request, token, sent)

    def answered(request: Request, token: str, sent: FormData) -> Response:
        ticked = [str(one) for one in sent.getlist("application")][:100]
        said = {str(one) for one in sent.getlist("answer")}
        if len(said) != 1 or not said <= {"yes", "later", "no", "back"}:
            return shown(request, token, status=422, wrong="That says neither yes, later nor no, or several at once. Nothing was changed.")
        if not ticked:
            return shown(request, token, status=422, wrong="Nothing was ticked, and nothing was changed: tick what you mean.")
        what = said.pop()
        try:
            with context.database.connection() as conn:
                person = approval.person_of_link(conn, token) or ""
            with acting_transaction(
                context.database, Viewer(person, ACTOR, True, False, ""), f"answered {what}", f"{len(ticked)} applications"
            ) as conn:
                run = approval.use_link(conn, token)
                if run is None:
                    raise LinkOver
                named = _decided(conn, run, person, ticked, what)
                token = approval.make_link(conn, run, person, base_url="", lasts=NEXT).rpartition("/")[2]
        except LinkOver:
            return over(request)
        except InvalidInput as error:
            return shown(request, token, status=409, wrong=refusal(request, error))
        seconds = f"{decisions.UNDO.total_seconds():.0f}"
        return shown(request, token, said=tell(request, ANSWERED[what], names=", ".join(named), seconds=seconds), again=NEXT.days)

    def over(request: Request) -> Response:
        fix = "answer on the page, or tell whoever runs Rolecall for you what is to be sent"
        return page(request, "failed.html", status=410, title="This link was used, or its time is over", fix=fix)

    return routes


def _with_what_leaves(conn: Connection, found: approval.PendingApproval | None) -> list[dict[str, Any]]:
    """What is asked, each with its job, way out, files and answers as *Approve* shows them."""
    if found is None:
        return []
    rows = {row["id"]: row for row in decisions.applications_waiting(conn, found.person_id, later=True, limit=500)}
    return [{**rows[one.application_id], "label": one.label} for one in found.decisions if one.application_id in rows]


def _decided(conn: Connection, run: str, person: str, ticked: list[str], what: str) -> list[str]:
    """Answers, within what the run asked.

    :raises InvalidInput: something else was ticked, or changed since it was shown; nothing was changed
    """
    pairs = [(known_id(identity), content_hash) for identity, _, content_hash in (one.partition(":") for one in ticked)]
    if what == "back":
        _within(pairs, {row["id"] for row in approval.answers_of_run(conn, run)})
        return [decisions.undo(conn, person, identity, by=ACTOR) for identity in dict(pairs)]
    found = approval.still_open(conn, run, now=datetime.now(UTC))
    _within(pairs, {one.application_id for one in found.decisions} if found else set())
    return decisions.decide(conn, person, pairs, what, by=ACTOR)  # type: ignore[arg-type]


def _within(pairs: list[tuple[str, str]], known: set[str]) -> None:
    if [identity for identity, _ in pairs if identity not in known]:
        raise InvalidInput("application", "one of these was answered or changed meanwhile, or was not asked here", fix="look again")
