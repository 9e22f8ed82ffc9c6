"""A person gets everything about them, and can be erased; the ledger keeps its promises without knowing who they were."""

from __future__ import annotations

import json
import re
import zipfile
from io import BytesIO
from typing import Any

import psycopg
import pytest
import redis
from fastapi.testclient import TestClient
from psycopg.types.json import Jsonb

from local.processes.redis import Redis
from rolecall.applying import follow
from rolecall.endpoints import Endpoints
from rolecall.matching import store_matches
from rolecall.models import Match
from rolecall.notifying.ingest import ingest
from rolecall.notifying.send.deliver import prepare
from rolecall.notifying.send.fallback import fall_back
from rolecall.outbox.wakeup import STREAM
from rolecall.people import privacy
from rolecall.store import Connection, connect
from rolecall.store.documents import put
from tests.services.conftest import API, CV, OWNER_TOKEN, add_job, add_person
from tests.services.platform.test_people import bearer
from tests.world import insert

MAIL, PHONE, NAME = "zoe.quill@example.com", "+49 30 555 0177", "Zoe Quillfeather"
LETTER = f"Dear hiring team, I tame falcons.\n{NAME}"
DAY = "2026-11-01"  # any day: rows that hold it are shown and erased
TRACES = (MAIL, PHONE, NAME, "tame falcons", "falconer of the north", "quill-device")


def application(db: Connection, key: str, *states: str, **more: Any) -> Any:
    row = insert(
        db, "application", person_id="zoe", job_key=key, job_id=key, source="linkedin", cv_id="cv-zoe",
        cv_sha256=put(db, "cv", {"userId": "zoe", "text": "falconer of the north"}), person_email=MAIL, title="Falconer",
        company="Castle", score=0.9, letter=LETTER, idempotency_key=f"k-{key}", run_id="r1", way="mail",
        prepared={"from": MAIL, "answers": [{"value": NAME}]}, prepared_hash="h", reasons=Jsonb([f"{NAME} tames falcons"]), **more,
    )  # fmt: skip
    for state in states:
        db.execute(
            "update application set state = %s, state_reason = %s, answer = %s, approved_by = %s where id = %s",
            (state, f"{state} for {MAIL}", Jsonb({"echo": MAIL}), NAME, row["id"]),
        )
    return row


