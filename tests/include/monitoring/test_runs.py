"""A workflow that fails is told of once under one name, and nothing is told of twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rolecall.monitoring.errors import failure, record
from rolecall.monitoring.incidents import Look, observe
from rolecall.monitoring.watch import watch_runs
from rolecall.settings import Settings
from rolecall.store import Connection

NOW = datetime.now(UTC).replace(microsecond=0)
WATCHED = Settings.model_validate({"silence_hours": "analytics=26,backup=0"})


def ended(db: Connection, dag_id: str, run_id: str, state: str, at: timedelta) -> None:
    db.execute("insert into dag_run_end values (%s, %s, %s, 1, 10, %s)", (dag_id, run_id, state, NOW + at))


def failed_task(db: Connection, dag_id: str, run_id: str, error: Exception, at: timedelta) -> None:
    one = failure(
        error, workflow=dag_id, node="count_the_day", run_id=run_id, map_index=-1, try_number=3, link="http://a", happened_at=NOW + at
    )
    record(db, one, remind_after=timedelta(hours=6))


def told(db: Connection, sign: str = "") -> list[str]:
    rows = db.execute("select message from notification where type = 'slack' order by created_at, id").fetchall()
    return [row["message"] for row in rows if sign in row["message"]]


@pytest.mark.parametrize("dag_id", ["analytics", "auto_apply", "match_jobs"])
def test_a_red_run_is_told_once_with_its_first_error_and_its_end_once(db: Connection, dag_id: str) -> None:
    ended(db, dag_id, "r1", "failed", timedelta(minutes=-4))
    failed_task(db, dag_id, "r1", ValueError("no column named pay"), timedelta(minutes=-5))
    for minute in range(0, 30, 5):
        watch_runs(db, WATCHED, NOW + timedelta(minutes=minute))
    assert told(db, dag_id) == [f"🟥 {dag_id} failed: run r1, count_the_day: ValueError: no column named pay"]
    db.commit()  # rows of one transaction were created at one moment
    ended(db, dag_id, "r2", "success", timedelta(minutes=40))
    watch_runs(db, WATCHED, NOW + timedelta(minutes=45))
    assert told(db, dag_id)[1:] == [f"✅ {dag_id} succeeds again after 45 min"]


def test_one_of_many_runs_that_fails_is_told_though_the_next_one_is_green(db: Connection) -> None:
    ended(db, "auto_apply", "ada", "failed", timedelta(minutes=-3))
    ended(db, "auto_apply", "bob", "success", timedelta(minutes=-1))
    watch_runs(db, WATCHED, NOW)
    assert told(db, "auto_apply") == ["🟥 auto_apply failed: run ada: no task says why; see the run's page"]


def test_a_daily_run_that_fails_is_red_until_it_succeeds_and_is_not_told_of_as_silent_too(db: Connection) -> None:
    for hour in range(-50, 1):
        ended(db, "monitor_performance", f"w{hour}", "success", timedelta(hours=hour, minutes=-1))
    ended(db, "analytics", "good", "success", timedelta(hours=-48))
    ended(db, "analytics", "bad", "failed", timedelta(hours=-24))
    for hour in range(0, 6):
        watch_runs(db, WATCHED, NOW + timedelta(hours=hour))
        ended(db, "monitor_performance", f"x{hour}", "success", timedelta(hours=hour, minutes=1))
    assert [message[:18] for message in told(db, "analytics")] == ["🟥 analytics failed"]


def test_what_was_told_under_its_own_name_is_not_told_as_a_red_run(db: Connection) -> None:
    ended(db, "sync_data", "r1", "failed", timedelta(minutes=-4))
    failed_task(db, "sync_data", "r1", ConnectionRefusedError("refused"), timedelta(minutes=-5))
    ended(db, "scrape_linkedin", "r1", "failed", timedelta(minutes=-4))  # told by board
    watch_runs(db, WATCHED, NOW)
    assert told(db, "🟥") == []
    assert len(told(db, "🚨")) == 1


def test_a_mistake_that_does_not_happen_again_is_over_after_a_day_and_told_anew_if_it_does(db: Connection) -> None:
    for days in (0, 3):
        failed_task(db, "sync_data", f"r{days}", ConnectionRefusedError("refused"), timedelta(days=days))
        watch_runs(db, WATCHED, NOW + timedelta(days=days, hours=23))
        assert _open(db, "error") == 1
        watch_runs(db, WATCHED, NOW + timedelta(days=days, hours=25))
        assert _open(db, "error") == 0
    assert len(told(db, "🚨")) == 2


def test_what_is_no_longer_looked_at_does_not_stay_open_for_ever(db: Connection) -> None:
    observe(db, [Look("health:Board gone", "health", "Board gone", True, "503")], NOW)
    watch_runs(db, WATCHED, NOW + timedelta(days=6))
    assert _open(db, "health") == 1
    watch_runs(db, WATCHED, NOW + timedelta(days=8))
    assert _open(db, "health") == 0


def _open(db: Connection, kind: str) -> int:
    row = db.execute("select count(*) as n from incident where kind = %s and closed_at is null", (kind,)).fetchone()
    return int(row["n"]) if row else 0
