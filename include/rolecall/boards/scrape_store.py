"""The scraper's database work, off the event loop: short transactions on one connection, and the raw answers it keeps."""

from __future__ import annotations

import asyncio
import hashlib
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self, TypeVar

import psycopg

from rolecall.errors import StoreUnavailable
from rolecall.store import Connection, connect

Result = TypeVar("Result")

MAX_URL = 2000
"""Characters of an address kept: an index row holds less than 2,704 bytes."""


class ScrapeStore:
    """One connection used by one run. Use as an async context manager.

    :param dsn: connection string of the ``rolecall`` database
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._lock = asyncio.Lock()
        self._conn: Connection | None = None

    async def __aenter__(self) -> Self:
        self._conn = await asyncio.to_thread(connect, self._dsn, name="rolecall scrape")
        self._conn.autocommit = True
        return self

    async def __aexit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        if self._conn is not None:
            await asyncio.to_thread(self._conn.close)

    async def run(self, work: Callable[[Connection], Result]) -> Result:
        """Runs ``work`` in a thread, in one transaction of its own.

        :raises StoreUnavailable: the connection was lost; nothing of ``work`` was committed
        """
        async with self._lock:
            return await asyncio.to_thread(self._transaction, work)

    async def ask(self, statement: Callable[[Connection], Result]) -> Result:
        """Runs one single statement in a thread: it is a transaction by itself.

        :raises StoreUnavailable: the connection was lost
        """
        async with self._lock:
            return await asyncio.to_thread(self._work, statement, nullcontext())

    def _transaction(self, work: Callable[[Connection], Result]) -> Result:
        assert self._conn is not None, "use the store as a context manager"  # noqa: S101 - a programming error, not an outcome
        return self._work(work, self._conn.transaction())

    def _work(self, work: Callable[[Connection], Result], around: AbstractContextManager[Any]) -> Result:
        assert self._conn is not None, "use the store as a context manager"  # noqa: S101 - a programming error, not an outcome
        try:
            with around:
                return work(self._conn)
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise StoreUnavailable(
                f"Postgres was lost while scraping ({str(error).strip().splitlines()[-1]})",
                fix="start it and run the task again; what was landed stays",
            ) from error


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What a board answered. ``url`` is where it came from after redirects; ``content`` is uncompressed."""

    url: str
    status: int
    content: bytes
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    retry_after: float | None = None
    redirected_to: str | None = None
    """An address we did not follow: a login page, or off the board."""


def keep_answer(conn: Connection, board: str, url: str, search: str, answer: StoredAnswer, *, room: int | None = None) -> int:
    """Stores an answer before anyone reads it; the same answer again is the same row. Returns its id.

    :param url: the address asked, without secrets
    :param search: ``SearchQuery.key``; empty for a detail page
    :param room: cards its search could still take
    """
    row = {
        "board": board,
        "url": url[:MAX_URL],
        "search": search.replace("\0", ""),
        "fetched_at": answer.fetched_at,
        "status": answer.status,
        "sha256": hashlib.sha256(answer.content).hexdigest(),
        "body": zlib.compress(answer.content, 6),
        "etag": answer.etag,
        "last_modified": answer.last_modified,
        "room": room,
    }
    found = conn.execute(
        """
        insert into board_answer as a (board, url, search, first_fetched_at, fetched_at, status, sha256, body, etag, last_modified, room)
        values (%(board)s, %(url)s, %(search)s, %(fetched_at)s, %(fetched_at)s, %(status)s, %(sha256)s, %(body)s, %(etag)s,
                %(last_modified)s, %(room)s)
        on conflict (board, url, sha256) do update set
            search = excluded.search, fetched_at = greatest(a.fetched_at, excluded.fetched_at), status = excluded.status,
            etag = excluded.etag, last_modified = excluded.last_modified, room = greatest(a.room, excluded.room)
        returning id
        """,
        row,
    ).fetchone()
    return int(found["id"]) if found else 0


def name_outcome(conn: Connection, answer_id: int, outcome: str) -> None:
    """Writes what an answer turned out to be beside it."""
    conn.execute("update board_answer set outcome = %s where id = %s", (outcome, answer_id))


def last_answer(conn: Connection, board: str, url: str) -> StoredAnswer | None:
    """The newest good answer from an address that can be asked for again conditionally, or ``None``."""
    row = conn.execute(
        """
        select status, body, fetched_at, etag, last_modified from board_answer
        where board = %s and url = %s and status = 200 and (etag is not null or last_modified is not null)
        order by fetched_at desc limit 1
        """,
        (board, url[:MAX_URL]),
    ).fetchone()
    if row is None:
        return None
    return StoredAnswer(url, row["status"], zlib.decompress(row["body"]), row["fetched_at"], row["etag"], row["last_modified"])


def delete_old_answers(conn: Connection, board: str, *, days: int) -> int:
    """Deletes a board's raw answers and rejected cards that are older; what was landed from them stays. Returns how many answers."""
    conn.execute("delete from reject where board = %s and rejected_at < now() - make_interval(days => %s)", (board, days))
    return conn.execute(
        "delete from board_answer where board = %s and fetched_at < now() - make_interval(days => %s)", (board, days)
    ).rowcount
