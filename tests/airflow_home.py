"""A home of its own for the Airflow that tests import: this machine's is never read, and nothing is left behind."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from rolecall.connections import connections

ROOT = Path(__file__).parents[1]


def use_own_airflow_home() -> None:
    """Points Airflow at an empty folder that is removed at exit, at our DAGs and plugins, and at no examples.

    To be called before the first import of ``airflow``; a second call changes nothing.
    """
    if os.environ.get("AIRFLOW_HOME") is None:
        home = tempfile.mkdtemp(prefix="rolecall-airflow-")
        atexit.register(shutil.rmtree, home, ignore_errors=True)
        os.environ["AIRFLOW_HOME"] = home
    os.environ.setdefault("AIRFLOW__CORE__LOAD_EXAMPLES", "False")
    os.environ.setdefault("AIRFLOW__CORE__DAGS_FOLDER", str(ROOT / "dags"))
    os.environ.setdefault("AIRFLOW__CORE__PLUGINS_FOLDER", str(ROOT / "plugins"))
    os.environ.setdefault("AIRFLOW__CORE__UNIT_TEST_MODE", "False")


def as_airflow_reads_it(env: Mapping[str, str]) -> dict[str, str]:
    """The connections that the variables make, as the environment of an Airflow that has no table of them."""
    return {f"AIRFLOW_CONN_{conn_id.upper()}": json.dumps(fields, sort_keys=True) for conn_id, fields in connections(env).items()}
