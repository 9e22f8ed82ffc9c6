"""A person's answers over REST and on the command line: their own, and nobody else's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from rolecall.people import __main__ as command
from rolecall.store import Connection
from tests.services.conftest import API, OWNER_TOKEN, add_person

OWN = {"Authorization": f"Bearer {OWNER_TOKEN}"}


def put(client: TestClient, body: dict[str, Any], person: str = "mira", headers: dict[str, str] = OWN) -> Any:
    return client.put(f"/api/v1/users/{person}/answers", json=body, headers=headers)


def test_a_person_gives_sees_changes_and_takes_back_their_answers(client: TestClient, mira: str) -> None:
    assert put(client, {"question": "What is your notice period?", "value": "3 months"}).json()["question"] == "notice_period"
    assert put(client, {"question": "Notice period", "value": "1 month"}).status_code == 200
    assert put(client, {"question": "Gender", "never": True}).json()["state"] == "never"
    found = client.get("/api/v1/users/mira/answers", headers=OWN).json()["answers"]
    assert [(one["question"], one["state"], one["value"]) for one in found] == [
        ("gender", "never", ""),
        ("notice_period", "confirmed", "1 month"),
    ]
    assert client.delete("/api/v1/users/mira/answers", params={"question": "gender"}, headers=OWN).json()["forgotten"] is True
    assert len(client.get("/api/v1/users/mira/answers", headers=API).json()["answers"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"question": "Notice period"},
        {"question": "Notice period", "value": "x", "never": True},
        {"question": "Level?", "value": "C", "options": ["A", "B"]},
        {"question": " ", "value": "x"},
        {"question": "Notice period", "value": ""},
        {"question": "Visa?", "value": "x", "country": "Germany"},
    ],
)
def test_what_is_no_answer_is_refused_by_name(client: TestClient, mira: str, body: dict[str, Any]) -> None:
    answer = put(client, body)
    assert answer.status_code == 422
    assert answer.json()["fix"]


def test_nobody_reads_or_gives_anothers_answers(client: TestClient, mira: str, db: Connection) -> None:
    add_person(db, "otto", "otto-token")
    db.commit()
    other = {"Authorization": "Bearer otto-token"}
    assert put(client, {"question": "Notice period", "value": "x"}, headers=other).status_code == 403
    assert client.get("/api/v1/users/mira/answers", headers=other).status_code == 403
    assert client.delete("/api/v1/users/mira/answers", params={"question": "notice_period"}, headers=other).status_code == 403
    assert client.get("/api/v1/users/nobody/answers", headers=API).status_code == 404


class Platform:
    """What the command asks of the platform."""

    def __init__(self) -> None:
        self.put: list[dict[str, Any]] = []

    def answers(self, user_id: str) -> list[dict[str, Any]]:
        return [{**json.loads(json.dumps(one)), "asked": one["question"], "state": "confirmed"} for one in self.put]

    def answer(self, user_id: str, body: dict[str, Any]) -> dict[str, Any]:
        self.put.append(body)
        return {"asked": body["question"], "state": "never" if body.get("never") else "confirmed", "value": body.get("value", "")}


def test_the_command_keeps_an_answer_and_lists_it() -> None:
    platform: Any = Platform()
    given = command.parsed(["answer", "ada", "Do you need a visa?", "No", "--country", "DE", "--option", "Yes", "--option", "No"])
    assert command.answer(platform, given) == ["kept: Do you need a visa?  No"]
    assert platform.put == [{"question": "Do you need a visa?", "options": ["Yes", "No"], "country": "DE", "value": "No"}]
    assert command.answers(platform, "ada") == ["Do you need a visa? [DE]  No"]
    assert command.answer(platform, command.parsed(["answer", "ada", "Gender", "--never"])) == ["kept: Gender  never"]
    with pytest.raises(command.InvalidInput):
        command.answer(platform, command.parsed(["answer", "ada", "Gender"]))
