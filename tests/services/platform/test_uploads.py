"""A CV is uploaded as a file by those who may; what is refused says why."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from fastapi.testclient import TestClient

from rolecall.store import Connection
from tests.matching.cv import cv_pdfs
from tests.services.conftest import API, OWNER_TOKEN, add_person
from tests.services.platform.test_people import bearer

PDF = cv_pdfs.LAYOUTS["left sidebar"](cv_pdfs.PEOPLE["en"])
TEXT = b"Kim Lee\nCook\nkim@lee.example\n\nSkills\nBaking, Soup"


def test_a_pdf_is_uploaded_served_and_kept_as_it_was_sent(client: TestClient, db: Connection, mira: str) -> None:
    answer = client.post("/api/v1/cv", files={"file": ("my cv.pdf", PDF, "application/pdf")}, data={"userId": mira}, headers=API)
    assert answer.status_code == 201
    made = answer.json()
    assert (made["name"], made["userId"], made["roles"][0]["company"]) == ("Tobias Underhill", mira, "Pennine Fasteners Ltd")
    assert made["file"]["sha256"] == hashlib.sha256(PDF).hexdigest()
    served = client.get(f"/api/v1/cv/{made['id']}", headers=bearer(OWNER_TOKEN)).json()
    assert served == {name: value for name, value in made.items() if name != "file"}
    start, end = served["spans"]["name"]
    assert served["text"][start:end] == "Tobias Underhill"
    row = db.execute("select * from cv_file").fetchone()
    assert row is not None
    assert (row["cv_id"], row["filename"], row["kind"], bytes(row["body"])) == (made["id"], "my cv.pdf", "pdf", PDF)


def test_the_same_file_again_is_the_same_cv(client: TestClient, db: Connection, mira: str) -> None:
    ids = {
        client.post(f"/api/v1/cv?userId={mira}", content=TEXT, headers={**API, "Content-Type": "text/plain"}).json()["id"] for _ in range(2)
    }
    assert len(ids) == 1
    assert db.execute("select count(*) as n from cv_file").fetchone() == {"n": 1}


def test_a_misspelt_field_makes_no_other_cv(client: TestClient, db: Connection, mira: str) -> None:
    form = client.post("/api/v1/cv", files={"file": ("cv.txt", TEXT, "text/plain")}, data={"userId": mira, "cvIdd": "cv-mira"}, headers=API)
    query = client.post(f"/api/v1/cv?userId={mira}&id=cv-mira", content=TEXT, headers={**API, "Content-Type": "text/plain"})
    assert [(answer.status_code, answer.json()["field"]) for answer in (form, query)] == [(422, "cvIdd"), (422, "id")]
    assert "cvId?" in form.json()["error"]
    assert db.execute("select count(*) as n from cv_file").fetchone() == {"n": 0}


def test_a_person_uploads_for_themself_only(client: TestClient, db: Connection, mira: str) -> None:
    add_person(db, "otto", "otto-token")
    own = {**bearer(OWNER_TOKEN), "Content-Type": "text/plain"}
    assert client.post("/api/v1/cv", content=TEXT, headers=own).json()["userId"] == mira
    assert client.post("/api/v1/cv?cvId=cv-mira", content=TEXT, headers=own).status_code == 201
    for path, headers in (("?userId=otto", own), ("?cvId=cv-otto", own), ("", {**own, **bearer("nobody")})):
        answer = client.post(f"/api/v1/cv{path}", content=TEXT, headers=headers)
        assert answer.status_code == 403
        assert answer.json()["fix"]
    assert client.post("/api/v1/cv", content=TEXT).status_code == 401


@pytest.mark.parametrize(
    ("data", "status", "reason"),
    [
        (cv_pdfs.picture_only(), 422, "NoText"),
        (cv_pdfs.locked(), 422, "Encrypted"),
        (cv_pdfs.pages(200), 413, "TooMuch"),
        (b"%PDF-1.4 broken", 422, "Damaged"),
        (b"\x89PNG\r\n\x1a\n", 415, "WrongKind"),
        (b"x" * 5_000_001, 413, "TooMuch"),
        (b"", 422, None),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(client: TestClient, mira: str, data: bytes, status: int, reason: str | None) -> None:
    answer = client.post(f"/api/v1/cv?userId={mira}", content=data, headers=API)
    assert (answer.status_code, answer.json().get("reason")) == (status, reason)
    assert answer.json()["fix"]


@pytest.mark.parametrize(
    ("form", "field", "status"),
    [
        ({"data": {"userId": "mira"}, "files": {"other": b"x"}}, "file", 422),
        ({"data": {}, "files": {"file": TEXT}}, "userId", 422),
        ({"data": {"userId": "nobody"}, "files": {"file": ("cv.txt", TEXT)}}, "userId", 404),
        ({"data": {"userId": "mira", "cvId": "a b"}, "files": {"file": ("cv.txt", TEXT)}}, "cvId", 422),
    ],
)
def test_a_wrong_form_names_field_and_fix(client: TestClient, mira: str, form: dict[str, Any], field: str, status: int) -> None:
    answer = client.post("/api/v1/cv", headers=API, **form)
    assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert answer.json()["fix"]


def test_a_body_beyond_the_limit_is_not_read(client: TestClient, mira: str) -> None:
    assert client.post(f"/api/v1/cv?userId={mira}", content=b"x" * 5_200_000, headers=API).status_code == 413
