"""One connection of Airflow's, whoever keeps it: its own table, a secrets backend, the environment."""

from __future__ import annotations

import time
from typing import Any

from rolecall.errors import StoreUnavailable
from rolecall.hooks.named import conn_id_of

SECONDS = 30.0
"""For how long an answer holds in a process. A task's process is its own: the next task asks again."""

_known: dict[str, tuple[float, Any]] = {}


def connection(conn_id: str) -> Any | None:
    """The connection; ``None``: there is none.

    :raises StoreUnavailable: Airflow does not say
    """
    if _supervisor() is None:  # not a task: it may live for long, and has Airflow's table at hand
        return _asked(conn_id_of(conn_id))
    asked_at, known = _known.get(conn_id, (-SECONDS, None))
    if time.monotonic() - asked_at >= SECONDS:
        known = _asked(conn_id_of(conn_id))
        _known[conn_id] = (time.monotonic(), known)
    return known


def _supervisor() -> Any | None:
    """Who answers a task's questions; ``None`` outside a task."""
    from airflow.sdk.execution_time import task_runner

    return getattr(task_runner, "SUPERVISOR_COMMS", None)


def _asked(conn_id: str) -> Any | None:
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        return BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        _raise_unless_sure(conn_id)
        return None


def _raise_unless_sure(conn_id: str) -> None:
    """To a task Airflow says "there is none" also where its server did not answer: a channel would be taken for one that is not set up."""
    from airflow.sdk.exceptions import ErrorType
    from airflow.sdk.execution_time.comms import ErrorResponse, GetConnection

    supervisor = _supervisor()
    if supervisor is None:
        return
    said = supervisor.send(GetConnection(conn_id=conn_id))
    if not isinstance(said, ErrorResponse) or said.error != ErrorType.CONNECTION_NOT_FOUND:
        raise StoreUnavailable(f"Airflow does not say whether there is a connection {conn_id}", fix="it is tried again")
