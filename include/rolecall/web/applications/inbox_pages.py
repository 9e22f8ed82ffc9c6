"""Answers by mail on the pages: meetings, what is asked, silence with its letter, what came of it, and "no, that was another job"."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from rolecall.errors import InvalidInput
from rolecall.inbox import MailKind, consequences, feed, outcomes
from rolecall.services.route_guards import RowId
from rolecall.store import Connection, sql
from rolecall.web.language import mark
from rolecall.web.page_context import SQL, PageContext, known_id, opened, person_of, text_of, turn_to, viewer_of
from rolecall.web.viewer import acting_transaction

KINDS = {
    "received": mark("it arrived"),
    "rejected": mark("a no"),
    "interview_invitation": mark("an interview"),
    "assessment": mark("a test"),
    "action_needed": mark("something to do"),
    "offer": mark("an offer"),
    "position_cancelled": mark("the position is gone"),
    "bounce": mark("it came back"),
    "recruiter_outreach": mark("a recruiter's letter"),
    "noise_job_alert": mark("a job alert"),
    "other_noise": mark("nothing about an application"),
}
"""Kinds of mail in words a person reads; codes are never kept."""


def router(context: PageContext) -> APIRouter:
    """``/mails/{id}/correct`` and ``/meetings/{id}.ics``."""
    routes = APIRouter()

    @routes.post("/mails/{mail_id}/correct")
    def correct(request: Request, mail_id: RowId) -> Response:
        """Which application a mail is about, or what it is: what followed from it is undone, and follows anew."""
        viewer, about, kind = viewer_of(request), text_of(request, "application"), text_of(request, "kind")
        if kind and kind not in KINDS:
            raise InvalidInput("kind", "is none that a mail can be", fix="choose one of the list")
        with acting_transaction(context.database, viewer, "corrected what a mail is", f"mail:{mail_id}") as conn:
            if conn.execute("select 1 from mail where id = %s and person_id = %s", (mail_id, person_of(conn, request))).fetchone() is None:
                raise HTTPException(404)
            consequences.correct(
                conn, mail_id, known_id(about) if about else None, actor=viewer.actor, kind=MailKind(kind) if kind else None
            )
        return turn_to(request, f"{f'applications/{about}' if about else ''}#answers")

    @routes.get("/meetings/{meeting_id}.ics")
    def meeting(request: Request, meeting_id: RowId) -> Response:
        """One meeting, for a calendar program."""
        with opened(context, request) as (conn, person):
            found = feed.of_meeting(conn, person["id"], meeting_id)
        if found is None:
            raise HTTPException(404)
        named = {"Content-Disposition": f'attachment; filename="interview-{meeting_id}.ics"'}
        return Response(found, media_type="text/calendar; charset=utf-8", headers=named)

    return routes


def of_today(conn: Connection, person_id: str) -> dict[str, Any]:
    """What *Today* says of answers: ``meetings`` to come, ``mails`` of a week with what followed, ``asked``, ``silent``, and ``choices`` of
    applications that a mail may be about."""
    asked = {"person": person_id}
    mails = conn.execute(sql(SQL / "answers.sql"), {**asked, "application": None}).fetchall()
    meetings = conn.execute(sql(SQL / "meetings.sql"), {**asked, "application": None}).fetchall()
    found = outcomes.open_now(conn, person_id)
    choices = conn.execute(CHOICES, asked).fetchall() if any(not one["application_id"] for one in mails) else []
    return {"meetings": meetings, "mails": mails, "asked": found["asked"], "silent": found["silent"], "choices": choices, "kinds": KINDS}


def of_application(conn: Connection, person_id: str, application_id: str) -> dict[str, Any]:
    """What one application's page says of answers: its ``mails``, its ``meetings``, and ``choices`` of what a mail may be about instead."""
    asked = {"person": person_id, "application": known_id(application_id)}
    mails = conn.execute(sql(SQL / "answers.sql"), asked).fetchall()
    meetings = conn.execute(sql(SQL / "meetings.sql"), asked).fetchall()
    return {"mails": mails, "meetings": meetings, "choices": conn.execute(CHOICES, asked).fetchall() if mails else [], "kinds": KINDS}


def came_of_it(conn: Connection, person_id: str) -> dict[str, list[dict[str, Any]]]:
    """Applications, answers and interviews ``by board``, ``by employer`` and ``by way out``, only where anybody has answered."""
    rows = outcomes.came_of_it(conn, person_id)
    if not any(row["answered"] for row in rows):
        return {}
    named = {mark("by board"): "board", mark("by employer"): "employer", mark("by way out"): "way"}
    return {words: [row | {"name": row[key]} for row in rows if row[key] is not None][:20] for words, key in named.items()}


CHOICES = """
select id::text, title, company from application
where person_id = %(person)s and erased_at is null and state in ('submitting', 'submitted', 'uncertain', 'refused')
order by created_at desc, id limit 300
"""
