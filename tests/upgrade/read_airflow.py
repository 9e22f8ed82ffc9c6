"""Reads what an older version left in Airflow's tables as a triggerer and a scheduler of today do; prints what came of it as JSON."""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

from airflow.models.serialized_dag import SerializedDagModel
from airflow.models.trigger import Trigger
from airflow.serialization.serialized_objects import DagSerialization
from airflow.settings import Session
from sqlalchemy import select


def import_string(path: str) -> Any:
    """What a dotted path names."""
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def main() -> None:
    """Each trigger is made anew from its class path and its decrypted arguments, each DAG from what was serialised."""
    with Session() as session:
        triggers = []
        for row in session.scalars(select(Trigger).order_by(Trigger.id)):
            one = import_string(row.classpath)(**row.kwargs)
            if path := getattr(one, "callback_path", None):
                one = import_string(path)(**one.callback_kwargs)
            triggers.append(f"{type(one).__module__}.{type(one).__qualname__}")
        dags = {}
        for row in session.scalars(select(SerializedDagModel)):
            dag = DagSerialization.from_dict(row._data)
            for task in dag.tasks:
                if str(task._task_module).startswith("rolecall."):
                    import_string(f"{task._task_module}.{task.task_type}")
            dags[dag.dag_id] = sorted(dag.task_ids)
    json.dump({"triggers": triggers, "dags": dags}, sys.stdout)


if __name__ == "__main__":
    main()
