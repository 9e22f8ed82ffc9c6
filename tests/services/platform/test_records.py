"""Applications and notifications, as the platform API records them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from rolecall.store import Connection
from tests.services.conftest import API

DAY = "2026-11-22T06:00:00Z"  # any day: kept as it is

APPLICATION = {
    "jobId": "j1",
    "userId": "mira",
    "cvId": "cv-mira",
    "status": "submitted",
    "autoApplied": True,
    "appliedAt": DAY,
}


def record(client: TestClient, **changed: Any) -> Any:
    return client.post("/api/v1/applications", json={**APPLICATION, **changed}, headers=API)


def test_an_application_is_recorded_with_201(client: TestClient) -> None:
    answer = record(client)
    assert answer.status_code == 201
    assert answer.json() | APPLICATION == answer.json()
    assert answer.json()["id"]


def test_the_same_user_and_job_again_is_the_same_record(client: TestClient) -> None:
    first = record(client)
    again = record(client, status="seen", cvId="another")
    assert again.status_code == 200
    assert again.json() == first.json()


def test_twenty_recorders_at_once_make_one_record(client: TestClient, db: Connection) -> None:
    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda _: record(client), range(20)))
    assert {answer.json()["id"] for answer in answers} == {answers[0].json()["id"]}
    assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]


def test_the_status_of_an_application_follows_the_employer(client: TestClient) -> None:
    identity = record(client).json()["id"]
    answer = client.patch(f"/api/v1/applications/{identity}/status", json={"status": "interview"}, headers=API)
    assert (answer.status_code, answer.json()["status"]) == (200, "interview")
    again = client.patch(f"/api/v1/applications/{identity}/status", json={"status": "interview"}, headers=API)
    assert again.json() == answer.json()


def test_the_status_of_an_unknown_application_is_404(client: TestClient) -> None:
    answer = client.patch("/api/v1/applications/a0/status", json={"status": "interview"}, headers=API)
    assert answer.status_code == 404
    assert "a0" in answer.json()["error"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"jobId": ""}, "jobId"),
        ({"status": " "}, "status"),
        ({"autoApplied": "yes"}, "autoApplied"),
        ({"appliedAt": "now"}, "appliedAt"),
        ({"jobID": "j1"}, "jobID"),
    ],
)
def test_a_wrong_application_names_field_and_fix(empty_client: TestClient, changed: dict[str, Any], field: str) -> None:
    answer = record(empty_client, **changed)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert answer.json()["fix"]


def test_a_notifications_status_is_noted_and_keeps_when_it_was_sent(client: TestClient) -> None:
    sent = {"status": "sent", "sentAt": DAY}
    answer = client.patch("/api/v1/notifications/n1/status", json=sent, headers=API)
    assert answer.status_code == 200
    assert answer.json() | sent == answer.json()
    later = client.patch("/api/v1/notifications/n1/status", json={"status": "opened"}, headers=API)
    assert (later.json()["status"], later.json()["sentAt"]) == ("opened", sent["sentAt"])
