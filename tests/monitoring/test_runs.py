"""A workflow that fails is told of once under one name, and nothing is told of twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rolecall.monitoring.failed_tasks import failure, record
from rolecall.monitoring.incidents import Observation, observe
from rolecall.monitoring.watch import watch_runs
from rolecall.settings import Settings
from rolecall.store import Connection

NOW = datetime.now(UTC).replace(microsecond=0)
WATCHED = Settings.model_validate({"silence_hours": "analytics=26,backup=0"})


def ended(db: Connection, dag_id: str, run_id: str, state: str, at: timedelta) -> None:
    db.execute("insert into dag_run_end values (%s, %s, %s, 1, 10, %s)", (dag_id, run_id, state, NOW + at))
    db.commit()  # rows of one transaction were created at one moment


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
    ended(db, dag_id, "r2", "success", timedelta(minutes=40))
    watch_runs(db, WATCHED, NOW + timedelta(minutes=45))
    assert told(db, dag_id)[1:] == [f"✅ {dag_id} succeeds again after 45 min"]


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


def test_a_run_that_was_cleared_and_fails_again_is_told_of_again(db: Connection) -> None:
    from rolecall.run_durations import INSERT

    for minute in (-4, 4):
        db.execute(INSERT, ("auto_apply", "ada", "failed", 1, 10, NOW + timedelta(minutes=minute)))
        watch_runs(db, WATCHED, NOW + timedelta(minutes=minute + 1))
    assert len(told(db, "run ada")) == 2


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
