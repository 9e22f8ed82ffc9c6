"""Postings of jobs that are closed, out to the platform: by bulk POST with ``status: closed``, each once, in the order of closing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Protocol

from rolecall.errors import BadAnswer, RequestRejected
from rolecall.models import digest
from rolecall.store import connect
from rolecall.store.watermarks import read_watermark, set_watermark

CURSOR = "closed_jobs"
PAGE = 500
MOST = 20_000
"""Postings reported in one run; the next one goes on."""

SETTLED = timedelta(minutes=1)
"""What was closed so shortly before the oldest transaction under way began, or later, waits for the next run: that transaction may still
commit an earlier time than is read now. The time is taken before it begins."""

OLDEST = """
select least(clock_timestamp(), min(xact_start)) - %s as until from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and backend_type in ('client backend', 'parallel worker')
"""

CLOSED = """
select p.id, p.title, p.company, p.location, left(p.description, 2000) as description, p.posted_at, p.url, p.board, p.external_id,
       job.closed_at, job.closed_reason
from job join posting p on p.job_id = job.id
where job.state = 'closed' and job.merged_into is null and job.closed_at < %(until)s
  and (%(at)s::timestamptz is null or (job.closed_at, p.id) > (%(at)s::timestamptz, %(id)s))
order by job.closed_at, p.id limit %(most)s
"""


class JobsPlatform(Protocol):
    """What telling needs of the platform's client."""

    def bulk_create_jobs(self, jobs: list[dict[str, Any]], *, idempotency_key: str) -> int:
        """Sends them; returns the count it confirms."""
        ...


@dataclass
class ClosedJobsTally:
    """What one run did, in postings."""

    reported: int = 0
    refused: int = 0
    problems: list[str] = field(default_factory=list)


def tell_closed(dsn: str, platform: JobsPlatform, *, full: bool = False) -> ClosedJobsTally:
    """One run; the cursor moves with each page that the platform confirmed. A posting it refuses (4xx) is noted and passed by.

    :param full: from the first job that was ever closed
    :raises ServiceError: the platform is away; the next run goes on here
    """
    tally = ClosedJobsTally()
    with connect(dsn, name="sync_data") as conn:
        at = {} if full else read_watermark(conn, CURSOR)
        while tally.reported + tally.refused < MOST:
            until = (conn.execute(OLDEST, (SETTLED,)).fetchone() or {})["until"]  # before the rows are read: who commits in between is seen
            rows = conn.execute(CLOSED, {"at": at.get("at"), "id": at.get("id", 0), "most": PAGE, "until": until}).fetchall()
            conn.commit()
            if not rows:
                break
            _tell(platform, [as_seed(row) for row in rows], tally)
            at = {"at": rows[-1]["closed_at"].isoformat(), "id": rows[-1]["id"]}
            set_watermark(conn, CURSOR, at)
            conn.commit()
    return tally


def _tell(platform: JobsPlatform, jobs: list[dict[str, Any]], tally: ClosedJobsTally) -> None:
    """Sends the postings; a batch that is refused is halved until the refused posting stands alone (bisection)."""
    try:
        platform.bulk_create_jobs(jobs, idempotency_key=digest(["closed", jobs]))
        tally.reported += len(jobs)
    except BadAnswer as error:  # it has them: it counts otherwise, or answers in other words
        tally.reported += len(jobs)
        tally.problems.append(str(error))
    except RequestRejected as error:
        if len(jobs) > 1:
            half = len(jobs) // 2
            _tell(platform, jobs[:half], tally)
            _tell(platform, jobs[half:], tally)
        else:
            tally.refused += 1
            tally.problems.append(str(error))


def as_seed(row: dict[str, Any]) -> dict[str, Any]:
    """The posting as the seed's bulk POST has it, and that it is closed."""
    posted = row["posted_at"].isoformat() if row["posted_at"] else None
    return {
        "title": row["title"], "company": row["company"], "location": row["location"] or "", "description": row["description"] or "",
        "postedDate": posted, "url": row["url"], "source": row["board"], "externalId": row["external_id"],
        "status": "closed", "closedAt": row["closed_at"].isoformat(), "closedReason": row["closed_reason"] or "",
    }  # fmt: skip
