"""A workflow that fails is told of once under one name, and nothing is told of twice."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from rolecall.monitoring.incidents import Observation, observe
from rolecall.monitoring.workflows.failed_tasks import failure, record
from rolecall.monitoring.workflows.watch import watch_runs
from rolecall.run_durations import INSERT
from rolecall.settings import Settings
from rolecall.store import Connection

NOW = datetime.now(UTC).replace(microsecond=0)
WATCHED = Settings.model_validate({"silence_hours": "analytics=26,backup=0"})
LASTED = timedelta(minutes=5)
"""How long a run takes here: one that ends again began that long before."""

TRIES = itertools.count(1)


def ended(db: Connection, dag_id: str, run_id: str, state: str, at: timedelta) -> None:
    db.execute(INSERT, (dag_id, run_id, state, 1, LASTED.total_seconds(), NOW + at))
    db.commit()  # rows of one transaction were created at one moment


def failed_task(
    db: Connection,
    dag_id: str,
    run_id: str,
    error: Exception,
    at: timedelta,
    *,
    node: str = "count_the_day",
    map_index: int = -1,
    link: str = "",
) -> None:
    one = failure(
        error, workflow=dag_id, node=node, run_id=run_id, map_index=map_index, try_number=next(TRIES), link=link,
        happened_at=NOW + at,
    )  # fmt: skip
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
    ended(db, dag_id, "r2", "success", timedelta(minutes=40))
    watch_runs(db, WATCHED, NOW + timedelta(minutes=45))
    assert told(db, dag_id)[1:] == [f"✅ {dag_id} succeeds again after 45 min"]


def test_the_message_of_one_run_leads_to_the_task_that_failed(db: Connection) -> None:
    failed_task(db, "sync_data", "ada", NO_PAY, timedelta(minutes=-5), link="http://airflow/dags/sync_data/runs/ada/tasks/jobs")
    ended(db, "sync_data", "ada", "failed", timedelta(minutes=-3))
    (message,) = look(db, minutes=0)
    assert message.splitlines()[1:] == ["http://airflow/dags/sync_data/runs/ada/tasks/jobs"]


def test_one_of_many_runs_that_fails_is_told_though_the_next_one_is_green(db: Connection) -> None:
    ended(db, "auto_apply", "ada", "failed", timedelta(minutes=-3))
    ended(db, "auto_apply", "bob", "success", timedelta(minutes=-1))
    watch_runs(db, WATCHED, NOW)
    assert told(db, "auto_apply") == ["🟥 auto_apply failed (a later run succeeded): run ada: no task says why; see the run's page"]
    ended(db, "auto_apply", "eve", "success", timedelta(minutes=4))
    watch_runs(db, WATCHED, NOW + timedelta(minutes=5))
    assert len(told(db, "auto_apply")) == 1


def test_each_failed_run_that_somebody_asked_for_is_told_of_by_name_once(db: Connection) -> None:
    for name, minute in (("ada", -4), ("bob", -3), ("eve", -2)):
        failed_task(db, "auto_apply", name, ValueError(f"no CV of {name}"), timedelta(minutes=minute))
        ended(db, "auto_apply", name, "failed", timedelta(minutes=minute))
    watch_runs(db, WATCHED, NOW)
    ended(db, "auto_apply", "dan", "failed", timedelta(minutes=1))
    for minute in (5, 10):
        watch_runs(db, WATCHED, NOW + timedelta(minutes=minute))
    ended(db, "auto_apply", "fay", "success", timedelta(minutes=11))
    watch_runs(db, WATCHED, NOW + timedelta(minutes=15))
    assert told(db, "auto_apply") == [
        "🟥 auto_apply failed, 3 runs:"
        "\n• run ada, count_the_day: ValueError: no CV of ada"
        "\n• run bob, count_the_day: ValueError: no CV of bob"
        "\n• run eve, count_the_day: ValueError: no CV of eve",
        "🟥 auto_apply failed: run dan: no task says why; see the run's page",
        "✅ auto_apply succeeds again after 15 min",
    ]


def test_none_of_very_many_failed_runs_is_lost(db: Connection) -> None:
    names = [f"request__{number:04}-{'x' * 40}" for number in range(60)]
    for name in names:
        failed_task(db, "auto_apply", name, ValueError("no CV " * 100), timedelta(minutes=-4))
        ended(db, "auto_apply", name, "failed", timedelta(minutes=-3))
    watch_runs(db, WATCHED, NOW)
    messages = told(db, "auto_apply")
    assert all(len(message) <= 1500 for message in messages)
    assert all("\n".join(messages).count(name) == 1 for name in names)


def test_what_the_clock_starts_and_fails_again_is_named_with_the_reminder_and_the_all_clear(db: Connection) -> None:
    for quarter in range(28):  # seven hours; reminded after six
        ended(db, "process_applications", f"scheduled__{quarter}", "failed", timedelta(minutes=15 * quarter))
        watch_runs(db, WATCHED, NOW + timedelta(minutes=15 * quarter + 1))
    ended(db, "process_applications", "scheduled__28", "success", timedelta(minutes=15 * 28))
    watch_runs(db, WATCHED, NOW + timedelta(minutes=15 * 28 + 1))
    messages = told(db, "process_applications")
    assert [message.splitlines()[0] for message in messages] == [
        "🟥 process_applications failed: run scheduled__0: no task says why; see the run's page",
        "🟥 process_applications still fails after 6 h, 24 runs:",
        "✅ process_applications succeeds again after 7 h; failed in between, 3 runs:",
    ]
    assert all("\n".join(messages).count(f"run scheduled__{quarter}:") == 1 for quarter in range(28))


REFUSED, NO_PAY, NO_DAY = ConnectionRefusedError("refused"), ValueError("no column named pay"), KeyError("no day")


def look(db: Connection, *, minutes: float) -> list[str]:
    """What a look adds to what was told."""
    db.commit()
    before = len(told(db))
    watch_runs(db, WATCHED, NOW + timedelta(minutes=minutes))
    return told(db)[before:]


@pytest.mark.parametrize("run_id", ["ada", "scheduled__1"])
def test_a_run_that_was_cleared_and_fails_again_is_told_of_again(db: Connection, run_id: str) -> None:
    for minute in (-14, 4):
        ended(db, "auto_apply", run_id, "failed", timedelta(minutes=minute))
        assert len(look(db, minutes=minute + 1)) == 1
        ended(db, "auto_apply", run_id, "failed", timedelta(minutes=minute))  # noted twice
        assert look(db, minutes=minute + 2) == []


@pytest.mark.parametrize("run_id", ["ada", "scheduled__1", "asset_triggered__1", "backfill__1"])
def test_another_mistake_beside_one_that_was_told_is_told(db: Connection, run_id: str) -> None:
    failed_task(db, "sync_data", run_id, REFUSED, timedelta(minutes=-5), node="people")
    failed_task(db, "sync_data", run_id, NO_PAY, timedelta(minutes=-4), node="jobs")
    ended(db, "sync_data", run_id, "failed", timedelta(minutes=-3))
    assert look(db, minutes=0) == [f"🟥 sync_data failed: run {run_id}, jobs: ValueError: no column named pay"]
    assert look(db, minutes=5) == []


@pytest.mark.parametrize("run_id", ["ada", "scheduled__1", "backfill__1"])
def test_failed_cleared_failed_otherwise_and_green_is_told_as_it_was(db: Connection, run_id: str) -> None:
    failed_task(db, "analytics", run_id, REFUSED, timedelta(minutes=-5))
    ended(db, "analytics", run_id, "failed", timedelta(minutes=-4))
    assert [message[:1] for message in told(db)] == ["🚨"]
    assert look(db, minutes=-3) == []
    failed_task(db, "analytics", run_id, NO_PAY, timedelta(minutes=8))
    ended(db, "analytics", run_id, "failed", timedelta(minutes=9))
    assert look(db, minutes=10) == [f"🟥 analytics failed: run {run_id}, count_the_day: ValueError: no column named pay"]
    ended(db, "analytics", run_id, "failed", timedelta(minutes=20))  # its time was up before any task began
    assert look(db, minutes=21) == [f"🟥 analytics failed: run {run_id}: no task says why; see the run's page"]
    failed_task(db, "analytics", run_id, REFUSED, timedelta(minutes=29))  # told half an hour ago, of a run that was cleared since
    ended(db, "analytics", run_id, "failed", timedelta(minutes=30))
    assert look(db, minutes=31) == [f"🟥 analytics failed: run {run_id}, count_the_day: ConnectionRefusedError: refused"]
    ended(db, "analytics", run_id, "success", timedelta(minutes=40))
    assert look(db, minutes=41) == ["✅ analytics succeeds again after 31 min"]
    assert look(db, minutes=46) == []


def test_the_all_clear_comes_from_the_last_run_whatever_was_told_of_it_before(db: Connection) -> None:
    ended(db, "analytics", "scheduled__1", "failed", timedelta(minutes=-20))
    assert len(look(db, minutes=-19)) == 1
    failed_task(db, "analytics", "scheduled__2", REFUSED, timedelta(minutes=-11))
    ended(db, "analytics", "scheduled__2", "failed", timedelta(minutes=-10))
    assert look(db, minutes=-9) == []  # red still, and told under its own name
    ended(db, "analytics", "scheduled__2", "success", timedelta(minutes=0))  # cleared
    assert look(db, minutes=1) == ["✅ analytics succeeds again after 20 min"]


def test_several_tasks_that_fail_are_named_in_one_message_and_a_hundred_of_one_kind_once(db: Connection) -> None:
    for index in range(100):
        failed_task(db, "match_jobs", "ada", ValueError(f"CV {index} has no text"), timedelta(minutes=-5), node="match", map_index=index)
    failed_task(db, "match_jobs", "ada", NO_DAY, timedelta(minutes=-4), node="announce")
    for number in range(4):
        failed_task(db, "match_jobs", "bob", NO_DAY, timedelta(minutes=-5), node=f"task_{number}")
    for run_id in ("ada", "bob"):
        ended(db, "match_jobs", run_id, "failed", timedelta(minutes=-3))
    assert look(db, minutes=0) == [
        "🟥 match_jobs failed, 2 runs:"
        "\n• run ada, 2 mistakes: match: ValueError: CV 0 has no text; announce: KeyError: 'no day'"
        "\n• run bob, 4 mistakes: task_0: KeyError: 'no day'; task_1: KeyError: 'no day'; task_2: KeyError: 'no day'; and 1 more"
    ]


def test_a_hundred_tasks_with_one_critical_mistake_are_told_once(db: Connection) -> None:
    for index in range(100):
        failed_task(db, "match_jobs", "ada", REFUSED, timedelta(minutes=-5, seconds=index), node="match", map_index=index)
    ended(db, "match_jobs", "ada", "failed", timedelta(minutes=-3))
    assert look(db, minutes=0) == []
    assert len(told(db, "🚨")) == 1


def test_a_mistake_that_is_recorded_after_its_run_was_told_is_told_too(db: Connection) -> None:
    failed_task(db, "match_jobs", "ada", NO_PAY, timedelta(minutes=-5))
    ended(db, "match_jobs", "ada", "failed", timedelta(minutes=-3))
    assert len(look(db, minutes=0)) == 1
    failed_task(db, "match_jobs", "ada", NO_DAY, timedelta(minutes=-4), node="match")
    assert look(db, minutes=5) == ["🟥 match_jobs failed: run ada, match: KeyError: 'no day'"]
    assert look(db, minutes=10) == []


def test_a_board_tells_of_its_searches_and_the_run_of_everything_else(db: Connection) -> None:
    for run_id, node in (("scheduled__1", "scrape"), ("scheduled__2", "deliver"), ("scheduled__3", "report"), ("backfill__1", "scrape")):
        dag_id = f"scrape_{run_id}"
        failed_task(db, dag_id, run_id, NO_PAY, timedelta(minutes=-5), node=node)
        ended(db, dag_id, run_id, "failed", timedelta(minutes=-3))
    ended(db, "scrape_late", "scheduled__4", "failed", timedelta(minutes=-3))  # its time was up: no report was written
    assert sorted(message.partition(", ")[0] for message in look(db, minutes=0)) == [
        "🟥 scrape_backfill__1 failed: run backfill__1",
        "🟥 scrape_late failed: run scheduled__4: no task says why; see the run's page",
        "🟥 scrape_scheduled__3 failed: run scheduled__3",
    ]


def test_a_critical_error_is_told_once_and_each_further_run_that_was_asked_for_by_its_name(db: Connection) -> None:
    for minute, name in ((-6, "ada"), (-5, "bob"), (-4, "scheduled__1")):
        failed_task(db, "auto_apply", name, ConnectionRefusedError("refused"), timedelta(minutes=minute))
        ended(db, "auto_apply", name, "failed", timedelta(minutes=-3))
    watch_runs(db, WATCHED, NOW)
    assert len(told(db, "🚨")) == 1
    assert told(db, "🟥") == ["🟥 auto_apply failed: run bob, count_the_day: ConnectionRefusedError: refused"]


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
    failed_task(db, "scrape_linkedin", "r1", ValueError("no cards"), timedelta(minutes=-5), node="scrape")
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
    observe(db, [Observation("health:Board gone", "health", "Board gone", True, "503")], NOW)
    watch_runs(db, WATCHED, NOW + timedelta(days=6))
    assert _open(db, "health") == 1
    watch_runs(db, WATCHED, NOW + timedelta(days=8))
    assert _open(db, "health") == 0


def _open(db: Connection, kind: str) -> int:
    row = db.execute("select count(*) as n from incident where kind = %s and closed_at is null", (kind,)).fetchone()
    return int(row["n"]) if row else 0
