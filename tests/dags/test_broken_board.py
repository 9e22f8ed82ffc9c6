"""A board's file that cannot be used: its own DAG fails by name, one import error says why, and every other DAG is there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.boards.sites.test_adding_a_board import BROKEN, block

ROOT = Path(__file__).parents[2]
PARSE = """
import json, logging
from airflow.dag_processing.dagbag import DagBag
bag = DagBag("dags", bundle_name="dags-folder", bundle_path="dags")
print("\\n" + json.dumps({"dags": sorted(bag.dags), "errors": {name.rsplit("/", 1)[-1]: text for name, text in bag.import_errors.items()}}))
"""


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Airflow finds in a copy of the project with the guide's board and several that are broken."""
    home = tmp_path_factory.mktemp("broken")
    for folder in ("dags", "include", "plugins"):
        shutil.copytree(ROOT / folder, home / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (home / "include/rolecall/boards/sites/orchard.py").write_text(block("python"), encoding="utf-8")
    for name in ("no_import", "no_syntax", "bad_name"):
        (home / f"include/rolecall/boards/sites/{name}.py").write_text(BROKEN[name], encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    environment |= {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "PYTHONPATH": f"{home}:{home}/include:{home}/plugins",
    }
    done = subprocess.run(
        [sys.executable, "-c", PARSE], cwd=home, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_a_new_board_is_one_file_and_has_its_dag(parsed: dict[str, Any]) -> None:
    assert "scrape_orchard" in parsed["dags"]


def test_broken_boards_keep_their_own_dag_and_take_no_other_away(parsed: dict[str, Any]) -> None:
    assert {"scrape_no_import", "scrape_no_syntax", "scrape_bad_name"} <= set(parsed["dags"])
    assert {"scrape_linkedin", "check_health", "monitor_performance", "auto_apply", "validate_jobs"} <= set(parsed["dags"])


def test_one_import_error_names_every_broken_file(parsed: dict[str, Any]) -> None:
    (error,) = parsed["errors"].items()
    assert error[0] == "broken_boards.py"
    for name in ("no_import", "no_syntax", "bad_name"):
        assert f"include/rolecall/boards/sites/{name}.py: " in error[1]
