"""Are all DAG files read, and do all DAGs run?"""

from __future__ import annotations

import time
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from local.dag_runs.airflow_api import AirflowApi
from rolecall.monitoring.workflows.dag_files import defines_dags, first_line
from rolecall.store import connect

PARSE_LIMIT = 300.0
"""Seconds until an unread DAG file is reported."""


def stopped_by_restore(dsn: str) -> list[str]:
    """The DAGs that stand still because this database came out of a backup and was not compared with the receiving side yet."""
    with connect(dsn, name="up") as conn:
        rows = conn.execute("select unnest(paused) as dag_id from restore where reconciled_at is null").fetchall()
    return sorted({row["dag_id"] for row in rows})


def wait_for_dags(airflow: AirflowApi, folder: Path, started: float, stopped: Collection[str] = ()) -> list[str]:
    """Waits until Airflow has read every DAG file as it is now, then lets every DAG run. Returns what is wrong, a line each.

    :param folder: of the DAG files
    :param started: when the DAG processor started; what was read before that is an earlier stack's
    :param stopped: DAGs that stand still
    """
    deadline = time.monotonic() + PARSE_LIMIT
    while unread := _unread(airflow, folder, started):
        if time.monotonic() > deadline:
            return [f"{name}: not read within {PARSE_LIMIT:.0f} s" for name in sorted(unread)]
        time.sleep(0.2)
    for dag in airflow.dags():
        if dag["is_paused"] and dag["dag_id"] not in stopped:
            airflow.unpause(dag["dag_id"])
    return [f"{error['filename']}: {_said(error['stack_trace'])}" for error in airflow.import_errors()]


def _unread(airflow: AirflowApi, folder: Path, started: float) -> set[str]:
    """Names of DAG files that have been neither read nor refused since they, or the DAG processor, were last new."""
    due = {file.name: max(started, file.stat().st_mtime) for file in folder.glob("*.py") if defines_dags(file)}
    seen: dict[str, float] = {}
    for dag in airflow.dags():
        _note(seen, dag["relative_fileloc"], dag["last_parsed_time"])
    for error in airflow.import_errors():
        _note(seen, error["filename"], error["timestamp"])
    return {name for name, since in due.items() if seen.get(name, 0) < since}


def _note(seen: dict[str, float], name: str | None, when: str | None) -> None:
    if name and when:
        file = Path(name).name
        seen[file] = max(seen.get(file, 0), datetime.fromisoformat(when).timestamp())


def _said(trace: str) -> str:
    """What a trace says; a file that took too long is not to blame for it at a start."""
    said = first_line(trace)
    return f"{said} → the machine is busy: run the same command again" if "import timeout" in said.lower() else said
