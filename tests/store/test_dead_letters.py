"""Rows that cannot be processed are put aside once, whatever they hold."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any, LiteralString

import psycopg
import pytest

from rolecall.matching.score.job_wishes import Wishes
from rolecall.models import Match
from rolecall.people import preferences
from rolecall.services.logs import NoValues
from rolecall.store import Connection, connect
from rolecall.store.dead_letters import LONGEST_PAYLOAD, clear, counts, for_each_row, in_words, put_aside, readable_rows


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


def test_each_row_is_by_itself_and_one_that_works_again_is_forgotten(db: Connection) -> None:
    rows = [{"id": name, "person_id": f"p-{name}"} for name in ("a", "odd", "z")]
    odd = {"odd"}

    def work(row: dict[str, Any]) -> None:
        db.execute("insert into told_match values (%s, 's', 'j')", (row["person_id"],))
        if row["id"] in odd:
            db.execute("select 'mira@example.com'::int")

    assert for_each_row(db, "q", rows, work) == 2
    assert [row["person_id"] for row in db.execute("select person_id from told_match order by 1").fetchall()] == ["p-a", "p-z"]
    row = db.execute("select key, person_id, reason from dead_letter").fetchone()
    assert row is not None
    assert (row["key"], row["person_id"]) == ("odd", "p-odd")
    assert "Postgres refused it" in row["reason"]
    assert "mira@example.com" not in row["reason"], "a reason repeats no value"
    db.execute("truncate told_match")
    odd.clear()
    assert for_each_row(db, "q", rows, work) == 3
    assert counts(db) == {}


@pytest.mark.parametrize(
    "statement",
    ["select repeat('[', 100000)::jsonb", "select repeat('{\"a\":', 100000)::json", "select array_fill(1, array[100000, 100000])"],
)
def test_what_is_too_much_for_postgres_is_its_rows_fault(db: Connection, statement: LiteralString) -> None:
    rows = [{"id": "odd", "person_id": "p"}, {"id": "z", "person_id": "p"}]
    assert for_each_row(db, "q", rows, lambda row: db.execute(statement if row["id"] == "odd" else "select 1")) == 1
    assert counts(db) == {"q": 1}


@pytest.mark.parametrize("statement", ["select 1 from no_such_table", "select pg_terminate_backend(pg_backend_pid())"])
def test_what_says_nothing_about_a_row_ends_the_round(dsn: str, statement: LiteralString) -> None:
    with pytest.raises(psycopg.Error), connect(dsn) as conn:
        for_each_row(conn, "q", [{"id": "a", "person_id": None}], lambda row: conn.execute(statement))


def test_rows_that_cannot_be_read_are_sifted_out(db: Connection) -> None:
    rows = [{"id": 1, "n": "1"}, {"id": 2, "n": "x"}, {"id": 3, "n": "3"}]
    assert [n for _, n in readable_rows(db, "q", rows, lambda row: int(row["n"]))] == [1, 3]
    assert counts(db) == {"q": 1}
    assert len(readable_rows(db, "q", rows, lambda row: len(row["n"]))) == 3
    assert counts(db) == {}


def test_neither_reason_nor_log_repeats_a_row(db: Connection, caplog: pytest.LogCaptureFixture) -> None:
    db.execute("create table seen (number int not null, mail text)")

    def work(row: dict[str, str]) -> None:
        db.execute("insert into seen values (null, %s)", (row["mail"],))

    def count(row: dict[str, str]) -> None:
        db.execute("insert into seen values (%s::text::int, '')", (row["mail"],))

    rows = [{"id": "1", "person_id": "p1", "mail": 'secret" and@mail.example'}]
    assert for_each_row(db, "one", rows, work) == for_each_row(db, "two", rows, count) == 0
    assert "mail.example" not in caplog.text
    assert "mail.example" not in str(db.execute("select reason from dead_letter").fetchall())
    assert "test_dead_letters.py" in caplog.text


SECRET = "Quill-secret-4711"


@pytest.mark.parametrize(
    "error",
    [
        lambda: int(SECRET),
        lambda: {}[SECRET],
        lambda: datetime.fromisoformat(SECRET),
        lambda: Match.model_validate({"id": [SECRET]}),
        lambda: Wishes.read({"salaryMin": SECRET}),
        lambda: Wishes.read({"keywords": {"a": SECRET}}),
        lambda: Wishes.read({"keywords": [SECRET], "exclude": [SECRET]}),
        lambda: Wishes.read({"companies": [SECRET], "blacklist": [SECRET]}),
        lambda: Wishes.read({"seniority": [SECRET]}),
    ],
)
def test_what_is_wrong_with_a_row_is_said_without_the_value(error: Callable[[], object], db: Connection, caplog: Any) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011  # each its own
        error()
    assert SECRET.casefold() not in in_words(caught.value).casefold()
    readable_rows(db, "odd", [{"id": "1"}], lambda row: error())
    for_each_row(db, "odd too", [{"id": "1", "person_id": "p"}], lambda row: error())
    assert SECRET.casefold() not in caplog.text.casefold()
    assert len(caplog.records) == 2
    kept = str(db.execute("select * from dead_letter").fetchall())
    assert SECRET.casefold() not in kept.casefold()


ODD: list[Any] = [SECRET, [SECRET], {SECRET: SECRET}, {"x": {SECRET: [SECRET]}}]


@pytest.mark.parametrize("value", ODD)
def test_what_is_odd_about_preferences_is_said_without_the_value(value: Any) -> None:
    tried: list[dict[str, Any]] = [{name: value} for name in preferences.READERS]
    tried += [
        {"criteria": {name: value}} for name in ("keywords", "salary_min", "remote", "seniority", "max_age_days", "threshold", "limit")
    ]
    tried += [{"applying": {name: value}} for name in ("dailyCap", "approval", "dryRun")]
    tried += [{"notifications": {name: value}} for name in ("quietHours", "timeZone", "digestHour", "language", "kinds")]
    tried += [{"notifications": {"kinds": {"applied": {name: value}}}} for name in ("channels", "delivery", "optOut")]
    tried += [{"notifications": {"quietHours": {"from": value, "to": value}}}]
    for one in tried:
        for wrong in preferences.problems_by_name(one).values():
            assert SECRET not in str(wrong).replace(wrong.field, ""), one


def test_a_services_traceback_shows_where_and_not_what() -> None:
    try:
        try:
            int(SECRET)
        except ValueError as error:
            raise KeyError(SECRET) from error
    except KeyError:
        record = logging.LogRecord("x", logging.ERROR, "f.py", 1, "Exception in ASGI application", (), sys.exc_info())
    shown = NoValues("%(message)s").format(record)
    assert SECRET not in shown.replace("int(SECRET)", "").replace("KeyError(SECRET)", "")
    assert "KeyError\ncaused by:\n" in shown
    assert shown.count("test_dead_letters.py") == 2
