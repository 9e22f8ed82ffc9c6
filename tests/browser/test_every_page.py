"""Every page of Airflow's web UI that a stranger clicks: no request fails and no script complains."""

from __future__ import annotations

import time

import pytest

from tests.browser.conftest import Seen
from tests.integration.conftest import Stack

pytestmark = pytest.mark.browser
LONG = pytest.mark.long

DAG = "check_health"

PAGES = [
    "/",
    "/dags",
    "/dags?paused=false",
    "/dags/{dag}",
    *(f"/dags/{{dag}}/{tab}" for tab in ("runs", "tasks", "calendar", "required_actions", "backfills", "events", "code", "details")),
    "/dags/{dag}/tasks/{task}",
    "/dags/{dag}/runs/{run}",
    *(f"/dags/{{dag}}/runs/{{run}}/{tab}" for tab in ("required_actions", "asset_events", "events", "code", "details")),
    "/dags/{dag}/runs/{run}/tasks/{task}",
    *(f"/dags/{{dag}}/runs/{{run}}/tasks/{{task}}/{tab}" for tab in ("required_actions", "rendered_templates", "xcom", "events", "code")),
    "/dags/scrape_linkedin",
    "/dags/scrape_linkedin/code",
    "/dags/auto_apply/required_actions",
    *("/assets", "/dag_runs", "/task_instances", "/required_actions", "/deadlines", "/xcoms", "/events", "/jobs"),
    *("/pools", "/variables", "/connections", "/providers", "/plugins"),
]
"""Where the menu, the tabs and the links of the rows lead."""


AIRFLOWS_OWN = {
    "/hitlDetails/tries/": "asked for tasks that ask nobody: 404 in a bare Airflow 3.3.2 too",
    "/static/wasm/sqlparser_rs_wasm.js": "a file that the web UI of Airflow 3.3.2 looks for and its wheel lacks",
    "/hitl-review/sessions/find": "of the provider common.ai, which only requirements-llm.txt installs",
}
"""Requests that fail without us; what the console says of a failed request names no address and is told by the request."""


def ours(bad: list[str]) -> list[str]:
    """What went wrong, without what goes wrong in a bare Airflow."""
    told = [each for each in bad if not any(own in each for own in AIRFLOWS_OWN)]
    return [each for each in told if "Failed to load resource" not in each]


@pytest.fixture(scope="module")
def places(stack: Stack) -> dict[str, str]:
    """A run that has ended, and a task of it."""
    with stack.airflow() as api:
        run = api.post(f"/dags/{DAG}/dagRuns", json={"logical_date": None}).raise_for_status().json()["dag_run_id"]
        deadline = time.monotonic() + 240
        while api.get(f"/dags/{DAG}/dagRuns/{run}").json()["state"] in ("queued", "running"):
            assert time.monotonic() < deadline, f"{DAG} does not end"
            time.sleep(0.5)
        tasks = api.get(f"/dags/{DAG}/dagRuns/{run}/taskInstances").raise_for_status().json()["task_instances"]
    task = next(task for task in tasks if task["map_index"] == -1)
    return {"dag": DAG, "run": run, "task": task["task_id"]}


@pytest.mark.parametrize("page", [pytest.param(page, marks=[LONG] if number % 12 else []) for number, page in enumerate(PAGES)])
def test_a_page_opens_without_a_failing_request_or_an_error_in_the_console(seen: Seen, places: dict[str, str], page: str) -> None:
    seen.visit(page.format_map(places))
    assert seen.page.locator("nav, [role=navigation], #root").first.is_visible()
    assert ours(seen.bad) == []
