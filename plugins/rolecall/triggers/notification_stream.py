"""Fires when the stream ``notifications`` has something new: the wake-up of ``send_notifications``."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Hashable, Sequence
from typing import Any

from airflow.triggers.base import BaseEventTrigger, TriggerEvent
from airflow.triggers.shared_stream import AdvanceItem, SharedStreamProducer
from redis.asyncio import Redis
from redis.asyncio.connection import AbstractConnection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError, ResponseError

from rolecall.outbox.wakeup import GROUP, LIST, STREAM, is_nudge
from rolecall.triggers.connection_addresses import redis_url

log = logging.getLogger(__name__)

CONSUMER = "triggerer"
BATCH = 1000
BLOCK_SECONDS = 1.0
"""How long one look at the stream waits; the list of other producers, which nobody can wait for as well, is looked at in between."""

GATHER_SECONDS = 0.5
"""Pause after a batch: a burst becomes a few events instead of one an entry, and a single message still waits under a second."""

IDLE_SECONDS = 60.0
"""Entries that were read this long ago and not acknowledged wake again: their event, or the task after it, did not make it."""

LIST_SECONDS = 10.0
"""A list that is still not empty after this long wakes again."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0


class NotificationStreamTrigger(BaseEventTrigger):
    """One payload-free event per batch of entries; the rows themselves are claimed in Postgres.

    Runs as a shared stream in acknowledging mode: a wake-up is acknowledged after Airflow has stored its event, so that a triggerer
    that is killed loses none. Messages of other producers are never acknowledged here: ``rolecall.notifying.ingest`` does that after it
    has committed them. A Redis that is away is waited for.

    :param conn_id: a ``redis`` connection; without it ``REDIS_URL`` is used
    :param stream: the stream's key
    """

    def __init__(self, *, conn_id: str = "redis_default", stream: str = STREAM) -> None:
        super().__init__()
        self.conn_id = conn_id
        self.stream = stream

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Names only; the password is looked up when it runs."""
        return f"{type(self).__module__}.{type(self).__qualname__}", {"conn_id": self.conn_id, "stream": self.stream}

    def shared_stream_key(self) -> Hashable:
        """One reader a stream, however many assets watch it."""
        return ("rolecall", self.conn_id, self.stream)

    @classmethod
    def create_shared_stream_producer(cls, kwargs: dict[str, Any]) -> SharedStreamProducer:
        """The reader; it connects when it is opened."""
        return StreamReader(kwargs["conn_id"], kwargs["stream"])

    async def filter_shared_stream(self, shared_stream: AsyncIterator[Any]) -> AsyncIterator[TriggerEvent]:
        """Every batch is an event."""
        async for batch in shared_stream:
            yield TriggerEvent(batch)

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """The same without Airflow's shared streams: acknowledges a batch when the next one is asked for."""
        reader = StreamReader(self.conn_id, self.stream)
        try:
            async for batch, nudges in reader.open_stream():
                yield TriggerEvent(batch)
                await reader.acknowledge(nudges)
        finally:
            await reader.aclose()


def stop_if_asked() -> None:
    """Cancelled already: a library below waits with ``asyncio.wait_for``, which in Python 3.11 can lose a cancellation to an answer."""
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


