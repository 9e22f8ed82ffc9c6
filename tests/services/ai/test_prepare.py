"""Preparing an application: everything that would be sent and every open question, and nothing leaves or is kept."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient
from psycopg.types.json import Jsonb

from rolecall.applying.answers import save_answer
from rolecall.store import Connection
from tests.services.conftest import AI, Receiver, add_job

# ruff: noqa: E501  pages are as wide as they are

FORM = """<form><label>Full name *<input name="name"></label><label>CV *<input type="file" name="cv"></label>
<label>Notice period *<input name="notice"></label><label>Are you authorized to work in Germany? *<select name="permit"><option value="">Select</option>
<option>Yes</option><option>No</option></select></label><label><input type="checkbox" name="pool"> Keep my data for future positions</label></form>"""


def prepared(client: TestClient, job_id: str, **more: Any) -> Any:
    return client.post("/ai/api/auto-apply/prepare", headers=AI, json={"jobId": job_id, "cvId": "cv-mira", **more})


def test_what_is_not_answered_yet_is_open_and_once_answered_it_is_ready(client: TestClient, db: Connection, mira: str) -> None:
    add_job(db, "j1", apply_url="https://careers.example/1", country="Germany")
    first = prepared(client, "j1", form=FORM, coverLetter="Dear all").json()
    assert (first["way"], first["address"], first["system"]) == ("hand_over", "https://careers.example/1", "generic")
    assert first["obstacles"] == ["needs answer"]
    assert [(one["id"], one["question"], one["sensitive"]) for one in first["open"]] == [
        ("notice", "Notice period", False),
        ("permit", "Are you authorized to work in Germany?", True),
    ]
    assert [(one["id"], one["value"], one["source"]) for one in first["answers"]] == [("name", "Mira", "cv"), ("cv", "cv", "file")]
    assert first["staysOff"] == ["Keep my data for future positions"]
    save_answer(db, mira, "What is your notice period?", "1 month")
    save_answer(db, mira, "Do you have the right to work in Germany?", "Yes", options=("Yes", "No"))
    db.commit()
    then = prepared(client, "j1", form=FORM, coverLetter="Dear all").json()
    assert (then["obstacles"], then["open"]) == ([], [])
    assert {one["id"]: one["value"] for one in then["answers"]} == {"name": "Mira", "cv": "cv", "notice": "1 month", "permit": "Yes"}
    assert then["hash"] != first["hash"]


def test_the_hash_stands_for_exactly_what_is_shown(client: TestClient, db: Connection, mira: str) -> None:
    add_job(db, "j1", apply_url="mailto:jobs@clinic.example")
    first = prepared(client, "j1", coverLetter="Dear all").json()
    assert (first["way"], first["address"]) == ("mail", "jobs@clinic.example")
    assert [said for said in first["obstacles"] if "SMTP" not in said] == []
    assert prepared(client, "j1", coverLetter="Dear all").json()["hash"] == first["hash"]
    assert prepared(client, "j1", coverLetter="Dear you").json()["hash"] != first["hash"]
    db.execute("update job set apply_url = 'mailto:other@clinic.example' where id = 'j1'")
    db.commit()
    assert prepared(client, "j1", coverLetter="Dear all").json()["hash"] != first["hash"]


def test_recruitees_questions_are_those_that_its_board_said(client: TestClient, db: Connection, mira: str) -> None:
    add_job(db, "j1", apply_url="https://acme.recruitee.com/o/nurse/c/new")
    offer = {
        "options_cv": "required",
        "options_phone": "off",
        "open_questions": [{"id": 5, "kind": "boolean", "body": "Do you need a visa?", "required": True}],
    }
    db.execute(
        "insert into posting (board, external_id, url, title, company, raw, content_hash, job_id) values ('recruitee', '1', 'https://x.example', 't', 'c', %s, 'h', 'j1')",
        (Jsonb(offer),),
    )
    db.commit()
    found = prepared(client, "j1").json()
    assert (found["way"], found["system"]) == ("recruitee", "recruitee")
    assert [one["id"] for one in found["open"]] == ["open_question.5"]


def test_preparing_leaves_no_trace_and_sends_nothing(client: TestClient, db: Connection, mira: str, receiver: Receiver) -> None:
    add_job(db, "j1", apply_url=f"{receiver.url}/apply/1")
    assert prepared(client, "j1").json()["way"] == "sandbox"
    assert receiver.received == []
    assert db.execute("select count(*) as n from submission").fetchone() == {"n": 0}
    assert db.execute("select count(*) as n from application").fetchone() == {"n": 0}


@pytest.mark.parametrize(
    ("more", "status"), [({"jobId": "nobody"}, 404), ({"cvId": "nobody"}, 404), ({"form": "{"}, 422), ({"odd": 1}, 422)]
)
def test_what_cannot_be_prepared_is_refused_by_name(
    client: TestClient, db: Connection, mira: str, more: dict[str, Any], status: int
) -> None:
    add_job(db, "j1", apply_url="https://careers.example/1")
    answer = client.post("/ai/api/auto-apply/prepare", headers=AI, json={"jobId": "j1", "cvId": "cv-mira", **more})
    assert answer.status_code == status
    assert answer.json()["fix"]
