"""The stream wakes, and carries other producers' messages into Postgres without losing one."""

from __future__ import annotations

import json
import logging
import socket
import time
from typing import Any

import pytest
import redis

from local.processes.redis import Redis
from rolecall.errors import InvalidInput, StoreUnavailable
from rolecall.notifying.ingest import MAX_SHOWN, Ingested, ingest, read_message
from rolecall.outbox.wakeup import DEAD, GROUP, LIST, STREAM, nudge
from rolecall.store import Connection

SEED = {
    "id": "m-1",
    "type": "push",
    "recipient": "u1",
    "subject": "S",
    "message": "Hello",
    "userId": "u1",
    "title": "T",
    "data": '{"jobId": "j1"}',
}


def add(stream: redis.Redis, **changed: str | None) -> None:
    fields: dict[Any, Any] = {name: value for name, value in {**SEED, **changed}.items() if value is not None}
    stream.xadd(STREAM, fields)


def keys(db: Connection) -> set[str]:
    db.commit()
    return {row["dedupe_key"] for row in db.execute("select dedupe_key from notification").fetchall()}


def letters(stream: redis.Redis) -> list[dict[str, str]]:
    rows: Any = stream.xrange(DEAD)
    return [fields for _, fields in rows]


# ── waking ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_nudge_is_one_entry_without_a_payload(redis_server: Redis, stream: redis.Redis) -> None:
    assert nudge(redis_server.url) is True
    assert [fields for _, fields in stream.xrange(STREAM)] == [{"nudge": "1"}]


def test_a_nudge_to_a_redis_that_is_away_is_logged_and_raises_nothing(nowhere: str, caplog: pytest.LogCaptureFixture) -> None:
    port = nowhere.rsplit(":", 1)[1]
    assert nudge(f"redis://:secret@127.0.0.1:{port}/0") is False
    assert nudge("not a url") is False
    assert "the next sweep sends what waits" in caplog.text
    assert "secret" not in caplog.text


def test_a_nudge_to_a_redis_that_does_not_answer_is_given_up_soon() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began = time.monotonic()
        assert nudge(f"redis://127.0.0.1:{silent.getsockname()[1]}/0") is False
    assert time.monotonic() - began < 30


def test_a_wrong_password_is_logged_without_it(redis_server: Redis, caplog: pytest.LogCaptureFixture) -> None:
    assert nudge(f"redis://:wrong-secret@127.0.0.1:{redis_server.port}/0") is False
    assert "wrong-secret" not in caplog.text


# ── other producers ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_message_in_the_seeds_fields_becomes_a_row(dsn: str, db: Connection, redis_server: Redis, stream: redis.Redis) -> None:
    add(stream)
    assert ingest(redis_server.url, dsn) == Ingested(messages=1)
    row = db.execute("select * from notification").fetchone()
    assert row is not None
    named = ("dedupe_key", "type", "recipient", "subject", "message", "person_id", "title", "data", "state", "kind")
    assert {name: row[name] for name in named} == {
        "dedupe_key": "stream:m-1",
        "type": "push",
        "recipient": "u1",
        "subject": "S",
        "message": "Hello",
        "person_id": "u1",
        "title": "T",
        "data": {"jobId": "j1"},
        "state": "queued",
        "kind": "message",
    }
    assert stream.xlen(STREAM) == 0
    assert stream.xpending(STREAM, GROUP)["pending"] == 0


def test_nudges_are_acknowledged_and_add_nothing(dsn: str, db: Connection, redis_server: Redis, stream: redis.Redis) -> None:
    nudge(redis_server.url)
    add(stream)
    nudge(redis_server.url)
    assert ingest(redis_server.url, dsn) == Ingested(nudges=2, messages=1)
    assert stream.xlen(STREAM) == 0


def test_the_same_message_again_is_the_same_row(dsn: str, db: Connection, redis_server: Redis, stream: redis.Redis) -> None:
    add(stream)
    add(stream)
    assert ingest(redis_server.url, dsn).messages == 1
    add(stream)
    assert ingest(redis_server.url, dsn).messages == 0
    assert keys(db) == {"stream:m-1"}


def test_what_another_reader_left_unacknowledged_is_taken_in(dsn: str, db: Connection, redis_server: Redis, stream: redis.Redis) -> None:
    add(stream)
    stream.xgroup_create(STREAM, GROUP, id="0")
    assert stream.xreadgroup(GROUP, "triggerer", {STREAM: ">"})
    assert ingest(redis_server.url, dsn).messages == 1
    assert stream.xpending(STREAM, GROUP)["pending"] == 0


