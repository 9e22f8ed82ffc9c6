"""How each process is asked whether it is ready, and later whether it still lives.

A probe returns ``""`` for ready, or what it is still waiting for. A pulse returns a sign of life.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import httpx
import psycopg
import redis

Probe = Callable[[float], str]
"""Called with the time at which the process started (seconds since 1970)."""

Pulse = Callable[[], object]
"""Returns something that differs from the last time while the process lives, ``None`` where it gives no sign of life.

:raises CannotTell: it cannot be asked, because of somebody else
"""


class CannotTell(Exception):
    """Whether a process lives cannot be told: what it leaves its signs in does not answer."""


LISTEN = 10.0
"""Seconds a sign of life is waited for."""

PATIENCE = 3.0
"""Seconds one question may take."""


def loopback(patience: float, headers: Mapping[str, str] | None = None) -> httpx.Client:
    """A client for plain HTTP on loopback, never through a proxy. It reads no certificates: that takes 50 ms of CPU each time, and while
    the stack starts somebody is asked many times a second.
    """
    return httpx.Client(timeout=patience, trust_env=False, verify=False, headers=headers)  # noqa: S501  # there is no TLS on loopback


def get(url: str, token: str = "", patience: float = PATIENCE) -> httpx.Response:
    """One GET on loopback."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with loopback(patience, headers) as client:
        return client.get(url)


def sandbox(stack: Mapping[str, str], path: str) -> dict[str, Any]:
    """One of the sandbox's inspection pages.

    :param stack: what ``stack.json`` holds
    :raises RuntimeError: it does not answer; says what to do
    """
    return _of_sandbox(stack, "GET", path)


def put_fault(stack: Mapping[str, str], fault: Mapping[str, Any]) -> None:
    """Switches on a fault of the sandbox (``sandbox/README.md``).

    :raises RuntimeError: it does not answer; says what to do
    """
    _of_sandbox(stack, "PUT", "faults", fault)


def _of_sandbox(stack: Mapping[str, str], method: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {stack['sandbox_token']}"} if stack["sandbox_token"] else {}
    try:
        with loopback(20, headers) as client:
            answer = client.request(method, f"{stack['sandbox_url']}/_sandbox/{path}", json=body).raise_for_status()
    except httpx.HTTPError as error:
        raise RuntimeError(f"the sandbox does not say what it has ({type(error).__name__}) → make status, then make demo again") from error
    found: dict[str, Any] = answer.json()
    return found


def http_ready(url: str, token: str = "", patience: float = PATIENCE) -> Probe:
    """Ready when ``url`` answers 200."""

    def probe(_: float) -> str:
        try:
            status = get(url, token, patience).status_code
        except httpx.HTTPError as error:
            return f"no answer ({type(error).__name__})"
        return "" if status == 200 else f"answers {status}"

    return probe


def http_alive(url: str) -> Pulse:
    """Any answer is a sign of life: a server that says 503 has trouble, but does not hang."""

    def pulse() -> object:
        try:
            return get(url, patience=LISTEN).status_code and time.monotonic()
        except httpx.HTTPError:
            return None

    return pulse


def postgres_ready(dsn: str) -> Probe:
    """Ready when it accepts a connection."""

    def probe(_: float) -> str:
        try:
            psycopg.connect(dsn, connect_timeout=2).close()
        except psycopg.OperationalError as error:
            return str(error).strip().splitlines()[-1]
        return ""

    return probe


def postgres_alive(dsn: str) -> Pulse:
    """A connection, or a refusal in Postgres' own words (too many clients, shutting down)."""

    def pulse() -> object:
        try:
            with psycopg.connect(dsn, connect_timeout=int(LISTEN), options="-c statement_timeout=10s") as conn:
                conn.execute("select 1")
        except psycopg.OperationalError as error:
            return time.monotonic() if "FATAL" in str(error) else None
        return time.monotonic()

    return pulse


def component_alive(dsn: str, job: str) -> Pulse:
    """The newest heartbeat of an Airflow component, as its database holds it: the API server may hang without harm to the others."""

    def pulse() -> object:
        try:
            with psycopg.connect(dsn, connect_timeout=int(LISTEN), options="-c statement_timeout=10s") as conn:
                row = conn.execute("select max(latest_heartbeat) from job where job_type = %s", (job,)).fetchone()
        except psycopg.Error as error:
            raise CannotTell from error
        return row and row[0]

    return pulse


def redis_ready(url: str) -> Probe:
    """Ready when Redis says PONG."""

    def probe(_: float) -> str:
        try:
            with redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE) as client:
                client.ping()
        except redis.RedisError as error:
            return str(error)
        return ""

    return probe


def redis_alive(url: str) -> Pulse:
    """PONG, or any other answer of Redis."""

    def pulse() -> object:
        try:
            with redis.Redis.from_url(url, socket_timeout=LISTEN, socket_connect_timeout=LISTEN) as client:
                client.ping()
        except (redis.BusyLoadingError, redis.AuthenticationError, redis.ResponseError):
            return time.monotonic()
        except redis.RedisError:
            return None
        return time.monotonic()

    return pulse


def component_ready(airflow_url: str, component: str) -> Probe:
    """Ready when Airflow's health page shows a heartbeat of this component that is younger than its process.

    An older one is that of a process before it: Airflow would call it healthy for another half minute.
    """

    def probe(started: float) -> str:
        try:
            health = get(f"{airflow_url}/api/v2/monitor/health").json()
        except (httpx.HTTPError, ValueError) as error:
            return f"the API server gives no answer ({type(error).__name__})"
        beat = health.get(component, {}).get(f"latest_{component}_heartbeat")
        return "" if beat and datetime.fromisoformat(beat).timestamp() > started else "no heartbeat yet"

    return probe


def airflow_healthy(airflow_url: str) -> str:
    """``""`` when Airflow calls all its components healthy, else a sentence about those that it does not."""
    try:
        health = get(f"{airflow_url}/api/v2/monitor/health").json()
    except (httpx.HTTPError, ValueError) as error:
        return f"Airflow's API server gives no answer ({type(error).__name__})"
    sick = [name for name, state in health.items() if state.get("status") != "healthy"]
    return f"Airflow is not healthy: {', '.join(sick)}" if sick else ""
