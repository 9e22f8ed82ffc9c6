"""A service of the running stack fails and recovers: one alert, one all-clear, and a history of both."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from local.dag_runs.airflow_api import AirflowApi
from tests.conftest import free_port
from tests.integration.conftest import ROOT, Stack

pytestmark = pytest.mark.long


def run(airflow: AirflowApi, dag_id: str, name: str) -> str:
    """Triggers a run and waits for its end; returns its state."""
    airflow.trigger(dag_id, name, {})
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        state = str(airflow._call("GET", f"/dags/{dag_id}/dagRuns/{name}")["state"])
        if state in ("success", "failed"):
            return state
        time.sleep(0.5)
    pytest.fail(f"{dag_id} {name} did not end")


def told(stack: Stack, service: str) -> list[str]:
    """What `#alerts` heard of a service, in order."""
    with stack.db() as conn:
        rows = conn.execute(
            "select message from notification where type = 'slack' and message like %s order by created_at", (f"%{service}%",)
        )
        return [row["message"] for row in rows]


def fault(stack: Stack, method: str, **content: Any) -> None:
    facts = stack.facts
    token = {"Authorization": f"Bearer {facts['sandbox_token']}"} if "sandbox_token" in facts else {}
    httpx.request(method, f"{facts['sandbox_url']}/_sandbox/faults", headers=token, json=content or None, timeout=10).raise_for_status()


def test_a_service_that_fails_is_told_once_and_its_recovery_once(stack: Stack) -> None:
    with AirflowApi(stack.facts) as airflow:
        fault(stack, "PUT", target="user", kind="status", status=503, times=None)
        assert [run(airflow, "check_health", f"watch-{number}") for number in range(3)] == ["success"] * 3
        assert told(stack, "User Service") == ["🚨 Service User Service is down! Status: 503"]
        fault(stack, "DELETE")
        assert run(airflow, "check_health", "watch-well") == "success"
    _, second = told(stack, "User Service")
    assert second.startswith("✅ Service User Service is healthy again after")
    with stack.db() as conn:
        looks = conn.execute("select status from health_check where service = 'User Service' order by checked_at").fetchall()
        assert [row["status"] for row in looks][-4:] == ["503", "503", "503", "200"]
        closed = conn.execute("select occurrences from incident where key = 'health:User Service' and closed_at is not null").fetchall()
        assert closed == [{"occurrences": 3}]


def test_the_audit_log_of_the_demo_verifies_and_tells_everything_about_an_application(stack: Stack) -> None:
    with AirflowApi(stack.facts) as airflow:
        assert run(airflow, "seal_audit", "seal") == "success"
    assert "the log is what was written" in stack.make("audit-verify").stdout
    with stack.db() as conn:
        from rolecall.monitoring.audit import about_application

        found = conn.execute("select id::text from application where state = 'submitted' limit 1").fetchone()
        assert found is not None
        dossier = about_application(conn, found["id"])
    assert {event["to_state"] for event in dossier["events"]} >= {"approved", "submitting", "submitted"}
    assert dossier["match"]["reasons"]
    assert dossier["letter"]
    assert dossier["request"]["state"] == "submitted"
    assert {message["state"] for message in dossier["messages"]} == {"sent"}
    assert dossier["audit"]


def test_four_ways_to_die_are_four_records_and_three_critical_alerts_with_links_that_open(stack: Stack) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:  # accepts, never answers
        addresses = [f"http://127.0.0.1:{port}" for port in (silent.getsockname()[1], free_port())]
        done = subprocess.run(
            ["./rolecall", "python", "-m", "tests.integration.dags.four_failures", *addresses],
            cwd=ROOT, env={**os.environ, "ROLECALL_HOME": str(stack.home)}, capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip
    with stack.db() as conn:
        rows = conn.execute("select node, type, critical, message, link from workflow_error where workflow = 'four_failures'").fetchall()
    assert {(row["node"], row["critical"]) for row in rows} == {
        ("time_out", True), ("wrong_key", True), ("nobody_there", True), ("bug", False),
    }, done.stdout[-4000:] + done.stderr[-4000:]  # fmt: skip
    assert len(rows) == 4
    assert next(row["message"] for row in rows if row["node"] == "bug") == "division by zero"
    with AirflowApi(stack.facts) as airflow:
        for row in rows:
            found = re.fullmatch(rf"{stack.facts['airflow_url']}/dags/(.+)/runs/(.+)/tasks/(\w+)(\?.*)?", row["link"])
            assert found, row["link"]
            task = airflow._call("GET", f"/dags/{found[1]}/dagRuns/{found[2]}/taskInstances/{found[3]}")
            assert (task["task_id"], task["state"]) == (row["node"], "failed")

    def posted() -> list[str]:
        return [str(one) for one in stack.sandbox("/_sandbox/messages?channel=alert")["messages"] if "four_failures" in str(one)]

    alerts = eventually(posted, 3)
    critical = {"time_out", "wrong_key", "nobody_there"}
    assert {name for alert in alerts for name in critical if name in alert} == critical
    assert len(alerts) == 3


def eventually(found: Callable[[], list[str]], count: int) -> list[str]:
    """What was found once there are so many, or after a minute."""
    deadline = time.monotonic() + 60
    while len(rows := found()) < count and time.monotonic() < deadline:
        time.sleep(0.5)
    return rows


def test_a_run_beyond_its_deadline_is_told_of_once_with_a_link(stack: Stack) -> None:
    stack.make("up", DEADLINE_MINUTES="auto_apply=0.02")
    try:
        with AirflowApi(stack.facts) as airflow:
            airflow.trigger("auto_apply", "late", {"cvId": "nobody's", "userId": "u1", "userEmail": "a@b.example"})
            messages = eventually(lambda: told(stack, "⏰ auto_apply"), 1)
        assert [message.endswith("/dags/auto_apply/runs/late") for message in messages] == [True]
    finally:
        stack.make("up")
