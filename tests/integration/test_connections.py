"""Airflow's connections are the truth: seen in the web UI's lists, tested, changed over REST, used by the next task, and kept."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.http_double import Answer, http_double
from tests.integration.conftest import Stack

pytestmark = pytest.mark.long

KINDS = {"rolecall_platform": "Rolecall platform API", "rolecall_ai": "Rolecall AI service", "rolecall_board": "Rolecall job board"}


def test_the_pages_know_our_connections_their_kinds_and_the_provider(stack: Stack) -> None:
    with stack.airflow() as airflow:
        rows = {row["connection_id"]: row for row in airflow.get("/connections", params={"limit": 100}).json()["connections"]}
        assert rows["platform_api"]["conn_type"] == "rolecall_platform"
        assert {"rolecall_db", "redis_default", "ai_service", "board_linkedin", "slack_default", "smtp_default"} <= set(rows)
        assert rows["platform_api"]["password"] in (None, "***")
        assert "rolecall" in {each["package_name"] for each in airflow.get("/providers", params={"limit": 100}).json()["providers"]}
        assert {"rolecall_boards", "rolecall_applications", "rolecall_matching"} <= {
            pool["name"] for pool in airflow.get("/pools", params={"limit": 100}).json()["pools"]
        }
        forms = airflow.get(f"{stack.facts['airflow_url']}/ui/connections/hook_meta").json()
    assert {form["connection_type"]: form["hook_name"] for form in forms if form["connection_type"].startswith("rolecall")} == KINDS


def test_the_test_button_works_and_names_what_is_wrong(stack: Stack) -> None:
    body: dict[str, Any] = {"connection_id": "platform_api", "conn_type": "rolecall_platform"}
    with stack.airflow() as airflow:
        assert airflow.post("/connections/test", json=body).json() == {"status": True, "message": "healthy"}
        away = airflow.post("/connections/test", json={**body, "host": "http://127.0.0.1:9", "password": "x"}).json()
    assert not away["status"]
    assert "cannot be reached at http://127.0.0.1:9" in away["message"]


def triggered(stack: Stack, dag_id: str, run_id: str) -> str:
    with stack.airflow() as airflow:
        airflow.post(f"/dags/{dag_id}/dagRuns", json={"dag_run_id": run_id, "logical_date": None, "conf": {}}).raise_for_status()
        end = time.monotonic() + 120
        while time.monotonic() < end:
            state = str(airflow.get(f"/dags/{dag_id}/dagRuns/{run_id}").json()["state"])
            if state in ("success", "failed"):
                return state
            time.sleep(0.5)
    pytest.fail(f"{dag_id} {run_id} did not end")


def test_a_row_changed_over_rest_is_used_by_the_next_task_and_survives_make_up(stack: Stack) -> None:
    with http_double() as mine, stack.airflow() as airflow:
        mine.answer = lambda call: Answer(200, {"users": [], "next": None} if "/users" in call.path else {})
        change = {"connection_id": "platform_api", "conn_type": "rolecall_platform", "host": mine.url}
        try:
            airflow.patch("/connections/platform_api", params={"update_mask": "host"}, json=change).raise_for_status()
            triggered(stack, "sync_data", f"moved-{time.time_ns()}")
            assert any("/api/v1/users" in call.path for call in mine.calls)
            assert {call.headers.get("authorization") for call in mine.calls} == {f"Bearer {stack.facts['api_token']}"}
            assert "changed by hand: host" in stack.make("up").stdout
            assert airflow.get("/connections/platform_api").json()["host"] == mine.url
            assert "platform_api (host)" in stack.make("status", check=False).stdout
        finally:
            airflow.delete("/connections/platform_api").raise_for_status()
            stack.make("up")
    with stack.airflow() as airflow:
        assert airflow.get("/connections/platform_api").json()["host"] == stack.facts["services_url"]
