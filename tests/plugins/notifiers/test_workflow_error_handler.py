"""The one path for every failed task: a record where Postgres is there, a direct alert where it is not, and never a second failure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from rolecall import run_durations
from rolecall.errors import LayoutChanged, NeverSent
from rolecall.notifiers.workflow_error_handler import WorkflowErrorHandler, read
from rolecall.store import Connection
from tests.conftest import free_port
from tests.http_double import http_double

TASK = SimpleNamespace(
    dag_id="auto_apply", task_id="apply", run_id="r1", map_index=3, try_number=2, log_url="http://airflow/dags/auto_apply"
)


def context(error: Any) -> Any:
    return {"ti": TASK, "run_id": "r1", "exception": error}


def use(monkeypatch: pytest.MonkeyPatch, dsn: str) -> None:
    monkeypatch.setattr("rolecall.hooks.store_hook.StoreHook.dsn", property(lambda _: dsn))


def test_a_failure_is_recorded_with_its_place_and_link(monkeypatch: pytest.MonkeyPatch, dsn: str, db: Connection) -> None:
    use(monkeypatch, dsn)
    monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{free_port()}/0")  # the wake-up is not worth failing for
    WorkflowErrorHandler().notify(context(LayoutChanged("no cards")))
    row = db.execute("select workflow, node, run_id, map_index, try_number, type, critical, link from workflow_error").fetchone()
    assert row == {
        "workflow": "auto_apply", "node": "apply", "run_id": "r1", "map_index": 3, "try_number": 2,
        "type": "LayoutChanged", "critical": False, "link": "http://airflow/dags/auto_apply",
    }  # fmt: skip


def test_where_postgres_is_the_trouble_a_critical_alert_goes_out_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, f"postgresql://nobody@127.0.0.1:{free_port()}/x")
    with http_double() as web:
        monkeypatch.setenv("ALERT_WEBHOOK_URL", f"{web.url}/alert")
        monkeypatch.setenv("SLACK_WEBHOOK_URL", f"{web.url}/slack")
        WorkflowErrorHandler().notify(context(NeverSent("refused")))
        WorkflowErrorHandler().notify(context(LayoutChanged("not critical")))
    alert = next(call.json for call in web.calls if call.path == "/alert")
    assert [call.path for call in web.calls].count("/alert") == 1
    assert alert["text"] == "🚨 Critical Workflow Error: refused"
    assert {field["title"]: field["value"] for field in alert["attachments"][0]["fields"]}["Workflow"] == "auto_apply"


def test_an_alert_sender_that_fails_never_fails_the_task(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    use(monkeypatch, f"postgresql://nobody@127.0.0.1:{free_port()}/x")
    monkeypatch.setenv("ALERT_WEBHOOK_URL", f"http://127.0.0.1:{free_port()}/alert")
    monkeypatch.delenv("SLACK_WEBHOOK_URL", raising=False)
    WorkflowErrorHandler().notify(context(NeverSent("refused")))
    assert "the alert was not sent by alert" in capsys.readouterr().out
    WorkflowErrorHandler().notify(None)  # type: ignore[arg-type]  # even a context that is none
    assert "the failure could not be recorded" in capsys.readouterr().out


def test_what_a_context_does_not_know_is_said_so() -> None:
    failed = read({"dag": SimpleNamespace(dag_id="d"), "reason": "timed_out"})
    assert (failed.workflow, failed.node, failed.run_id, failed.message) == ("d", "-", "unknown", "timed_out")


def test_how_long_a_run_waited_and_took_is_noted_by_a_thread(monkeypatch: pytest.MonkeyPatch, dsn: str, db: Connection) -> None:
    use(monkeypatch, dsn)
    start = datetime(2026, 5, 4, 12, tzinfo=UTC)
    run = SimpleNamespace(
        dag_id="d", run_id="r", state="success", run_after=start, queued_at=start,
        start_date=start + timedelta(seconds=2), end_date=start + timedelta(seconds=9),
    )  # fmt: skip
    run_durations.on_dag_run_success(dag_run=run, msg="")
    run_durations.WAITING.join()
    row = db.execute("select dag_id, state, queued_seconds, seconds from dag_run_end").fetchone()
    assert row == {"dag_id": "d", "state": "success", "queued_seconds": 2.0, "seconds": 7.0}
    run_durations.on_dag_run_failed(dag_run=None, msg="")  # never raises
