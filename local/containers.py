"""The stack of docker-compose.yaml, seen from inside one of its Airflow containers: what ``up`` and ``status`` mean there."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from local import status as overview
from local.base.files import read_json, write_json
from local.base.paths import ROOT, Home
from local.dag_runs.airflow_api import AirflowApi
from local.dag_runs.dags import stopped_by_restore, wait_for_dags
from local.processes import health
from rolecall.errors import RolecallError
from rolecall.maintenance.connection_rows import connection_statuses
from rolecall.monitoring.workflows.dag_files import import_errors
from rolecall.people.logins import make_login
from rolecall.store import connect

AIRFLOW_URL = "http://airflow-api-server:8080"
"""Where the containers reach Airflow; people reach it at ``AIRFLOW__API__BASE_URL``."""


def is_inside_container(env: Mapping[str, str] = os.environ) -> bool:
    """Whether this is one of those containers."""
    return env.get("ROLECALL_IN_CONTAINERS") == "1"


def stack(env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What ``stack.json`` holds elsewhere.

    :raises RolecallError: the web UI's password is not there yet
    """
    username = env.get("N8N_USER") or "admin"
    try:
        passwords = json.loads(Path(env["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE"]).read_text(encoding="utf-8"))
        password = passwords[username]
    except (OSError, ValueError, KeyError) as error:
        raise RolecallError("the web UI's login was not made", fix="make compose-up: the container airflow-init makes it") from error
    return {
        "airflow_url": AIRFLOW_URL,
        "username": username,
        "password": password,
        "services_url": env["ROLECALL_SERVICES_URL"],
        "page_url": env.get("PAGE_URL", ""),
        "sandbox_url": env.get("SANDBOX_URL", ""),
        "postgres_dsn": env["ROLECALL_DSN"],
        "redis_url": env["REDIS_URL"],
        "api_token": env["API_TOKEN"],
        "ai_service_token": env["AI_SERVICE_TOKEN"],
        "sandbox_token": env.get("SANDBOX_TOKEN", ""),
        "webhook_secret": env.get("WEBHOOK_SECRET", ""),
    }


def up(home: Home, env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Waits until the containers' stack is ready, which is started from outside. Returns what ``stack.json`` holds.

    :raises RuntimeError: it does not get ready, runs on the wrong world, or a DAG file cannot be read
    """
    if env.get("ROLECALL_SANDBOX") == "off" and env.get("SANDBOX_URL"):
        raise RuntimeError("this stack runs on the sandbox, where nobody real belongs → empty SANDBOX_URL in .env, make compose-up")
    if env.get("ROLECALL_SANDBOX") != "off" and not env.get("SANDBOX_URL"):
        raise RuntimeError("this stack runs on the real world, where nobody invented belongs → make env SANDBOX=1 in an empty place")
    found, deadline = stack(env), time.monotonic() + 120
    while sick := health.airflow_healthy(found["airflow_url"]):
        if time.monotonic() > deadline:
            raise RuntimeError(f"{sick} → make compose-logs")
        time.sleep(1)
    with AirflowApi(found) as airflow:
        if problems := wait_for_dags(airflow, ROOT / "dags", 0, stopped_by_restore(found["postgres_dsn"])):
            raise RuntimeError("\n".join(["Airflow cannot read every DAG file:", *problems]))
    with connect(found["postgres_dsn"], name="page login") as conn:
        found["page_login_url"] = make_login(conn, None, base_url=found["page_url"], operator=True, actor="compose")
    write_json(home.stack_json, read_json(home.stack_json) | found)
    return found


def look(env: Mapping[str, str] = os.environ) -> overview.State:
    """What ``make status`` says of the containers.

    :raises RolecallError: see :func:`stack`
    """
    found = stack(env)
    page = "http://rolecall-page:8070/health"
    probes: dict[str, Callable[[], str]] = {
        "postgres": lambda: health.postgres_ready(found["postgres_dsn"])(0),
        "redis": lambda: health.redis_ready(found["redis_url"])(0),
        "services": lambda: health.http_ready(f"{found['services_url']}/health")(0),
        "page": lambda: health.http_ready(page)(0),
        **({"sandbox": lambda: health.http_ready(f"{found['sandbox_url']}/_sandbox/health")(0)} if found["sandbox_url"] else {}),
    }
    processes = {name: _process(probe()) for name, probe in probes.items()}
    known = overview.from_the_store(found)
    try:
        with connect(env["AIRFLOW_DSN"], name="status") as conn:
            known |= {
                "connections": connection_statuses(conn, env, env["AIRFLOW__CORE__FERNET_KEY"]),
                "unread": import_errors(conn, ROOT / "dags", datetime.now(UTC)),
            }
    except (RolecallError, psycopg.Error):
        pass  # said by the probe of postgres
    unready = [name for name, each in processes.items() if each["state"] != "ready"]
    sick = f"no answer of {', '.join(unready)}" if unready else health.airflow_healthy(found["airflow_url"])
    shown = found | {"airflow_url": env.get("AIRFLOW__API__BASE_URL", found["airflow_url"])}
    return overview.State(sick=sick, stack=shown, processes=processes, **known)


def _process(reason: str) -> dict[str, Any]:
    """As ``status.json`` has it; the engine counts restarts, not we."""
    known = {"state": "failing" if reason else "ready", "pid": None if reason else 1, "since": 0, "deaths": 0}
    return known | {"reason": reason, "waiting_for": "", "log": "make compose-logs"}
