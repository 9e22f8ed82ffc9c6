"""`airflow standalone` in a folder of its own, with two environment variables: where the DAGs are, and where Rolecall's database is."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from local.base.paths import ROOT
from local.processes.postgres import Postgres
from rolecall.maintenance.pools import POOLS
from rolecall.store import connect, migrate
from tests.conftest import free_port
from tests.world import insert

pytestmark = pytest.mark.long

PATIENCE = 600.0
"""Seconds for Airflow to be up and to have read every DAG, on a busy machine."""


class Standalone:
    """One that is up.

    :param folder: Airflow's home
    """

    def __init__(self, folder: Path, port: int) -> None:
        self.folder = folder
        self.url = f"http://127.0.0.1:{port}"

    def client(self) -> httpx.Client:
        """REST, logged in with the password that Airflow generated."""
        (password,) = json.loads((self.folder / "simple_auth_manager_passwords.json.generated").read_text()).values()
        login = {"username": "admin", "password": password}
        token = httpx.post(f"{self.url}/auth/token", json=login, timeout=60, trust_env=False).raise_for_status().json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=f"{self.url}/api/v2", headers=headers, timeout=60, trust_env=False)


@pytest.fixture
def database(postgres: Postgres) -> str:
    """Rolecall's database as `rolecall db upgrade` leaves it, with one posting that nobody merged yet."""
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        admin.execute("drop database if exists alone with (force)")
        admin.execute("create database alone")
    migrate(postgres.dsn("alone"))
    with connect(postgres.dsn("alone"), name="test") as db:
        db.execute("delete from ledger_home")
        db.commit()
        insert(
            db, "posting", board="linkedin", external_id="1", title="Nurse", company="Clinic", url="https://x.example/1", raw={},
            description="Ward nurse in Leeds", content_hash="h",
        )  # fmt: skip
    return postgres.dsn("alone")


@pytest.fixture
def standalone(database: str, tmp_path: Path) -> Iterator[Standalone]:
    read = psycopg.conninfo.conninfo_to_dict(database)
    store = {
        "conn_type": "postgres",
        "schema": "alone",
        "login": read["user"],
        **{name: read[name] for name in ("host", "port", "password")},
    }
    two = {"AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"), "AIRFLOW_CONN_ROLECALL_DB": json.dumps({**store, "port": int(store["port"])})}
    port = free_port()
    test_only = {  # a port that is free, this machine's pace, and no samples: none of them is needed to run it
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__BASE_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "240",
        "AIRFLOW__DAG_PROCESSOR__DAG_FILE_PROCESSOR_TIMEOUT": "300",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(free_port()),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(free_port()),
    }
    env = {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "HOME": str(tmp_path), **two, **test_only}
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "airflow", "standalone"], cwd=tmp_path, env=env, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield Standalone(tmp_path / "airflow", port)
        finally:
            os.killpg(process.pid, signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(120)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def until(what: str, ask: Any) -> Any:
    """What is asked for, as soon as it is there."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if found := ask():
                return found
        except (httpx.HTTPError, OSError, ValueError):
            pass
        assert time.monotonic() < deadline, f"{what} is not there"
        time.sleep(2)


def test_the_dags_are_read_and_one_runs(standalone: Standalone, database: str) -> None:
    airflow = until("the login", standalone.client)
    with airflow:
        assert until("the scheduler", lambda: airflow.get("/monitor/health").json()["scheduler"]["status"] == "healthy")
        until("the DAG", lambda: airflow.get("/dags/aggregate_jobs").status_code == 200)
        assert airflow.get("/importErrors").json()["import_errors"] == []
        pools = {pool["name"]: pool["slots"] for pool in airflow.get("/pools", params={"limit": 100}).json()["pools"]}
        assert {name: pools.get(name) for name in POOLS} == {name: slots for name, (slots, _) in POOLS.items()}
        kinds = {form["connection_type"] for form in airflow.get(f"{standalone.url}/ui/connections/hook_meta").json()}
        assert {"rolecall_platform", "rolecall_ai", "rolecall_board"} <= kinds
        airflow.patch("/dags/aggregate_jobs", json={"is_paused": False}).raise_for_status()
        body = {"dag_run_id": "mine", "logical_date": None, "conf": {"full": True}}
        airflow.post("/dags/aggregate_jobs/dagRuns", json=body).raise_for_status()
        run = "/dags/aggregate_jobs/dagRuns/mine"
        assert until("the end", lambda: (state := airflow.get(run).json()["state"]) in ("success", "failed") and state) == "success"
        (version,) = airflow.get(run).json()["dag_versions"]
        source = airflow.get("/dagSources/aggregate_jobs", params={"version_number": version["version_number"]}).json()["content"]
        assert source == (ROOT / "dags" / "aggregate_jobs.py").read_text(), "what the run ran with"
    with connect(database, name="test") as db:
        assert db.execute("select count(*) as n from job").fetchone() == {"n": 1}
