"""The ways in, the person's yes and the person's evidence, on the real stack, over HTTP as a caller has it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.integration.conftest import Stack
from tests.integration.foreign_services import Foreign, foreign_services
from tests.integration.test_whole_way import finished, start

TOKEN = "a-persons-own-token"


def body(user: str) -> dict[str, Any]:
    return {"cvId": "771", "userId": user, "userEmail": f"{user}@foreign.example", "userToken": TOKEN, "criteria": {"keywords": [user]}}


def there(foreign: Foreign) -> dict[str, str]:
    return {"API_BASE_URL": foreign.url, "API_TOKEN": "theirs", "AI_SERVICE_URL": foreign.url, "AI_SERVICE_TOKEN": "theirs"}


def run_state(api: httpx.Client, path: str, wanted: set[str]) -> str:
    """Waits until something is in one of these states."""
    deadline = time.monotonic() + 90
    state = "unknown"
    while time.monotonic() < deadline:
        answer = api.get(path)
        state = answer.json().get("state") or "unknown" if answer.status_code == 200 else "unknown"
        if state in wanted:
            return state
        time.sleep(0.5)
    raise AssertionError(f"{path} is {state}, not one of {wanted}")


@pytest.mark.long
def test_the_webhook_a_yes_and_evidence_lead_to_what_was_asked_for_and_nothing_else(stack: Stack) -> None:
    with foreign_services(jobs=6, fails_at=3) as foreign:
        stack.make("up", **there(foreign))
        try:
            facts = stack.facts
            let_in = {"Authorization": f"Bearer {facts['webhook_secret']}"}
            url = f"{facts['airflow_url']}/webhook/auto-apply"

            def post(_: int) -> httpx.Response:
                return httpx.post(url, json=body("u-web"), headers=let_in, timeout=30)

            with stack.airflow() as api, ThreadPoolExecutor(10) as pool:
                answers = list(pool.map(post, range(20)))
                assert {answer.status_code for answer in answers} == {202}
                [run] = {answer.json()["runId"] for answer in answers}
                run_state(api, f"/dags/auto_apply/dagRuns/{run}", {"success"})
                assert TOKEN not in api.get(f"/dags/auto_apply/dagRuns/{run}").text
                status = httpx.get(answers[0].json()["statusUrl"], headers=let_in, timeout=10).json()
                assert (status["state"], status["applications"]) == ("done", {"submitted": 5, "uncertain": 1})
                assert len(foreign.applied) == 6

                _settle_by_hand(stack, api)
                _approve_two(stack, api)
                assert len(foreign.applied) == 8
        finally:
            stack.make("up")


def _settle_by_hand(stack: Stack, api: httpx.Client) -> None:
    with stack.db() as db:
        row = db.execute("select id from application where person_id = 'u-web' and state = 'uncertain'").fetchone()
    assert row is not None
    conf = {
        "applicationId": str(row["id"]),
        "decision": "received",
        "evidence": "mail",
        "detail": "hr@st.example, Thank you",
        "name": "Noor",
    }
    request = {"dag_run_id": "by-hand", "logical_date": None, "conf": conf}
    assert api.post("/dags/settle_application/dagRuns", json={**request, "conf": {**conf, "name": ""}}).status_code == 400
    api.post("/dags/settle_application/dagRuns", json=request).raise_for_status()
    run_state(api, "/dags/settle_application/dagRuns/by-hand", {"success"})
    with stack.db() as db:
        settled = db.execute("select state, state_reason from application where id = %s", (row["id"],)).fetchone()
        kept = db.execute("select evidence, actor from settlement where application_id = %s", (row["id"],)).fetchall()
    assert settled is not None
    assert (settled["state"], "Noor" in settled["state_reason"]) == ("submitted", True)
    assert [(one["evidence"], one["actor"].startswith("Noor")) for one in kept] == [("mail", True)]


def _approve_two(stack: Stack, api: httpx.Client) -> None:
    conf = {"cvId": "771", "userId": "u-yes", "userEmail": "u-yes@foreign.example", "approval": True, "delaySeconds": 0}
    start(api, conf, "ask-first").raise_for_status()
    run_state(api, "/dags/auto_apply/dagRuns/ask-first/taskInstances/plan_applications", {"awaiting_input"})
    path = "/dags/auto_apply/dagRuns/ask-first/taskInstances/plan_applications/-1/hitlDetails"
    asked = api.get(path).raise_for_status().json()
    assert (asked["options"][-2:], asked["defaults"]) == (["Decide later", "None of these"], ["Decide later"])
    choice = {"chosen_options": asked["options"][:2], "params_input": {}}
    assert api.patch(path, json=choice).status_code == 200
    assert api.patch(path, json=choice).status_code == 409
    assert finished(api, "ask-first") == "success"
    with stack.db() as db:
        rows = db.execute("select state, approved_by from application where person_id = 'u-yes'").fetchall()
    assert sorted(row["state"] for row in rows) == ["cancelled"] * 4 + ["submitted"] * 2
    assert {row["approved_by"] for row in rows if row["state"] == "submitted"} == {"Airflow account admin"}
