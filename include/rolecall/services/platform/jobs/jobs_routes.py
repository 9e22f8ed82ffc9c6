"""The platform API's jobs: the second door into the landing table, and the search over the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import SecretStr
from pydantic.alias_generators import to_camel

from rolecall.boards.landing import MAX_DESCRIPTION, Landed, land
from rolecall.errors import InvalidInput
from rolecall.models import JobPosting
from rolecall.services.database import Database
from rolecall.services.platform.payloads import BulkIn, JobIn, SearchIn
from rolecall.services.route_guards import guarded
from rolecall.store import Connection

KNOWN_BY_ADDRESS = """
select p.board, p.url, p.external_id
from unnest(%(boards)s::text[], %(urls)s::text[]) as asked (board, url)
join posting p on p.board = asked.board and p.url = asked.url
"""

NAMES = {"posted_at": "postedDate", "snippet": "description"}

SEARCH = """
select id, title, company, location, city, region, country, places, remote, posted_at, employment_type, seniority,
       salary_min::float8, salary_max::float8, salary_currency, salary_interval, url, source, state,
       left(description, 300) as snippet, count(*) over () as total
from job
where merged_into is null and state in ('valid', 'warned')
  and (%(source)s = '' or source = lower(%(source)s))
  and (%(remote)s::text is null or remote = %(remote)s)
  and strpos(lower(company), lower(%(company)s)) > 0
  and strpos(lower(concat_ws(' ', location, city, region, country, places)), lower(%(location)s)) > 0
  and not exists (
      select from unnest(%(words)s::text[]) as word
      where strpos(lower(concat_ws(' ', title, company, location, description)), word) = 0)
order by posted_at desc nulls last, id
limit %(limit)s offset %(offset)s
"""


def router(database: Database, token: SecretStr) -> APIRouter:
    """``/api/v1/jobs``: bulk, create, search."""
    routes = APIRouter(prefix="/api/v1/jobs", route_class=guarded(token))

    @routes.post("/bulk", status_code=201)
    def bulk(body: BulkIn) -> dict[str, Any]:
        """Lands all postings or, when one is malformed, none (422 lists them). What is there already stays as it is.

        ``cut`` names those whose text is too long to be kept whole.

        One with ``status: closed`` is only counted: whether a job is open is found out here.
        """
        with database.connection() as conn:
            landed, postings = deliver(conn, [job for job in body.jobs if (job.model_extra or {}).get("status") != "closed"])
        return {**counts(len(body.jobs), landed), **cut(postings)}

    @routes.post("", status_code=201)
    def create(body: JobIn) -> dict[str, Any]:
        """Lands one posting; ``source`` and ``externalId`` are its identity."""
        with database.connection() as conn:
            landed, postings = deliver(conn, [body])
        return {
            "source": postings[0].board,
            "externalId": postings[0].external_id,
            "url": postings[0].url,
            **counts(1, landed),
            **cut(postings),
        }

    @routes.get("/search")
    def search(asked: Annotated[SearchIn, Query()]) -> dict[str, Any]:
        """The newest open jobs that fit, ``limit`` at a time."""
        with database.connection() as conn:
            return find(conn, asked)

    return routes


def deliver(conn: Connection, jobs: Sequence[JobIn]) -> tuple[Landed, list[JobPosting]]:
    """Lands what came through this door; returns what that changed, and the postings with the ids they have here.

    A posting without an external id is found again by its address.

    :raises InvalidInput: one of them cannot be stored; none is
    """
    postings = _identified(conn, jobs)
    landed = land(conn, postings, door="bulk")
    if landed.aside:
        fix = "send fewer at a time to find it, or shorten its texts"
        raise InvalidInput("jobs", f"{landed.aside} of them cannot be stored", fix=fix)
    return landed, postings


def _identified(conn: Connection, jobs: Sequence[JobIn]) -> list[JobPosting]:
    postings = [job.posting() for job in jobs]
    anonymous = [job for job in jobs if not job.external_id]
    if not anonymous:
        return postings
    asked = {"boards": [job.board.lower() for job in anonymous], "urls": [job.url for job in anonymous]}
    known = {(row["board"], row["url"]): row["external_id"] for row in conn.execute(KNOWN_BY_ADDRESS, asked)}
    for job, posting in zip(jobs, postings, strict=True):
        if not job.external_id:
            posting.external_id = known.get((posting.board, posting.url), posting.external_id)
    return postings


def counts(received: int, landed: Landed) -> dict[str, int]:
    """``count`` is what was received and is now there, however it came."""
    return {"count": received, "new": landed.new, "changed": landed.changed, "unchanged": received - landed.new - landed.changed}


def cut(postings: Sequence[JobPosting]) -> dict[str, Any]:
    """``cut``: of which postings only the beginning is kept, how many characters were sent, and how many are kept; none: no such field."""
    long = [
        {"source": one.board, "externalId": one.external_id, "description": sent, "kept": MAX_DESCRIPTION}
        for one in postings
        if (sent := len(one.description or "")) > MAX_DESCRIPTION
    ]
    return {"cut": long} if long else {}


def find(conn: Connection, asked: SearchIn) -> dict[str, Any]:
    """One page of open jobs as ``{"jobs", "count", "total"}``; ``total`` is 0 past the end."""
    rows = conn.execute(SEARCH, {**asked.model_dump(), "words": asked.keywords.lower().split()}).fetchall()
    total = rows[0]["total"] if rows else 0
    jobs = [{NAMES.get(name) or to_camel(name): value for name, value in row.items() if name != "total"} for row in rows]
    return {"jobs": jobs, "count": len(jobs), "total": total}
