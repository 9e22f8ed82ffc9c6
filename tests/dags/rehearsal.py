"""Runs of our DAGs in this process: Airflow's own scheduling decisions, trigger rules, mapping and task runner, without a scheduler.

What a task does is said by the test: its real body, a stand-in's value, or that it fails or is skipped.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
Does = Callable[[Any, Callable[[], Any]], Any]
"""What a task does: gets its context and its real body, returns its result."""

ROUNDS = 30
"""Scheduling decisions of one run at most: a run that is not over by then never will be."""


@dataclass
class Run:
    """What became of one run.

    :param state: ``success``, ``failed``, or ``running`` where nothing goes on any more
    :param tasks: task id → states of its instances
    :param ran: the task ids whose stand-in or body ran
    """

    state: str
    tasks: dict[str, list[str]] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.state}: " + ", ".join(f"{task} {'/'.join(states)}" for task, states in self.tasks.items())


def _check_each_schema_once() -> None:
    """Airflow checks the schema of every param at every look at it, a third of what a run costs here; equal ones need it once."""
    from jsonschema import Draft202012Validator

    check, right = Draft202012Validator.check_schema, set[str]()

    def once(schema: Any, *more: Any, **named: Any) -> None:
        if (written := json.dumps(schema, sort_keys=True, default=repr)) not in right:
            check(schema, *more, **named)
            right.add(written)

    setattr(Draft202012Validator, "check_schema", once)  # noqa: B010 - a method for as long as this process lives


class Stage:
    """All DAGs, known to a metadata database of the tests' own."""

    def __init__(self) -> None:
        from airflow import settings
        from airflow.dag_processing.bundles.manager import DagBundlesManager
        from airflow.dag_processing.dagbag import DagBag, sync_bag_to_db
        from airflow.utils.db import initdb

        _check_each_schema_once()
        initdb()
        self._session = settings.Session()
        DagBundlesManager().sync_bundles_to_db(session=self._session)
        self._session.commit()
        bag = DagBag(ROOT / "dags", bundle_name="dags-folder", bundle_path=ROOT / "dags")
        assert not bag.import_errors
        for dag in bag.dags.values():
            dag.deadline = None
            for task in dag.tasks:  # one try: what is tested is what comes after the last one
                if task.is_mapped:
                    task.partial_kwargs["retries"] = 0
                else:
                    task.retries = 0
        sync_bag_to_db(bag, "dags-folder", None)
        self.dags: dict[str, Any] = dict(bag.dags)
        self._numbers = itertools.count(1)
        self._as_scheduled: dict[str, Any] = {}

    def _scheduled(self, dag_id: str) -> Any:
        """The DAG as the scheduler reads it."""
        from airflow.serialization.serialized_objects import DagSerialization

        if dag_id not in self._as_scheduled:
            self._as_scheduled[dag_id] = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(self.dags[dag_id]))
        return self._as_scheduled[dag_id]

    def run(
        self, dag_id: str, does: Mapping[str, Does], otherwise: Does, conf: Mapping[str, Any], *, deadline: timedelta | None = None
    ) -> Run:
        """One run to its end.

        :param deadline: of this run, from now
        """
        from airflow.models.dagrun import get_or_create_dagrun
        from airflow.sdk import timezone
        from airflow.sdk.definitions.dag import _run_task
        from airflow.utils.state import DagRunState, TaskInstanceState
        from airflow.utils.types import DagRunTriggeredByType

        session, dag, now = self._session, self.dags[dag_id], timezone.utcnow()
        scheduled = self._scheduled(dag_id)
        run = get_or_create_dagrun(
            dag=scheduled, start_date=now, logical_date=None,
            data_interval=None, run_after=now, run_id=f"rehearsal-{next(self._numbers)}", session=session, conf=dict(conf),
            triggered_by=DagRunTriggeredByType.TEST, triggering_user_name="rehearsal",
        )  # fmt: skip
        if deadline is not None:
            self._set_deadline(run, now + deadline)
        ran: list[str] = []
        with _directed(does, otherwise, ran):
            for _ in range(ROUNDS):
                run = session.merge(run)  # running a task closes this thread's session
                run.dag = scheduled
                session.expire_all()
                due, _unused = run.update_state(session=session)
                for instance in due:
                    instance.try_number += 1
                    instance.state = TaskInstanceState.SCHEDULED
                    instance.scheduled_dttm = timezone.utcnow()
                session.commit()
                if run.state != DagRunState.RUNNING:
                    break
                for instance in run.get_task_instances(session=session):
                    if instance.state == TaskInstanceState.SCHEDULED:
                        _run_task(ti=instance, task=dag.task_dict[instance.task_id], run_triggerer=False)
        session.expire_all()
        states: dict[str, list[str]] = {}
        for instance in run.get_task_instances(session=session):
            states.setdefault(instance.task_id, []).append(str(getattr(instance.state, "value", instance.state)))
        return Run(str(run.state.value if hasattr(run.state, "value") else run.state), states, ran)

    def _set_deadline(self, run: Any, moment: datetime) -> None:
        from airflow.models.deadline import Deadline
        from airflow.sdk.definitions.callback import AsyncCallback

        from rolecall.notifiers.late_run_notifier import LateRunNotifier

        callback = AsyncCallback(LateRunNotifier, kwargs={"minutes": 30})
        self._session.add(Deadline(deadline_time=moment, callback=callback, dagrun_id=run.id, deadline_alert_id=None))
        self._session.commit()

    def deadlines(self) -> int:
        """How many there are."""
        from airflow.models.deadline import Deadline

        self._session.expire_all()
        return int(self._session.query(Deadline).count())


@contextmanager
def _directed(does: Mapping[str, Does], otherwise: Does, ran: list[str]) -> Iterator[None]:
    from airflow.sdk.execution_time import task_runner

    real = task_runner._run_execute_callable

    def execute(context: Any, body: Any, task: Any) -> Any:
        ran.append(task.task_id)
        return does.get(task.task_id, otherwise)(context, lambda: real(context, body, task))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(task_runner, "_run_execute_callable", execute)
        yield
