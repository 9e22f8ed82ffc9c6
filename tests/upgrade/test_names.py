"""What others hold on to keeps its name: DAGs, tasks, connections, addresses, tables and their columns of the versions before the rooms.

``resources/names.json`` was written by revision 9a1a33c itself: the routes of its apps, the connections it makes of an environment that
sets everything, and the columns of its schema (0012); its DAGs are in ``resources/airflow.json``.
"""
# ruff: noqa: E402

from tests.airflow_home import use_own_airflow_home

use_own_airflow_home()

import json
from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI

from rolecall.apps import auto_apply_webhook, figures_pages
from rolecall.connections import connections
from rolecall.services import create_app
from rolecall.store import connect
from tests.dags.conftest import bag
from tests.services.conftest import make_settings
from tests.upgrade.test_upgrade import HERE, OLD

__all__ = ["bag"]

NAMES: dict[str, Any] = json.loads((HERE / "names.json").read_text(encoding="utf-8"))

EVERYTHING = {
    "ROLECALL_DSN": "postgresql://rolecall@127.0.0.1/rolecall",
    "API_TOKEN": "t",
    "SMTP_HOST": "mail.example",
    "SENDGRID_API_KEY": "k",
    "TWILIO_ACCOUNT_SID": "s",
    "TWILIO_AUTH_TOKEN": "a",
    "SLACK_WEBHOOK_URL": "https://hooks.example/slack",
    "PUSH_NOTIFICATION_URL": "https://hooks.example/push",
    "ALERT_WEBHOOK_URL": "https://hooks.example/alert",
}

GONE_TABLES = {"send_pace"}
"""Its rows are in ``pace``, which all pacers share since migration 0020."""

MOVED_TASKS = {("sweep_applications", "seal_audit"): ("seal_audit", "seal_and_anchor")}
"""And what they are now: a DAG of its own."""


def addresses(app: FastAPI, prefix: str = "") -> Iterator[str]:
    """Method and path of every route, of mounted apps and of routers too."""
    for one in app.routes:
        inner = getattr(one, "original_router", None) or getattr(one, "app", None)
        if methods := getattr(one, "methods", None):
            yield from (f"{method} {prefix}{one.path}" for method in methods)  # type: ignore[attr-defined]
        elif hasattr(inner, "routes"):
            yield from addresses(inner, prefix + getattr(one, "path", ""))  # type: ignore[arg-type]


def test_every_address_of_the_services_is_there(dsn: str) -> None:
    assert len(NAMES["rest"]) > 20
    assert set(NAMES["rest"]) - set(addresses(create_app(make_settings(dsn)))) == set()


def test_every_address_of_airflows_apps_is_there() -> None:
    today = {*addresses(auto_apply_webhook.app(), "/webhook"), *addresses(figures_pages.app(), "/figures")}
    assert set(NAMES["airflow_apps"]) - today == set()


def test_every_connection_has_its_id() -> None:
    assert set(NAMES["connections"]) - set(connections(EVERYTHING)) == set()


def test_every_table_and_column_is_there(dsn: str) -> None:
    with connect(dsn) as conn:
        rows = conn.execute("select table_name, column_name from information_schema.columns where table_schema = 'public'").fetchall()
    today = {(row["table_name"], row["column_name"]) for row in rows}
    old = {(table, column) for table, columns in NAMES["tables"].items() for column in columns if table not in GONE_TABLES}
    assert len(old) > 400
    assert old - today == set()


def test_every_dag_and_task_has_its_id(bag: Any) -> None:
    today = {(dag_id, task) for dag_id, dag in bag.dags.items() for task in dag.task_ids}
    old = {(dag_id, task) for dag_id, tasks in OLD["tasks"].items() for task in tasks}
    assert len(old) > 50
    assert {MOVED_TASKS.get(one, one) for one in old} - today == set()
