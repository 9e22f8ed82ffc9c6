"""How one thing is asked whether it is well. A probe answers with a status: ``200`` for a service, words for everything else."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import LiteralString

import httpx
import psycopg
import redis.asyncio
from psycopg.rows import tuple_row

from rolecall.monitoring.incidents import format_distinct
from rolecall.store import session

LIMIT = 5.0
"""Seconds one probe may take (the seed's 5000 ms)."""


@dataclass(frozen=True)
class ProbeAnswer:
    """What a probe found.

    :param status: ``200``, another HTTP status, or what happened instead: ``time-out``, ``connection refused``
    """

    healthy: bool
    status: str


Ask = Callable[[], Awaitable[ProbeAnswer]]

HEALTHY = ProbeAnswer(True, "200")


async def _status(http: httpx.AsyncClient, url: str) -> int:
    """What is answered; of the answer's body nothing is read, however long it is."""
    async with http.stream("GET", url) as response:
        return response.status_code


def answers_200(http: httpx.AsyncClient, url: str) -> Ask:
    """Healthy when ``url`` answers 200."""

    async def ask() -> ProbeAnswer:
        status = await _status(http, url)
        return ProbeAnswer(status == 200, str(status))

    return ask


def probe_reachable(http: httpx.AsyncClient, url: str) -> Ask:
    """Healthy when somebody answers below 500: a board need not answer 200."""

    async def ask() -> ProbeAnswer:
        status = await _status(http, url)
        return ProbeAnswer(status < 500, str(status))

    return ask


def airflow_component(http: httpx.AsyncClient, airflow_url: str, component: str) -> Ask:
    """Healthy when Airflow's own health page says so; a component that is not deployed (status null) is no failure."""

    async def ask() -> ProbeAnswer:
        response = await http.get(f"{airflow_url.rstrip('/')}/api/v2/monitor/health")
        if response.status_code != 200:
            return ProbeAnswer(False, str(response.status_code))
        said = response.json().get(component, {}).get("status")
        return HEALTHY if said in ("healthy", None) else ProbeAnswer(False, str(said))

    return ask


def probe_redis(url: str) -> Ask:
    """Healthy when Redis says PONG."""

    async def ask() -> ProbeAnswer:
        async with redis.asyncio.Redis.from_url(url, socket_timeout=LIMIT, socket_connect_timeout=LIMIT) as client:
            await client.ping()
        return HEALTHY

    return ask


def finds_nothing(dsn: str, statement: LiteralString, *parameters: object) -> Ask:
    """Healthy when a query has no row; the first column of the first row says what is wrong."""

    async def ask() -> ProbeAnswer:
        async with await psycopg.AsyncConnection.connect(session(dsn, name="health", patience=int(LIMIT)), row_factory=tuple_row) as conn:
            found = await (await conn.execute(statement, parameters)).fetchone()
        return HEALTHY if found is None else ProbeAnswer(False, str(found[0]))

    return ask


def disk_space(folder: str, least: float) -> Ask:
    """Healthy when at least the share ``least`` (0 to 1) of the disk below ``folder`` is free."""

    async def ask() -> ProbeAnswer:
        usage = await asyncio.to_thread(shutil.disk_usage, folder)
        free = usage.free / usage.total
        shown, wanted = format_distinct("%", 100 * free, 100 * least, digits=1)
        return ProbeAnswer(free >= least, "200" if free >= least else f"{shown} of the disk is free, at least {wanted} should be")

    return ask


def probe_heartbeat_file(file: str, most: float) -> Ask:
    """Healthy when the file was touched in the last ``most`` seconds: whoever lives touches it."""

    async def ask() -> ProbeAnswer:
        silent = time.time() - await asyncio.to_thread(os.path.getmtime, file)
        return HEALTHY if silent < most else ProbeAnswer(False, f"hung: no sign of life for {silent:.0f} s")

    return ask


async def within_limit(ask: Ask, limit: float = LIMIT) -> ProbeAnswer:
    """Asks, for at most ``limit`` seconds. Whatever goes wrong is an answer in words, never an exception."""
    try:
        return await asyncio.wait_for(ask(), limit)
    except (TimeoutError, httpx.TimeoutException, redis.TimeoutError, psycopg.errors.ConnectionTimeout):
        return ProbeAnswer(False, f"time-out after {limit:g} s")
    except Exception as error:  # a probe that breaks is a finding
        return ProbeAnswer(False, _in_words(error))


def _in_words(error: BaseException) -> str:
    """What happened, without addresses: they may hold credentials."""
    chain: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(chain) < 8:
        chain.append(f"{type(cause).__name__} {cause}".lower())
        cause = cause.__cause__ or cause.__context__
    said = " ".join(chain)
    for sign, words in (
        ("refused", "connection refused"),
        ("connect call failed", "connection refused"),
        ("name or service not known", "unknown host"),
        ("nodename nor servname", "unknown host"),
        ("name resolution", "unknown host"),
        ("certificate", "TLS certificate not accepted"),
        ("reset", "connection reset"),
        ("authentication", "authentication failed"),
    ):
        if sign in said:
            return words
    return f"no answer ({type(error).__name__})"
