"""Where Redis and Postgres are, asked for inside ``run``: no password is ever part of a serialised trigger."""

from __future__ import annotations

import logging
from typing import Any

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException, AirflowRuntimeError

from rolecall.connections import dsn_of, redis_url_of
from rolecall.endpoints import of_environment
from rolecall.hooks.named import conn_id_of

log = logging.getLogger(__name__)


async def redis_url(conn_id: str) -> str:
    """URL of the Redis behind an Airflow connection; of ``REDIS_URL`` where there is no such connection."""
    return redis_url_of(await _connection(conn_id) or of_environment()("redis_default"))


async def postgres_dsn(conn_id: str) -> str:
    """Connection string of the database behind an Airflow connection; of ``ROLECALL_DSN`` where there is no such connection."""
    return dsn_of(await _connection(conn_id) or of_environment()("rolecall_db"))


async def _connection(conn_id: str) -> Any | None:
    try:
        conn = await BaseHook.aget_connection(conn_id_of(conn_id))
    except (AirflowNotFoundException, AirflowRuntimeError):
        log.info("no connection %s: its address is taken from the environment", conn_id)
        return None
    return conn if conn.host else None
