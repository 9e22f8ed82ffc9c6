"""A failed task is one record; the same mistake is one group; a critical one is one alert."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from rolecall.errors import AuthFailed, LayoutChanged, MaybeReceived, NeverSent
from rolecall.monitoring.workflows.failed_tasks import Failure, failure, is_critical, record
from rolecall.store import Connection

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "critical"),
    [
        (ConnectionRefusedError(111, "refused"), True),
        (NeverSent("the AI service cannot be reached"), True),
        (TimeoutError(), True),
        (caused(MaybeReceived("no answer"), httpx.ReadTimeout("")), True),
        (AuthFailed("401"), True),
        (PermissionError("no"), True),
        (RuntimeError("connect ECONNREFUSED 127.0.0.1"), True),
        (RuntimeError("Authentication needed"), True),
        ("the task got a timeout", True),
        (MaybeReceived("answered 500"), False),
        (LayoutChanged("no cards"), False),
        (KeyError("x"), False),
        (None, False),
    ],
    ids=str,
)
def test_critical_is_decided_by_type_first_and_by_the_seeds_patterns_second(error: Exception | str | None, critical: bool) -> None:
    assert is_critical(error) is critical


def failed(error: Exception | str | None, *, run: str = "r1", node: str = "apply", minutes: int = 0) -> Failure:
    return failure(
        error, workflow="auto_apply", node=node, run_id=run, map_index=3, try_number=2,
        link="http://airflow/dags/auto_apply", happened_at=NOW + timedelta(minutes=minutes),
    )  # fmt: skip


def keep(db: Connection, one: Failure) -> bool:
    return record(db, one, remind_after=timedelta(hours=6))


def told(db: Connection) -> list[tuple[str, str]]:
    return [(row["type"], row["message"]) for row in db.execute("select type, message from notification order by type")]


def test_four_deaths_are_four_records_and_three_critical_alerts(db: Connection) -> None:
    errors = [TimeoutError("took too long"), AuthFailed("401 from the platform"), NeverSent("refused"), KeyError("bug")]
    for number, error in enumerate(errors):
        assert keep(db, failed(error, node=f"task_{number}"))
    rows = db.execute("select type, critical, link from workflow_error order by id").fetchall()
    assert [(row["type"], row["critical"]) for row in rows] == [
        ("TimeoutError", True), ("AuthFailed", True), ("NeverSent", True), ("KeyError", False)
    ]  # fmt: skip
    assert {row["link"] for row in rows} == {"http://airflow/dags/auto_apply"}
    assert sorted(kind for kind, _ in told(db)) == ["alert"] * 3 + ["slack"] * 3


def test_the_alert_has_the_seeds_words_and_fields(db: Connection) -> None:
    keep(db, failed(NeverSent("the AI service is away")))
    row = db.execute("select message, data from notification where type = 'alert'").fetchone()
    assert row == {
        "message": "🚨 Critical Workflow Error: the AI service is away",
        "data": {"workflow": "auto_apply", "node": "apply", "time": NOW.isoformat()},
    }


def test_the_same_mistake_is_one_group_and_one_alert_until_it_is_worth_a_reminder(db: Connection) -> None:
    for number in range(20):
        keep(db, failed(NeverSent(f"no answer from 10.0.0.{number} for job 'j{number:016x}'"), run=f"r{number}", minutes=number))
    assert db.execute("select times from error_group").fetchall() == [{"times": 20}]
    assert len(told(db)) == 2
    keep(db, failed(NeverSent("no answer from 10.0.0.99 for job 'x'"), run="later", minutes=400))
    assert any("(21 times so far)" in message for _, message in told(db))


def test_another_place_or_another_type_is_another_mistake() -> None:
    prints = {failed(error, node=node).fingerprint for error in (KeyError("x"), ValueError("x")) for node in ("a", "b")}
    assert len(prints) == 4


def test_told_twice_about_one_try_it_is_one_record(db: Connection) -> None:
    assert [keep(db, failed(NeverSent("refused"))) for _ in range(2)] == [True, False]


@pytest.mark.parametrize("error", ["x" * 1_000_000, "null \0 and \ud800 half a pair", "", None])
def test_whatever_the_message_is_it_can_be_stored(error: str | None, db: Connection) -> None:
    assert keep(db, failed(error))
    row = db.execute("select message from workflow_error").fetchone()
    assert row is not None
    assert 0 < len(row["message"]) <= 4_000


def test_the_stack_is_kept(db: Connection) -> None:
    try:
        raise LayoutChanged("no cards") from KeyError("li")
    except LayoutChanged as error:
        keep(db, failed(error))
    row = db.execute("select stack from workflow_error").fetchone()
    assert row is not None
    assert "KeyError: 'li'" in row["stack"]
    assert "LayoutChanged: no cards" in row["stack"]
