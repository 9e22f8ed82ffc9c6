"""`analytics` through Airflow: thirty days backfilled, and backfilled again."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from rolecall.analytics.figures import TABLES
from tests.integration.conftest import Stack

pytestmark = pytest.mark.long

DAYS = 30
LIMIT = 900.0

SPREAD = (
    "update posting set first_seen_at = first_seen_at - make_interval(days => (id %% %(days)s)::int + 1),"
    " changed_at = changed_at - make_interval(days => (id %% %(days)s)::int + 1)",
    "update board_run set finished_at = finished_at - make_interval(days => abs(hashtext(search)) %% %(days)s + 1)",
    "update figures.first_match set matched_at = matched_at - make_interval(days => abs(hashtext(job_id)) %% %(days)s + 1)",
    "update person set created_at = created_at - interval '60 days'",
)
"""What the demo did within a minute becomes the work of thirty days."""


def backfilled(api: httpx.Client, first: date, last: date) -> list[dict[str, Any]]:
    """What a backfill by command asks for (``--reprocess-behavior completed``); returns the runs once all have ended.

    The run of a morning counts the day before.
    """
    since, until = (f"{day + timedelta(days=1)}T00:30:00Z" for day in (first, last))
    asked = {"dag_id": "analytics", "from_date": since, "to_date": until, "reprocess_behavior": "completed", "max_active_runs": 6}
    made = api.post("/backfills", json=asked).raise_for_status().json()
    deadline = time.monotonic() + LIMIT
    while api.get(f"/backfills/{made['id']}").raise_for_status().json()["completed_at"] is None:
        assert time.monotonic() < deadline, "the backfill takes too long"
        time.sleep(1)
    runs: list[dict[str, Any]] = api.get("/dags/analytics/dagRuns", params={"limit": 100, "run_type": "backfill"}).json()["dag_runs"]
    return runs


def figures(stack: Stack) -> dict[str, list[Any]]:
    """Every row of every table of figures."""
    statement = 'select t::text as row from figures.{} t order by t::text collate "C"'
    with stack.db() as db:
        return {table: db.execute(statement.format(table)).fetchall() for table in TABLES}


def told(stack: Stack) -> list[str]:
    """The days the team was told of."""
    with stack.db() as db:
        return [row["dedupe_key"] for row in db.execute("select dedupe_key from notification where kind = 'figures'").fetchall()]


def test_thirty_days_counted_twice_have_identical_tables_and_no_old_day_is_told(stack: Stack) -> None:
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    first = yesterday - timedelta(days=DAYS - 1)
    with stack.db() as db:
        for statement in SPREAD:
            db.execute(statement, {"days": DAYS})
    with stack.airflow() as api:
        runs = backfilled(api, first, yesterday)
        once = figures(stack)
        again = backfilled(api, first, yesterday)
    assert {run["state"] for run in runs} == {run["state"] for run in again} == {"success"}
    assert sorted(run["logical_date"][:10] for run in runs) == [str(first + timedelta(days=day + 1)) for day in range(DAYS)]
    assert {run["dag_run_id"] for run in runs} == {run["dag_run_id"] for run in again}
    assert figures(stack) == once
    with stack.db() as db:
        days = db.execute("select count(distinct day) as n from figures.board where postings > 0").fetchone()
    assert days == {"n": DAYS}
    assert told(stack) == [f"figures:{yesterday}:slack"]
    pages = {path.name for path in (stack.home / "reports").glob("*.html") if ", so far, until" not in path.read_text()}
    assert pages == {f"analytics-{first + timedelta(days=day)}.html" for day in range(DAYS)}
    with stack.airflow() as api:
        origin = str(api.base_url).removesuffix("/api/v2/")
        whole = api.get(f"{origin}/figures/{yesterday}")
        newest = api.get(f"{origin}/figures/", follow_redirects=True)
    assert (whole.status_code, newest.status_code) == (200, 200)
    assert f"Figures of {yesterday.day} " in whole.text
    assert ", so far, until" in newest.text  # the demo's own, of the day it ran on
    assert "<svg " in newest.text
    assert httpx.get(f"{origin}/figures/{yesterday}", timeout=10).status_code == 401
    assert httpx.get(f"{origin}/figures/{yesterday}", headers={"Authorization": "Bearer nonsense"}, timeout=10).status_code in (401, 403)
