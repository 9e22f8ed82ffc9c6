"""Triggers fire when there is something to do, lose nothing, and carry no secret."""

from __future__ import annotations

import asyncio
import importlib
import json
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
import redis
from airflow.triggers.base import BaseEventTrigger, TriggerEvent
from airflow.triggers.shared_stream import SharedStreamManager

from local.base.paths import IMPORTS
from local.processes.redis import Redis
from rolecall.applying.work import notify_matched, wait_for_work
from rolecall.outbox.wakeup import GROUP, LIST, STREAM, nudge
from rolecall.store import Connection
from rolecall.triggers import connection_addresses, notification_stream
from rolecall.triggers.apply_queue import ApplyQueueTrigger
from rolecall.triggers.changed_people import ChangedPeopleTrigger
from rolecall.triggers.notification_stream import NotificationStreamTrigger
from tests.any_day import shifted
from tests.conftest import free_port, running

ROOT = Path(__file__).parents[2]
T = TypeVar("T")


def within(seconds: float, work: Awaitable[T]) -> T:
    """Runs it to its end, or fails with TimeoutError."""

    async def story() -> T:
        async with asyncio.timeout(seconds) as limit:
            result = await work
        assert not limit.expired()  # what was cancelled and ended well anyway was still too late
        return result

    return asyncio.run(story())


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notification_stream, "GATHER_SECONDS", 0.02)
    monkeypatch.setattr(notification_stream, "BLOCK_SECONDS", 0.2)


@pytest.fixture
def stream(redis_server: Redis, monkeypatch: pytest.MonkeyPatch) -> Iterator[redis.Redis]:
    """An empty Redis, behind the connection that the trigger looks up."""
    connection = {"conn_type": "redis", "host": "127.0.0.1", "port": redis_server.port, "password": redis_server.password}
    monkeypatch.setenv("AIRFLOW_CONN_REDIS_DEFAULT", json.dumps(connection))
    client = redis.Redis.from_url(redis_server.url, decode_responses=True)
    client.flushall()
    yield client
    client.close()


def pending(stream: redis.Redis) -> int:
    summary: Any = stream.xpending(STREAM, GROUP)
    return int(summary["pending"])


async def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


@asynccontextmanager
async def listening() -> AsyncIterator[Any]:
    """The trigger's events; hangs up afterwards."""
    events: Any = NotificationStreamTrigger().run()
    try:
        yield events
    finally:
        await events.aclose()


async def next_event() -> TriggerEvent:
    """What a fresh trigger says first."""
    async with listening() as events:
        return await anext(events)


async def stop(waiting: asyncio.Future[Any]) -> None:
    waiting.cancel()
    await asyncio.wait([waiting])


# ── the stream, read directly ───────────────────────────────────────────────────────────────────────────────


def test_a_nudge_fires_one_event_without_a_payload(stream: redis.Redis, redis_server: Redis) -> None:
    async def story() -> None:
        async with listening() as events:
            first = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0.1)
            nudge(redis_server.url)
            assert await first == TriggerEvent({"entries": 1})
            second = asyncio.ensure_future(anext(events))
            await eventually(lambda: stream.xlen(STREAM) == 0)
            assert pending(stream) == 0
            await stop(second)

    within(60, story())


def test_a_burst_is_one_event(stream: redis.Redis, redis_server: Redis) -> None:
    for _ in range(50):
        nudge(redis_server.url)
    event = within(60, next_event())
    assert event == TriggerEvent({"entries": 50})


def test_messages_of_other_producers_wake_and_stay_for_the_task(stream: redis.Redis) -> None:
    stream.xadd(STREAM, {"id": "m1", "type": "push", "message": "Hello"})
    stream.xadd(STREAM, {"nudge": "1"})

    async def story() -> None:
        async with listening() as events:
            event = await anext(events)
            assert event == TriggerEvent({"entries": 2})
            assert "Hello" not in str(event)
            following = asyncio.ensure_future(anext(events))
            await eventually(lambda: stream.xlen(STREAM) == 1)
            await stop(following)

    within(60, story())
    assert pending(stream) == 1
    assert [fields["id"] for _, fields in stream.xrange(STREAM)] == ["m1"]


