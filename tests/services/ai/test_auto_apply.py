"""``POST /api/auto-apply``: the same key, the same answer, never a second forward, whatever the receiver does."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from rolecall.clients.platform_client import PlatformClient
from rolecall.models import digest
from rolecall.services import create_app
from rolecall.services.ai import forwarding, submissions
from rolecall.services.ai.forwarding import PAUSE, Forwarder
from rolecall.services.ai.submissions import Order
from rolecall.services.api_errors import ApiError
from rolecall.services.database import Database
from rolecall.services.submitters import SandboxReceiver
from rolecall.store import Connection
from tests.conftest import free_port
from tests.http_double import Answer, Call
from tests.services.conftest import AI, API, TAKEN, Receiver, add_job, make_settings

ORDER = {"jobId": "j1", "cvId": "cv-mira", "coverLetter": "Dear team", "platform": "linkedin"}


@pytest.fixture(autouse=True)
def job(db: Connection, mira: str, receiver: Receiver) -> None:
    add_job(db, "j1", apply_url=f"{receiver.url}/ats/jobs/1")


def apply(client: TestClient, key: str | None = "k1", **changed: Any) -> Any:
    headers = {**AI, **({"Idempotency-Key": key} if key is not None else {})}
    return client.post("/api/auto-apply", json={**ORDER, **changed}, headers=headers)


def state(db: Connection, key: str = "k1") -> str | None:
    row = db.execute("select state from submission where key = %s", (key,)).fetchone()
    db.rollback()
    return row["state"] if row else None


def test_an_application_is_forwarded_with_its_key_and_answered_with_the_receipt(client: TestClient, receiver: Receiver) -> None:
    answer = apply(client)
    assert answer.status_code == 200
    assert (answer.json()["applicationStatus"], answer.json()["receipt"]) == ("submitted", "r-1")
    (got,) = receiver.received
    assert (got["key"], got["path"]) == ("k1", "/ats/applications/j1")
    assert (got["body"]["coverLetter"], got["body"]["applicant"]["email"]) == ("Dear team", "mira@example.com")
    assert got["body"]["applicant"]["summary"] == "Eight years of data pipelines."


def test_the_same_key_again_has_the_same_answer_and_no_second_forward(client: TestClient, receiver: Receiver) -> None:
    first = apply(client)
    assert apply(client).json() == first.json()
    assert client.post("/ai/api/auto-apply", json=ORDER, headers={**AI, "Idempotency-Key": "k1"}).json() == first.json()
    assert len(receiver.received) == 1


def test_twenty_at_once_with_one_key_make_one_forward(client: TestClient, receiver: Receiver) -> None:
    receiver.answer = replace(TAKEN, delay=0.3)
    with ThreadPoolExecutor(20) as threads:
        got = list(threads.map(lambda _: apply(client), range(20)))
    assert len(receiver.received) == 1
    assert sorted({answer.status_code for answer in got}) in ([200, 409], [200])
    for answer in got:
        assert answer.json()["applicationStatus"] == ("submitted" if answer.status_code == 200 else "in_progress")
    assert apply(client).json()["receipt"] == "r-1"


@pytest.mark.parametrize(
    ("behaviour", "expected", "reason"),
    [
        (Answer(500, b"accepted, then broke"), "uncertain", "500"),
        (Answer(503, b"later"), "uncertain", "503"),
        (Answer(fault="hang up"), "uncertain", "no complete answer"),
        (Answer(200, b"<html>"), "uncertain", "not JSON"),
        (Answer(200, b"{}"), "uncertain", "without giving a receipt"),
        (Answer(302, b"", {"Location": "/elsewhere"}), "uncertain", "302"),
        (Answer(422, b"no such opening"), "refused", "no such opening"),
        (Answer(401, b""), "refused", "401"),
    ],
)
def test_what_the_receiver_answers_decides_once_and_for_all(
    client: TestClient, receiver: Receiver, behaviour: Answer, expected: str, reason: str
) -> None:
    receiver.answer = behaviour
    answer = apply(client)
    assert (answer.status_code, answer.json()["applicationStatus"]) == (200, expected)
    assert reason in answer.json()["reason"]
    receiver.answer = TAKEN
    assert apply(client).json() == answer.json()
    assert len(receiver.received) == 1
    assert client.get("/api/auto-apply/k1", headers=AI).json() == {**answer.json(), "idempotencyKey": "k1"}


def test_a_busy_receiver_is_429_with_its_pause_and_the_key_stays_free(client: TestClient, receiver: Receiver, db: Connection) -> None:
    receiver.answer = Answer(429, b"slow down", {"Retry-After": "7"})
    answer = apply(client)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.json()["fix"]
    assert state(db) is None
    receiver.answer = TAKEN
    assert apply(client).json()["applicationStatus"] == "submitted"


def test_a_receiver_that_cannot_be_reached_is_429_and_nothing_is_remembered(dsn: str, db: Connection) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    add_job(db, "j2", apply_url=f"{nowhere}/ats/jobs/2")
    with TestClient(create_app(make_settings(dsn, sandbox_url=nowhere))) as client:
        answer = apply(client, jobId="j2")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, str(PAUSE))
    assert answer.json()["applicationStatus"] == "not_sent"
    assert state(db) is None


def test_a_receiver_that_is_slow_is_uncertain_and_its_late_answer_still_settles(
    client: TestClient, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SandboxReceiver, "limit", 0.2)
    receiver.answer = replace(TAKEN, delay=3)
    answer = apply(client)
    assert answer.json()["applicationStatus"] == "uncertain"
    assert "no answer within" in answer.json()["reason"]
    assert eventually(lambda: client.get("/api/auto-apply/k1", headers=AI).json().get("receipt") == "r-1")
    assert apply(client).json()["applicationStatus"] == "submitted"
    assert len(receiver.received) == 1


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 60
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def forwarding_row(db: Connection, lease: str) -> None:
    """What a process leaves behind that was killed between commit and answer."""
    body = digest(list(ORDER.values()))
    db.execute(
        "insert into submission (key, platform, job_id, cv_id, body_sha256, state, lease_until)"
        " values ('k1', 'linkedin', 'j1', 'cv-mira', %s, 'forwarding', now() + %s::interval)",
        (body, lease),
    )
    db.commit()


def test_what_a_killed_service_was_forwarding_is_uncertain_and_never_forwarded_again(
    client: TestClient, receiver: Receiver, db: Connection
) -> None:
    forwarding_row(db, "-1 second")
    answer = apply(client)
    assert (answer.status_code, answer.json()["applicationStatus"]) == (200, "uncertain")
    assert client.get("/api/auto-apply/k1", headers=AI).json()["applicationStatus"] == "uncertain"
    assert receiver.received == []


def test_what_another_process_is_forwarding_now_is_409_in_progress(client: TestClient, receiver: Receiver, db: Connection) -> None:
    forwarding_row(db, "20 seconds")
    answer = apply(client)
    assert (answer.status_code, answer.json()["applicationStatus"]) == (409, "in_progress")
    assert client.get("/api/auto-apply/k1", headers=AI).json() == {"applicationStatus": "in_progress", "idempotencyKey": "k1"}
    assert receiver.received == []


@pytest.mark.parametrize("changed", [{"jobId": "j2"}, {"coverLetter": "Other"}, {"platform": "indeed"}, {"cvId": "cv-otto"}])
def test_another_body_under_the_same_key_is_409(client: TestClient, receiver: Receiver, changed: dict[str, str]) -> None:
    apply(client)
    answer = apply(client, **changed)
    assert (answer.status_code, answer.json()["field"]) == (409, "Idempotency-Key")
    assert answer.json()["fix"]
    assert len(receiver.received) == 1


@pytest.mark.parametrize("key", [None, "", "k" * 201, "k\u00fc", "k\x01"])
def test_a_missing_or_unusable_key_is_400(client: TestClient, receiver: Receiver, key: str | None) -> None:
    headers = [(b"authorization", AI["Authorization"].encode())]
    headers += [(b"idempotency-key", key.encode("latin-1"))] if key is not None else []
    answer = client.post("/api/auto-apply", json=ORDER, headers=headers)
    assert (answer.status_code, answer.json()["field"]) == (400, "Idempotency-Key")
    assert receiver.received == []


@pytest.mark.parametrize(
    ("changed", "status", "field"),
    [
        ({"jobId": "j0"}, 404, "jobId"),
        ({"cvId": "cv0"}, 404, "cvId"),
        ({"jobId": "elsewhere"}, 422, "jobId"),
        ({"jobId": "warned"}, 422, "jobId"),
        ({"jobId": "closed"}, 422, "jobId"),
        ({"jobId": ""}, 422, "jobId"),
        ({"platform": ""}, 422, "platform"),
        ({"coverLetter": None}, 422, "coverLetter"),
        ({"letter": "x"}, 422, "letter"),
    ],
)
def test_what_cannot_be_applied_for_names_field_and_fix_and_uses_up_no_key(
    client: TestClient, receiver: Receiver, db: Connection, changed: dict[str, Any], status: int, field: str
) -> None:
    add_job(db, "elsewhere", apply_url="https://careers.example/1")
    add_job(db, "warned", apply_url=f"{receiver.url}/1", state="warned")
    add_job(db, "closed", apply_url=f"{receiver.url}/1", state="closed")
    answer = apply(client, **changed)
    assert (answer.status_code, answer.json()["field"]) == (status, field)
    assert answer.json()["fix"]
    assert receiver.received == []
    assert state(db) is None


def test_a_job_is_applied_for_under_the_id_it_has_now(client: TestClient, receiver: Receiver, db: Connection) -> None:
    add_job(db, "j-old", merged_into="j1")
    assert apply(client, jobId="j-old").json()["jobId"] == "j1"
    assert receiver.received[0]["path"] == "/ats/applications/j1"


def test_an_unknown_key_is_404(client: TestClient) -> None:
    answer = client.get("/api/auto-apply/never-used", headers=AI)
    assert answer.status_code == 404
    assert answer.json()["fix"]


def test_books_restored_from_before_an_application_learn_of_it_from_the_receiver(
    client: TestClient, receiver: Receiver, db: Connection
) -> None:
    apply(client)
    db.execute("delete from submission")
    db.commit()
    known = {"applicationStatus": "submitted", "receipt": "r-1", "idempotencyKey": "k1"}
    assert client.get("/api/auto-apply/k1", headers=AI).json() == known
    receiver.away = True
    answer = client.get("/api/auto-apply/k1", headers=AI)
    assert (answer.status_code, "Retry-After" in answer.headers) == (429, True)


def test_the_receiver_can_be_asked_whatever_the_books_say(client: TestClient, receiver: Receiver) -> None:
    apply(client)
    receiver.calls.clear()
    assert client.get("/api/auto-apply/k1", headers=AI).status_code == 200
    assert client.get("/api/auto-apply/k1", headers=AI, params={"receiver": True}).status_code == 404


def test_the_platforms_token_does_not_open_the_ai_service(client: TestClient) -> None:
    assert client.get("/api/auto-apply/k1", headers=API).status_code == 401
    assert client.get("/ai/api/auto-apply/k1", headers=API).status_code == 401


def with_platform(dsn: str, receiver: Receiver, platform: Callable[[httpx.Request], httpx.Response]) -> dict[str, Any]:
    """Applies with a CV that is not ours, beside a platform that answers so."""
    database = Database(dsn)
    database.open()
    client = PlatformClient("https://platform.example", "token", transport=httpx.MockTransport(platform))
    forwarder = Forwarder(database, [SandboxReceiver(receiver.url)], client)
    try:
        return asyncio.run(forwarder.apply(Order("k1", "j1", "cv-foreign", "Dear team", "linkedin")))
    finally:
        forwarder.close()
        database.close()


def test_a_cv_that_only_the_environments_platform_knows_is_asked_for_there(dsn: str, receiver: Receiver) -> None:
    served = {"cv": {"name": "Ada", "email": "ada@example.com"}}
    answer = with_platform(dsn, receiver, lambda _: httpx.Response(200, json=served))
    assert answer["applicationStatus"] == "submitted"
    assert receiver.received[0]["body"]["applicant"]["email"] == "ada@example.com"


@pytest.mark.parametrize(
    ("served", "status"),
    [(httpx.Response(404), 404), (httpx.Response(200, json={"name": "Ada"}), 422), (httpx.Response(401), 429)],
)
def test_a_cv_that_the_platform_does_not_serve_is_never_forwarded(
    dsn: str, db: Connection, receiver: Receiver, served: httpx.Response, status: int
) -> None:
    with pytest.raises(ApiError) as raised:
        with_platform(dsn, receiver, lambda _: served)
    assert raised.value.status == status
    assert receiver.received == []
    assert state(db) is None


async def two_at_one_thread(
    dsn: str, db: Connection, receiver: Receiver, while_it_waits: Callable[[], None] = lambda: None
) -> list[dict[str, Any] | ApiError]:
    """Two applications and one thread: the second waits for the first."""
    database = Database(dsn)
    database.open()
    forwarder = Forwarder(database, [SandboxReceiver(receiver.url)])
    forwarder._threads.shutdown()
    forwarder._threads = ThreadPoolExecutor(1)

    async def one(key: str) -> dict[str, Any] | ApiError:
        try:
            return await forwarder.apply(Order(key, "j1", "cv-mira", "Dear team", "linkedin"))
        except ApiError as error:
            return error

    async def taken_in(key: str) -> None:
        while state(db, key) is None:  # noqa: ASYNC110 - what is waited for is a row
            await asyncio.sleep(0.02)

    try:
        first = asyncio.create_task(one("k1"))
        await taken_in("k1")
        second = asyncio.create_task(one("k2"))
        await taken_in("k2")
        while_it_waits()
        return list(await asyncio.gather(first, second))
    finally:
        await asyncio.to_thread(forwarder.close)
        database.close()


def test_a_forward_that_still_waits_when_its_caller_gives_up_never_leaves(
    dsn: str, db: Connection, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SandboxReceiver, "limit", 1.0)
    receiver.answer = replace(TAKEN, delay=2.5)
    first, second = asyncio.run(two_at_one_thread(dsn, db, receiver))
    assert isinstance(first, dict)
    assert first["applicationStatus"] == "uncertain"
    assert isinstance(second, ApiError)
    assert (second.status, second.extra["applicationStatus"]) == (429, "not_sent")
    time.sleep(2)
    assert [one["key"] for one in receiver.received] == ["k1"]
    assert state(db, "k2") is None


@pytest.mark.parametrize("meanwhile", ["settled", "expired", "freed"])
def test_a_forward_whose_row_says_something_else_by_its_turn_never_leaves(
    dsn: str, db: Connection, receiver: Receiver, meanwhile: str
) -> None:
    changed = threading.Event()

    def once_changed(_: Call) -> Answer:
        changed.wait(30)
        return TAKEN

    receiver.answer = once_changed

    def change() -> None:
        if meanwhile == "settled":
            submissions.park_uncertain(db, "k2", "somebody else gave it up")
        elif meanwhile == "expired":
            db.execute("update submission set lease_until = now() - interval '1 second' where key = 'k2'")
        else:
            submissions.free_key(db, "k2")
        db.commit()
        changed.set()

    _, second = asyncio.run(two_at_one_thread(dsn, db, receiver, change))
    assert isinstance(second, ApiError)
    assert [one["key"] for one in receiver.received] == ["k1"]
    assert state(db, "k2") == {"settled": "uncertain", "expired": "forwarding", "freed": None}[meanwhile]


def test_no_more_are_taken_in_than_can_be_forwarded_at_once(dsn: str, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forwarding, "AT_ONCE", 3)
    receiver.answer = replace(TAKEN, delay=0.5)

    async def ten() -> list[Any]:
        database = Database(dsn)
        database.open()
        forwarder = Forwarder(database, [SandboxReceiver(receiver.url)])
        try:
            orders = [Order(f"k{n}", "j1", "cv-mira", "Dear team", "linkedin") for n in range(10)]
            return await asyncio.gather(*(forwarder.apply(order) for order in orders), return_exceptions=True)
        finally:
            await asyncio.to_thread(forwarder.close)
            database.close()

    got = asyncio.run(ten())
    assert sum(isinstance(one, dict) for one in got) == len(receiver.received) == 3
    assert {one.status for one in got if isinstance(one, ApiError)} == {429}
