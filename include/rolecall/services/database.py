"""The services' Postgres: a pool that outlives a restart of the server, and a short question for ``/health``.

They ask as a role of their own, for which row-level security holds: see :mod:`rolecall.store.visible`.
"""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool
from starlette.concurrency import run_in_threadpool

from rolecall.errors import StoreUnavailable
from rolecall.store import CONNECT_TIMEOUT, STATEMENT_TIMEOUT, Connection, session
from rolecall.store.visible import SERVICES_ROLE, see_everybody

T = TypeVar("T")

POOL_SIZE = 10
WAIT = 5.0
"""Seconds a request waits for a connection before it is answered 503."""

GIVE_UP = 2.0
"""Seconds one attempt to reconnect goes on. Short: the next request starts the next attempt, so the service is back
with the server instead of at the end of a long back-off."""

PROBE_LIMIT = 2.0
"""Seconds ``/health`` gives Postgres. Whoever watches us allows 5."""


class Database:
    """A pool of connections whose rows are dicts. ``open`` before use, ``close`` after.

    A transaction sees no row about anybody until it says whose it is about (``see_person``); those of :attr:`unrestricted` see all.
    """

    _is_unrestricted = False

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._probing: asyncio.Task[None] | None = None
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            session(dsn, name="rolecall-services", limit=STATEMENT_TIMEOUT, patience=CONNECT_TIMEOUT, role=SERVICES_ROLE, by_index=True),
            min_size=1,
            max_size=POOL_SIZE,
            timeout=WAIT,
            reconnect_timeout=GIVE_UP,
            max_waiting=200,
            check=self._check,
            open=False,
            name="services",
            kwargs={"row_factory": dict_row},
        )

    @property
    def unrestricted(self) -> Database:
        """The same pool, for what the service itself asks and no person: its own token's calls, logins, figures."""
        seeing = copy.copy(self)
        seeing._is_unrestricted = True
        return seeing

    def open(self) -> None:
        """Starts connecting in the background: a service starts, and says so in ``/health``, while Postgres is down."""
        self._pool.open(wait=False)

    def close(self) -> None:
        """Closes every connection."""
        self._pool.close(timeout=2)

    def _check(self, conn: Connection) -> None:
        try:
            ConnectionPool.check_connection(conn)
        except psycopg.Error:
            self._pool.check()  # one dead connection means a restarted server: replace them all at once
            raise

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection for one transaction: commit on leaving, roll back on an error. Not on the event loop.

        :raises StoreUnavailable: no connection within 5 s
        """
        try:
            conn = self._pool.getconn()
        except psycopg.OperationalError as error:
            raise StoreUnavailable("Postgres does not answer", fix="start it and repeat the request; nothing was changed") from error
        try:
            with conn:  # commits or rolls back; closing is the pool's business
                if self._is_unrestricted:
                    see_everybody(conn)
                yield conn
        finally:
            self._pool.putconn(conn)

    async def run(self, work: Callable[[Connection], T]) -> T:
        """``work(connection)`` in a thread, in one transaction."""

        def in_transaction() -> T:
            with self.connection() as conn:
                return work(conn)

        return await run_in_threadpool(in_transaction)

    async def probe(self) -> None:
        """Asks Postgres for one row over a connection of its own, so that a busy pool does not look like a dead server.

        :raises StoreUnavailable: no answer within 2 s
        """
        if self._probing is None or self._probing.done():
            self._probing = asyncio.create_task(self._ask())
            self._probing.add_done_callback(lambda one: one.cancelled() or one.exception())  # nobody may wait any more when it fails
        asked = self._probing
        done, _ = await asyncio.wait({asked}, timeout=PROBE_LIMIT)  # a server that hangs keeps one probe waiting, not one a caller
        if not done:
            raise StoreUnavailable(f"Postgres did not answer within {PROBE_LIMIT:g} s", fix="look at the server: it hangs or is overloaded")
        error = asked.exception()
        if error is not None:
            said = str(error).strip().splitlines() or [type(error).__name__]
            raise StoreUnavailable(f"Postgres does not answer ({said[-1]})", fix="start it (`make up`, or the postgres service)")

    async def _ask(self) -> None:
        asked = session(self._dsn, name="rolecall-health", patience=2, role=SERVICES_ROLE)
        conn = await psycopg.AsyncConnection.connect(asked, autocommit=True)
        try:
            await conn.execute("select 1")
        finally:
            await conn.close()
