"""``.env.example`` names what can be set, and nothing that nobody reads."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from local.base.paths import ROOT
from local.processes.environment import CONFIGURATION
from rolecall.connections import variables
from rolecall.settings import Settings

NAMES = set(re.findall(r"^([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
COMPOSE = set(re.findall(r"\$\{([A-Z][A-Z0-9_]+)", (ROOT / "docker-compose.yaml").read_text()))
OURS = {"AIRFLOW_DSN", "DISK_FOLDER", "REDIS_URL", "ROLECALL_DSN", "ROLECALL_SERVICES_URL", "SUPERVISOR_ALIVE"}
"""Made by compose and by the embedded stack themselves."""
WITHOUT_COMPOSE = {"POSTGRES_BIN", "POSTGRES_HOST", "POSTGRES_PORT", "POSTGRES_USER"}
"""Compose has its own Postgres."""


def test_every_setting_is_named() -> None:
    any_boards = {name for name in variables() if name.endswith(("_BASE_URL", "_API_KEY"))}  # one line says how they are called
    assert {name.upper() for name in Settings.model_fields} | (variables() - any_boards) <= NAMES | OURS | WITHOUT_COMPOSE


def test_every_name_is_read_by_somebody() -> None:
    fields = {name.upper() for name in Settings.model_fields}
    airflows = ("AIRFLOW__*", "OTEL_*", "COMPOSE_FILE", "COMPOSE_PROFILES")  # the last two are the engine's
    assert {name for name in NAMES - COMPOSE - fields if not any(fnmatchcase(name, form) for form in (*CONFIGURATION, *airflows))} == set()


def test_every_variable_of_the_compose_file_is_named() -> None:
    assert COMPOSE - NAMES - {"HOSTNAME"} == set()
