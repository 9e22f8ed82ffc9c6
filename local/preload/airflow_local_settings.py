"""Imported by Airflow when a component starts: loads what every task will need before tasks are forked off.

A task's process is a copy of the scheduler's: what is loaded there need not be loaded by each task. Measured on a loaded machine, without
numpy among them: importing ``match_jobs.py`` takes 1.3 s of CPU instead of 2.1 s, ``auto_apply.py`` 0.7 s instead of 1.3 s. Only other
people's packages are loaded: Rolecall's own code is read afresh by every task, so that a change is used by the next one.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import sys
import warnings

FORKING = {"scheduler", "dag-processor", "celery"}
"""Components that fork a process a task, or a DAG file."""

NEEDED = (
    "airflow.dag_processing.dagbag",
    "airflow.dag_processing.importers",
    "airflow.providers.http.hooks.http",
    "airflow.providers.postgres.hooks.postgres",
    "airflow.providers.standard.decorators.python",
    "airflow.providers.standard.operators.hitl",
    "airflow.providers.standard.operators.trigger_dagrun",
    "airflow.sdk.definitions.retry_policy",
    "airflow.triggers.base",
    "airflow.triggers.shared_stream",
    "bs4",
    "charset_normalizer",
    "cryptography.fernet",
    "httpx",
    "nh3",
    "numpy",
    "phonenumbers",
    "protego",
    "psycopg",
    "pydantic_settings",
    "rapidfuzz.fuzz",
    "redis.asyncio",
    "selectolax.lexbor",
    "sendgrid",
    "slack_sdk.webhook",
    "smtplib",
    "tenacity",
)

__all__: list[str] = []  # Airflow copies every public name of this module into its settings: there are none

# Airflow reads plugins/.airflowignore with a class that pathspec calls by another name now: nothing that whoever reads a task's log can do.
warnings.filterwarnings("ignore", "GitWildMatchPattern", DeprecationWarning)

# Starting makes a million objects that all stay: looking through them for garbage every 700 of them costs the API server a sixth of its
# start.
gc.set_threshold(50_000, 20, 20)

if FORKING & set(sys.argv[1:3]):
    for name in NEEDED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
