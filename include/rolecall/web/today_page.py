"""*Today*: what waits, what happened since yesterday, what comes next, what is not set up."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from rolecall.applying import decisions
from rolecall.applying.answers import bank
from rolecall.applying.answers.open_questions import open_questions
from rolecall.applying.follow import SAYS_SENT
from rolecall.errors import InvalidInput
from rolecall.people.own_matches import what_was_looked_at, whole_catalog
from rolecall.store import sql
from rolecall.store.visible import see_everybody
from rolecall.web.applications import inbox_pages
from rolecall.web.language import mark
from rolecall.web.page_context import (
    SQL,
    PageContext,
    form_of,
    known_id,
    mode,
    opened,
    operator_of,
    person_of,
    text_of,
    turn_to,
    viewer_of,
)
from rolecall.web.templating import page, tell
from rolecall.web.viewer import acting_transaction

LEFT_OUT = 6
"""Reasons why jobs were left out, as many as are told."""

LEFT_OUT_AT = {"held_back": "/jobs", "threshold": "/jobs", "quarantined": "/jobs?show=held"}
"""Where the jobs are that were left out; what a wish left out leads to the wishes: it was not scored for this person."""

MISSING = 3
"""What a best match lacks, as many as are named."""


def router(context: PageContext) -> APIRouter:
    """``/`` and, for operators, whose page it is."""
    routes = APIRouter()

    @routes.get("/")
    def today(request: Request) -> Response:
        """The person's day; an operator who has chosen nobody of several chooses first."""
        chosen = viewer_of(request).person_id
        with opened(context, request) as (conn, person):
            if chosen is None and person["people"] > 1:
                return turn_to(request, "people")
            asked = {"person": person["id"], "threshold": person["threshold"], "sent": list(SAYS_SENT)}
            facts = conn.execute(sql(SQL / "today.sql"), asked).fetchone() or {}
            happened = conn.execute(sql(SQL / "happened.sql"), asked).fetchall()
            catalog = context.same_for_all("catalog", lambda: whole_catalog(conn))
            mine = what_was_looked_at(conn, person["id"], catalog)
            questions, held = open_questions(conn, person["id"]), decisions.applications_on_hold(conn, person["id"])
            answers = inbox_pages.of_today(conn, person["id"])
            best = conn.execute(sql(SQL / "best.sql"), asked).fetchone()
        return page(
            request,
            "today.html",
            title="Today",
            here="today",
            person=person,
            facts=facts,
            happened=happened,
            questions=questions,
            held=held,
            best=best,
            answers=answers,
            lacks=lacking(best),
            todo=not_set_up(request, person, facts),
            threshold=person["threshold"],
            left_out=mine["leftOut"][:LEFT_OUT],
            left_out_at=LEFT_OUT_AT,
            note=mine.get("note") or "",
            jobs=mine["jobs"] or 0,
            catalog=mine["catalog"],
        )

    @routes.post("/questions")
    def answer(request: Request) -> Response:
        """Keeps the person's answer to one question: what waited for it goes on by itself."""
        viewer, form = viewer_of(request), form_of(request)
        question, country = text_of(request, "question", most=2_000), text_of(request, "country")
        options = [str(one)[:2_000] for one in form.getlist("option")][:1_000]
        said = [str(one).strip() for one in form.getlist("value") if str(one).strip()][:100]
        with acting_transaction(context.database, viewer, "answered a question", "answer") as conn:
            person = person_of(conn, request)
            if text_of(request, "never"):
                bank.mark_never_answered(conn, person, question, options=options, country=country)
            else:
                value = said if text_of(request, "several") else said[0] if said else ""
                bank.save_answer(conn, person, question, value, options=options, country=country)
        at = f"approve#a-{known_id(back)}" if (back := text_of(request, "back")) else "#questions"
        return turn_to(request, f"{at}")

    @routes.post("/stop")
    def stop(request: Request) -> Response:
        """Stops what is about to leave without a yes."""
        viewer = viewer_of(request)
        with acting_transaction(context.database, viewer, "stopped what was about to leave", "applications") as conn:
            decisions.stop_held(conn, person_of(conn, request), by=viewer.actor)
        return turn_to(request, "approve")

    @routes.get("/people")
    def people(request: Request) -> Response:
        """Everybody, for whoever runs Rolecall."""
        operator_of(request)
        with opened(context, request) as (conn, _):
            see_everybody(conn)
            rows = conn.execute("select id, name from person order by id limit 200").fetchall()
        return page(request, "people.html", title="People", here="people", people=rows)

    @routes.post("/people")
    def show(request: Request) -> Response:
        """Turns to another person's page."""
        viewer, chosen = operator_of(request), text_of(request, "person")
        response = turn_to(request, "")
        with acting_transaction(context.database, viewer, "turned to a person's page", "page"):
            pass
        if not context.gate.show(request, context.database, response, viewer, chosen):
            raise InvalidInput("person", "there is no such person", fix="choose one of the list")
        return response

    return routes


def lacking(best: dict[str, Any] | None) -> list[str]:
    """What the best match asks for and the CV does not say."""
    reasons = [one for one in (best or {}).get("reasons") or [] if isinstance(one, dict)]
    return [str(one.get("label")) for one in reasons if one.get("verdict") == "missing" and one.get("kind") != "title"][:MISSING]


def not_set_up(request: Request, person: dict[str, Any], facts: dict[str, Any]) -> list[tuple[str, str, str]]:
    """What is not set up, as ``(words, where it is, what is there)``, the first things first."""
    said = person["preferences"] if isinstance(person["preferences"], dict) else {}
    criteria = said.get("criteria") if isinstance(said.get("criteria"), dict) else {}
    todo = []
    if facts.get("odd_wish"):
        wrong = tell(request, mark("A wish cannot be understood, and nothing is applied for: %(why)s"), why=facts["odd_wish"])
        todo.append((wrong, "/me#wishes", mark("correct it")))
    if not facts.get("cvs"):
        todo.append((mark("There is no CV: nothing can be matched."), "/me#cv", mark("upload one")))
    if not criteria or not criteria.get("keywords"):
        todo.append((mark("No wishes: boards are not searched for you."), "/me#wishes", mark("say what you look for")))
    if mode(said) == "look":
        todo.append((mark("Nothing is sent in your name: you only look."), "/me#mode", mark("change it")))
    return todo
