"""What changes while a page is open."""

from __future__ import annotations

import asyncio
import json

import pytest
from fastapi import FastAPI

from rolecall.services.database import Database
from rolecall.store import Connection
from rolecall.web import live
from rolecall.web.live import Listener, Live
from tests.web.conftest import Visitor, shown, waits


def told(text: str) -> list[dict[str, object]]:
    return [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]


def test_a_page_is_told_what_waits_for_its_person_and_nobody_elses(db: Connection, mira: Visitor, noor: Visitor, operator: Visitor) -> None:
    waits(db, "j1", "j2")
    nothing = {"waiting": 0, "uncertain": 0, "leaving": 0}
    answer = mira.get("/live/events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert told(answer.text) == [{**nothing, "waiting": 2}] == [mira.get("/live").json()]
    assert told(noor.get("/live/events").text) == [nothing] == [noor.get("/live").json()]
    operator.post("/people", {"person": "mira"})
    assert told(operator.get("/live/events").text)[0]["stages"] == operator.get("/live").json()["stages"]
    assert "stages" not in mira.get("/live").json()


def test_an_answer_given_elsewhere_reaches_a_page_that_is_open(
    dsn: str, db: Connection, mira: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one,) = waits(db, "j1")
    monkeypatch.setattr(live, "EVERY", 0.02)
    database = Database(dsn)
    database.open()

    async def follow() -> list[dict[str, object]]:
        stream = Live(database).events(Listener("mira", "v", operator=False), lambda: True)
        said = [await anext(stream), await anext(stream)]
        await asyncio.to_thread(mira.post, "/approve", {"application": shown(db, one), "answer": "no"})
        said.append(await anext(stream))
        await stream.aclose()  # type: ignore[attr-defined]
        return told("".join(said))

    try:
        assert [one["waiting"] for one in asyncio.run(follow())] == [1, 0]
    finally:
        database.close()


def test_a_stream_ends_with_its_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "ASK_AGAIN", 0.0)
    monkeypatch.setattr(live, "QUIET", 0.01)
    monkeypatch.setattr(Live, "look", lambda *_, **__: ({}, {}))

    async def follow() -> list[str]:
        return [one async for one in Live(Database("")).events(Listener("mira", "v", operator=False), lambda: False)]

    assert len(asyncio.run(follow())) == 2


def test_one_visitor_does_not_take_all_the_places(app: FastAPI, mira: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "OF_ONE", 0)
    assert mira.get("/live/events").status_code == 429
    assert mira.get("/live").status_code == 200