@pytest.fixture
def zoe(db: Connection) -> str:
    """A person with a row in every table that knows people."""
    insert(db, "person", id="zoe", name=NAME, email=MAIL, phone=PHONE, preferences={"devices": ["quill-device"]}, token_sha256=None)
    insert(db, "cv", id="cv-zoe", person_id="zoe", data={**CV, "name": NAME, "text": "falconer of the north"}, sha256="x")
    insert(db, "removed_cv", cv_id="cv-zoe-before", person_id="zoe")
    insert(db, "cv_file", cv_id="cv-zoe", filename=f"{NAME}.txt", kind="text", sha256="x", body=LETTER.encode(), uploaded_by="person")
    request = insert(db, "apply_request", person_id="zoe", cv_id="cv-zoe", person_email=MAIL, origin="webhook")
    insert(db, "apply_request_key", key="key:z", request_id=request["id"])
    insert(db, "match", person_id="zoe", cv_id="cv-zoe", source="linkedin", job_id="j1", score=0.9, can_auto_apply=True,
           already_applied=False,            title="Falconer", company="Castle", letter=LETTER, request_id=request["id"])  # fmt: skip
    insert(db, "held_back", run_id="r", person_id="zoe", source="s", job_id="j9", title="t", company="c", score=0.5, rule="r", reason=NAME)
    sent = application(db, "j1", "approved", "submitting", "uncertain")
    db.execute("update application set employer_status = 'viewed' where id = %s", (sent["id"],))
    insert(db, "figures.funnel", day=DAY, person_id="zoe", step=1, stage="seen", reached=1, on_day=1, timed=0)
    application(db, "j2", open_questions=Jsonb([f"{NAME}, may you work in Norway?"]), obstacle=f"needs answer of {NAME}")
    insert(db, "approval", run_id="r1", application_id=sent["id"], label="Falconer", content_hash="x", answered_by=NAME)
    insert(db, "approval_link", token_sha256="a", run_id="r1", person_id="zoe", expires_at=DAY)
    insert(db, "letter_edit", application_id=sent["id"], letter=LETTER, confirmed=[NAME], edited_by=NAME)
    add_job(db, "seen-by-zoe")
    insert(db, "job_mark", person_id="zoe", job_id="seen-by-zoe", mark="hidden", reason=f"{NAME} works there")
    insert(db, "own_order", person_id="zoe")
    insert(db, "page_password", person_id="zoe", password_hash="h")
    insert(db, "page_login", person_id="zoe", token_sha256="l", expires_at=DAY)
    insert(db, "page_session", person_id="zoe", token_sha256="s", device="quill-device", expires_at=DAY)
    insert(db, "page_totp", person_id="zoe", secret=b"x")
    insert(db, "page_recovery", person_id="zoe", token_sha256="r")
    insert(db, "settlement", application_id=sent["id"], outcome="unknown", evidence="mail", detail=f"mail to {MAIL}", actor=NAME)
    insert(db, "application_record", user_id="zoe", job_id="j1", cv_id="cv-zoe", status="submitted", applied_at=DAY)
    insert(db, "submission", key="k-j1", platform="linkedin", job_id="j1", cv_id="cv-zoe", body_sha256="x", state="submitted",
           answer={"applicationStatus": "submitted", "applicant": MAIL}, evidence={"from": MAIL}, lease_until=DAY)  # fmt: skip
    insert(
        db,
        "notification",
        dedupe_key="n1",
        person_id="zoe",
        kind="applied",
        type="email",
        recipient=MAIL,
        message=f"Dear {NAME}",
        provider_id="m1",
    )
    insert(db, "notification", dedupe_key="n2", kind="applied", type="sms", recipient=PHONE, message="hello")
    insert(db, "delivery_event", provider="sendgrid", event_id="e1", provider_id="m1", event="bounce", reason=f"550 {MAIL} unknown")
    insert(db, "message_stop", person_id="zoe", kind="digest")
    insert(db, "digest_schedule", person_id="zoe", next_at=DAY)
    insert(db, "told_match", person_id="zoe", source="linkedin", job_id="j1")
    insert(
        db, "model_answer", key="m", person_id="zoe", kind="letter", model="m", answer={"letter": LETTER}, input_tokens=1, output_tokens=1
    )
    insert(db, "person_answer", person_id="zoe", question="text:your name", state="confirmed", asked="Your name?", value={"said": NAME})
    insert(db, "sync_person", person_id="zoe", agreed={"name": NAME, "email": MAIL, "phone": PHONE})
    insert(db, "dead_letter", queue="preferences", key="zoe", person_id="zoe", reason="quietHours is no time")
    insert(db, "sync_field", person_id="zoe", field="preferences.devices", changed_at=DAY)
    box = insert(db, "mailbox", person_id="zoe", host="imap.example", port=993, username=MAIL, secret=b"sealed")
    insert(db, "smtp_account", person_id="zoe", address=MAIL, host="smtp.example", port=465, security="tls", secret=b"sealed")
    insert(db, "form_shown", person_id="zoe", job_id="j1", form_hash="h", body=b"picture")
    mail = insert(db, "mail", person_id="zoe", mailbox_id=box["id"], hash="h", subject=f"Dear {NAME}", body=LETTER, kind="offer",
                  application_id=sent["id"])  # fmt: skip
    insert(db, "interview", person_id="zoe", application_id=sent["id"], uid="m-1", status="planned", summary=NAME, mail_id=mail["id"])
    insert(db, "calendar_feed", person_id="zoe", token_sha256="t")
    put(db, "matches", [{"id": "j1", "generatedCoverLetter": LETTER}])
    put(db, "cv", {"email": MAIL})
    add_person(db, "otto", "otto-token")
    db.commit()
    return "zoe"


def traces(db: Connection) -> list[tuple[str, str]]:
    """(table, what) wherever a row still says something about the person."""
    tables = db.execute(
        "select table_schema || '.' || table_name as table_name from information_schema.tables "
        "where table_schema in ('public', 'figures') and table_type = 'BASE TABLE'"
    ).fetchall()
    found = []
    for table in (row["table_name"] for row in tables):
        for trace in (*TRACES, LETTER.encode().hex()):
            pattern = f"%{json.dumps(trace)[1:-1].replace(chr(92), chr(92) * 2)}%"
            if db.execute(
                f"select 1 from {table} as t where t::text ilike %s or to_jsonb(t)::text ilike %s limit 1", (pattern, pattern)
            ).fetchone():
                found.append((table, trace))
    return found


def test_no_table_that_knows_people_is_forgotten(db: Connection) -> None:
    columns = ("person_id", "user_id", "person_email", "recipient", "application_id", "cv_id")
    rows = db.execute(
        "select distinct case c.table_schema when 'public' then '' else c.table_schema || '.' end || c.table_name as table_name "
        "from information_schema.columns c join information_schema.tables t using (table_schema, table_name) "
        "where c.table_schema in ('public', 'figures') and t.table_type = 'BASE TABLE' and c.column_name = any(%s)", (list(columns),),
    ).fetchall()  # fmt: skip
    assert {row["table_name"] for row in rows} - privacy.ABOUT.keys() == {"audit_key"}, (
        "a table about people is neither exported nor erased"
    )


