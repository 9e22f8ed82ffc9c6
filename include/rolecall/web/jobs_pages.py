"""*Jobs*: what was found, searched and filtered; one job with what speaks for it, quoted from the ad and the CV."""

from __future__ import annotations

import asyncio
import re
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response

from rolecall.applying import follow
from rolecall.boards.add import add
from rolecall.catalog import rulings
from rolecall.catalog.rulings import canonical, explain
from rolecall.errors import InvalidInput
from rolecall.matching.ads.job import Job
from rolecall.matching.cv.spans import cv_text
from rolecall.models import Cv
from rolecall.people import logins
from rolecall.people.applying_wishes import current_employer, is_employer
from rolecall.people.job_marks import mark_job
from rolecall.services.platform.ways_routes import close_by_hand
from rolecall.store import Connection, connect, sql
from rolecall.web.page_context import SQL, PageContext, form_of, opened, person_of, text_of, turn_to, viewer_of
from rolecall.web.templating import page
from rolecall.web.viewer import Forbidden, acting_transaction

PAGE = 25
READS, ADDRESSES = 25.0, 20
"""Seconds that an address may take to be read; addresses that one visitor may add within :data:`logins.WINDOW`."""

WORD = re.compile(r"\w+")
SHOWN_CV = 12_000
"""Characters of a CV beside an ad."""


