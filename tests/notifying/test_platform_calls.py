"""Debts to the platform are paid once in effect, and never forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from rolecall.clients.platform_client import PlatformClient
from rolecall.notifying.send import platform_calls as platform_calls
from rolecall.notifying.send.platform_calls import OutboxTally, deliver_outbox
from rolecall.store import Connection
from tests.http_double import Answer, HttpDouble

APPLIED_AT = "2026-11-03T10:00:00+00:00"  # any day: passed on as it is
SENT_AT = "2026-11-03T10:00:00.500000+00:00"  # any day: passed on as it is


@pytest.fixture
def platform(provider: HttpDouble) -> Iterator[PlatformClient]:
    """A platform that takes everything."""
    provider.answer = lambda call: Answer(201 if call.method == "POST" else 200, {"id": "x"})
    with PlatformClient(provider.url, "token") as client:
        yield client


def enqueue_call(db: Connection, topic: str, key: str, **payload: Any) -> None:
    db.execute("insert into outbox (topic, key, payload) values (%s, %s, %s)", (topic, key, Jsonb(payload)))
    db.commit()


def owe_application(db: Connection, key: str) -> None:
    values = {"jobId": "j1", "userId": "u1", "cvId": "c1", "status": "submitted", "appliedAt": APPLIED_AT}
    enqueue_call(db, "record_application", key, idempotencyKey=key, **values)


def owe_status(db: Connection, key: str, sent_at: str | None = SENT_AT) -> None:
    enqueue_call(db, "notification_status", key, notificationId=key, status="sent", sentAt=sent_at)


def rows(db: Connection) -> dict[str, dict[str, Any]]:
    db.commit()
    return {row["key"]: row for row in db.execute("select *, next_at > now() as waits from outbox").fetchall()}


def test_an_application_is_recorded_in_the_seeds_words_under_its_key(
    dsn: str, db: Connection, platform: PlatformClient, provider: HttpDouble
) -> None:
    owe_application(db, "k1")
    assert deliver_outbox(dsn, platform) == OutboxTally(done=1)
    (call,) = provider.calls
    assert (call.method, call.path, call.headers["idempotency-key"]) == ("POST", "/api/v1/applications", "k1")
    assert call.json == {
        "jobId": "j1",
        "userId": "u1",
        "cvId": "c1",
        "status": "submitted",
        "autoApplied": True,
        "appliedAt": APPLIED_AT,
    }
    assert rows(db)["k1"]["done_at"] is not None
    assert deliver_outbox(dsn, platform) == OutboxTally()
    assert len(provider.calls) == 1


@pytest.mark.parametrize("sent_at", [SENT_AT, None])
def test_a_status_is_patched(dsn: str, db: Connection, platform: PlatformClient, provider: HttpDouble, sent_at: str | None) -> None:
    owe_status(db, "n/1", sent_at)
    assert deliver_outbox(dsn, platform) == OutboxTally(done=1)
    (call,) = provider.calls
    assert (call.method, call.path) == ("PATCH", "/api/v1/notifications/n%2F1/status")
    assert call.json == {"status": "sent", "sentAt": sent_at}


def test_a_platform_that_does_not_know_our_notification_settles_it_with_a_note(
    dsn: str, db: Connection, platform: PlatformClient, provider: HttpDouble
) -> None:
    provider.answer = lambda call: Answer(404, {"detail": "unknown"})
    owe_status(db, "n1")
    assert deliver_outbox(dsn, platform) == OutboxTally(done=1, noted=1)
    assert "keeps no notification of this id" in rows(db)["n1"]["error"]


def test_a_platform_that_has_the_application_already_settles_it_with_a_note(
    dsn: str, db: Connection, platform: PlatformClient, provider: HttpDouble
) -> None:
    provider.answer = lambda call: Answer(409, {"detail": "exists"})
    owe_application(db, "k1")
    assert deliver_outbox(dsn, platform) == OutboxTally(done=1, noted=1)


def test_an_unreadable_answer_to_a_call_that_was_taken_is_not_repeated(
    dsn: str, db: Connection, platform: PlatformClient, provider: HttpDouble
) -> None:
    provider.answer = lambda call: Answer(204)
    owe_status(db, "n1")
    assert deliver_outbox(dsn, platform) == OutboxTally(done=1, noted=1)


@pytest.mark.parametrize(
    "answer",
    [Answer(500), Answer(429, headers={"Retry-After": "60"}), Answer(422, b"userId"), Answer(404), Answer(fault="hang up")],
    ids=["500", "429", "422", "404", "lost answer"],
)
def test_an_application_that_was_not_recorded_is_tried_again_later_under_the_same_key(
    dsn: str, db: Connection, platform: PlatformClient, provider: HttpDouble, answer: Answer
) -> None:
    well = provider.answer
    provider.answer = lambda call: answer
    owe_application(db, "k1")
    result = deliver_outbox(dsn, platform)
    assert (result.done, result.retried) == (0, 1)
    row = rows(db)["k1"]
    assert (row["done_at"], row["attempts"], row["waits"], row["error"]) == (None, 1, True, result.error)
    assert deliver_outbox(dsn, platform) == OutboxTally()
    provider.answer = well
    db.execute("update outbox set next_at = now()")
    db.commit()
    assert deliver_outbox(dsn, platform) == OutboxTally(done=1)
    assert {call.headers["idempotency-key"] for call in provider.calls} == {"k1"}


def test_one_row_that_cannot_be_read_stops_no_other(dsn: str, db: Connection, platform: PlatformClient) -> None:
    enqueue_call(db, "record_application", "broken", jobId="j1")
    owe_application(db, "k1")
    owe_status(db, "n1")
    result = deliver_outbox(dsn, platform)
    assert (result.done, result.retried) == (2, 1)
    assert rows(db)["broken"]["error"] == "KeyError: 'userId'"


def test_a_platform_that_is_away_ends_the_call_and_keeps_the_rest_due(dsn: str, db: Connection, nowhere: str) -> None:
    for n in range(20):
        owe_status(db, f"n{n}")
    with PlatformClient(nowhere, "token") as away:
        result = deliver_outbox(dsn, away, concurrency=2)
    assert result.done == 0
    assert 1 <= result.retried <= 2
    assert "cannot be reached" in str(result.error)
    assert sum(not row["waits"] for row in rows(db).values()) >= 18


def test_a_refused_token_ends_the_call(dsn: str, db: Connection, platform: PlatformClient, provider: HttpDouble) -> None:
    provider.answer = lambda call: Answer(401)
    for n in range(20):
        owe_status(db, f"n{n}")
    assert deliver_outbox(dsn, platform, concurrency=1).retried == 1
    assert len(provider.calls) == 1


def test_callers_at_the_same_time_pay_each_debt_once(dsn: str, db: Connection, platform: PlatformClient, provider: HttpDouble) -> None:
    for n in range(60):
        owe_application(db, f"k{n}")
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda _: deliver_outbox(dsn, platform, concurrency=3), range(3)))
    assert sum(result.done for result in results) == 60
    assert Counter(call.headers["idempotency-key"] for call in provider.calls) == Counter(f"k{n}" for n in range(60))


def test_a_crash_between_the_answer_and_the_commit_repeats_the_call_under_the_same_key(
    dsn: str, db: Connection, platform: PlatformClient, provider: HttpDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    owe_application(db, "k1")

    def crash(client: PlatformClient, row: dict[str, Any]) -> None:
        perform(client, row)
        raise KeyboardInterrupt

    perform = platform_calls._perform
    with monkeypatch.context() as patch:
        patch.setattr(platform_calls, "_perform", crash)
        with pytest.raises(KeyboardInterrupt):
            deliver_outbox(dsn, platform)
    assert rows(db)["k1"]["done_at"] is None
    assert deliver_outbox(dsn, platform) == OutboxTally(done=1)
    assert [call.headers["idempotency-key"] for call in provider.calls] == ["k1", "k1"]


def test_a_limit_is_kept(dsn: str, db: Connection, platform: PlatformClient, provider: HttpDouble) -> None:
    for n in range(5):
        owe_status(db, f"n{n}")
    assert deliver_outbox(dsn, platform, limit=2).done == 2


def test_the_wait_doubles_and_has_a_bound(dsn: str, db: Connection, platform: PlatformClient, provider: HttpDouble) -> None:
    def seconds() -> float:
        row = db.execute("select extract(epoch from next_at - now())::float as s from outbox").fetchone()
        db.commit()
        assert row is not None
        return float(row["s"])

    provider.answer = lambda call: Answer(500)
    owe_status(db, "n1")
    deliver_outbox(dsn, platform)
    assert 10 < seconds() <= 15
    db.execute("update outbox set next_at = now(), attempts = 40")
    db.commit()
    deliver_outbox(dsn, platform)
    assert 3500 < seconds() <= 3600