def test_what_a_dead_reader_left_fires_again_at_once(stream: redis.Redis) -> None:
    stream.xadd(STREAM, {"nudge": "1"})
    stream.xgroup_create(STREAM, GROUP, id="0")
    stream.xreadgroup(GROUP, "somebody", {STREAM: ">"})
    assert within(60, next_event()) == TriggerEvent({"entries": 1})


def test_what_nobody_acknowledged_fires_again_after_a_while(stream: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notification_stream, "IDLE_SECONDS", 0.3)
    stream.xadd(STREAM, {"id": "m1", "message": "its task failed"})

    async def story() -> list[TriggerEvent]:
        async with listening() as events:
            return [await anext(events), await anext(events)]

    assert within(60, story()) == [TriggerEvent({"entries": 1})] * 2


def test_an_entry_that_was_trimmed_after_it_was_read_is_forgotten(stream: redis.Redis, redis_server: Redis) -> None:
    stream.xadd(STREAM, {"nudge": "1"})
    stream.xgroup_create(STREAM, GROUP, id="0")
    stream.xreadgroup(GROUP, "somebody", {STREAM: ">"})
    stream.xtrim(STREAM, maxlen=0, approximate=False)
    nudge(redis_server.url)
    assert within(60, next_event()) == TriggerEvent({"entries": 1})
    assert pending(stream) == 1


def test_a_flushed_redis_is_read_again(stream: redis.Redis, redis_server: Redis) -> None:
    async def story() -> None:
        async with listening() as events:
            nudge(redis_server.url)
            await anext(events)
            following = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0.1)
            stream.flushall()
            await following  # what was waiting may be lost: look
            nudge(redis_server.url)
            assert await anext(events) == TriggerEvent({"entries": 1})

    within(60, story())


@pytest.mark.parametrize("key", [LIST, STREAM])
def test_a_message_in_a_plain_list_wakes_once_until_it_is_taken_in(stream: redis.Redis, redis_server: Redis, key: str) -> None:
    stream.rpush(key, "{}", "{}")

    async def story() -> None:
        async with listening() as events:
            assert await anext(events) == TriggerEvent({"entries": 2})
            following = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0.8)
            assert not following.done()
            stream.delete(key)
            await asyncio.sleep(0.5)
            nudge(redis_server.url)
            assert await following == TriggerEvent({"entries": 1})

    within(60, story())


def test_a_redis_that_is_away_is_waited_for_and_logged_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    server = Redis(tmp_path, free_port(), "away-secret")
    server.prepare()
    connection = {"conn_type": "redis", "host": "127.0.0.1", "port": server.port, "password": server.password}
    monkeypatch.setenv("AIRFLOW_CONN_REDIS_DEFAULT", json.dumps(connection))
    monkeypatch.setattr(notification_stream, "FIRST_PAUSE", 0.05)
    monkeypatch.setattr(notification_stream, "LONGEST_PAUSE", 0.1)
    caplog.set_level(logging.INFO)

    async def story() -> None:
        async with listening() as events:
            first = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0.6)
            with running(server.command, tmp_path / "log", signal.SIGTERM):
                await first  # wake-ups sent meanwhile are lost, so it looks
                assert nudge(server.url)
                assert await anext(events) == TriggerEvent({"entries": 1})

    within(60, story())
    assert caplog.text.count("waiting for Redis") == 1
    assert "away-secret" not in caplog.text


