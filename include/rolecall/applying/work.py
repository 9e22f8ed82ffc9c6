"""Is there something to apply for? Asked of Postgres, woken by its own notifications, polled where none arrives."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any, LiteralString

import psycopg

from rolecall.applying.requests import READY, request_limits
from rolecall.store import Connection, session

log = logging.getLogger(__name__)

CHANNEL = "rolecall_apply"
"""``NOTIFY`` channel; the schema's triggers write to it when matches or requests come in."""

WORK_EXISTS: LiteralString = f"""
with running as (
    select person_id, count(*) as n from apply_request
    where state = 'triggered' and triggered_at > clock_timestamp() - %(stuck)s group by person_id
)
select ((select coalesce(sum(n), 0) from running) < %(ahead)s
    and exists (select from (select distinct person_id from apply_request
                               where state = 'queued' and (start_at is null or start_at <= clock_timestamp())) asking
                left join running using (person_id)
                where coalesce(running.n, 0) < %(each)s))
    or exists ({READY})
"""  # noqa: S608  # put together from a constant
"""What ``dispatch_auto_apply`` would find: a queued request and room for its run, in all and of its person's; or a match nobody has taken
of somebody who opted in."""

MATCHED = "matches"
"""What the notification of :func:`notify_matched` says."""

SETTLED_AFTER = 5.0
"""Seconds from that word until Airflow has noted that the matches were updated, with room to spare."""

LONGEST_PAUSE = 30.0
"""Seconds between attempts to reach a Postgres that is away."""


def notify_matched(conn: Connection) -> None:
    """Ends :func:`wait_for_work` after matches were stored, so that the dispatcher's run which they start may begin."""
    conn.execute("select pg_notify(%s, %s)", (CHANNEL, MATCHED))


async def wait_for_work(dsn: str, *, poll_seconds: float) -> None:
    """Returns as soon as there is work: at once on a wake-up, else within ``poll_seconds``. Outlives a Postgres that restarts.

    Returns without work a moment after :func:`notify_matched`: Airflow would ask in every turn of its scheduler whether the run that the
    matches are to start may begin, for as long as this one waits.

    :param poll_seconds: how often to look where no wake-up arrives
    """
    pause, until = 0.5, float("inf")
    while True:
        try:
            async with await _connected(dsn) as conn:
                if pause > 0.5:
                    log.info("Postgres is back")
                pause = 0.5
                await conn.execute("listen rolecall_apply")
                while not await _work_exists(conn) and time.monotonic() < until:
                    left = max(until - time.monotonic(), 0.01)
                    async for notification in conn.notifies(timeout=min(poll_seconds, left), stop_after=1):
                        if notification.payload == MATCHED:
                            until = min(until, time.monotonic() + SETTLED_AFTER)
                return
        except psycopg.OperationalError as error:
            if pause == 0.5:
                log.warning("Postgres is away (%s); waiting for it", type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


async def _connected(dsn: str) -> psycopg.AsyncConnection[tuple[Any, ...]]:
    return await psycopg.AsyncConnection.connect(session(dsn, name="apply-queue", limit=30), autocommit=True)


async def _work_exists(conn: psycopg.AsyncConnection[tuple[Any, ...]]) -> bool:
    cursor = await conn.execute(WORK_EXISTS, request_limits())
    row = await cursor.fetchone()
    return bool(row and row[0])
