"""A run that takes too long is told of once; one that waits for a person's yes is not late."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from rolecall.notifiers import late_run_notifier
from rolecall.notifiers.late_run_notifier import LateRunNotifier
from rolecall.store import Connection
from tests.applying.conftest import application
from tests.conftest import free_port
from tests.world import messages

__all__ = ["application"]

CONTEXT: Any = {"dag_run": {"dag_id": "auto_apply", "dag_run_id": "manual__2026-05-04T12:00:00+00:00"}}


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, dsn: str) -> None:
    async def found(_: str) -> str:
        return dsn

    monkeypatch.setattr(late_run_notifier, "postgres_dsn", found)
    monkeypatch.setattr("rolecall.hooks.store_hook.StoreHook.dsn", property(lambda _: dsn))
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")  # the wake-up is not worth failing for


async def missed() -> None:
    """As the triggerer calls it."""
    await LateRunNotifier(context=CONTEXT, minutes=30)


def test_it_is_told_once_with_a_link_however_often_it_is_called(db: Connection) -> None:
    asyncio.run(missed())
    asyncio.run(missed())
    LateRunNotifier(minutes=30)(CONTEXT)
    assert len(messages(db, "#alerts")) == 1
    assert messages(db, "#alerts")[0].startswith("⏰ auto_apply has not ended after 30 min: ")
    assert messages(db, "#alerts")[0].endswith("/dags/auto_apply/runs/manual__2026-05-04T12%3A00%3A00%2B00%3A00")


def test_a_run_that_waits_for_an_answer_is_not_late(db: Connection, application: str) -> None:
    db.execute(
        "insert into approval (run_id, application_id, label, content_hash) values (%s, %s, 'Nurse @ Ward', 'h')",
        (CONTEXT["dag_run"]["dag_run_id"], application),
    )
    db.commit()
    asyncio.run(missed())
    assert messages(db, "#alerts") == []
    db.execute("update approval set answer = 'yes', answered_by = 'Ada', answered_at = now()")
    db.commit()
    asyncio.run(missed())
    assert len(messages(db, "#alerts")) == 1


def test_without_postgres_nothing_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nowhere(_: str) -> str:
        return f"postgresql://nobody@127.0.0.1:{free_port()}/x"

    monkeypatch.setattr(late_run_notifier, "postgres_dsn", nowhere)
    asyncio.run(missed())


@pytest.mark.parametrize("state", ["failed", "success"])
def test_a_run_that_has_ended_is_not_late(db: Connection, state: str) -> None:
    over: Any = {"dag_run": {**CONTEXT["dag_run"], "state": state}}
    asyncio.run(_called(over))
    assert messages(db, "#alerts") == []


def test_a_run_that_ended_while_the_alert_was_on_its_way_is_not_late(db: Connection) -> None:
    run = CONTEXT["dag_run"]
    db.execute("insert into dag_run_end values (%s, %s, 'failed', 1, 10, now())", (run["dag_id"], run["dag_run_id"]))
    db.commit()
    asyncio.run(_called({"dag_run": {**run, "state": "running"}}))
    assert messages(db, "#alerts") == []


def test_a_run_that_was_cleared_and_runs_again_can_be_late(db: Connection) -> None:
    run = CONTEXT["dag_run"]
    db.execute("insert into dag_run_end values (%s, %s, 'failed', 1, 10, now() - interval '1 hour')", (run["dag_id"], run["dag_run_id"]))
    db.commit()
    asyncio.run(_called({"dag_run": {**run, "state": "running"}}))
    assert len(messages(db, "#alerts")) == 1


async def _called(context: Any) -> None:
    await LateRunNotifier(context=context, minutes=30)