def test_a_redis_that_was_away_and_back_between_two_looks_wakes_too(stream: redis.Redis, redis_server: Redis) -> None:
    async def story() -> None:
        async with listening() as events:
            first = asyncio.ensure_future(anext(events))
            nudge(redis_server.url)
            await first
            stream.client_kill_filter(_type="normal", skipme=True)  # as a quick restart: the reader looks again after a pause
            assert await anext(events) == TriggerEvent({"entries": 0})

    within(60, story())


def test_without_a_connection_the_environment_says_where_redis_is(stream: redis.Redis, redis_server: Redis, monkeypatch: Any) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_REDIS_DEFAULT")
    monkeypatch.setenv("REDIS_URL", redis_server.url)
    nudge(redis_server.url)
    assert within(60, next_event()) == TriggerEvent({"entries": 1})


# ── the stream, as the triggerer reads it ───────────────────────────────────────────────────────────────────


def shared(manager: SharedStreamManager, trigger_id: int = 1) -> AsyncIterator[TriggerEvent]:
    trigger = NotificationStreamTrigger()
    key = trigger.shared_stream_key()
    return trigger.filter_shared_stream(manager.subscribe(trigger_id=trigger_id, trigger=trigger, key=key))


def test_a_wake_up_is_acknowledged_after_airflow_has_stored_its_event(stream: redis.Redis, redis_server: Redis) -> None:
    async def story() -> None:
        manager = SharedStreamManager()
        try:
            events = shared(manager)
            nudge(redis_server.url)
            assert await anext(events) == TriggerEvent({"entries": 1})
            seq = manager.bind_pending_event(trigger_id=1, key=NotificationStreamTrigger().shared_stream_key())
            following = asyncio.ensure_future(anext(events))
            await asyncio.sleep(0.2)
            assert pending(stream) == 1  # the event is on its way, not stored: a triggerer killed now must not lose it
            assert seq is not None
            manager.confirm_persisted([seq])
            await eventually(lambda: pending(stream) == 0)
            assert stream.xlen(STREAM) == 0
            await stop(following)
        finally:
            await manager.stop_all()

    within(60, story())


def test_a_wake_up_whose_event_was_not_stored_fires_again_in_the_next_triggerer(stream: redis.Redis, redis_server: Redis) -> None:
    async def read_once() -> TriggerEvent:
        manager = SharedStreamManager()
        try:
            return await anext(shared(manager))
        finally:
            await manager.stop_all()

    nudge(redis_server.url)
    assert within(60, read_once()) == TriggerEvent({"entries": 1})
    assert within(60, read_once()) == TriggerEvent({"entries": 1})


def test_two_watchers_share_one_reader_and_both_fire(stream: redis.Redis, redis_server: Redis) -> None:
    async def story() -> list[TriggerEvent]:
        manager = SharedStreamManager()
        try:
            events = [shared(manager, 1), shared(manager, 2)]
            nudge(redis_server.url)
            return await asyncio.gather(*(anext(one) for one in events))
        finally:
            await manager.stop_all()

    assert within(60, story()) == [TriggerEvent({"entries": 1})] * 2


READER = """
import asyncio
from rolecall.triggers.changed_people import ChangedPeopleTrigger
from rolecall.triggers.notification_stream import NotificationStreamTrigger

async def main():
    async for event in NotificationStreamTrigger().run():
        print(event.payload["entries"], flush=True)
        await asyncio.sleep(60)  # killed before it acknowledges

asyncio.run(main())
"""


