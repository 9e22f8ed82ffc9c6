"""Dead letters: a row that cannot be processed is put aside with its reason, so that everybody else's goes on.

One row a queue and key, however often it fails. What is mended is cleared; :func:`counts` is what monitoring and ``make status`` show.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from psycopg.types.json import Jsonb
from pydantic import ValidationError

from rolecall.errors import RolecallError, StoreUnavailable, first_of
from rolecall.store import Connection

Read = TypeVar("Read")

log = logging.getLogger(__name__)

LONGEST_KEY, LONGEST_REASON, LONGEST_PAYLOAD = 500, 1_000, 100_000
"""Characters kept. A key that is too long for an index is one of the ways in which a row is bad."""

QUOTED = re.compile(r'".*"', re.S)
ESCAPE = re.compile(r"\\(u0000|.)")

PUT_ASIDE = """
insert into dead_letter (queue, key, person_id, reason, payload)
values (%(queue)s, %(key)s, %(person_id)s, %(reason)s, %(payload)s)
on conflict (queue, key) do update
set reason = excluded.reason, payload = excluded.payload, person_id = excluded.person_id,
    times = dead_letter.times + 1, last_at = clock_timestamp()
returning times
"""


def put_aside(conn: Connection, queue: str, key: str, reason: str, *, person_id: str | None = None, payload: Any = None) -> bool:
    """Notes that a row of ``queue`` cannot be processed, in the caller's transaction. Returns whether that is new.

    :param queue: what could not go on: ``preferences``, ``apply_request``, ``stream``, …
    :param key: the row's identity in that queue
    :param reason: what is wrong and how to mend it, for people; no secret and no more of a person's data than that needs
    :param payload: JSON of the row where it is kept nowhere else
    """
    row = conn.execute(
        PUT_ASIDE,
        {
            "queue": queue,
            "key": _storable(key, LONGEST_KEY),
            "person_id": None if person_id is None else _storable(person_id, LONGEST_KEY),
            "reason": _storable(reason, LONGEST_REASON),
            "payload": None if payload is None else Jsonb(_bounded(payload)),
        },
    ).fetchone()
    return bool(row and row["times"] == 1)


def clear(conn: Connection, queue: str, key: str) -> bool:
    """Forgets a row that is mended. Returns whether it was there."""
    return conn.execute("delete from dead_letter where queue = %s and key = %s", (queue, _storable(key, LONGEST_KEY))).rowcount > 0


def counts(conn: Connection) -> dict[str, int]:
    """Queue → rows put aside."""
    return {row["queue"]: row["n"] for row in conn.execute("select queue, count(*) as n from dead_letter group by queue order by queue")}


UNSTORABLE = (psycopg.DataError, psycopg.errors.ProgramLimitExceeded, psycopg.errors.StatementTooComplex)
"""What Postgres raises for a value that it cannot keep: a NUL, a number out of range, a text too long for an index, JSON that nests too
deep."""


def about_the_row(error: Exception) -> bool:
    """Whether an error says something about the row in hand. A connection that is gone, a deadlock or a statement that is wrong for every
    row does not: whoever sees one lets it through."""
    if isinstance(error, (*UNSTORABLE, psycopg.errors.CardinalityViolation)):
        return True  # the latter: one thing twice in one statement
    return not isinstance(error, StoreUnavailable | psycopg.OperationalError | psycopg.InterfaceError | psycopg.ProgrammingError)


def in_words(error: Exception) -> str:
    """What is wrong with a row, for people, without the value itself: Postgres, pydantic and Python's own errors quote it."""
    if isinstance(error, RolecallError):
        return str(error)
    if isinstance(error, psycopg.Error):
        return f"Postgres refused it: {QUOTED.sub('…', (str(error).splitlines() or [''])[0])} → correct the row"
    if isinstance(error, ValidationError):  # its own text quotes the value
        return f"{first_of(error, 'row')}"
    return f"{type(error).__name__}{raised_at(error)} → correct the row"


def in_log(error: Exception) -> str:
    """The same for a log, with the lines of ours that raised it."""
    said, lines = in_words(error), raised_at(error)
    return said if lines in said else f"{said} ({lines.strip()})"


def raised_at(error: Exception) -> str:
    """The lines of ours that raised it, without the values that an error's own text quotes (Postgres' DETAIL is the whole row)."""
    return "".join(f" at {Path(one.filename).name}:{one.lineno}" for one in traceback.extract_tb(error.__traceback__)[-3:])


def for_each_row(
    conn: Connection,
    queue: str,
    rows: Iterable[dict[str, Any]],
    work: Callable[[dict[str, Any]], object],
    *,
    key: str = "id",
    person: str = "person_id",
) -> int:
    """Does ``work`` for every row, each by itself: what one row's raises is undone and put aside, and the others go on. Returns how many
    rows worked. A row that works again is no dead letter any more.

    :param key: the row's field that identifies it in ``queue``
    :param person: the row's field that says whose it is
    """
    aside = {row["key"] for row in conn.execute("select key from dead_letter where queue = %s", (queue,)).fetchall()}
    worked = 0
    for row in rows:
        identity = str(row[key])
        try:
            with conn.transaction():
                work(row)
        except Exception as error:
            if not about_the_row(error):
                raise
            if put_aside(conn, queue, identity, in_words(error), person_id=row.get(person)):
                log.warning("%s %s is put aside: %s", queue, identity[:LONGEST_KEY], in_log(error))
            continue
        worked += 1
        if aside and _storable(identity, LONGEST_KEY) in aside:
            clear(conn, queue, identity)
    return worked


def readable_rows(
    conn: Connection, queue: str, rows: Iterable[dict[str, Any]], read: Callable[[dict[str, Any]], Read], *, key: str = "id"
) -> list[tuple[dict[str, Any], Read]]:
    """The rows that ``read`` can read, each with what it says; the others are put aside. ``read`` writes nothing, so that no savepoint is
    needed. Meant for many rows: those that can be read again are forgotten in one statement.

    :param key: the row's field that identifies it in ``queue``
    """
    found: list[tuple[dict[str, Any], Read]] = []
    for row in rows:
        try:
            found.append((row, read(row)))
        except Exception as error:
            if not about_the_row(error):
                raise
            if put_aside(conn, queue, str(row[key]), in_words(error)):
                log.warning("%s %s is put aside: %s", queue, str(row[key])[:LONGEST_KEY], in_log(error))
    forget(conn, queue, [str(row[key]) for row, _ in found])
    return found


def forget(conn: Connection, queue: str, keys: Iterable[str]) -> None:
    """:func:`clear` for many, in one statement that costs nothing where nothing of the queue was put aside."""
    conn.execute(FORGET, {"queue": queue, "keys": [_storable(key, LONGEST_KEY) for key in keys]})


FORGET = """
delete from dead_letter where queue = %(queue)s and exists (select from dead_letter where queue = %(queue)s) and key = any(%(keys)s)
"""


def _storable(text: str, longest: int) -> str:
    """Text that Postgres takes: no NUL, no lone surrogate."""
    return text[:longest].replace("\0", "�").encode("utf-8", "replace").decode("utf-8")


def _bounded(payload: Any) -> Any:
    """The payload as JSON that Postgres takes; the beginning of its text where it is larger than is kept."""
    escaped = json.dumps(payload, default=str, ensure_ascii=False)
    text = _storable(ESCAPE.sub(lambda found: r"\ufffd" if found[1] == "u0000" else found[0], escaped), LONGEST_PAYLOAD + 1)
    return json.loads(text) if len(text) <= LONGEST_PAYLOAD else text[:LONGEST_PAYLOAD]