class StreamReader(SharedStreamProducer):
    """Reads the stream as a consumer of the group; acknowledges wake-ups when told to."""

    def __init__(self, conn_id: str, stream: str) -> None:
        self._conn_id = conn_id
        self._stream = stream
        self._client: Redis | None = None
        self._connects = 0
        self._claimed_at = 0.0
        self._list_told_at: float | None = None

    async def open_stream(self) -> AsyncIterator[tuple[dict[str, int], list[bytes]]]:
        """Yields ``({"entries": count}, ids of the wake-ups among them)`` for ever; never raises for a Redis that is away."""
        pause = FIRST_PAUSE
        away = False
        while True:
            try:
                await self._connect()
                if away:  # wake-ups sent meanwhile are lost, the rows they were for are not
                    away, pause = False, FIRST_PAUSE
                    log.info("Redis is back")
                    yield {"entries": 0}, []
                while True:
                    stop_if_asked()
                    if self._connects > 1:  # it was away and back between two looks: the library connected again without a word
                        self._connects = 1
                        yield {"entries": 0}, []
                    if waiting := await self._in_lists():
                        yield {"entries": waiting}, []
                    entries = await self._next()
                    if entries:
                        yield {"entries": len(entries)}, [entry_id for entry_id, fields in entries if is_nudge(fields)]
                        await asyncio.sleep(GATHER_SECONDS)
            except (RedisError, OSError) as error:
                await self.aclose()
                if not away:
                    log.warning("the stream %s cannot be read (%s); waiting for Redis", self._stream, type(error).__name__)
                away = True
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    async def advance(self, batch: Sequence[AdvanceItem]) -> None:
        """Acknowledges the wake-ups whose event is stored. The others stay pending and wake again after a minute."""
        await self.acknowledge([entry_id for item in batch if item.outcome.is_clean for entry_id in item.broker_payload])

    async def acknowledge(self, nudges: Sequence[bytes]) -> None:
        """Acknowledges and deletes wake-ups. Where Redis is away they stay pending, which only wakes once more."""
        if not nudges or self._client is None:
            return
        try:
            async with self._client.pipeline(transaction=True) as together:
                together.xack(self._stream, GROUP, *nudges)
                together.xdel(self._stream, *nudges)
                await together.execute()
        except (RedisError, OSError) as error:
            log.warning("%d wake-ups could not be acknowledged (%s)", len(nudges), type(error).__name__)

    async def aclose(self) -> None:
        """Hangs up."""
        if self._client is not None:
            client, self._client = self._client, None
            await client.aclose()

    async def _connect(self) -> None:
        self._client = Redis.from_url(
            await redis_url(self._conn_id),
            socket_connect_timeout=3,
            socket_timeout=BLOCK_SECONDS + 5,
            retry=Retry(NoBackoff(), 0),  # the loop above is the retry
            protocol=2,
            redis_connect_func=self._on_connect,
        )
        self._connects = 0
        self._claimed_at = 0.0
        await self._ensure_group()

    async def _on_connect(self, connection: AbstractConnection) -> None:
        await connection.on_connect()
        self._connects += 1

    async def _ensure_group(self) -> None:
        """The group, where the stream's name is free for it: a list of other producers may stand there until it is taken in."""
        try:
            await self._redis.xgroup_create(self._stream, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if not str(error).startswith(("BUSYGROUP", "WRONGTYPE")):
                raise

    async def _in_lists(self) -> int:
        """How many messages wait in plain lists, if it is time to say so."""
        waiting = 0
        for key in (LIST, self._stream):
            if await self._redis.type(key) == b"list":
                waiting += await self._redis.llen(key)
        now = time.monotonic()
        if not waiting:
            self._list_told_at = None
        elif self._list_told_at is None or now - self._list_told_at >= LIST_SECONDS:
            self._list_told_at = now
            return waiting
        return 0

    async def _next(self) -> list[tuple[bytes, dict[str, str]]]:
        """What was left behind, when it is time to look; else what is new, waiting a few seconds for it."""
        try:
            return await self._read()
        except ResponseError as error:
            if not str(error).startswith("WRONGTYPE"):
                raise
            await asyncio.sleep(BLOCK_SECONDS)  # a list stands in its place until it is taken in
            await self._ensure_group()
            return []

    async def _read(self) -> list[tuple[bytes, dict[str, str]]]:
        now = time.monotonic()
        if now - self._claimed_at >= IDLE_SECONDS:
            first = self._claimed_at == 0.0  # the reader before us may have died a second ago
            self._claimed_at = now
            if left := await self._left_behind(0 if first else int(IDLE_SECONDS * 1000)):
                return left
        answer: Any = await self._redis.xreadgroup(GROUP, CONSUMER, {self._stream: ">"}, count=BATCH, block=int(BLOCK_SECONDS * 1000))
        return [_entry(row) for row in answer[0][1]] if answer else []

    async def _left_behind(self, min_idle_ms: int) -> list[tuple[bytes, dict[str, str]]]:
        """Claims what some reader was given and never acknowledged; drops what was trimmed from the stream meanwhile.

        Asks for ids only: Redis 6.2 answers a trimmed entry with nothing in its place.
        """
        ids = await self._redis.xautoclaim(self._stream, GROUP, CONSUMER, min_idle_ms, count=BATCH, justid=True)
        async with self._redis.pipeline(transaction=False) as several:
            for entry_id in ids:
                several.xrange(self._stream, entry_id, entry_id)
            found = await several.execute()
        gone = [entry_id for entry_id, rows in zip(ids, found, strict=True) if not rows]
        if gone:
            await self._redis.xack(self._stream, GROUP, *gone)
        return [_entry(row) for rows in found for row in rows]

    @property
    def _redis(self) -> Redis:
        if self._client is None:
            raise ConnectionError("the reader is closed")
        return self._client


def _entry(row: Any) -> tuple[bytes, dict[str, str]]:
    """Id and fields; values do not matter here."""
    return row[0], {key.decode("utf-8", "replace"): "" for key in row[1]}