def test_an_export_holds_every_row_and_no_credential(client: TestClient, db: Connection, zoe: str) -> None:
    answer = client.get("/api/v1/users/zoe/export", headers=API)
    assert answer.status_code == 200
    found = answer.json()
    assert [table for table in privacy.ABOUT if not found[table]] == [], "the fixture has a row in every one of them"
    assert found["cv"][0]["data"]["name"] == NAME
    assert "token_sha256" not in answer.text
    zipped = client.get("/api/v1/users/zoe/export?format=zip", headers=API)
    with zipfile.ZipFile(BytesIO(zipped.content)) as archive:
        assert archive.read(f"files/cv-zoe-{NAME}.txt") == LETTER.encode()
        assert json.loads(archive.read("export.json"))["person"] == found["person"]


def test_after_an_erasure_no_table_says_anything_about_the_person(client: TestClient, db: Connection, zoe: str) -> None:
    assert len({table for table, _ in traces(db)}) >= 12, "the search finds what is there"
    others = db.execute("select count(*) as n from person").fetchone()
    answer = client.delete("/api/v1/users/zoe", headers=API)
    assert answer.status_code == 200
    assert answer.json()["erased"]["person"] == 1
    assert traces(db) == []
    assert others == {"n": 2}
    assert db.execute("select id from person").fetchall() == [{"id": "otto"}]
    assert client.delete("/api/v1/users/zoe", headers=API).status_code == 404


def test_an_erasure_frees_no_lock_and_the_ledger_goes_on(client: TestClient, db: Connection, zoe: str) -> None:
    locks = db.execute("select * from application_lock order by job_key").fetchall()
    states = db.execute("select id, job_key from application order by job_key").fetchall()
    client.delete("/api/v1/users/zoe", headers=API)
    assert db.execute("select * from application_lock order by job_key").fetchall() == locks
    left = db.execute("select id, job_key, state, person_email, letter from application order by job_key").fetchall()
    assert [(row["id"], row["job_key"]) for row in left] == [(row["id"], row["job_key"]) for row in states]
    assert [(row["state"], row["person_email"], row["letter"]) for row in left] == [("uncertain", "", None), ("cancelled", "", None)]
    again = db.execute(
        "insert into application (person_id, job_key, job_id, source, cv_id, cv_sha256, person_email, title, company, score, "
        "idempotency_key, run_id) values ('zoe', 'j1', 'j1', 'linkedin', 'c', 'x', 'z@example.com', 't', 'c', 1, 'k9', 'r9') "
        "on conflict do nothing returning id"
    ).fetchone()
    assert again is None, "should the same id come back, nothing is sent twice"
    uncertain = left[0]["id"]
    insert(db, "settlement", application_id=uncertain, outcome="submitted", evidence="receipt", detail="r-7", actor="a person")
    db.execute("update application set state = 'submitted', state_reason = 'settled' where id = %s", (uncertain,))
    db.commit()


@pytest.mark.parametrize(
    "change",
    [
        "update application set erased_at = now() where job_key = 'j1'",
        "update application set letter = null, erased_at = now(), person_email = '', answer = null, state_reason = '', approved_by = null, "
        "state = 'submitted' where job_key = 'j1'",
        "update application set erased_at = now(), person_email = '', letter = null, answer = null, state_reason = '' where job_key = 'j2'",
        "update settlement set detail = 'erased'",
        "update application_event set reason = 'erased'",
        "update application_event set to_state = 'refused'",
        "delete from settlement",
        "update delivery_event set reason = 'fine'",
    ],
)
def test_an_erasure_is_no_way_around_the_ledger(db: Connection, zoe: str, change: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        db.execute(change)  # type: ignore[call-overload]
    db.rollback()


def test_an_erased_application_comes_never_back_to_life(client: TestClient, db: Connection, zoe: str) -> None:
    client.delete("/api/v1/users/zoe", headers=API)
    for change in ("state = 'planned'", "person_email = 'z@example.com'", "erased_at = null", "letter = 'hello'"):
        with pytest.raises(psycopg.errors.CheckViolation):
            db.execute(f"update application set {change} where job_key = 'j2'")
        db.rollback()


def test_nobody_is_erased_while_an_application_of_theirs_is_leaving(client: TestClient, db: Connection, zoe: str) -> None:
    db.execute("update application set state = 'approved' where job_key = 'j2'")
    db.execute("update application set state = 'submitting', lease_until = now() + interval '1 minute' where job_key = 'j2'")
    db.commit()
    answer = client.delete("/api/v1/users/zoe", headers=API)
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "60")
    assert db.execute("select name from person where id = 'zoe'").fetchone() == {"name": NAME}


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_only_the_person_and_the_service_may_ask(client: TestClient, db: Connection, mira: str, method: str) -> None:
    add_person(db, "otto", "otto-token")
    path = "/api/v1/users/mira/export" if method == "GET" else "/api/v1/users/mira"
    for headers, status in (({}, 401), (bearer("otto-token"), 403), (bearer("nobody"), 403), (bearer(OWNER_TOKEN), 200)):
        assert client.request(method, path, headers=headers).status_code == status


