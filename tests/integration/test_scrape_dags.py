"""`scrape_*` through Airflow: a backfill of a week reads history again, and a broken board is one alert."""

from __future__ import annotations

import time
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.integration.conftest import Stack

pytestmark = pytest.mark.long

BOARD = "indeed"
DAG = f"/dags/scrape_{BOARD}"
LIMIT = 420.0


def rows(stack: Stack, statement: str, *values: Any) -> list[dict[str, Any]]:
    with stack.db() as db:
        return db.execute(statement, values).fetchall()


def postings(stack: Stack) -> list[dict[str, Any]]:
    return rows(stack, "select id, external_id, content_hash, changed_at, delivered_at from posting where board = %s order by id", BOARD)


def told(stack: Stack) -> list[str]:
    """What Slack was owed about the board so far."""
    return [
        one["message"] for one in rows(stack, "select message from notification where kind like 'scraped%%' and message like '%%Indeed%%'")
    ]


def fault(stack: Stack, method: str, path: str = "", **fault: Any) -> Any:
    headers = {"Authorization": f"Bearer {stack.facts['sandbox_token']}"}
    address = f"{stack.facts['sandbox_url']}/_sandbox/faults{path}"
    return httpx.request(method, address, headers=headers, json=fault or None, timeout=10).raise_for_status().json()


def ended(api: httpx.Client, path: str, **params: Any) -> list[dict[str, Any]]:
    """The runs of a list once all of them have ended."""
    deadline = time.monotonic() + LIMIT
    while True:
        runs: list[dict[str, Any]] = api.get(path, params={"limit": 100, **params}).raise_for_status().json()["dag_runs"]
        if runs and all(run["state"] in ("success", "failed") for run in runs):
            return runs
        assert time.monotonic() < deadline, [(run["dag_run_id"], run["state"]) for run in runs]
        time.sleep(1)


def backfill(api: httpx.Client, since: datetime, until: datetime) -> list[dict[str, Any]]:
    """What ``./rolecall airflow backfill create --reprocess-behavior completed`` asks for; returns the runs once they have ended."""
    asked = {
        "dag_id": f"scrape_{BOARD}",
        "from_date": since.isoformat(),
        "to_date": until.isoformat(),
        "reprocess_behavior": "completed",
        "max_active_runs": 8,
    }
    deadline = time.monotonic() + LIMIT
    while (answer := api.post("/backfills", json=asked)).status_code == 409:  # the one before is closed a little after its last run
        assert time.monotonic() < deadline, answer.text
        time.sleep(1)
    answer.raise_for_status()
    return ended(api, f"{DAG}/dagRuns", run_type="backfill", logical_date_gte=since.isoformat(), logical_date_lte=until.isoformat())


def scraped(api: httpx.Client) -> str:
    """One run of the present; returns its state."""
    run_id = f"test__{uuid.uuid4()}"
    api.post(f"{DAG}/dagRuns", json={"dag_run_id": run_id, "logical_date": None, "conf": {}}).raise_for_status()
    deadline = time.monotonic() + LIMIT
    while True:
        state: str = api.get(f"{DAG}/dagRuns/{run_id}").raise_for_status().json()["state"]
        if state in ("success", "failed"):
            return state
        assert time.monotonic() < deadline, state
        time.sleep(0.5)


def answers_read(api: httpx.Client, run: dict[str, Any]) -> int:
    """How many raw answers a run read again."""
    path = f"{DAG}/dagRuns/{run['dag_run_id']}/taskInstances/scrape/xcomEntries/return_value"
    value: dict[str, Any] = api.get(path, params={"map_index": 0, "deserialize": True}).raise_for_status().json()["value"]
    return int(value["answers"])


def test_a_backfilled_week_reads_what_was_landed_never_asks_the_board_and_tells_nobody(stack: Stack) -> None:
    slot = (datetime.now(UTC) - timedelta(days=3)).replace(hour=12, minute=0, second=0, microsecond=0)
    with stack.db() as db:  # what the demo scraped becomes a run of three days ago
        (past,) = db.execute(
            "select %s::timestamptz - min(fetched_at) + interval '5 minutes' as back from board_answer where board = %s", (slot, BOARD)
        ).fetchall()
        moved = "fetched_at = fetched_at + %s, first_fetched_at = first_fetched_at + %s"
        db.execute(f"update board_answer set {moved} where board = %s", (past["back"], past["back"], BOARD))
        moved = "last_seen_at = last_seen_at + %s, detailed_at = detailed_at + %s"
        db.execute(f"update posting set {moved} where board = %s", (past["back"], past["back"], BOARD))
    before, words = postings(stack), told(stack)
    assert before
    fault(stack, "PUT", target=BOARD, kind="status", status=500, times=None)
    try:
        with stack.airflow() as api:
            day = backfill(api, slot - timedelta(hours=7), slot + timedelta(hours=7))
            week = backfill(api, slot - timedelta(days=4), slot + timedelta(days=2, hours=12))
            read = {run["dag_run_id"]: answers_read(api, run) for run in week}
        (broken,) = fault(stack, "GET")["faults"]
    finally:
        fault(stack, "DELETE")
    assert len(day) == 3
    assert len(week) > 18
    assert {run["state"] for run in week} == {"success"}
    assert {run["dag_run_id"] for run in day} <= {run["dag_run_id"] for run in week}
    assert [run for run, answers in read.items() if answers] == [
        run["dag_run_id"] for run in week if run["logical_date"].startswith(f"{slot:%Y-%m-%dT%H}")
    ]
    assert broken["taken"] == 0
    assert postings(stack) == before
    assert told(stack) == words


def test_a_broken_board_is_one_alert_and_its_recovery_is_told(stack: Stack) -> None:
    before = told(stack)
    fault(stack, "PUT", target=BOARD, kind="layout", times=None)
    try:
        with stack.airflow() as api:
            assert {scraped(api), scraped(api)} <= {"success", "failed"}
    finally:
        fault(stack, "DELETE")
    (alert,) = [words for words in told(stack) if words not in before]
    assert alert.startswith("Error scraping Indeed jobs: LayoutChanged: ")
    with stack.airflow() as api:
        assert scraped(api) == "success"
    after = [words for words in told(stack) if words not in [*before, alert]]
    assert any(words.startswith("Indeed can be scraped again: LayoutChanged is over") for words in after)
    assert not [words for words in after if words.startswith("Error")]