def test_a_triggerer_that_is_killed_loses_no_wake_up(stream: redis.Redis, redis_server: Redis) -> None:
    for _ in range(3):
        nudge(redis_server.url)
    paths = IMPORTS
    environment = {"PYTHONPATH": paths, "REDIS_URL": redis_server.url, "AIRFLOW_HOME": os.environ["AIRFLOW_HOME"], "PATH": ""}
    reader = subprocess.Popen([sys.executable, "-c", READER], env=shifted(environment), cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert reader.stdout is not None
        assert any(line.strip() == "3" for line in reader.stdout)
    finally:
        reader.send_signal(signal.SIGKILL)
        reader.wait()
    assert pending(stream) == 3
    assert within(60, next_event()) == TriggerEvent({"entries": 3})


# ── what is serialised ──────────────────────────────────────────────────────────────────────────────────────


TRIGGERS = [NotificationStreamTrigger(), ApplyQueueTrigger(poll_seconds=2.5), ChangedPeopleTrigger()]


@pytest.mark.parametrize("trigger", TRIGGERS, ids=lambda one: type(one).__name__)
def test_a_trigger_is_rebuilt_from_its_path_and_plain_arguments(trigger: Any) -> None:
    path, arguments = trigger.serialize()
    module, name = path.rsplit(".", 1)
    again = getattr(importlib.import_module(module), name)(**arguments)
    assert again.serialize() == (path, arguments)
    assert json.loads(json.dumps(arguments)) == arguments
    assert path.startswith("rolecall.triggers.")


@pytest.mark.parametrize("watcher", [NotificationStreamTrigger, ChangedPeopleTrigger])
def test_equal_watchers_are_one_trigger(watcher: type[BaseEventTrigger]) -> None:
    one, other = (BaseEventTrigger.hash(*watcher().serialize()) for _ in range(2))
    assert one == other


def test_an_address_is_built_from_the_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = {
        '{"conn_type": "redis", "host": "h", "port": 6380, "login": "u", "password": "p@/w"}': "redis://u:p%40%2Fw@h:6380/0",
        '{"conn_type": "redis", "host": "h", "extra": {"db": 2, "ssl": true}}': "rediss://:@h:6379/2",
    }
    for connection, url in cases.items():
        monkeypatch.setenv("AIRFLOW_CONN_SOME_REDIS", connection)
        assert asyncio.run(connection_addresses.redis_url("some_redis")) == url


# ── work to apply for ───────────────────────────────────────────────────────────────────────────────────────


def person(db: Connection, person_id: str, preferences: str) -> None:
    db.execute("insert into person (id, name, email, preferences) values (%s, 'A', 'a@example.com', %s)", (person_id, preferences))


def match(db: Connection, person_id: str, **changed: Any) -> None:
    row = {
        "person_id": person_id,
        "cv_id": "c1",
        "source": "linkedin",
        "job_id": "j1",
        "score": 0.7,
        "can_auto_apply": True,
        "already_applied": False,
        "title": "Nurse",
        "company": "Clinic",
        **changed,
    }
    columns, values = ", ".join(row), ", ".join(f"%({name})s" for name in row)
    db.execute(f"insert into match ({columns}) values ({values})", row)


def request(db: Connection, state: str = "queued") -> None:
    db.execute(
        "insert into apply_request (person_id, cv_id, person_email, origin, state) values ('p1', 'c1', 'a@x.y', 'rest', %s)", (state,)
    )


def fires(dsn: str, expected: bool) -> bool:
    """What is to fire has time enough, also on a busy machine; what is not has four polls."""
    try:
        within(60 if expected else 0.4, wait_for_work(dsn, poll_seconds=0.1))
    except TimeoutError:
        return False
    return True


WILLING = '{"auto_apply": true}'


@pytest.mark.parametrize(
    ("preferences", "changed", "expected"),
    [
        (WILLING, {}, True),
        (WILLING, {"score": 0.69}, False),
        (WILLING, {"can_auto_apply": False}, False),
        (WILLING, {"already_applied": True}, False),
        ('{"auto_apply": false}', {}, False),
        ("{}", {}, False),
    ],
    ids=["waiting", "score too low", "no automatic way", "applied already", "declined", "never asked"],
)
def test_a_match_is_work_when_its_person_opted_in_and_it_may_be_applied_for(
    dsn: str, db: Connection, preferences: str, changed: dict[str, Any], expected: bool
) -> None:
    person(db, "p1", preferences)
    match(db, "p1", **changed)
    db.commit()
    assert fires(dsn, expected) is expected


def test_a_match_of_a_person_we_do_not_know_is_no_work(dsn: str, db: Connection) -> None:
    match(db, "stranger")
    db.commit()
    assert fires(dsn, False) is False


@pytest.mark.parametrize(("state", "expected"), [("queued", True), ("triggered", False), ("done", False)])
def test_a_queued_request_is_work(dsn: str, db: Connection, state: str, expected: bool) -> None:
    request(db, state)
    db.commit()
    assert fires(dsn, expected) is expected


def test_a_new_request_wakes_at_its_commit_without_waiting_for_the_poll(dsn: str, db: Connection) -> None:
    async def story() -> None:
        waiting = asyncio.ensure_future(wait_for_work(dsn, poll_seconds=600))
        await asyncio.sleep(0.5)
        request(db)
        await asyncio.sleep(0.2)
        assert not waiting.done()  # not before the commit
        db.commit()
        await waiting

    within(60, story())


def test_a_new_match_wakes_too(dsn: str, db: Connection) -> None:
    async def story() -> None:
        waiting = asyncio.ensure_future(wait_for_work(dsn, poll_seconds=600))
        await asyncio.sleep(0.5)
        person(db, "p1", WILLING)
        match(db, "p1")
        db.commit()
        await waiting

    within(60, story())


def test_stored_matches_end_the_wait_so_that_the_run_they_start_can_begin(
    dsn: str, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rolecall.applying.work.SETTLED_AFTER", 0.3)

    async def story() -> None:
        waiting = asyncio.ensure_future(wait_for_work(dsn, poll_seconds=600))
        await asyncio.sleep(0.5)
        db.execute("notify rolecall_apply")  # of somebody who only looks
        db.commit()
        await asyncio.sleep(0.8)
        assert not waiting.done()
        notify_matched(db)
        db.commit()
        await waiting

    within(60, story())


def test_a_change_that_wakes_nobody_is_found_by_the_poll(dsn: str, db: Connection) -> None:
    person(db, "p1", "{}")
    match(db, "p1")
    db.commit()

    async def story() -> None:
        waiting = asyncio.ensure_future(wait_for_work(dsn, poll_seconds=0.2))
        await asyncio.sleep(0.5)
        db.execute("update person set preferences = %s", (WILLING,))
        db.commit()
        await waiting

    within(60, story())


def test_a_connection_that_postgres_closed_is_made_again(dsn: str, db: Connection, caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        waiting = asyncio.ensure_future(wait_for_work(dsn, poll_seconds=0.2))
        cut = (
            "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'apply-queue' and datname = current_database()"
        )
        db.autocommit = True  # each look is a new one
        await eventually(lambda: db.execute(cut).rowcount == 1)
        db.autocommit = False
        request(db)
        db.commit()
        await waiting

    within(60, story())
    assert caplog.text.count("waiting for it") == 1


def test_a_postgres_that_is_away_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        await wait_for_work(f"host=127.0.0.1 port={free_port()} user=x password=hidden dbname=x", poll_seconds=0.1)

    with pytest.raises(TimeoutError):
        within(2, story())
    assert caplog.text.count("waiting for it") == 1
    assert "hidden" not in caplog.text


def test_the_trigger_fires_once_and_ends(dsn: str, db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    where = psycopg.conninfo.conninfo_to_dict(dsn)
    connection = {
        "conn_type": "postgres",
        "host": where["host"],
        "port": int(str(where["port"])),
        "login": where["user"],
        "password": where["password"],
        "schema": where["dbname"],
    }
    monkeypatch.setenv("AIRFLOW_CONN_ROLECALL_DB", json.dumps(connection))
    request(db)
    db.commit()

    async def story() -> list[TriggerEvent]:
        return [event async for event in ApplyQueueTrigger(poll_seconds=0.1).run()]

    assert within(60, story()) == [TriggerEvent({"status": "ready"})]
