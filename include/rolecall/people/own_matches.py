"""A person's matches as they see them: best first, with reasons, and for what was held back the reason."""

from __future__ import annotations

from typing import Any

from rolecall.store import Connection

PAGE = """
with mine as (
    select distinct on (source, job_id) * from match where person_id = %(person)s order by source, job_id, score desc, cv_id
), page as (
    select *, count(*) over () as total from mine where score >= %(least)s and (%(source)s = '' or source = %(source)s)
    order by score desc, source, job_id limit %(limit)s offset %(offset)s
)
select page.*, job.location, job.url, coalesce(job.state = 'closed', false) as closed,
       application.id::text as application_id, application.state as application_state, held.reason as held_back
from page
left join job on job.id = page.job_id
left join lateral (
    select id, state from application a
    where (a.person_id, a.source, a.job_id) = (%(person)s, page.source, page.job_id) order by created_at desc limit 1
) application on true
left join lateral (
    select reason from held_back h
    where (h.person_id, h.source, h.job_id) = (%(person)s, page.source, page.job_id) order by noted_at desc limit 1
) held on application.id is null or application.state = 'cancelled'
order by page.score desc, page.source, page.job_id
"""


def matches_of(
    conn: Connection, person_id: str, *, least: float = 0.0, source: str = "", limit: int = 50, offset: int = 0
) -> dict[str, Any]:
    """``{"matches": [{id, source, title, company, location, url, closed, matchScore, matchReasons, recommendations, cvId, matchedAt,
    applicationId, applicationState, heldBack}], "total", "cvs"}``, best first; a job
    that several CVs match stands once, with the best of them.

    :param least: lowest score, 0 to 1
    :param source: only this board's; empty: all
    """
    asked = {"person": person_id, "least": least, "source": source, "limit": limit, "offset": offset}
    rows = conn.execute(PAGE, asked).fetchall()
    cvs = conn.execute("select count(*) as many from cv where person_id = %s", (person_id,)).fetchone() or {"many": 0}
    return {"matches": [_shown(row) for row in rows], "total": rows[0]["total"] if rows else 0, "cvs": cvs["many"]}


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": row["job_id"],
        "source": row["source"],
        "title": row["title"],
        "company": row["company"],
        "location": row["location"],
        "url": row["url"],
        "closed": row["closed"],
        "matchScore": row["score"],
        "matchReasons": row["reasons"],
        "recommendations": row["recommendations"],
        "cvId": row["cv_id"],
        "matchedAt": row["matched_at"],
        "applicationId": row["application_id"],
        "applicationState": row["application_state"],
        "heldBack": row["held_back"],
    }