def test_an_entry_that_was_trimmed_after_it_was_read_is_forgotten(
    dsn: str, db: Connection, redis_server: Redis, stream: redis.Redis
) -> None:
    add(stream)
    stream.xgroup_create(STREAM, GROUP, id="0")
    stream.xreadgroup(GROUP, "triggerer", {STREAM: ">"})
    stream.xtrim(STREAM, maxlen=0, approximate=False)
    add(stream, id="m-2")
    assert ingest(redis_server.url, dsn) == Ingested(messages=1)
    assert stream.xpending(STREAM, GROUP)["pending"] == 0


def test_many_batches_are_taken_in(dsn: str, db: Connection, redis_server: Redis, stream: redis.Redis) -> None:
    with stream.pipeline() as several:
        for n in range(1203):
            several.xadd(STREAM, {**SEED, "id": f"m-{n}"})
        several.execute()
    stream.xgroup_create(STREAM, GROUP, id="0")
    stream.xreadgroup(GROUP, "triggerer", {STREAM: ">"}, count=1100)
    assert ingest(redis_server.url, dsn) == Ingested(messages=1203)
    assert len(keys(db)) == 1203


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"type": "pigeon"}, "type: 'pigeon' is no channel → send one of email, sms, push, telegram, ntfy, slack"),
        ({"type": None}, "type: None is no channel"),
        ({"id": None}, "id: Field required"),
        ({"id": ""}, "id: "),
        ({"message": None}, "message: Field required"),
        ({"message": " "}, "message: is empty"),
        ({"type": "email", "recipient": None}, "recipient: is empty"),
        ({"data": "{"}, "data: is not JSON"),
        ({"data": "[1]"}, "data: is not a JSON object"),
        ({"data": '{"a": NaN}'}, "data: is not JSON (NaN is no JSON)"),
        ({"data": "[" * 100_000}, "data: is not JSON"),
        ({"message": "x" * 500_001}, "message: 500,001 characters"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_a_malformed_message_goes_to_the_dead_letters_with_its_reason(
    dsn: str, db: Connection, redis_server: Redis, stream: redis.Redis, changed: dict[str, str | None], reason: str
) -> None:
    add(stream, **changed)
    add(stream, id="m-good")
    assert ingest(redis_server.url, dsn) == Ingested(messages=1, dead=1)
    (letter,) = letters(stream)
    assert letter["reason"].startswith(reason)
    assert json.loads(letter["fields"]) == {name: value[:MAX_SHOWN] for name, value in {**SEED, **changed}.items() if value is not None}
    assert keys(db) == {"stream:m-good"}
    assert stream.xlen(STREAM) == 0


def test_what_postgres_refuses_goes_to_the_dead_letters_and_stops_no_other(
    dsn: str, db: Connection, redis_server: Redis, stream: redis.Redis
) -> None:
    add(stream, id="m-1")
    add(stream, id="m-bad", data='{"n": 1e999}')  # becomes an infinity, which no JSON number is
    add(stream, id="m-2")
    assert ingest(redis_server.url, dsn) == Ingested(messages=2, dead=1)
    assert letters(stream)[0]["reason"].startswith("Postgres refused it")
    assert keys(db) == {"stream:m-1", "stream:m-2"}


def test_bytes_that_are_no_text_are_taken_in_as_well_as_they_can_be(
    dsn: str, db: Connection, redis_server: Redis, stream: redis.Redis
) -> None:
    stream.xadd(STREAM, {**SEED, "message": b"caf\xe9 \x00", "data": '{"a": "\\ud800\\u0000"}'})  # type: ignore[dict-item]
    assert ingest(redis_server.url, dsn).messages == 1
    assert db.execute("select message, data from notification").fetchone() == {"message": "caf\ufffd ", "data": {"a": "?"}}


def test_a_push_without_recipient_goes_to_its_user() -> None:
    draft = read_message({name: value for name, value in SEED.items() if name != "recipient"})
    assert draft.recipient == "u1"
    with pytest.raises(InvalidInput, match="recipient"):
        read_message({**SEED, "recipient": "", "userId": ""})


def test_messages_wait_in_the_stream_while_postgres_is_away(
    dsn: str, db: Connection, redis_server: Redis, stream: redis.Redis, nowhere: str
) -> None:
    add(stream)
    with pytest.raises(StoreUnavailable):
        ingest(redis_server.url, f"host=127.0.0.1 port={nowhere.rsplit(':', 1)[1]} user=x dbname=x")
    assert stream.xlen(STREAM) == 1
    assert ingest(redis_server.url, dsn).messages == 1


def test_a_crash_between_the_commit_and_the_acknowledgement_adds_no_second_row(
    dsn: str, db: Connection, redis_server: Redis, stream: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any) -> None:
        raise KeyboardInterrupt

    add(stream)
    with monkeypatch.context() as patch:
        patch.setattr(redis.client.Pipeline, "xack", crash)
        with pytest.raises(KeyboardInterrupt):
            ingest(redis_server.url, dsn)
    assert keys(db) == {"stream:m-1"}
    assert ingest(redis_server.url, dsn) == Ingested(messages=0)
    assert stream.xlen(STREAM) == 0


def test_a_redis_that_is_away_is_reported_and_not_raised(dsn: str, db: Connection, nowhere: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING)
    result = ingest(f"redis://:secret@127.0.0.1:{nowhere.rsplit(':', 1)[1]}/0", dsn)
    assert result.queue_error is not None
    assert "check REDIS_URL" in result.queue_error
    assert "secret" not in caplog.text + result.queue_error


# ── producers of plain lists ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("key", [LIST, STREAM])
@pytest.mark.parametrize("push", ["lpush", "rpush"])
def test_a_message_in_a_plain_list_becomes_a_row_and_leaves_the_list(
    dsn: str, db: Connection, redis_server: Redis, stream: redis.Redis, key: str, push: str
) -> None:
    body = {**SEED, "data": {"jobId": "j1"}, "type": "email", "recipient": "ada@example.com", "cc": ["b@example.com"], "bcc": ""}
    getattr(stream, push)(key, json.dumps(body))
    assert ingest(redis_server.url, dsn) == Ingested(messages=1)
    row = db.execute("select dedupe_key, recipient, cc, bcc, data from notification").fetchone()
    assert row == {"dedupe_key": "stream:m-1", "recipient": "ada@example.com", "cc": ["b@example.com"], "bcc": [], "data": {"jobId": "j1"}}
    assert stream.type(key) in ("none", "stream")
    assert nudge(redis_server.url)


def test_a_reader_killed_between_postgres_and_the_list_loses_and_doubles_nothing(
    dsn: str, db: Connection, redis_server: Redis, stream: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(7):
        stream.rpush(LIST, json.dumps({**SEED, "id": f"m{n}"}))

    class Killed(BaseException):
        pass

    def killed(*_: Any, **__: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(redis.client.Pipeline, "lrem", killed)
        with pytest.raises(Killed):
            ingest(redis_server.url, dsn)
    assert (stream.llen(LIST), len(keys(db))) == (7, 7)
    assert ingest(redis_server.url, dsn).messages == 0
    assert (stream.llen(LIST), len(keys(db))) == (0, 7)


def test_a_list_stays_while_postgres_is_away(redis_server: Redis, stream: redis.Redis, nowhere: str) -> None:
    stream.rpush(LIST, json.dumps(SEED))
    with pytest.raises(StoreUnavailable):
        ingest(redis_server.url, f"host=127.0.0.1 port={nowhere.rsplit(':', 1)[1]} user=x dbname=x")
    assert stream.llen(LIST) == 1


def test_what_is_no_message_leaves_the_list_for_the_dead_letters(
    dsn: str, db: Connection, redis_server: Redis, stream: redis.Redis
) -> None:
    for value in ("{", "[1]", json.dumps({**SEED, "id": None}), json.dumps({**SEED, "type": "pigeon"}), json.dumps(SEED)):
        stream.lpush(LIST, value)
    assert ingest(redis_server.url, dsn) == Ingested(messages=1, dead=4)
    reasons = sorted(letter["reason"].split(" → ")[0] for letter in letters(stream))
    assert reasons == [
        "id: Field required",
        "message: is not JSON (JSONDecodeError)",
        "message: is not a JSON object",
        "type: 'pigeon' is no channel",
    ]


LONG = "".join(chr(0x4E00 + n * 7919 % 20000) for n in range(4000))
"""Too long for an index, however well it is packed."""


@pytest.mark.parametrize(
    "odd",
    [
        {"userId": LONG},
        {"id": LONG},
        {"recipient": "x" * 3_000_000},
        {"data": '{"a":' * 5000 + "1" + "}" * 5000},
        {"data": '{"n": ' + "9" * 5000 + "}"},
    ],
    ids=["userId", "id", "recipient", "deep", "digits"],
)
def test_one_odd_message_stops_no_other_and_is_put_aside(
    dsn: str, db: Connection, redis_server: Redis, stream: redis.Redis, odd: dict[str, str]
) -> None:
    add(stream, id="m-1")
    add(stream, **{"id": "m-odd", **odd})
    stream.lpush(LIST, json.dumps({**SEED, "id": "m-3", **odd, "type": "email", "cc": "\ud800"}))
    add(stream, id="m-2")
    done = ingest(redis_server.url, dsn)
    assert done.queue_error is None
    assert keys(db) >= {"stream:m-1", "stream:m-2"}
    assert stream.xlen(STREAM) == stream.llen(LIST) == 0  # nothing comes back for ever
    aside = db.execute("select count(*) as n from dead_letter where queue = 'stream'").fetchone()
    assert aside == {"n": done.dead}
    assert done.messages + done.dead == 4
