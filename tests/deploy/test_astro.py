"""`astro dev start`: the layout it wants, its compose override beside the file it makes itself, and what the override starts, run natively.

No container engine is here: what compose would do with the files was compared with the template of Astro's command line (1.36 and later).
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import yaml

from local.base.paths import IMPORTS, ROOT
from local.processes.postgres import Postgres
from local.processes.redis import Redis
from rolecall.maintenance.pools import POOLS
from tests.conftest import free_port

OVERRIDE = ROOT / "docker-compose.override.yml"
ASTROS = {"postgres", "db-migration", "scheduler", "dag-processor", "api-server", "triggerer"}
"""The services of the file that Astro makes for Airflow 3, and `airflow` is their network."""


@pytest.fixture(scope="module")
def override() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(OVERRIDE.read_text())
    return loaded


def test_the_project_is_laid_out_as_astro_wants_it() -> None:
    for name in (
        "Dockerfile",
        "packages.txt",
        "requirements.txt",
        "airflow_settings.yaml",
        ".astro/config.yaml",
        "dags",
        "include",
        "plugins",
    ):
        assert (ROOT / name).exists(), name
    assert (ROOT / "Dockerfile").read_text().startswith("FROM astrocrpublic.azurecr.io/runtime:3.3-")


def test_what_is_not_astros_has_an_image_and_astros_network_and_what_is_has_neither(override: dict[str, Any]) -> None:
    for name, service in override["services"].items():
        assert ("image" in service) == (name not in ASTROS), name
        assert not service.get("ports"), f"{name}: nothing of ours is published"
        assert name in ASTROS or service["networks"] == ["airflow"], name
    assert set(override["services"]) >= ASTROS - {"postgres"}


def test_every_airflow_container_gets_the_same_and_it_leads_to_services_that_there_are(override: dict[str, Any]) -> None:
    airflow = [service for name, service in override["services"].items() if name in ASTROS]
    given = airflow[0]["environment"]
    assert all(service["environment"] == given for service in airflow)
    hosts = {
        str(value).rpartition("@")[2].removeprefix("redis://").removeprefix("http://").partition(":")[0]
        for value in given.values()
        if "://" in str(value)
    }
    assert hosts == {"rolecall-postgres", "rolecall-redis", "db-migration", "postgres"}


def test_compose_of_our_own_leaves_the_override_out() -> None:
    assert (ROOT / ".env.example").read_text().count("\nCOMPOSE_FILE=docker-compose.yaml\n") == 1
    script = (ROOT / "docker" / "compose.sh").read_text()
    assert 'docker compose -f docker-compose.yaml "$@"' in script
    assert "podman-compose -f docker-compose.yaml" in script


@pytest.mark.long
def test_its_commands_make_both_schemas_connections_and_pools_and_serve(
    override: dict[str, Any], postgres: Postgres, redis_server: Redis, tmp_path: Path
) -> None:
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        for name in ("astro_airflow", "astro_rolecall"):
            admin.execute(f"drop database if exists {name} with (force)")
            admin.execute(f"create database {name}")
    port = free_port()
    places = {
        "ROLECALL_DSN": postgres.dsn("astro_rolecall"),
        "REDIS_URL": redis_server.url,
        "ROLECALL_SERVICES_URL": f"http://127.0.0.1:{port}",
        "AIRFLOW_DSN": postgres.dsn("astro_airflow"),
        "REPORT_URL": str(tmp_path / "reports"),
        "BACKUP_URL": str(tmp_path / "backups"),
    }
    written = override["services"]["db-migration"]["environment"]
    given = {name: value.partition(":-")[2].rstrip("}") if str(value).startswith("${") else value for name, value in written.items()}
    tools = tmp_path / "bin"
    tools.mkdir()
    (tools / "python").write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    (tools / "airflow").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m airflow "$@"\n')
    for tool in tools.iterdir():
        tool.chmod(0o755)
    env = {
        **given,
        **places,
        "SERVICES_PORT": str(port),
        "PATH": f"{tools}:{os.environ['PATH']}",
        "PYTHONPATH": IMPORTS,
        "AIRFLOW_HOME": str(tmp_path / "airflow"),
        "AIRFLOW_CONFIG": str(ROOT / "airflow.cfg"),
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": postgres.dsn("astro_airflow"),
    }
    command = override["services"]["db-migration"]["command"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)
        try:
            healthy(port, process, tmp_path / "log")
        finally:
            process.terminate()
            process.wait(30)
    with psycopg.connect(postgres.dsn("astro_airflow")) as airflow, psycopg.connect(postgres.dsn("astro_rolecall")) as ours:
        pools = dict(airflow.execute("select pool, slots from slot_pool where pool like 'rolecall%'").fetchall())
        rows = dict(airflow.execute("select conn_id, conn_type from connection").fetchall())
        assert pools == {name: slots for name, (slots, _) in POOLS.items()}
        assert rows["platform_api"] == "rolecall_platform"
        assert {"rolecall_db", "redis_default", "ai_service"} <= set(rows)
        assert ours.execute("select count(*) from application").fetchone() == (0,)


def healthy(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Waits until the services answer."""
    deadline = time.monotonic() + 400
    while True:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/health", timeout=5, trust_env=False).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        assert process.poll() is None, log.read_text()[-3000:]
        assert time.monotonic() < deadline, log.read_text()[-3000:]
        time.sleep(0.5)