def test_what_is_queued_drafted_or_in_a_stream_dies_with_the_person(
    client: TestClient, db: Connection, dsn: str, zoe: str, redis_server: Redis
) -> None:
    bounced = insert(db, "notification", dedupe_key="applied:a:email", person_id="zoe", kind="applied", type="email", recipient=MAIL,
                     message="m", fallback={"push": "zoe"})  # fmt: skip
    sent = db.execute("select * from application where job_key = 'j1'").fetchone()
    db.commit()
    assert sent is not None
    late = connect(dsn)  # writes about zoe while she is erased, and commits after it
    late.execute("insert into notification (dedupe_key, person_id, kind, type, recipient, message) values "
                 "('late', 'zoe', 'applied', 'push', 'zoe', 'm')")  # fmt: skip
    client.delete("/api/v1/users/zoe", headers=API)
    late.commit()
    late.close()

    follow.note_status(db, sent, "interview")
    assert fall_back(db, bounced) == "push"
    store_matches(db, person_id="zoe", cv_id="cv-zoe", matches=[
        Match(id="j7", title="Falconer", source="indeed", match_score=0.9, can_auto_apply=True)])  # fmt: skip
    application_of_a_run_under_way = (
        "insert into application (person_id, job_key, job_id, source, cv_id, cv_sha256, person_email, title, company, score, "
        "idempotency_key, run_id) values ('zoe', 'j8', 'j8', 'linkedin', 'c', 'x', 'z@example.com', 't', 'c', 1, 'k8', 'r8') returning id"
    )
    assert db.execute(application_of_a_run_under_way).fetchone() is None
    db.commit()
    with redis.Redis.from_url(redis_server.url) as stream:
        for person, recipient in (("zoe", MAIL), ("otto", "otto@example.com")):
            message = {"id": f"m-{person}", "type": "email", "recipient": recipient, "message": "hello", "userId": person}
            stream.xadd(STREAM, message)  # type: ignore[arg-type]
    assert ingest(redis_server.url, dsn).messages == 1
    prepare(dsn, Endpoints(rolecall_dsn=None))
    assert [row["person_id"] for row in db.execute("select person_id from notification").fetchall()] == ["otto"]
    assert db.execute("select 1 from match where person_id = 'zoe'").fetchall() == []
    assert follow.follow_status(dsn, lambda identity: {"status": "offer"}).asked == 0


def test_who_comes_back_is_written_to_again(client: TestClient, db: Connection, zoe: str) -> None:
    client.delete("/api/v1/users/zoe", headers=API)
    add_person(db, "zoe", "new-token")
    insert(db, "notification", dedupe_key="n9", person_id="zoe", kind="applied", type="push", recipient="zoe", message="m")


KEPT = """person_id job_key job_id source cv_id cv_sha256 cv_version title company company_key apply_url url run_id idempotency_key
state content_hash approval_hash employer_status way receipt platform_id recorded_as"""
"""Columns of an application that an erasure leaves: the bare id, the job, what became of it."""


def test_every_text_of_an_application_is_taken_out_by_an_erasure_or_named_as_kept(db: Connection) -> None:
    """A new column about a person was taken out, and the guard did not know it: nobody who had one could be erased."""
    columns = db.execute(
        "select column_name as name from information_schema.columns where table_schema = 'public' and table_name = 'application' "
        "and data_type in ('text', 'jsonb')"
    ).fetchall()
    taken_out = set(re.findall(r"(\w+) = ", dict(privacy.LAST)["application"]))
    assert {one["name"] for one in columns} - taken_out - set(KEPT.split()) == set()
    (guard,) = db.execute("select prosrc as text from pg_proc where proname = 'guard_erasure'").fetchall()
    assert all(f"'{name}'" in guard["text"] for name in taken_out - {"person_id"})
