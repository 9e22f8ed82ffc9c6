"""Airflow's listener that notes how long runs waited and took, and takes away the deadlines of failed ones.

The scheduler calls it, so it only hands over; a thread writes.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
from typing import Any

from airflow.listeners import hookimpl

log = logging.getLogger(__name__)

WAITING: queue.Queue[tuple[Any, ...]] = queue.Queue(maxsize=1000)
"""Runs that ended and are not written yet; beyond that they are forgotten: figures are not worth a slow scheduler."""

INSERT = """
    insert into dag_run_end as noted (dag_id, run_id, state, queued_seconds, seconds, ended_at)
    values (%s, %s, %s, %s, %s, %s) on conflict (dag_id, run_id) do update
    set state = excluded.state, queued_seconds = excluded.queued_seconds, seconds = excluded.seconds, ended_at = excluded.ended_at,
        told_at = null, ends = noted.ends + 1
    where noted.ended_at <> excluded.ended_at"""
"""A run that was cleared and has ended again is told of again when it fails again."""

_writers: dict[int, threading.Thread] = {}


@hookimpl
def on_dag_run_success(dag_run: Any, msg: str) -> None:
    """A run has ended well."""
    note(dag_run)


@hookimpl
def on_dag_run_failed(dag_run: Any, msg: str) -> None:
    """A run has ended badly. Airflow keeps its deadlines, and would tell of them and show them as ahead: they are behind it."""
    note(dag_run)
    forget_deadlines(dag_run)


def forget_deadlines(dag_run: Any) -> None:
    """Takes away the deadlines of a run that has ended, in the transaction that ends it; never raises."""
    try:
        from airflow.models.dagrun import DagRun
        from airflow.models.deadline import Deadline
        from sqlalchemy.orm import object_session

        session = object_session(dag_run)
        if session is not None:
            Deadline.prune_deadlines(session=session, conditions={DagRun.id: dag_run.id})
    except Exception as error:
        log.warning("deadlines of a run that has ended are kept: %s", error)


def note(dag_run: Any) -> None:
    """Hands a finished run to the writer of this process; never waits, never raises."""
    try:
        if not str(dag_run.dag_id) or dag_run.end_date is None:
            return
        due = max(dag_run.run_after, dag_run.queued_at or dag_run.run_after)
        began = dag_run.start_date or dag_run.end_date  # ended before it began
        queued, took = (began - due).total_seconds(), (dag_run.end_date - began).total_seconds()
        WAITING.put_nowait((dag_run.dag_id, dag_run.run_id, str(dag_run.state), max(queued, 0), max(took, 0), dag_run.end_date))
        if os.getpid() not in _writers:
            _writers[os.getpid()] = threading.Thread(target=_write, name="rolecall-run-durations", daemon=True)
            _writers[os.getpid()].start()
    except Exception as error:  # also a full queue
        log.warning("a run's duration is not noted: %s", error)


def _write() -> None:
    while True:
        rows = [WAITING.get()]
        try:
            from rolecall.hooks.store_hook import StoreHook

            while not WAITING.empty():
                rows.append(WAITING.get_nowait())
            with StoreHook().get_conn() as conn, conn.cursor() as cursor:
                cursor.executemany(INSERT, rows)
        except Exception as error:
            log.warning("durations of runs are not noted: %s", error)
        finally:
            for _ in rows:
                WAITING.task_done()