def router(context: PageContext) -> APIRouter:
    """``/jobs``."""
    routes = APIRouter()

    @routes.get("/jobs")
    def jobs(
        request: Request,
        q: Annotated[str, Query(max_length=200)] = "",
        place: Annotated[str, Query(max_length=100)] = "",
        employer: Annotated[str, Query(max_length=100)] = "",
        board: Annotated[str, Query(max_length=64)] = "",
        remote: Annotated[str, Query(pattern="^(remote|hybrid|onsite|)$")] = "",
        days: Annotated[str, Query(pattern=r"^\d{0,4}$")] = "",
        salary: Annotated[str, Query(pattern=r"^\d{0,9}$")] = "",
        least: Annotated[str, Query(pattern=r"^\d{0,3}$")] = "",
        show: Annotated[str, Query(pattern="^(fit|all|held|saved|hidden|closed)$")] = "fit",
        after: Annotated[str, Query(max_length=120)] = "",
    ) -> Response:
        """A page of jobs: those that fit, best first, or all, newest first."""
        places, employers = _words(place), _words(employer)
        asked: dict[str, Any] = {
            "words": " & ".join(filter(None, [_words(q), places, employers])) or None,  # one index knows them all; the others look closer
            "places": places,
            "employers": employers,
            "board": board,
            "remote": remote,
            "days": int(days) if days else None,
            "salary": int(salary) if salary else None,
            "least": min(int(least), 100) / 100 if least else 0.0,
            "held": show == "held",
            "closed": show in ("closed", "saved", "hidden"),
            "marked": show if show in ("saved", "hidden") else "",
            "limit": PAGE + 1,
            **_after(after, show),
        }
        listed = sql(SQL / ("matched_jobs.sql" if show == "fit" else "all_jobs.sql"))
        listed = listed.replace("/* asked_jobs.sql */", sql(SQL / "asked_jobs.sql"))
        with opened(context, request) as (conn, person):
            rows = conn.execute(listed, {**asked, "person": person["id"]}, prepare=False).fetchall()
            boards = context.same_for_all("boards", lambda: [row["board"] for row in conn.execute(BOARDS).fetchall()])
            own = current_employer(person["preferences"] if isinstance(person["preferences"], dict) else {})
        given = {
            "q": q,
            "place": place,
            "employer": employer,
            "board": board,
            "remote": remote,
            "days": days,
            "salary": salary,
            "least": least,
            "show": show,
        }
        following = ""
        if len(rows) > PAGE:
            last = rows[PAGE - 1]
            place = f"{last['score']!r} {last['id']}" if show == "fit" else f"{last['created_at'].isoformat()} {last['id']}"
            following = urlencode({name: value for name, value in {**given, "after": place}.items() if value})
        part = "jobs_list.html" if request.headers.get("hx-request") else "jobs.html"
        return page(
            request,
            part,
            title="Jobs",
            here="jobs",
            threshold=person["threshold"],
            jobs=[row for row in rows[:PAGE] if not is_employer(row["company"], own)],
            given=given,
            filtered=any(value for name, value in given.items() if name != "show"),
            narrowed=any(value for name, value in given.items() if name not in ("show", "q")),
            following=following,
            boards=boards,
            after=after,
        )

    @routes.get("/jobs/{job_id}")
    def job(request: Request, job_id: str) -> Response:
        """One job."""
        with opened(context, request) as (conn, person):
            try:
                identity = canonical(conn, job_id)
            except InvalidInput:
                raise HTTPException(404) from None
            if identity != job_id:
                return turn_to(request, f"jobs/{identity}")
            row = conn.execute(sql(SQL / "job.sql"), {"person": person["id"], "job": identity}).fetchone() or {}
            why = explain(conn, identity)
            cv = _cv(conn, row.get("cv_id"), person["id"])
        reasons = [one for one in row.get("reasons") or [] if isinstance(one, dict)]
        ad = Job.of(row).text
        return page(
            request,
            "job.html",
            title=row["title"],
            here="jobs",
            job=row,
            why=why,
            reasons=reasons,
            ad=ad,
            shown=len(ad) - len(row["title"]) - 1,
            whole=max(len(row["description"] or ""), row["sent_length"] or 0),
            ad_spans=_spans(reasons, "adSpan"),
            cv=cv,
            cv_spans=_spans(reasons, "cvSpan") if len(cv) <= SHOWN_CV else [],
        )

    @routes.post("/jobs/add")
    async def add_by_address(request: Request) -> Response:
        """Follows an employer's postings, or takes one ad, by an address."""
        viewer, url = viewer_of(request), text_of(request, "url", most=2_000)

        def noted() -> None:
            with acting_transaction(context.database, viewer, "added by address", "jobs") as conn:
                person_of(conn, request)
            with context.database.unrestricted.connection() as conn:
                logins.count_try(conn, f"add {viewer.csrf}", tries=ADDRESSES)

        await run_in_threadpool(noted)
        try:
            added = await asyncio.wait_for(add(url, dsn=context.dsn), READS)
        except TimeoutError:
            raise InvalidInput("url", "does not answer in time", fix="try it again later") from None
        ads = [f"{one.title}{f' · {one.company}' if one.company else ''}" for one in added.ads]
        return await run_in_threadpool(page_of_added, request, added.employer.slug if added.employer else "", added.new, ads)

    def page_of_added(request: Request, employer: str, new: bool, ads: list[str]) -> Response:
        with opened(context, request):
            pass
        return page(request, "added.html", title="Added", here="jobs", employer=employer, new=new, ads=ads)

    @routes.post("/jobs/{job_id}/split")
    def split(request: Request, job_id: str) -> Response:
        """Takes postings out of a job: they are another one, and stay apart on every later run."""
        viewer, chosen = viewer_of(request), [str(one)[:500] for one in form_of(request).getlist("posting")][:100]
        with connect(context.dsn, name="page") as conn:  # whoever applied for the job has applied for both: the catalog's owner notes it
            rulings.split(conn, job_id, chosen, actor=viewer.actor, reason=text_of(request, "reason"))
        with acting_transaction(context.database, viewer, "said that these are two jobs", f"job:{job_id}") as conn:
            person_of(conn, request)
        return turn_to(request, f"jobs/{quote(job_id, safe='')}#found")

    @routes.post("/jobs/{job_id}/doubt")
    def settle_doubt(request: Request, job_id: str) -> Response:
        """Says of two jobs that may be one what they are. That they are one is for whoever runs Rolecall to say: it is so for everybody."""
        viewer, decision = viewer_of(request), text_of(request, "decision")
        if decision not in ("same", "different"):
            raise InvalidInput("decision", "says neither one job nor two", fix="use one of the buttons")
        if decision == "same" and not viewer.operator:
            raise Forbidden("only whoever runs Rolecall makes two jobs one")
        with connect(context.dsn, name="page") as conn:
            rulings.decide(conn, job_id, text_of(request, "other"), decision, actor=viewer.actor)  # type: ignore[arg-type]
            identity = canonical(conn, job_id)
        with acting_transaction(context.database, viewer, f"said of two jobs: {decision}", f"job:{job_id}") as conn:
            person_of(conn, request)
        return turn_to(request, f"jobs/{quote(identity, safe='')}#found")

    @routes.post("/jobs/{job_id}/by-hand")
    def by_hand(request: Request, job_id: str) -> Response:
        """The person sent it themselves, or will not: either closes it."""
        decision, viewer = text_of(request, "decision"), viewer_of(request)
        if decision not in ("sent", "not"):
            raise InvalidInput("decision", "says neither sent nor not", fix="use one of the buttons")
        with acting_transaction(context.database, viewer, f"by hand: {decision}", f"job:{job_id}") as conn:
            close_by_hand(conn, person_of(conn, request), job_id, decision, actor=viewer.actor)
        return turn_to(request, f"jobs/{quote(job_id, safe='')}")

    @routes.post("/jobs/{job_id}/mark")
    def mark(request: Request, job_id: str) -> Response:
        """Saves a job, hides it with a reason, or neither. What is hidden is not applied for."""
        wanted, viewer = text_of(request, "mark"), viewer_of(request)
        if wanted not in ("saved", "hidden", ""):
            raise InvalidInput("mark", "is neither saved nor hidden", fix="use one of the buttons")
        with acting_transaction(context.database, viewer, f"marked a job {wanted or 'neither'}", f"job:{job_id}") as conn:
            person = person_of(conn, request)
            mark_job(conn, person, job_id, wanted or None, reason=text_of(request, "reason"))  # type: ignore[arg-type]
            if wanted == "hidden":
                follow.withdraw_unsent(conn, person, job_id, actor=f"{viewer.actor}, who hid the job")
        return turn_to(request, f"jobs/{job_id}")

    return routes


