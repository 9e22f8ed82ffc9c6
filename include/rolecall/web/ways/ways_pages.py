"""What an application consists of, to look at: the picture of its form, its files; what is sent by hand, ready to copy; a person's answers,
modes and mailboxes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from rolecall.applying import elsewhere
from rolecall.applying.answers import bank
from rolecall.applying.policy import no_way, not_open
from rolecall.catalog.rulings import canonical
from rolecall.clients import oauth
from rolecall.errors import InvalidInput
from rolecall.inbox import mailbox
from rolecall.models import Cv
from rolecall.people import accounts
from rolecall.people.applying_wishes import MODES
from rolecall.services.ai import job_facts, shown_forms
from rolecall.services.ai.job_facts import JobFacts
from rolecall.services.submitters.way_out import Destination, all_ways, destination_of
from rolecall.store import Connection, sql
from rolecall.store.documents import get_file
from rolecall.web.language import mark
from rolecall.web.page_context import SQL, PageContext, known_id, opened, person_of, text_of, turn_to, viewer_of
from rolecall.web.templating import page
from rolecall.web.viewer import acting_transaction

WAYS = {
    "mail": mark("by mail, from your own address"),
    "recruitee": mark("by Recruitee's interface"),
    "browser_form": mark("by the employer's own form, filled in in a browser"),
    "sandbox": mark("to the sandbox's receiver"),
    "hand_over": mark("by hand: you send it"),
}
"""Ways out in words a person reads."""

FILES = {"cv": "CV", "letter": "letter"}
LISTED = 50


def router(context: PageContext) -> APIRouter:
    """Pictures and files of applications, ``/by-hand``, and what *Me* says of ways out."""
    routes = APIRouter()

    @routes.get("/applications/{application_id}/picture")
    def picture(request: Request, application_id: str, after: bool = False) -> Response:
        """The form as it was filled in and shown, or its page after it was sent, for its person only."""
        with opened(context, request) as (conn, person):
            found = shown_forms.picture_of(conn, person["id"], known_id(application_id), after=after)
        if found is None:
            raise HTTPException(404)
        return Response(found, media_type="image/jpeg")

    @routes.get("/applications/{application_id}/files/{sha256}")
    def file(request: Request, application_id: str, sha256: str) -> Response:
        """A file that goes, or went, with an application, by the hash of its bytes."""
        with opened(context, request) as (conn, person):
            return attached(*file_of(conn, person["id"], known_id(application_id), sha256))

    @routes.post("/applications/{application_id}/by-hand")
    def own_word(request: Request, application_id: str) -> Response:
        """The person applied for it themselves, whatever became of ours."""
        viewer, identity = viewer_of(request), known_id(application_id)
        with acting_transaction(context.database, viewer, "by hand: sent", f"application:{identity}") as conn:
            if elsewhere.note_application(conn, person_of(conn, request), identity, actor=viewer.actor) is None:
                raise HTTPException(404)
        return turn_to(request, f"applications/{identity}")

    @routes.get("/by-hand")
    def by_hand(request: Request) -> Response:
        """What fits and no machine sends, best first."""
        with opened(context, request) as (conn, person):
            asked = {"person": person["id"], "threshold": person["threshold"], "limit": LISTED}
            rows = conn.execute(sql(SQL / "by_hand.sql"), asked).fetchall()
        for row in rows:
            row["reason"] = why_by_hand(row["state"], row["risk"], row["apply_url"], row["url"], row["source"])
        return page(request, "by_hand.html", title="By hand", here="applications", rows=rows)

    @routes.get("/jobs/{job_id}/by-hand")
    def handed_over(request: Request, job_id: str) -> Response:
        """Link, letter, CV and answers of one application, ready to copy."""
        with opened(context, request) as (conn, person):
            job, cv, letter = to_hand_over(conn, person["id"], job_id)
            where = destination_of(job)
            answers = [one for one in bank.known_answers(conn, person["id"]) if one.state != "never" and one.question not in STANDING]
        facts = [(name, value) for name, value in own_facts(cv) if value]
        return page(
            request, "hand_over.html", title=job.title, here="applications", job=job, letter=letter,
            why=why_by_hand(job.state, job.risk, job.apply_url, job.url, job.source),
            facts=facts, answers=answers, link=address(where),
        )  # fmt: skip

    @routes.get("/jobs/{job_id}/by-hand/{what}")
    def handed_over_file(request: Request, job_id: str, what: str) -> Response:
        """The CV or the letter of an application that is sent by hand."""
        from rolecall.matching.ads.job import Job  # Typst and a vocabulary, for who wants a file
        from rolecall.matching.papers.stored_papers import papers_of

        if what not in FILES:
            raise HTTPException(404)
        with opened(context, request) as (conn, person):
            job, cv, letter = to_hand_over(conn, person["id"], job_id)
            row = conn.execute("select * from job where id = %s", (job.id,)).fetchone() or {"id": job.id}
            papers = papers_of(conn, cv, Job.of(row), letter, keep=False)
        found = next((one for one in papers if one.what == what), None)
        if found is None:
            raise HTTPException(404)
        return attached(found.name, found.body)

    @routes.post("/me/answers")
    def answers(request: Request) -> Response:
        """One answer of the person's bank: given, never given, or forgotten."""
        viewer, question, country = viewer_of(request), text_of(request, "question", most=2_000), text_of(request, "country")
        with acting_transaction(context.database, viewer, "changed an answer", "answer") as conn:
            person = person_of(conn, request)
            if text_of(request, "forget"):
                bank.forget_answer(conn, person, question, options=text_of(request, "options"), country=country)
            elif text_of(request, "never"):
                bank.mark_never_answered(conn, person, question, country=country)
            else:
                bank.save_answer(conn, person, question, text_of(request, "value", most=bank.MAX_VALUE), country=country)
        return turn_to(request, "me#answers")

    @routes.post("/me/ways")
    def far(request: Request) -> Response:
        """How far it goes by each way and on each board; what is not said goes as far as all of it."""
        viewer, form = viewer_of(request), request.state.form
        said: dict[str, dict[str, str | None]] = {"ways": {}, "boards": {}}
        for name, value in form.multi_items():
            part, _, which = str(name).partition(":")
            if part in said and which and value in ("", *MODES):
                said[part][which] = str(value) or None
        with acting_transaction(context.database, viewer, "chose how far each way goes", "preferences") as conn:
            accounts.change(conn, person_of(conn, request), {"preferences": {"applying": said}}, actor=viewer.actor)
        return turn_to(request, "me#ways")

    @routes.post("/me/mailbox")
    def read_mailbox(request: Request) -> Response:
        """Tries a mailbox and keeps it, or forgets one with its password."""
        viewer = viewer_of(request)
        if gone := text_of(request, "forget"):
            with acting_transaction(context.database, viewer, "forgot a mailbox", "mailbox") as conn:
                own = conn.execute("select id from mailbox where id = %s and person_id = %s", (known_id(gone), person_of(conn, request)))
                if own.fetchone() is None:
                    raise HTTPException(404)
                mailbox.remove(conn, gone)
            return turn_to(request, "me#mailbox")
        port = text_of(request, "port", most=5) or "993"
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise InvalidInput("port", "is no port", fix="993, as most have it")
        host, user, folder = text_of(request, "host"), text_of(request, "user"), text_of(request, "folder") or "INBOX"
        password = request.state.form.get("password")
        secret = password if isinstance(password, str) else ""
        grant = None
        if provider := text_of(request, "provider"):
            named = (text_of(request, name, most=oauth.MOST) for name in ("clientId", "clientSecret", "refreshToken"))
            grant = oauth.given(provider, *named)
        if not user or not (grant or (host and secret)):
            raise InvalidInput("mailbox", "needs a server, a user and an app password", fix="give all three")
        asked = mailbox.tried(host, int(port), user, password="" if grant else secret, grant=grant, folder=folder)
        kept = mailbox.try_out(asked)
        with acting_transaction(context.database, viewer, "kept a mailbox", "mailbox") as conn:
            mailbox.add(
                conn, person_of(conn, request), host=kept.host, port=kept.port, username=user, password=kept.secret, grant=kept.grant,
                folder=folder,
            )  # fmt: skip
        return turn_to(request, "me#mailbox")

    return routes


