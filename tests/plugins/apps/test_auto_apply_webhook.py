"""The webhook lets in who may call, says what is wrong, and makes one run of the same request."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from cryptography.fernet import Fernet
from starlette.testclient import TestClient

from rolecall.applying import requests
from rolecall.applying.tokens import forget_expired, user_token
from rolecall.applying.webhook import MAX_BODY, sign
from rolecall.errors import InvalidInput
from rolecall.people import privacy
from rolecall.store import Connection
from tests.airflow_home import as_airflow_reads_it

SECRET = "webhook-secret"
BODY = {"cvId": "c1", "userId": "p1", "userEmail": "p1@mail.example", "userToken": "person-token", "criteria": {"keywords": ["nurse"]}}
LET_IN = {"Authorization": f"Bearer {SECRET}"}


@pytest.fixture
def client(dsn: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    from rolecall.apps.auto_apply_webhook import app

    monkeypatch.setenv("AIRFLOW_CONN_ROLECALL_DB", as_airflow_reads_it({"ROLECALL_DSN": dsn})["AIRFLOW_CONN_ROLECALL_DB"])
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("AIRFLOW__CORE__FERNET_KEY", Fernet.generate_key().decode())
    with TestClient(app()) as made:
        yield made


def post(client: TestClient, body: Any = BODY, **headers: str) -> Any:
    return client.post("/auto-apply", json=body, headers={**LET_IN, **headers})


def rows(db: Connection) -> int:
    row = db.execute("select count(*) as n from apply_request").fetchone()
    db.commit()
    return int(row["n"]) if row else 0


def test_a_request_is_accepted_with_its_run_and_a_status_address(client: TestClient, db: Connection) -> None:
    answer = post(client)
    assert answer.status_code == 202
    told = answer.json()
    assert told["runId"] == f"request__{told['requestId']}"
    assert told["statusUrl"].endswith(f"/webhook/auto-apply/{told['requestId']}")
    [queued] = requests.next_requests(db)
    assert queued["trigger_run_id"] == told["runId"]
    status = client.get(f"/auto-apply/{told['requestId']}", headers=LET_IN).json()
    assert (status["state"], status["runId"], status["applications"]) == ("queued", told["runId"], {})


@pytest.mark.parametrize("base", ["https://airflow.example/a/prefix", "https://airflow.example/a/prefix/"])
def test_behind_a_path_prefix_the_status_address_has_it(client: TestClient, monkeypatch: pytest.MonkeyPatch, base: str) -> None:
    monkeypatch.setenv("AIRFLOW__API__BASE_URL", base)
    told = post(client).json()
    assert told["statusUrl"] == f"https://airflow.example/a/prefix/webhook/auto-apply/{told['requestId']}"


def test_nothing_is_kept_about_somebody_who_was_erased_until_they_come_back(client: TestClient, db: Connection) -> None:
    person = "insert into person (id, name, email) values ('p1', 'P', 'p1@mail.example')"
    db.execute(person)
    db.commit()
    privacy.erase(db, "p1")
    db.commit()
    answer = post(client)
    assert (answer.status_code, answer.json()["field"], rows(db)) == (410, "userId", 0)
    db.execute(person)
    db.commit()
    assert post(client).status_code == 202


def test_the_token_is_in_no_conf_and_opens_only_for_its_person_and_cv(client: TestClient, db: Connection) -> None:
    request = post(client).json()["requestId"]
    assert "person-token" not in json.dumps(requests.next_requests(db))
    stored = db.execute("select user_token from apply_request").fetchone()
    assert stored is not None
    assert b"person-token" not in stored["user_token"]
    assert user_token(db, request, person_id="p1", cv_id="c1") == "person-token"
    with pytest.raises(InvalidInput, match="requestId"):
        user_token(db, request, person_id="p2", cv_id="c1")
    db.execute("update apply_request set token_expires_at = now() - interval '1 second'")
    with pytest.raises(InvalidInput, match="expired"):
        user_token(db, request, person_id="p1", cv_id="c1")
    assert forget_expired(db) == 1
    with pytest.raises(InvalidInput, match="expired"):
        user_token(db, request, person_id="p1", cv_id="c1")


def test_a_request_without_a_token_needs_none(client: TestClient, db: Connection) -> None:
    body = {name: value for name, value in BODY.items() if name != "userToken"}
    assert user_token(db, post(client, body).json()["requestId"], person_id="p1", cv_id="c1") is None


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "k1"}], ids=["same body", "same key"])
def test_the_same_request_a_hundred_times_at_once_is_one_run(client: TestClient, db: Connection, headers: dict[str, str]) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: post(client, **headers), range(100)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["runId"] for answer in answers}) == 1
    assert rows(db) == 1
    assert sum(not answer.json()["repeated"] for answer in answers) == 1


def test_the_same_key_is_the_same_request_for_ever_and_nobody_elses(client: TestClient, db: Connection) -> None:
    key = {"Idempotency-Key": "order-7"}
    first = post(client, **key).json()["runId"]
    db.execute("update apply_request set state = 'done', requested_at = now() - interval '9 days'")
    db.commit()
    assert post(client, {**BODY, "userToken": "a-newer-one"}, **key).json()["runId"] == first
    refused = post(client, {**BODY, "userId": "p2"}, **key)
    assert (refused.status_code, refused.json()["field"]) == (409, "Idempotency-Key")


def test_the_same_body_is_the_same_request_for_a_day_and_while_its_run_goes_on(client: TestClient, db: Connection) -> None:
    first = post(client).json()["runId"]

    def after(state: str, age: str) -> str:
        db.execute("update apply_request set state = %s, requested_at = now() - %s::interval", (state, age))
        db.commit()
        return str(post(client).json()["runId"])

    assert after("done", "23 hours") == first
    assert after("triggered", "47 hours") == first
    assert after("done", "25 hours") != first


def test_another_key_is_another_run_unless_the_same_work_still_waits(client: TestClient, db: Connection) -> None:
    first = post(client, **{"Idempotency-Key": "k1"}).json()["runId"]
    assert post(client, **{"Idempotency-Key": "k2"}).json()["runId"] == first
    requests.mark_triggered(db, [first])
    db.commit()
    assert post(client, **{"Idempotency-Key": "k3"}).json()["runId"] != first


def test_a_newer_token_replaces_the_one_that_is_kept(client: TestClient, db: Connection) -> None:
    request = post(client).json()["requestId"]
    assert post(client, {**BODY, "userToken": "newer"}).json()["requestId"] == request
    assert user_token(db, request, person_id="p1", cv_id="c1") == "newer"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": "Basic webhook-secret"}, 401),
        ({"Authorization": "Bearer "}, 401),
        ({"X-Rolecall-Signature": "sha256=00", "X-Rolecall-Timestamp": "1"}, 401),
        ({"X-Rolecall-Signature": "sha256=00"}, 401),
    ],
)
def test_nobody_else_is_let_in(client: TestClient, db: Connection, headers: dict[str, str], status: int) -> None:
    assert client.post("/auto-apply", json=BODY, headers=headers).status_code == status
    assert client.get("/auto-apply/0", headers=headers).status_code == status
    assert rows(db) == 0


@pytest.mark.parametrize(("age", "status"), [(0, 202), (240, 202), (301, 401), (-360, 401)])  # a slow machine adds to each
def test_a_signature_is_good_for_five_minutes_and_for_its_body_only(client: TestClient, age: int, status: int) -> None:
    content = json.dumps(BODY).encode()
    stamp = str(int(time.time()) - age)
    headers = {"X-Rolecall-Timestamp": stamp, "X-Rolecall-Signature": sign(SECRET, stamp, content)}
    assert client.post("/auto-apply", content=content, headers=headers).status_code == status
    assert client.post("/auto-apply", content=content + b" ", headers=headers).status_code == 401


def test_a_server_without_a_secret_lets_nobody_in(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WEBHOOK_SECRET")
    refused = client.post("/auto-apply", json=BODY, headers={"Authorization": "Bearer "})
    assert (refused.status_code, "WEBHOOK_SECRET" in refused.json()["error"]) == (503, True)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({**BODY, "dryRun": True}, 422, "dryRun"),
        ({**BODY, "user_token": "x"}, 422, "user_token"),
        ({name: value for name, value in BODY.items() if name != "cvId"}, 422, "cvId"),
        ({**BODY, "userEmail": "nobody"}, 422, "userEmail"),
        ({**BODY, "userId": ""}, 422, "userId"),
        ({**BODY, "userToken": "two words"}, 422, "userToken"),
        ({**BODY, "userToken": "line\nbreak"}, 422, "userToken"),
        ({**BODY, "criteria": ["nurse"]}, 422, "criteria"),
        ([BODY], 422, "body"),
    ],
)
def test_what_is_wrong_is_named_with_its_fix_and_without_the_token(
    client: TestClient, db: Connection, body: Any, status: int, field: str
) -> None:
    answer = post(client, body)
    told = answer.json()
    assert (answer.status_code, told["field"], bool(told["fix"])) == (status, field, True)
    assert "two words" not in answer.text
    assert rows(db) == 0


@pytest.mark.parametrize(("env", "status"), [({}, 422), ({"AI_SERVICE_URL": "https://ai.example"}, 202)])
def test_misspelt_criteria_are_refused_where_our_own_service_would_not_read_them(
    client: TestClient, monkeypatch: pytest.MonkeyPatch, env: dict[str, str], status: int
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_AI_SERVICE", as_airflow_reads_it(env)["AIRFLOW_CONN_AI_SERVICE"])
    answer = post(client, {**BODY, "criteria": {"keywords": ["nurse"], "tresholt": 0.9}})
    assert answer.status_code == status
    if status == 422:
        assert (answer.json()["field"], "minScore" in answer.json()["fix"]) == ("criteria.tresholt", True)


@pytest.mark.parametrize(("env", "status"), [({}, 404), ({"AI_SERVICE_URL": "https://ai.example"}, 202)])
def test_somebody_who_is_not_stored_is_applied_for_by_a_foreign_service_only(
    client: TestClient, db: Connection, monkeypatch: pytest.MonkeyPatch, env: dict[str, str], status: int
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_AI_SERVICE", as_airflow_reads_it(env)["AIRFLOW_CONN_AI_SERVICE"])
    answer = post(client)
    assert (answer.status_code, answer.json().get("field")) == (status, "userId" if status == 404 else None)
    assert rows(db) == (status == 202)
    if status == 404:
        assert "'p1'" in answer.json()["error"]
        assert "POST /api/v1/users" in answer.json()["fix"]
        db.execute("insert into person (id, name, email) values ('p1', 'P', 'p1@mail.example')")
        db.commit()
        assert post(client).status_code == 202


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"cvId": NaN}', b'{"cvId": "a", "cvId": "b"}', b"[" * 50_000])
def test_what_is_not_json_or_can_be_read_in_two_ways_is_refused(client: TestClient, content: bytes) -> None:
    answer = client.post("/auto-apply", content=content, headers=LET_IN)
    assert (answer.status_code, answer.json()["field"]) == (400, "body")


def test_a_body_above_the_limit_is_refused_announced_or_not(client: TestClient) -> None:
    big = json.dumps({**BODY, "criteria": {"x": "y" * MAX_BODY}}).encode()
    assert client.post("/auto-apply", content=big, headers=LET_IN).status_code == 413
    assert client.post("/auto-apply", content=iter([big[:1000], big[1000:]]), headers=LET_IN).status_code == 413


def test_an_unknown_request_and_pages_about_the_app_are_404(client: TestClient) -> None:
    for path in ("/auto-apply/nonsense", "/auto-apply/00000000-0000-0000-0000-000000000000", "/docs", "/openapi.json", "/redoc"):
        assert client.get(path, headers=LET_IN).status_code == 404