BOARDS = """
with recursive known as (
    (select board from posting order by board limit 1)
    union all
    select (select board from posting where board > known.board order by board limit 1) from known where known.board is not null
)
select board from known where board is not null
"""
"""Every board with a posting, by jumps through the index: not one look at each posting."""


def _words(text: str) -> str | None:
    """What is typed as a question to the index: every word, or what begins with it; ``None`` where there is none."""
    return " & ".join(f"{word}:*" for word in WORD.findall(text.replace("_", " "))[:12]) or None


def _after(text: str, show: str) -> dict[str, Any]:
    """Where the page before ended.

    :raises HTTPException: 404, no page ends there
    """
    if not text:
        return {"after_score": None, "after_at": None, "after_id": None}
    place, _, identity = text.partition(" ")
    try:
        score, at = (float(place), None) if show == "fit" else (None, datetime.fromisoformat(place))
    except ValueError:
        raise HTTPException(404) from None
    return {"after_score": score, "after_at": at, "after_id": identity}


def _spans(reasons: list[dict[str, Any]], name: str) -> list[tuple[int, int]]:
    spans = [one.get(name) for one in reasons if one.get("verdict") not in ("missing", "unknown")]
    return [(span[0], span[1]) for span in spans if isinstance(span, list) and len(span) == 2]


def _cv(conn: Connection, cv_id: Any, person_id: str) -> str:
    row = conn.execute("select data from cv where id = %s and person_id = %s", (cv_id, person_id)).fetchone()
    return cv_text(Cv.model_validate(row["data"])) if row else ""