def why_by_hand(state: str, risk: float | None, apply_url: str | None, url: str | None, source: str) -> str:
    """Why a person sends it themselves: what held it back, in the same words."""
    return not_open("valid" if state == "warned" else state, risk or 0.0) or no_way(apply_url, url or "", source)


STANDING = (bank.DECLINING, bank.PRIVACY)
"""Permissions that the person gave once and for all; they are no answers to copy."""


def of_me(conn: Connection, person_id: str, applying: Mapping[str, Any]) -> dict[str, Any]:
    """What *Me* says of ways out: the answers, each way's and board's mode, the mailboxes."""
    known = bank.known_answers(conn, person_id)
    found = conn.execute(
        "select distinct source from match where person_id = %s and gone_at is null order by source limit 40", (person_id,)
    )
    said = {name: value if isinstance(value, dict) else {} for name in ("ways", "boards") for value in (applying.get(name),)}
    boards = sorted({*(row["source"] for row in found.fetchall()), *said["boards"]})
    return {
        "answers": [one for one in known if one.question not in STANDING],
        "standing": {one.question: one for one in known if one.question in STANDING},
        "by_way": [(one.name, WAYS[one.name], said["ways"].get(one.name) or "") for one in all_ways() if one.sends],
        "by_board": [(one, said["boards"].get(one) or "") for one in boards],
        "mailboxes": conn.execute(
            "select id::text, host, port, username, folder, provider, checked_at, refusal from mailbox where person_id = %s "
            "order by host, username",
            (person_id,),
        ).fetchall(),
        "providers": tuple(oauth.PROVIDERS),
    }


