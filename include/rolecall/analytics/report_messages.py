"""Who hears of a day's figures: the team by Slack, people by their weekly report. Each once, however often the day is counted."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from rolecall.analytics.changes import changes
from rolecall.analytics.figures import compute
from rolecall.outbox.compose import compose
from rolecall.outbox.messages import enqueue
from rolecall.store import Connection, sql
from rolecall.store.dead_letters import for_each_row
from rolecall.store.watermarks import read_watermark, set_watermark

SQL = Path(__file__).parent / "sql"

SUNDAY = 6
"""The last day of the week that a weekly report is about."""

CURSOR = QUEUE = "weekly_report"
ASIDE = "select key from dead_letter where queue = 'weekly_report'"

JOBS = "select jobs, jobs_before from figures.week where day = %s and dimension = 'jobs'"
COUNTED = "select 1 from figures.funnel where day between %(first)s and %(last)s limit 1"
UNCOUNTED = """
select d::date as day from generate_series(%(first)s::date, %(last)s::date, '1 day') d
where not exists (select from figures.funnel f where f.day = d::date)
"""


def enqueue_reports(
    conn: Connection, day: date, report: str, *, now: datetime | None = None, available: Collection[str] | None = None
) -> dict[str, int]:
    """Writes the team's digest, and after a Sunday everybody's weekly report, in the caller's transaction. Returns new messages by kind.

    Only yesterday is news: any other day, backfilled or counted again, is told to nobody. A day is told once. A week that the run after its
    Sunday could not tell is told by the next run that can.

    :param report: where the day's report is, for the team
    :param available: channels that are set up
    """
    if day != (now or datetime.now(UTC)).date() - timedelta(days=1):
        return {"figures": 0, "weekly_report": 0}
    weekly = _weekly(conn, day - timedelta(days=(day.weekday() - SUNDAY) % 7), available, is_news=day.weekday() == SUNDAY)
    return {"figures": _team(conn, day, report), "weekly_report": weekly}


def _team(conn: Connection, day: date, report: str) -> int:
    """The digest. Before there is a job there is nothing to tell."""
    found = conn.execute(JOBS, (day,)).fetchone()
    if found is None:
        return 0
    context = {"key": str(day), "day": str(day), "changes": changes(conn, day), "report": report, **found}
    return enqueue(conn, compose("figures", context))


def _weekly(conn: Connection, sunday: date, available: Collection[str] | None, *, is_news: bool) -> int:
    """The week of everybody for whom something happened in it, told by the first run that can; whose report could not be written is tried
    again on the days after.

    :param is_news: the week ended yesterday. Later it is told where no run has, of a week in which days were counted at all.
    """
    last_told = read_watermark(conn, CURSOR).get("told")
    aside = [row["key"] for row in conn.execute(ASIDE).fetchall()]
    week = {"first": sunday - timedelta(days=6), "last": sunday}
    late = last_told < str(sunday) if last_told else conn.execute(COUNTED, week).fetchone() is not None
    if not (is_news or late or aside):
        return 0
    for row in conn.execute(UNCOUNTED, week).fetchall():
        compute(conn, row["day"])
    people = conn.execute(sql(SQL / "weeks_of_people.sql"), week).fetchall()
    written = 0

    def one(person: dict[str, Any]) -> None:
        nonlocal written
        written += enqueue(conn, compose("weekly_report", _context(person, week), available=available))

    for_each_row(conn, QUEUE, [person for person in people if is_news or late or person["id"] in aside], one, person="id")
    set_watermark(conn, CURSOR, {"told": max(str(sunday), last_told or "")})
    return written


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
