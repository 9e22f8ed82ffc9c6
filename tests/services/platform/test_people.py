"""CVs for those they belong to; people and their preferences."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from rolecall.store import Connection
from tests.services.conftest import API, CV, OWNER_TOKEN, add_person, bearer


def test_the_service_and_the_owner_read_the_cv(client: TestClient, mira: str) -> None:
    for headers in (API, bearer(OWNER_TOKEN)):
        answer = client.get("/api/v1/cv/cv-mira", headers=headers)
        assert answer.status_code == 200
        assert answer.json() == {**CV, "id": "cv-mira", "userId": mira}


@pytest.mark.parametrize(
    ("path", "token", "status"),
    [
        ("cv-mira", None, 401),
        ("cv-mira", "token-of-somebody-else", 403),
        ("cv-mira", "token-of-nobody", 403),
        ("cv-none", "api-secret", 404),
        ("cv-none", "token-of-somebody-else", 404),
        ("cv-none", "token-of-nobody", 403),
    ],
)
def test_nobody_else_reads_the_cv(client: TestClient, db: Connection, mira: str, path: str, token: str | None, status: int) -> None:
    add_person(db, "otto", "token-of-somebody-else")
    answer = client.get(f"/api/v1/cv/{path}", headers=bearer(token) if token else {})
    assert answer.status_code == status
    assert answer.json()["error"]
    assert answer.json()["fix"]
    assert token is None or token not in answer.text


def test_a_person_is_shown_without_any_token(client: TestClient, mira: str) -> None:
    answer = client.get("/api/v1/users/mira", headers=API)
    assert answer.status_code == 200
    assert answer.json()["email"] == "mira@example.com"
    assert "token" not in answer.text


def test_preferences_are_replaced_and_the_change_is_audited_once(client: TestClient, db: Connection, mira: str) -> None:
    wishes = {"autoApply": False, "blacklist": ["Grim Ltd"], "criteria": {"remote": True}, "theme": "dark"}
    for _ in range(2):
        answer = client.put("/api/v1/users/mira/preferences", json=wishes, headers=API)
        assert answer.status_code == 200
    stored = {"auto_apply": False, "blacklist": ["Grim Ltd"], "criteria": {"remote": True}, "theme": "dark"}
    assert answer.json()["preferences"] == stored
    audited = db.execute("select subject, detail from audit where action = 'preferences changed'").fetchall()
    assert [(row["subject"], row["detail"]) for row in audited] == [(mira, {"changed": ["auto_apply", "blacklist", "criteria", "theme"]})]


@pytest.mark.parametrize(
    ("wishes", "field"),
    [
        ({"auto_apply": "yes"}, "auto_apply"),
        ({"blacklist": "Grim"}, "blacklist"),
        ({"blacklist": [1]}, "blacklist[0]"),
        ({"criteria": []}, "criteria"),
        ({"auto_apply": True, "criteria": None}, "criteria"),
        ({"criteria": "remote"}, "criteria"),
        ({"criteria": {"salary_min": "much"}}, "criteria.salary_min"),
        ({"criteria": {"keywords": ["python"], "exclude": ["python"]}}, "criteria"),
        ({"criteria": {"limit": "many"}}, "criteria.limit"),
        ({"auto_apply": None}, "auto_apply"),
        ({"auto_apply": True, "autoApply": False}, "autoApply"),
        ({"applying": {"remindAfterDays": 10**20}}, "preferences.applying.remindAfterDays"),
        ({"notifications": {"quietHours": {"from": "22:00Z", "to": "07:00"}}}, "notifications.quietHours.from"),
        ({"notifications": {"timeZone": "Mars/Base"}}, "notifications.timeZone"),
        ({"notifications": {"kinds": {"reminder": {"dailyLimit": -1}}}}, "notifications.kinds.reminder.dailyLimit"),
        ({"notifications": []}, "notifications"),
        ({"language": 7}, "language"),
        ([], "body"),
    ],
)
def test_preferences_of_the_wrong_kind_name_field_and_fix(empty_client: TestClient, wishes: Any, field: str) -> None:
    answer = empty_client.put("/api/v1/users/mira/preferences", json=wishes, headers=API)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert answer.json()["fix"]


def test_an_unknown_person_is_404(client: TestClient) -> None:
    unknown = client.get("/api/v1/users/nobody", headers=API)
    assert (unknown.status_code, unknown.json()["error"]) == (404, "there is no person 'nobody'")
    assert client.put("/api/v1/users/nobody/preferences", json={}, headers=API).status_code == 404


def test_a_person_sets_their_own_preferences_and_nobody_elses(client: TestClient, db: Connection, mira: str) -> None:
    own = client.put("/api/v1/users/mira/preferences", json={"auto_apply": False}, headers=bearer(OWNER_TOKEN))
    assert (own.status_code, own.json()["preferences"]) == (200, {"auto_apply": False})
    assert db.execute("select actor from audit where action = 'preferences changed'").fetchone() == {"actor": "the person"}
    add_person(db, "noor", "noor-own-token")
    for token, status in (("noor-own-token", 403), ("nobodys", 403)):
        other = client.put("/api/v1/users/mira/preferences", json={"auto_apply": True}, headers=bearer(token))
        assert other.status_code == status
    assert client.put("/api/v1/users/mira/preferences", json={}).status_code == 401
    assert client.get("/api/v1/users/mira", headers=API).json()["preferences"] == {"auto_apply": False}


def test_every_problem_of_preferences_is_named(client: TestClient, mira: str) -> None:
    answer = client.put("/api/v1/users/mira/preferences", json={"criteria": 3, "notifications": {"optOut": "no"}}, headers=API)
    assert [problem["field"] for problem in answer.json()["problems"]] == ["criteria", "notifications.optOut"]


def test_a_limit_that_cannot_be_read_is_refused_when_it_is_set(client: TestClient, mira: str) -> None:
    refused = client.put("/api/v1/users/mira/preferences", json={"applying": {"dailyCap": "five"}}, headers=API)
    assert (refused.status_code, "preferences.applying.dailyCap" in refused.json()["error"]) == (422, True)
