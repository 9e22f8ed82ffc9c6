"""The figures of one day, from facts of before its end. Computing a day again gives the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from statistics import NormalDist
from typing import Any

from rolecall.errors import InvalidInput
from rolecall.store import Connection, sql

SQL = Path(__file__).parent / "sql"

TABLES = ("funnel", "board", "week", "salary", "score", "change")
"""Tables of the schema ``figures`` that hold one day's rows."""

STEPS = ("repeated", "seen", "arrived", "pair", "funnel", "board", "week", "salary", "score")

SCRATCH = """
create temp table if not exists repeated (posting_id bigint primary key) on commit drop;
create temp table if not exists seen (
    posting_id bigint, board text, first_seen_at timestamptz, posted_at timestamptz, title text, skills text[], place text, country text,
    remote text, seniority text, salary float8, currency text, duplicate boolean, quarantined boolean) on commit drop;
create temp table if not exists arrived (day date primary key, jobs bigint) on commit drop;
create temp table if not exists pair (
    person_id text, score float8, seen_at timestamptz, matched_at timestamptz, approved_at timestamptz, submitted_at timestamptz,
    viewed_at timestamptz, interview_at timestamptz, offer_at timestamptz, declined_at timestamptz, erased boolean) on commit drop;
truncate repeated, seen, arrived, pair;
set local work_mem = '64MB';
"""

TODAY = "today"
"""How a run is asked for the day that it starts on."""

LEAST = 20
"""Jobs of two weeks below which a change is not looked at."""

DOUBT = 0.05
"""Chance of naming anything at all when nothing has changed (Bonferroni: divided by the number of figures compared)."""

CANDIDATES = """
select dimension, value, 2 * (sqrt(jobs + 0.375) - sqrt(exposure * (jobs_before + 0.375))) / sqrt(1 + exposure) as z
from figures.week, lateral (
    select case when dimension in ('jobs', 'funnel') then 1 else total::float8 / nullif(total_before, 0) end as exposure) e
where day = %(day)s and jobs + jobs_before >= %(least)s and exposure > 0
  and (dimension not in ('remote', 'seniority') or value <> 'not said')
  and (dimension not in ('jobs', 'funnel') or jobs_before > 0)  -- a first week is no change
order by dimension, value
"""
"""How far two Poisson counts are apart in standard errors, by their square roots (Huffman, Applied Statistics 33, 1984): holds for small
counts too."""


def is_over(day: date, now: datetime | None = None) -> bool:
    """Whether the day has ended (UTC)."""
    return day < (now or datetime.now(UTC)).astimezone(UTC).date()


def check_finished(day: date, now: datetime | None = None) -> date:
    """The day itself.

    :raises InvalidInput: it is not over yet (UTC)
    """
    if not is_over(day, now):
        raise InvalidInput(
            "day", f"{day} is not over", fix="ask for yesterday or an earlier day (UTC); a report of today shows what there is so far"
        )
    return day


def check_begun(day: date, now: datetime | None = None) -> date:
    """The day itself, be it today.

    :raises InvalidInput: it has not begun yet (UTC)
    """
    if not is_over(day - timedelta(days=1), now):
        raise InvalidInput("day", f"{day} has not begun", fix="ask for today or an earlier day (UTC)")
    return day


def newest_day(conn: Connection, now: datetime | None = None) -> date:
    """The last day that is over and has figures; today where none has."""
    today = (now or datetime.now(UTC)).astimezone(UTC).date()
    row = conn.execute("select max(day) as day from figures.funnel where day < %s", (today,)).fetchone()
    return (row and row["day"]) or today


def the_day(asked: str | None, logical: datetime | None, now: datetime | None = None) -> date:
    """Which day a run is about: the one it was asked for, else the one before its logical date, else yesterday.

    :param asked: ``2026-11-10``, or ``today``
    :param logical: the run's logical date: the morning after
    :raises InvalidInput: it is no day, or has not begun yet; a day that nobody asked for by name is not over yet
    """
    now = (now or datetime.now(UTC)).astimezone(UTC)
    if not asked:
        return check_finished((logical or now).astimezone(UTC).date() - timedelta(days=1), now)
    if asked == TODAY:
        return now.date()
    try:
        return check_begun(date.fromisoformat(asked), now)
    except ValueError as error:
        raise InvalidInput("day", f"{asked!r} is no day", fix=f"write it like 2026-11-10, or {TODAY}") from error


@contextmanager
def figures_of_day(conn: Connection, day: date, so_far: datetime | None = None) -> Iterator[None]:
    """The figures of a day, readable for the length of the block: the stored ones.

    With ``so_far`` those of what happened until then, counted now and gone after the block: a part of a day is never stored, so nothing
    takes it for the whole.
    """
    if so_far is None:
        yield
        return
    with conn.transaction(force_rollback=True):
        compute(conn, day, so_far)
        yield


def compute(conn: Connection, day: date, so_far: datetime | None = None) -> dict[str, int]:
    """Writes the figures of a day in place of the ones there were, in one transaction of the caller. Returns rows by table.

    Other days are not read: days may be computed in any order and side by side.

    :param so_far: only what happened until then, compared with no earlier week; see :func:`figures_of_day`
    """
    conn.execute("select pg_advisory_xact_lock(hashtext('rolecall figures'), %s)", (day.toordinal(),))
    conn.execute(SCRATCH)
    bounds = _bounds(day, so_far)
    for table in TABLES:
        conn.execute(f"delete from figures.{table} where day = %(day)s", bounds)  # noqa: S608
    written = {step: conn.execute(sql(SQL / f"{step}.sql"), bounds).rowcount for step in STEPS}
    written["change"] = 0 if so_far else _note_changes(conn, day)
    return {table: written[table] for table in TABLES}


def _bounds(day: date, so_far: datetime | None) -> dict[str, Any]:
    since = datetime.combine(day, time(), UTC)
    end = since + timedelta(days=1)
    spans = {"week": 7, "fortnight": 14, "month": 28}
    bounds = {name: end - timedelta(days=days) for name, days in spans.items()}
    return {"day": day, "since": since, "until": so_far or end, **bounds}


def _note_changes(conn: Connection, day: date) -> int:
    """Keeps the up to three figures that changed most since the week before, if no chance explains them."""
    rows = conn.execute(CANDIDATES, {"day": day, "least": LEAST}).fetchall()
    if not rows:
        return 0
    beyond = NormalDist().inv_cdf(1 - DOUBT / (2 * len(rows)))
    largest = sorted((row for row in rows if abs(row["z"]) >= beyond), key=lambda row: (-abs(row["z"]), row["dimension"], row["value"]))[:3]
    for place, row in enumerate(largest, 1):
        conn.execute(
            "insert into figures.change (day, place, dimension, value, z, compared) values (%s, %s, %s, %s, %s, %s)",
            (day, place, row["dimension"], row["value"], row["z"], len(rows)),
        )
    return len(largest)
