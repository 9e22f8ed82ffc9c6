"""How each process is asked whether it is ready. A probe returns ``""`` for yes, or what it is still waiting for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import httpx
import psycopg
import redis

Probe = Callable[[float], str]
"""Called with the time at which the process started (seconds since 1970)."""

PATIENCE = 3.0
"""Seconds one question may take."""


def get(url: str, token: str = "", patience: float = PATIENCE) -> httpx.Response:
    """One GET on loopback, never through a proxy."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with httpx.Client(timeout=patience, trust_env=False, headers=headers) as client:
        return client.get(url)


def sandbox(stack: Mapping[str, str], path: str) -> dict[str, Any]:
    """One of the sandbox's inspection pages.

    :param stack: what ``stack.json`` holds
    :raises RuntimeError: it does not answer; says what to do
    """
    try:
        answer = get(f"{stack['sandbox_url']}/_sandbox/{path}", stack["sandbox_token"], patience=20).raise_for_status()
    except httpx.HTTPError as error:
        raise RuntimeError(f"the sandbox does not say what it has ({type(error).__name__}) → make status, then make demo again") from error
    found: dict[str, Any] = answer.json()
    return found


def answers(url: str, token: str = "", patience: float = PATIENCE) -> Probe:
    """Ready when ``url`` answers 200."""

    def probe(_: float) -> str:
        try:
            status = get(url, token, patience).status_code
        except httpx.HTTPError as error:
            return f"no answer ({type(error).__name__})"
        return "" if status == 200 else f"answers {status}"

    return probe


def postgres(dsn: str) -> Probe:
    """Ready when it accepts a connection."""

    def probe(_: float) -> str:
        try:
            psycopg.connect(dsn, connect_timeout=2).close()
        except psycopg.OperationalError as error:
            return str(error).strip().splitlines()[-1]
        return ""

    return probe


def pings(url: str) -> Probe:
    """Ready when Redis says PONG."""

    def probe(_: float) -> str:
        try:
            with redis.Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE) as client:
                client.ping()
        except redis.RedisError as error:
            return str(error)
        return ""

    return probe


def beats(airflow_url: str, component: str) -> Probe:
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
    """``""`` when Airflow calls all its components healthy, else which ones it does not."""
    try:
        health = get(f"{airflow_url}/api/v2/monitor/health").json()
    except (httpx.HTTPError, ValueError) as error:
        return f"the API server gives no answer ({type(error).__name__})"
    sick = [name for name, state in health.items() if state.get("status") != "healthy"]
    return f"not healthy: {', '.join(sick)}" if sick else ""
