"""A service of the running stack fails and recovers: one alert, one all-clear, and a history of both."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from local.airflow_api import AirflowApi
from tests.integration.conftest import Stack

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
        assert run(airflow, "sweep_applications", "seal") == "success"
    assert "the log is what was written" in stack.make("audit-verify").stdout
    with stack.db() as conn:
        from include.monitoring.audit import about_application

        found = conn.execute("select id::text from application where state = 'submitted' limit 1").fetchone()
        assert found is not None
        dossier = about_application(conn, found["id"])
    assert {event["to_state"] for event in dossier["events"]} >= {"approved", "submitting", "submitted"}
    assert dossier["match"]["reasons"]
    assert dossier["letter"]
    assert dossier["request"]["state"] == "submitted"
    assert {message["state"] for message in dossier["messages"]} == {"sent"}
    assert dossier["audit"]
