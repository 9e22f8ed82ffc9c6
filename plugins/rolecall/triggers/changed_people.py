"""Fires when a CV, a wish or a permission changed: what starts ``match_changed_people``."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, LiteralString, TypeAlias

import psycopg
from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from rolecall.people.records import ANY_DUE, LISTED, PEOPLE_CHANGED, due
from rolecall.store import session
from rolecall.triggers.connection_addresses import postgres_dsn

log = logging.getLogger(__name__)

QUIET_SECONDS = 1.0
"""So long nothing more may be heard before an event: who makes a person and then sends their CV waits for one run."""

BURST_SECONDS = 5.0
"""After which an event is due though changes go on."""

LISTING_SECONDS = 2.0
"""What was heard so shortly before a run had its list may have been committed while the list was read."""

RUN_SECONDS = 60.0
"""A run that has not had its list after this long is no longer counted on: the next change asks for another."""

LOOK_SECONDS = 60.0
"""How often the connection is tried, and the rows are looked at, while nothing is heard."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0

LISTEN: LiteralString = f"listen {PEOPLE_CHANGED}"

Connection: TypeAlias = psycopg.AsyncConnection[tuple[Any, ...]]


@dataclass
class Changes:
    """What was heard and nobody was told of, and whether a run is on its way that will see it. Times: seconds of one monotonic clock.

    :param first: when the oldest change was heard that no event was fired for
    :param last: when the newest was
    :param told: when the event was fired whose run has not had its list yet
    """

    first: float | None = None
    last: float = 0.0
    told: float | None = None

    def changed(self, now: float) -> None:
        """Somebody's CV, wish or permission was committed."""
        self.first, self.last = now if self.first is None else self.first, now

    def listed(self, now: float) -> None:
        """A run has its list: what was heard well before is in it."""
        self.told = None
        if now - self.last > LISTING_SECONDS:
            self.first = None

    def rest(self, now: float) -> float | None:
        """Seconds until an event is due; ``None``: nobody changed anything."""
        if self.first is None:
            return None
        at = min(self.last + QUIET_SECONDS, self.first + BURST_SECONDS)
        if self.told is not None:
            at = max(at, self.told + RUN_SECONDS)
        return max(at - now, 0.0)


class ChangedPeopleTrigger(BaseEventTrigger):
    """One payload-free event for whatever changed within a second or so; the CVs are listed by the run it starts.

    Listens on one connection to what the schema's triggers say at each commit. What changed while nobody listened is found in the rows,
    at the start, after Postgres was away, and every minute. While a run is on its way that will see a change, no other is asked for.

    :param conn_id: the ``rolecall`` database
    """

    def __init__(self, *, conn_id: str = "rolecall_db") -> None:
        super().__init__()
        self.conn_id = conn_id

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """The id only; the password is looked up when it runs."""
        return f"{type(self).__module__}.{type(self).__qualname__}", {"conn_id": self.conn_id}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Fires for ever; never raises for a Postgres that is away."""
        changes, pause = Changes(), FIRST_PAUSE
        while True:
            try:
                dsn = session(await postgres_dsn(self.conn_id), name="changed-people", limit=30)
                async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
                    await conn.execute(LISTEN)
                    if pause > FIRST_PAUSE:
                        log.info("Postgres is back")
                    pause = FIRST_PAUSE
                    await look(conn, changes)
                    while True:
                        await hear(conn, changes)
                        if changes.rest(time.monotonic()) == 0:
                            changes.first = None
                            if await any_due(conn):
                                changes.told = time.monotonic()
                                yield TriggerEvent({})
            except psycopg.Error as error:
                if pause == FIRST_PAUSE:
                    log.warning("changes of people cannot be heard (%s); waiting for Postgres", type(error).__name__)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)


async def hear(conn: Connection, changes: Changes) -> None:
    """Notes what is said next, until an event may be due; looks at the rows where nothing is said for long.

    :raises psycopg.OperationalError: Postgres is gone
    """
    rest = changes.rest(time.monotonic())
    heard = [said.payload async for said in conn.notifies(timeout=LOOK_SECONDS if rest is None else rest, stop_after=1)]
    for payload in heard:
        (changes.listed if payload == LISTED else changes.changed)(time.monotonic())
    if not heard and rest is None:
        await look(conn, changes)


async def look(conn: Connection, changes: Changes) -> None:
    """What changed while nobody listened: its CV has been in no list since. Not asked where a run is on its way."""
    if changes.told is None and await any_due(conn):
        changes.changed(time.monotonic())


async def any_due(conn: Connection) -> bool:
    """Whether the run would find anything: not, where a person without a CV changed."""
    row = await (await conn.execute(ANY_DUE, due())).fetchone()
    return bool(row and row[0])
