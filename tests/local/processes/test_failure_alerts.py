"""The team hears of a process that ended or hung: once, when there is something to say, and afterwards where Postgres was away."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.processes.failure_alerts import QUIET, FailureAlert, due_alerts, enqueue_alerts
from local.processes.process_failures import DAY, MOST, FailureLog, ProcessFailure
from rolecall.store import Connection
from tests.conftest import free_port

NOW = 1_000_000.0


@pytest.fixture
def failures(tmp_path: Path) -> FailureLog:
    return FailureLog(tmp_path / "troubles.json")


def environment(dsn: str, **more: str) -> dict[str, str]:
    return {"ROLECALL_DSN": dsn, "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0", "SLACK_WEBHOOK_URL": "http://slack.example", **more}


def mark_reported(db: Connection) -> list[tuple[str, str, str]]:
    rows = db.execute("select type, recipient, message from notification order by created_at").fetchall()
    return [(row["type"], row["recipient"], row["message"]) for row in rows]


def texts(found: list[FailureAlert]) -> list[str]:
    return [each.text for each in found]


def test_one_process_killed_and_started_again_is_one_message_with_both_moments(db: Connection, dsn: str, failures: FailureLog) -> None:
    failures.note("scheduler", "killed by SIGKILL", NOW)
    assert enqueue_alerts(failures, environment(dsn), NOW + 5)  # nothing yet: it may be back soon
    failures.back("scheduler", NOW + 21)
    for moment in (22, 30, 4000):
        assert enqueue_alerts(failures, environment(dsn), NOW + moment)
    assert mark_reported(db) == [
        ("slack", "#alerts", "⚠️ scheduler (13:46:40 UTC) was killed by SIGKILL. It was started again and is ready since 13:47:01 UTC.")
    ]


def test_what_does_not_come_back_is_told_after_a_minute_and_its_return_too(failures: FailureLog) -> None:
    failures.note("redis", "hung: no sign of life for 61 s", NOW)
    assert texts(due_alerts(failures.all(), NOW + 59)) == []
    (away,) = due_alerts(failures.all(), NOW + 61)
    assert away.text == "🚨 redis (13:46:40 UTC) was found hanging and killed: no sign of life for 61 s. It is not back yet → make status"
    failures.mark_reported("redis", away.said, away.up_to, NOW + 61)
    assert due_alerts(failures.all(), NOW + 500) == []
    failures.back("redis", NOW + 600)
    (back,) = due_alerts(failures.all(), NOW + 601)
    assert back.text == "✅ redis runs again, after 10 min."
    failures.mark_reported("redis", back.said, back.up_to, NOW + 601)
    assert due_alerts(failures.all(), NOW + 9000) == []


def test_a_process_that_keeps_dying_is_told_of_once_an_hour_with_how_often(failures: FailureLog) -> None:
    said = []
    for minute in range(120):
        now = NOW + minute * 60
        failures.note("services", "ended with status 1", now)
        failures.back("services", now + 10)
        for each in due_alerts(failures.all(), now + 11):
            said.append(each.text)
            failures.mark_reported(each.process, each.said, each.up_to, now + 11)
    assert len(said) == 120 * 60 // QUIET
    assert "ended 60 times since" in said[1] or "ended 61 times since" in said[1]


def test_where_postgres_was_away_it_is_told_afterwards(db: Connection, dsn: str, failures: FailureLog) -> None:
    failures.note("postgres", "killed by SIGKILL", NOW)
    failures.back("postgres", NOW + 3)
    away = environment(f"postgresql://nobody@127.0.0.1:{free_port()}/x")
    assert not enqueue_alerts(failures, away, NOW + 4)
    assert enqueue_alerts(FailureLog(failures._path), environment(dsn), NOW + 600)  # another supervisor
    assert len(mark_reported(db)) == 1


def test_without_slack_it_goes_to_the_alert_webhook(db: Connection, dsn: str, failures: FailureLog) -> None:
    failures.note("triggerer", "ended with status 1", NOW)
    failures.back("triggerer", NOW + 3)
    assert enqueue_alerts(failures, environment(dsn, SLACK_WEBHOOK_URL="", ALERT_WEBHOOK_URL="http://alerts.example"), NOW + 4)
    assert [(kind, to) for kind, to, _ in mark_reported(db)] == [("alert", "team")]


def test_who_falls_with_what_it_stands_on_is_counted_and_not_told_of(failures: FailureLog) -> None:
    failures.note("postgres", "hung: no sign of life for 61 s", NOW)
    for name in ("scheduler", "triggerer"):
        failures.note(name, "ended with status 1", NOW + 1, follows=True)
        failures.back(name, NOW + 20)
    failures.back("postgres", NOW + 10)
    assert [each.process for each in due_alerts(failures.all(), NOW + 21)] == ["postgres"]
    assert len(failures.of_last_day(NOW + 21)) == 3


def test_the_list_is_of_the_last_day_bounded_and_survives_nonsense(failures: FailureLog) -> None:
    for number in range(MOST + 50):
        failures.note("redis", "killed by SIGKILL", NOW + number)
    assert len(failures.all()) == MOST
    assert failures.of_last_day(NOW + DAY + 10_000) == []
    failures._path.write_text('{"troubles": [{"process": "redis", "of": "another version"}]}')
    assert failures.all() == []
    assert ProcessFailure("redis", "killed", 1.0).said == "nothing"


def test_what_ends_while_something_else_is_noted_as_told_is_not_forgotten(failures: FailureLog) -> None:
    failures.note("redis", "killed by SIGKILL", NOW)
    with ThreadPoolExecutor(2) as pool:
        telling = [pool.submit(failures.mark_reported, "redis", "away", NOW, NOW + number) for number in range(60)]
        for number in range(60):
            failures.note(f"process {number}", "killed by SIGKILL", NOW)
        for each in telling:
            each.result()
    assert len(failures.all()) == 61
