"""Airflow finds Rolecall as a provider package, and everything that it says it has is there."""

from __future__ import annotations

import importlib
import os
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from rolecall.hooks.named import CONN_IDS
from rolecall.hooks.platform_hook import PlatformHook
from rolecall.hooks.store_hook import StoreHook
from rolecall.provider import get_provider_info
from tests.http_double import Answer, Call, HttpDouble

PLUGINS = Path(__file__).parents[2] / "plugins" / "rolecall"
INFO = get_provider_info()
NO_CLASS_OF_AIRFLOWS = {"service_hook", "named", "connection", "slack_client", "connection_addresses"}
"""Files beside the classes: what they share."""


def imported(path: str) -> Any:
    module, _, name = path.rpartition(".")
    return getattr(importlib.import_module(module), name)


def test_the_entry_point_leads_there_and_airflow_takes_what_it_says() -> None:
    from airflow.providers_manager import ProvidersManager

    (found,) = [point for point in entry_points(group="apache_airflow_provider") if point.value.startswith("rolecall.")]
    assert found.load() is get_provider_info
    assert found.dist is not None
    assert found.dist.name == INFO["package-name"]
    manager = ProvidersManager()
    assert manager.providers["rolecall"].version == INFO["versions"][0]
    kinds = {kind: hook.hook_name for kind, hook in manager.hooks.items() if hook and kind.startswith("rolecall")}
    assert kinds == {
        "rolecall_platform": "Rolecall platform API",
        "rolecall_ai": "Rolecall AI service",
        "rolecall_board": "Rolecall job board",
    }


@pytest.mark.parametrize("kind", ["operators", "sensors", "hooks", "triggers"])
def test_every_class_of_its_kind_is_named(kind: str) -> None:
    (named,) = INFO[kind]
    files = {file.stem for file in (PLUGINS / kind).glob("*.py")} - {"__init__"} - NO_CLASS_OF_AIRFLOWS
    assert {module.rpartition(".")[2] for module in named["python-modules"]} == files
    for module in named["python-modules"]:
        importlib.import_module(module)


def test_every_notifier_is_named() -> None:
    files = {path.split(".")[2] for path in INFO["notifications"]}
    assert files == {file.stem for file in (PLUGINS / "notifiers").glob("*.py")} - {"__init__", "late_run_notifier"}
    assert all(callable(imported(path)) for path in INFO["notifications"])


@pytest.mark.parametrize("kind", INFO["connection-types"], ids=lambda kind: kind["connection-type"])
def test_a_connection_type_is_its_hooks_own(kind: dict[str, Any]) -> None:
    hook = imported(kind["hook-class-name"])
    assert (hook.conn_type, hook.hook_name) == (kind["connection-type"], kind["hook-name"])


def pressed(monkeypatch: pytest.MonkeyPatch, **fields: Any) -> tuple[bool, str]:
    """What the Test button of the UI does: the form's fields, under a name of no meaning."""
    from airflow.models.connection import Connection

    conn = Connection(conn_id="tried", **fields)
    monkeypatch.setenv("AIRFLOW_CONN_TRIED", conn.get_uri())
    worked, words = conn.test_connection()
    return bool(worked), str(words)


@pytest.mark.parametrize("kind", ["rolecall_platform", "rolecall_ai"])
def test_the_test_button_asks_the_connections_own_host_once_and_names_what_is_wrong(
    monkeypatch: pytest.MonkeyPatch, provider: HttpDouble, kind: str
) -> None:
    def health(call: Call) -> Answer:
        return Answer(200, {"status": "ok"}) if call.headers.get("authorization") == "Bearer right" else Answer(401)

    provider.answer = health
    address = f"{provider.url}/ai"
    assert pressed(monkeypatch, conn_type=kind, host=address, password="right") == (True, "healthy")
    assert [call.path for call in provider.calls] == ["/ai/health"]
    worked, words = pressed(monkeypatch, conn_type=kind, host=address, password="wr0ng-token")
    assert not worked
    assert "answered 401" in words
    assert "wr0ng-token" not in words
    assert len(provider.calls) == 2


def test_another_name_for_a_connection_is_said_in_airflows_configuration(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {name: option["default"] for name, option in INFO["config"]["rolecall"]["options"].items()} == {
        f"{name}_conn_id": conn_id for name, (conn_id, _) in CONN_IDS.items()
    } | {"approvers": "{{}}"}
    monkeypatch.setenv("AIRFLOW__ROLECALL__PLATFORM_CONN_ID", "our_api")
    assert PlatformHook().http_conn_id == "our_api"
    assert PlatformHook("another").http_conn_id == "another"
    assert StoreHook().postgres_conn_id == "rolecall_db"
    assert "AIRFLOW_CONN_OUR_API" not in os.environ
