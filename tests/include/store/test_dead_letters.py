"""Rows that cannot be processed are put aside once, whatever they hold."""

from __future__ import annotations

import pytest

from include.store import Connection
from include.store.dead_letters import LONGEST_PAYLOAD, clear, counts, put_aside


def test_a_row_is_put_aside_once_however_often_it_fails(db: Connection) -> None:
    assert put_aside(db, "stream", "1-0", "no userId", payload={"type": "email"})
    assert not put_aside(db, "stream", "1-0", "still no userId", payload={"type": "email"})
    assert counts(db) == {"stream": 1}
    row = db.execute("select reason, times, payload from dead_letter").fetchone()
    assert row == {"reason": "still no userId", "times": 2, "payload": {"type": "email"}}


def test_a_mended_row_is_forgotten(db: Connection) -> None:
    put_aside(db, "preferences", "zoe", "quietHours: '25:00' is no time", person_id="zoe")
    assert clear(db, "preferences", "zoe")
    assert not clear(db, "preferences", "zoe")
    assert counts(db) == {}


@pytest.mark.parametrize(
    "odd",
    ["\0", "\ud800", "k" * 20_000, "\\u0000", {"a": "\0", "b": ["\ud800"]}, {"deep": "x" * (LONGEST_PAYLOAD * 3)}, float("1e300")],
    ids=["nul", "surrogate", "long", "escaped nul", "nested", "large", "number"],
)
def test_whatever_a_row_holds_it_can_be_put_aside_and_cleared(db: Connection, odd: object) -> None:
    key = str(odd)
    assert put_aside(db, "stream", key, key, person_id=key, payload=odd)
    assert clear(db, "stream", key)
