"""Who hears of a day's figures: the team by Slack, people by their weekly report. Each once, however often the day is counted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from include.analytics.figures import compute
from include.analytics.words import changes
from include.notifying.compose import compose
from include.notifying.outbox import enqueue
from include.store import Connection, sql

SQL = Path(__file__).parent / "sql"

SUNDAY = 6
"""The last day of the week that a weekly report is about."""

JOBS = "select jobs, jobs_before from figures.week where day = %s and dimension = 'jobs'"
UNCOUNTED = """
select d::date as day from generate_series(%(first)s::date, %(last)s::date, '1 day') d
where not exists (select from figures.funnel f where f.day = d::date)
"""


def tell(
    conn: Connection, day: date, report: str, *, now: datetime | None = None, available: Collection[str] | None = None
) -> dict[str, int]:
    """Writes the team's digest, and after a Sunday everybody's weekly report, in the caller's transaction. Returns new messages by kind.

    Only yesterday is news: any other day, backfilled or counted again, is told to nobody. A day is told once.

    :param report: where the day's report is, for the team
    :param available: channels that are set up
    """
    if day != (now or datetime.now(UTC)).date() - timedelta(days=1):
        return {"figures": 0, "weekly_report": 0}
    weekly = _weekly(conn, day, available) if day.weekday() == SUNDAY else 0
    return {"figures": _team(conn, day, report), "weekly_report": weekly}


def _team(conn: Connection, day: date, report: str) -> int:
    """The digest. Before there is a job there is nothing to tell."""
    found = conn.execute(JOBS, (day,)).fetchone()
    if found is None:
        return 0
    context = {"key": str(day), "day": str(day), "changes": changes(conn, day), "report": report, **found}
    return enqueue(conn, compose("figures", context))


def _weekly(conn: Connection, sunday: date, available: Collection[str] | None) -> int:
    """The week of everybody for whom something happened in it."""
    week = {"first": sunday - timedelta(days=6), "last": sunday}
    for row in conn.execute(UNCOUNTED, week).fetchall():
        compute(conn, row["day"])
    people = conn.execute(sql(SQL / "weeks_of_people.sql"), week).fetchall()
    drafts = [draft for person in people for draft in compose("weekly_report", _context(person, week), available=available)]
    return enqueue(conn, drafts)


def _context(person: dict[str, Any], week: dict[str, date]) -> dict[str, Any]:
    return {
        "key": f"{person['id']}:{week['last']}",
        "userId": person["id"],
        "userEmail": person["email"],
        "phone": person["phone"],
        "preferences": person["preferences"],
        "weekStart": str(week["first"]),
        "weekEnd": str(week["last"]),
        **{name: person[name] for name in ("matches", "applications", "answers", "uncertain")},
    }
