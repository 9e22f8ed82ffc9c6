"""Whoever changes something is matched at once: each change is heard once, many are few runs, none is lost while nobody listens."""

from __future__ import annotations

import asyncio
import json
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest
from airflow.triggers.base import TriggerEvent

from local.processes.postgres import Postgres
from rolecall.errors import StoreUnavailable
from rolecall.people.accounts import change, issue_token
from rolecall.people.records import cvs_to_match, note_matched, save_cv, save_person
from rolecall.store import Connection, connect, migrate
from rolecall.triggers import changed_people
from rolecall.triggers.changed_people import ChangedPeopleTrigger, Changes
from tests.conftest import free_port, running

T = TypeVar("T")
EVENT = TriggerEvent({})


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch, dsn: str) -> None:
    monkeypatch.setattr(changed_people, "QUIET_SECONDS", 0.2)
    monkeypatch.setattr(changed_people, "LISTING_SECONDS", 0.0)
    connected_to(dsn, monkeypatch)


def connected_to(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where = psycopg.conninfo.conninfo_to_dict(dsn)
    monkeypatch.setenv(
        "AIRFLOW_CONN_ROLECALL_DB",
        json.dumps(
            {
                "conn_type": "postgres",
                "host": where["host"],
                "port": int(str(where["port"])),
                "login": where["user"],
                "password": where["password"],
                "schema": where["dbname"],
            }
        ),
    )


@asynccontextmanager
async def listening() -> AsyncIterator[Callable[[float], Awaitable[TriggerEvent | None]]]:
    """The next event of a fresh trigger, or ``None`` where there is none within so many seconds; hangs up afterwards."""
    events: Any = ChangedPeopleTrigger().run()
    coming: asyncio.Future[TriggerEvent] | None = None

    async def following(seconds: float) -> TriggerEvent | None:
        nonlocal coming
        coming = coming or asyncio.ensure_future(anext(events))
        done, _ = await asyncio.wait([coming], timeout=seconds)
        if not done:
            return None
        event, coming = await coming, None
        return event

    try:
        yield following
    finally:
        if coming is not None:
            coming.cancel()
            await asyncio.wait([coming])
        await events.aclose()


LONG, SHORT = 60.0, 0.8
"""Seconds in which an event must come, also on a busy machine; in which none may."""


def story(of: Callable[[Callable[[float], Awaitable[TriggerEvent | None]]], Awaitable[T]]) -> T:
    async def told() -> T:
        async with listening() as following:
            return await of(following)

    return asyncio.run(told())


def person(db: Connection, name: str) -> None:
    save_person(db, person_id=name, name=name, email=f"{name}@x.example", phone=None, preferences={})
    save_cv(db, cv_id=f"cv-{name}", person_id=name, data={"skills": ["sql"]})
    db.commit()


def matched(db: Connection) -> list[str]:
    """What a run does: has its list, and matches it."""
    ids = [one["cv_data"]["id"] for one in cvs_to_match(db, only_changed=True)]
    db.commit()
    for cv_id in ids:
        note_matched(db, cv_id)
    db.commit()
    return ids


def a_new_cv(db: Connection) -> None:
    save_cv(db, cv_id="cv-second", person_id="ada", data={"skills": ["welding"]})


def a_changed_cv(db: Connection) -> None:
    save_cv(db, cv_id="cv-ada", person_id="ada", data={"skills": ["python"]})


def a_changed_wish(db: Connection) -> None:
    assert change(db, "ada", {"preferences": {"criteria": {"remote": True}}}, actor="ada")


def a_permission(db: Connection) -> None:
    assert change(db, "ada", {"preferences": {"auto_apply": True}}, actor="ada")


@pytest.mark.parametrize("something", [a_new_cv, a_changed_cv, a_changed_wish, a_permission])
def test_what_a_person_changes_fires_at_its_commit_once(db: Connection, something: Callable[[Connection], None]) -> None:
    person(db, "ada")
    assert matched(db) == ["cv-ada"]

    async def of(following: Any) -> None:
        assert await following(SHORT) is None  # all was matched
        something(db)
        assert await following(SHORT) is None
        db.commit()
        assert await following(LONG) == EVENT
        assert "cv-ada" in matched(db) or something is a_new_cv
        assert await following(SHORT) is None

    story(of)


def a_match(db: Connection) -> None:
    db.execute("update cv set match_asked_at = clock_timestamp()")
    note_matched(db, "cv-ada", {"jobs": 3})


def a_token(db: Connection) -> None:
    assert issue_token(db, "ada", actor="ada")


def nobody_with_a_cv(db: Connection) -> None:
    save_person(db, person_id="ben", name="Ben", email="ben@x.example", phone=None, preferences={})
    save_person(db, person_id="ben", name="Ben", email="ben@x.example", phone="1", preferences={})


@pytest.mark.parametrize("something", [a_match, a_token, nobody_with_a_cv])
def test_what_changes_no_match_starts_no_run(db: Connection, something: Callable[[Connection], None]) -> None:
    person(db, "ada")
    matched(db)

    async def of(following: Any) -> None:
        assert await following(SHORT) is None
        something(db)
        db.commit()
        assert await following(SHORT) is None

    story(of)


def unseen(db: Connection) -> int:
    """Changed people who are in no list yet."""
    row = db.execute("select count(*) as n from cv join person p on p.id = person_id where match_asked_of[2] <> p.updated_at").fetchone()
    db.commit()
    return int((row or {})["n"])


def test_a_thousand_changes_one_after_the_other_are_few_runs_and_everybody_is_in_one(dsn: str, db: Connection) -> None:
    names = [f"p{number}" for number in range(1000)]
    db.execute("insert into person (id, name, email) select unnest(%s::text[]), 'N', 'n@x.example'", (names,))
    db.execute("insert into cv (id, person_id, data, sha256) select 'cv-' || id, id, '{}', 'x' from person")
    db.commit()
    assert len(matched(db)) == 1000

    def changes() -> None:
        with connect(dsn, name="platform") as conn:
            for name in names:
                conn.execute("update person set updated_at = clock_timestamp() where id = %s", (name,))
                conn.commit()

    async def of(following: Any) -> int:
        began = time.monotonic()
        changing = asyncio.ensure_future(asyncio.to_thread(changes))
        runs = 0
        while await following(2 * LONG if not changing.done() or unseen(db) else SHORT):  # looked for each minute, where a list was slow
            runs += 1
            await asyncio.to_thread(matched, db)
        await changing
        assert runs <= 2 + (time.monotonic() - began) / 0.2
        return runs

    assert 1 <= story(of) < 100
    assert unseen(db) == 0


def test_while_a_run_is_on_its_way_that_will_see_a_change_no_other_is_asked_for(db: Connection) -> None:
    async def of(following: Any) -> None:
        person(db, "ada")
        assert await following(LONG) == EVENT
        for name in ("ben", "cat"):
            person(db, name)
            assert await following(SHORT) is None
        assert matched(db) == ["cv-ada", "cv-ben", "cv-cat"]
        assert await following(SHORT) is None
        person(db, "dot")
        assert await following(LONG) == EVENT

    story(of)


def test_what_changed_while_nobody_listened_fires_at_the_start_until_a_run_had_it(db: Connection) -> None:
    person(db, "ada")

    async def first(following: Any) -> TriggerEvent | None:
        event: TriggerEvent | None = await following(LONG)
        return event

    assert story(first) == EVENT
    assert story(first) == EVENT  # the triggerer died before Airflow had it

    async def nothing(following: Any) -> TriggerEvent | None:
        event: TriggerEvent | None = await following(SHORT)
        return event

    assert matched(db) == ["cv-ada"]
    assert story(nothing) is None


def test_what_changes_while_the_connection_is_cut_fires_over_the_next_one(
    db: Connection, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(changed_people, "FIRST_PAUSE", 1.0)
    person(db, "ada")
    matched(db)
    mine = "from pg_stat_activity where application_name = 'changed-people' and datname = current_database()"

    async def of(following: Any) -> None:
        assert await following(SHORT) is None
        assert db.execute(f"select pg_terminate_backend(pid) {mine}").rowcount == 1
        person(db, "ben")  # nobody hears it
        assert await following(LONG) == EVENT
        matched(db)
        assert await following(SHORT) is None
        person(db, "cat")
        assert await following(LONG) == EVENT
        assert db.execute(f"select 1 {mine}").rowcount == 1
        db.commit()

    story(of)
    assert caplog.text.count("waiting for Postgres") == 1


def test_a_postgres_that_restarts_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    server = Postgres(tmp_path / "data", free_port(), "away-secret", durable=False)
    server.prepare()
    connected_to(server.dsn("postgres"), monkeypatch)
    monkeypatch.setattr(changed_people, "LONGEST_PAUSE", 0.5)

    def ready() -> Connection:
        deadline = time.monotonic() + LONG
        while True:
            try:
                return connect(server.dsn("postgres"), name="test")
            except StoreUnavailable:
                assert time.monotonic() < deadline
                time.sleep(0.1)

    async def of(following: Any) -> None:
        assert await following(SHORT) is None  # not there yet
        with running(server.command, tmp_path / "log", signal.SIGINT):
            ready().close()
            migrate(server.dsn("postgres"))
            with ready() as db:
                person(db, "ada")
                assert await following(LONG) == EVENT
                matched(db)
        assert await following(SHORT) is None
        with running(server.command, tmp_path / "log", signal.SIGINT), ready() as db:
            person(db, "ben")
            assert await following(2 * LONG) == EVENT  # a minute later, where the end of the run before was not heard
            assert "cv-ben" in matched(db)

    story(of)
    assert "away-secret" not in caplog.text


def test_what_is_heard_waits_for_more_and_not_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changed_people, "QUIET_SECONDS", 1.0)
    changes = Changes()
    assert changes.rest(100.0) is None
    changes.changed(100.0)
    assert changes.rest(100.0) == 1.0
    for tenth in range(1, 60):
        changes.changed(100.0 + tenth / 10)
    assert changes.rest(105.0) == 0.0  # five seconds after the first


def test_a_change_is_in_the_list_of_a_run_that_was_asked_for_before_unless_it_may_have_come_while_the_list_was_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(changed_people, "QUIET_SECONDS", 1.0)
    monkeypatch.setattr(changed_people, "LISTING_SECONDS", 2.0)
    for heard, rest in ((103.0, None), (109.0, 0.0)):
        changes = Changes(told=100.0)
        changes.changed(heard)
        assert changes.rest(heard + 1) == 160.0 - heard - 1  # a minute, where no list is heard of
        changes.listed(110.0)
        assert changes.rest(110.0) == rest