SOURCES = {
    "confirmed": mark("you said so"),
    "cv": mark("your CV says so"),
    "file": mark("a file of yours"),
    "declined": mark("you allowed to decline it"),
    "consent": mark("you allowed it"),
}
"""Who says so, of an answer, in words."""


def words() -> dict[str, Any]:
    """What templates say of ways: their names, what proves an arrival by each, who says an answer."""
    return {"way_words": WAYS, "proofs": {one.name: one.receipt for one in all_ways()}, "sources": SOURCES}


def file_of(conn: Connection, person_id: str, application_id: str, sha256: str) -> tuple[str, bytes]:
    """Name and bytes of one of the files of a person's application.

    :raises HTTPException: 404, there is no such file
    """
    row = conn.execute(FILED, {"person": person_id, "id": application_id, "sha256": sha256}).fetchone()
    if row is None:
        raise HTTPException(404)
    if row["body"] is not None and hashlib.sha256(row["body"]).hexdigest() == sha256:
        return str(row["name"]), bytes(row["body"])
    try:
        return get_file(conn, sha256)
    except InvalidInput:
        raise HTTPException(404) from None


FILED = """
select file.name, cv_file.body
from application a
cross join lateral jsonb_to_recordset(coalesce(a.answer -> 'files', '[]') || coalesce(a.prepared -> 'files', '[]'))
     as file (name text, sha256 text)
left join cv_file on cv_file.cv_id = a.cv_id and cv_file.sha256 = file.sha256
where a.id = %(id)s::uuid and a.person_id = %(person)s and a.erased_at is null and file.sha256 = %(sha256)s limit 1
"""


def attached(name: str, body: bytes) -> Response:
    """A file to keep, whatever it says: no page of ours shows it."""
    named = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}"}
    kind = "application/pdf" if body.startswith(b"%PDF-") else "application/octet-stream"
    return Response(body, media_type=kind, headers=named)


def to_hand_over(conn: Connection, person_id: str, job_id: str) -> tuple[JobFacts, Cv, str]:
    """The job, the CV that fits it best, and the letter that was written for it, or is now.

    :raises HTTPException: 404, there is no such job, or no CV
    """
    try:
        job = job_facts.jobs(conn, [canonical(conn, job_id)]).popitem()[1]
    except (InvalidInput, KeyError):
        raise HTTPException(404) from None
    row = conn.execute(LETTER, {"person": person_id, "job": job.id}).fetchone()
    cv = job_facts.stored_cv(conn, row["cv_id"]) if row else None
    if row is None or cv is None:
        raise HTTPException(404)
    if row["letter"]:
        return job, cv, str(row["letter"])
    from rolecall.matching.ads.job import Job
    from rolecall.matching.letters.cover_letter import write_letter

    ad = conn.execute("select * from job where id = %s", (job.id,)).fetchone()
    return job, cv, write_letter(cv, Job.of(ad)) if ad else ""


LETTER = """
select cv.id as cv_id, m.letter
from cv left join match m on m.cv_id = cv.id and m.person_id = cv.person_id and m.job_id = %(job)s and m.gone_at is null
where cv.person_id = %(person)s order by m.score desc nulls last, cv.updated_at desc limit 1
"""


def own_facts(cv: Cv) -> list[tuple[str, str]]:
    """What every form asks, as the CV says it."""
    return [("Name", cv.name), ("E-mail", cv.email), ("Phone", cv.phone), ("Place", cv.location), ("Headline", cv.headline)]


def address(where: Destination) -> str:
    """Where it is applied for, as something to open: an address of the web, or of a mail."""
    return f"mailto:{where.address}" if where.way == "mail" else where.address
