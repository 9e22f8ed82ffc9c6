"""Airflow's listener that writes what a run did as its note: seen in the list of runs, and over REST. A person's own note stays.

The scheduler calls it in the transaction that ends the run, so it only hands over; a thread writes after that.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
import time
from collections.abc import Iterable
from typing import Any

from airflow.listeners import hookimpl

log = logging.getLogger(__name__)

WAITING: queue.Queue[tuple[int, str, str]] = queue.Queue(maxsize=1000)
"""Runs that ended; beyond that they get no note."""

LONGEST = 900
"""Characters; Airflow takes a thousand."""

COMMITTED = 1.0
"""Seconds after which the transaction that ended a run is over."""

_writers: dict[int, threading.Thread] = {}


@hookimpl
def on_dag_run_success(dag_run: Any, msg: str) -> None:
    """A run has ended well."""
    hand_over(dag_run)


@hookimpl
def on_dag_run_failed(dag_run: Any, msg: str) -> None:
    """A run has ended badly."""
    hand_over(dag_run)


def hand_over(dag_run: Any) -> None:
    """To the writer of this process, where it is a run of ours; never waits, never raises."""
    try:
        if "rolecall" not in getattr(dag_run.dag, "tags", ()):
            return
        WAITING.put_nowait((int(dag_run.id), str(dag_run.dag_id), str(dag_run.run_id)))
        if os.getpid() not in _writers:
            _writers[os.getpid()] = threading.Thread(target=_write, name="rolecall-run-notes", daemon=True)
            _writers[os.getpid()].start()
    except Exception as error:  # also a full queue
        log.warning("a run gets no note: %s", error)


def words(results: Iterable[tuple[str, Any]]) -> str:
    """What tasks returned, in a line each: counts that are not nought, and short texts. ``""``: nothing was done.

    >>> words([("merge", {"jobs": 3, "merged": 0}), ("told", 2), ("sent", {"n": 0}), ("ids", ["a"])])
    'merge: jobs 3\\ntold: 2'
    """
    lines = []
    for task, result in results:
        counts = {name: n for name, n in result.items() if _counts(n)} if isinstance(result, dict) else {}
        said = ", ".join(f"{name} {n}" for name, n in counts.items()) or (str(result) if _counts(result) else "")
        if said:
            lines.append(f"{task}: {said}")
    return "\n".join(lines)[:LONGEST]


def _counts(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value != 0


def _write() -> None:
    while True:
        key, dag_id, run_id = WAITING.get()
        try:
            time.sleep(COMMITTED)
            _note(key, dag_id, run_id)
        except Exception as error:
            log.warning("%s %s gets no note: %s", dag_id, run_id, error)
        finally:
            WAITING.task_done()


def _note(key: int, dag_id: str, run_id: str) -> None:
    from airflow.models.dagrun import DagRun
    from airflow.models.xcom import XComModel
    from airflow.utils.session import create_session
    from sqlalchemy import select

    with create_session() as session:
        run = session.get(DagRun, key)
        if run is None or run.note:
            return
        asked = select(XComModel).where(XComModel.dag_run_id == key, XComModel.key == "return_value", XComModel.map_index == -1)
        found = session.scalars(asked.order_by(XComModel.timestamp)).all()
        if said := words((one.task_id, XComModel.deserialize_value(one)) for one in found):
            run.note = said
