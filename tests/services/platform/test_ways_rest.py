"""What a person says about how their applications leave, over REST: SMTP settings, open questions, what is held, what they send by hand."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.fernet import Fernet
from fastapi.testclient import TestClient

from rolecall.applying.tokens import KEY
from rolecall.store import Connection
from tests.services.conftest import API, OWNER_TOKEN, add_job
from tests.smtp_double import taking
from tests.world import insert

OWN = {"Authorization": f"Bearer {OWNER_TOKEN}"}
NOTICE = {"question": "Notice period", "kind": "text", "options": [], "required": True, "sensitive": False, "why": "new", "country": ""}


def application(db: Connection, **more: Any) -> None:
    insert(
        db, "application", person_id="mira", job_key="j1", job_id="j1", source="x", cv_id="cv-mira", cv_sha256="h",
        person_email="m@x.example", title="Data engineer",
        company="Harbor", score=0.9, idempotency_key="k", run_id="r", state="planned", **more,
    )  # fmt: skip
    db.commit()


def test_smtp_settings_are_tried_kept_without_being_shown_and_forgotten(
    client: TestClient, mira: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, Fernet.generate_key().decode())
    path = f"/api/v1/users/{mira}/smtp"
    with taking() as (port, _):
        body = {"address": "mira@post.example", "host": "127.0.0.1", "port": port, "security": "none"}
        kept = client.put(path, headers=OWN, json=body)
        assert (kept.status_code, kept.json()["address"], "secret" in kept.text) == (200, "mira@post.example", False)
    assert client.put(path, headers=OWN, json=body).status_code == 422, "a server that is away lets nobody in"
    assert client.get(path, headers=OWN).json()["port"] == port
    assert client.delete(path, headers=OWN).json() == {"forgotten": True}
    assert client.get(path, headers=API).status_code == 404


def test_what_waits_for_an_answer_is_asked_and_goes_on(client: TestClient, db: Connection, mira: str) -> None:
    application(db, obstacle="needs answer", open_questions=[NOTICE])
    path = f"/api/v1/users/{mira}/answers"
    (asked,) = client.get(path, headers=OWN).json()["open"]
    assert (asked["question"], asked["jobs"]) == ("Notice period", ["Data engineer @ Harbor"])
    assert client.put(path, headers=OWN, json={"question": asked["question"], "value": "3 months"}).status_code == 200
    assert db.execute("select origin from apply_request where state = 'queued'").fetchall() == [{"origin": "dispatch"}]


def test_one_stop_for_all_that_is_about_to_leave(client: TestClient, db: Connection, mira: str) -> None:
    application(db)
    db.execute("update application set state = 'approved', hold_until = clock_timestamp() + interval '5 minutes'")
    db.commit()
    assert [one["title"] for one in client.get(f"/api/v1/users/{mira}/held", headers=OWN).json()["held"]] == ["Data engineer"]
    assert client.post(f"/api/v1/users/{mira}/stop", headers=OWN).json() == {"stopped": ["Data engineer @ Harbor"]}
    assert client.get(f"/api/v1/users/{mira}/held", headers=OWN).json() == {"held": []}


def test_what_was_handed_over_is_closed_by_the_persons_word(client: TestClient, db: Connection, mira: str) -> None:
    add_job(db, "j1")
    add_job(db, "j2")
    path = f"/api/v1/users/{mira}/by-hand"
    assert client.post(path, headers=OWN, json={"jobId": "j1", "decision": "sent"}).status_code == 200
    assert client.post(path, headers=OWN, json={"jobId": "j2", "decision": "not"}).status_code == 200
    assert db.execute("select state, run_id from application").fetchall() == [{"state": "submitted", "run_id": "elsewhere"}]
    assert db.execute("select evidence from settlement").fetchall() == [{"evidence": "statement"}]
    assert db.execute("select job_id, mark from job_mark").fetchall() == [{"job_id": "j2", "mark": "hidden"}]
    assert client.post(path, headers=OWN, json={"jobId": "j9", "decision": "not"}).status_code == 422


@pytest.mark.parametrize("state", ["planned", "approved"])
def test_i_will_not_takes_back_what_waits_or_is_about_to_leave(client: TestClient, db: Connection, mira: str, state: str) -> None:
    add_job(db, "j1")
    application(db)
    db.execute("update application set state = %s", (state,))
    db.commit()
    assert client.post(f"/api/v1/users/{mira}/by-hand", headers=OWN, json={"jobId": "j1", "decision": "not"}).status_code == 200
    assert db.execute("select state from application").fetchall() == [{"state": "cancelled"}]
