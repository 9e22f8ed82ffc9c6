from __future__ import annotations

import importlib
import json
from dataclasses import asdict

import pytest

from local.base.credentials import Credentials
from local.base.paths import ROOT, Home
from local.base.ports import Ports
from local.processes.environment import MARK, StackEnvironment, StackOptions, stack_options
from local.processes.plan import plan

KEYS = {"airflow_url", "username", "password", "services_url", "sandbox_url", "postgres_dsn", "redis_url"}
"""What tools rely on in stack.json."""


def around(home: Home, **environment: str) -> StackEnvironment:
    return StackEnvironment(home, stack_options(environment), Credentials(), Ports(home.folder / "ports.json"))


def test_tools_find_every_address_and_credential(home: Home) -> None:
    found = around(home).stack()
    assert set(found) >= KEYS
    assert all(found.values())
    json.dumps(found)


def test_every_address_is_on_loopback(home: Home) -> None:
    found = around(home).stack()
    assert all("127.0.0.1" in found[name] for name in KEYS - {"username", "password"})
    commands = " ".join(part for process in plan(around(home)) for part in process.command)
    assert "0.0.0.0" not in commands  # noqa: S104 - looked for, not listened on
    assert around(home).airflow["AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS"] == "admin:admin"


def test_without_the_sandbox_its_address_is_empty_and_nothing_leads_there(home: Home) -> None:
    real = around(home, ROLECALL_SANDBOX="off")
    assert real.stack()["sandbox_url"] == ""
    assert "sandbox" not in {process.name for process in plan(real)}
    assert real.rolecall["LINKEDIN_BASE_URL"] == "https://www.linkedin.com"


def test_nothing_of_the_users_own_airflow_or_python_leaks_in(home: Home) -> None:
    theirs = {
        "AIRFLOW_HOME": "/theirs",
        "AIRFLOW__CORE__EXECUTOR": "X",
        "PYTHONPATH": "/theirs",
        "PYTHONHOME": "/theirs",
        "VIRTUAL_ENV": "/x",
    }
    for process in plan(around(home, **theirs)):
        assert not [name for name, value in process.environment.items() if "/theirs" in value or value == "X"], process.name


def test_every_process_carries_the_mark_of_its_stack(home: Home) -> None:
    assert {process.environment.get(MARK) for process in plan(around(home))} == {str(home.folder)}


def test_no_secret_is_on_a_command_line(home: Home) -> None:
    surroundings = around(home)
    commands = " ".join(part for process in plan(surroundings) for part in process.command)
    assert not [name for name, secret in asdict(surroundings.credentials).items() if secret in commands]


def test_the_bundled_services_tokens_stay_here_when_another_platform_is_named(home: Home) -> None:
    elsewhere = around(home, API_BASE_URL="https://api.example", API_TOKEN="theirs")
    assert elsewhere.rolecall["API_TOKEN"] == "theirs"
    assert elsewhere.services["API_TOKEN"] == elsewhere.credentials.api_token != "theirs"
    silent = around(home, API_BASE_URL="https://api.example")
    assert silent.credentials.api_token not in silent.airflow.values()


def test_the_seeds_login_is_used_where_it_is_set(home: Home) -> None:
    found = around(home, N8N_USER="petra", N8N_PASSWORD="chosen").stack()
    assert (found["username"], found["password"]) == ("petra", "chosen")


def test_an_external_database_or_redis_is_used_instead_of_ours(home: Home) -> None:
    theirs = around(home, ROLECALL_DSN="postgresql://u:p@db.example/r", REDIS_URL="redis://cache.example:6379/0")
    assert theirs.stack()["postgres_dsn"] == "postgresql://u:p@db.example/r"
    assert "redis" not in {process.name for process in plan(theirs)}


def test_another_terminal_is_no_reason_to_restart_but_another_setting_is() -> None:
    one = stack_options({"PATH": "/a", "LANG": "C"})
    assert one.same_as(stack_options({"PATH": "/b", "TERM": "xterm"}))
    assert not one.same_as(stack_options({"PATH": "/a", "SLACK_WEBHOOK_URL": "https://hooks.example/x"}))
    assert StackOptions.from_json(json.loads(json.dumps(asdict(one)))) == one


def test_two_checkouts_on_one_machine_share_no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Home.of({}).folder == ROOT / ".rolecall"
    assert Home.of({"ROLECALL_HOME": "/elsewhere/x"}).airflow.is_relative_to("/elsewhere/x")
    assert Home.of({"ROLECALL_HOME": "mine"}).folder == ROOT / "mine"


def test_proxies_are_kept_for_the_world_and_never_used_for_ourselves(home: Home) -> None:
    base = around(home, HTTPS_PROXY="http://proxy.example:3128", NO_PROXY="intranet.example").base
    assert base["HTTPS_PROXY"] == "http://proxy.example:3128"
    assert base["NO_PROXY"] == "intranet.example,127.0.0.1,localhost"


def test_airflows_own_mail_goes_by_sendgrid_where_its_key_is_set(home: Home) -> None:
    given = around(home, SENDGRID_API_KEY="SG.key", SMTP_FROM="Jobs <jobs@example.com>").airflow
    module, _, function = given["AIRFLOW__EMAIL__EMAIL_BACKEND"].rpartition(".")
    assert callable(getattr(importlib.import_module(module), function))
    assert (given["SENDGRID_MAIL_FROM"], given["AIRFLOW__EMAIL__EMAIL_CONN_ID"]) == ("jobs@example.com", "sendgrid_default")
    assert around(home).airflow["AIRFLOW__EMAIL__EMAIL_CONN_ID"] == "smtp_default"
