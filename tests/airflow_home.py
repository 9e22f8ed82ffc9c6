"""A home of its own for the Airflow that tests import: this machine's is never read, and nothing is left behind."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

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
