"""A small world to back up, and an empty one beside it to restore into."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet

from local.processes.postgres import Postgres, binaries
from rolecall.backup.dump import Tools
from rolecall.backup.make import Installation

KEY = "a-test-key-that-nobody-else-has-0123456789"

AIRFLOW = """
create table alembic_version (version_num text);
insert into alembic_version values ('a1');
create table connection (id int primary key, conn_id text, password text, extra text, is_encrypted boolean, is_extra_encrypted boolean);
create table variable (id int primary key, key text, val text, is_encrypted boolean);
create table trigger (id int primary key, classpath text, kwargs text);
create table slot_pool (id int primary key, pool text, slots int, description text, include_deferred boolean);
create table dag (dag_id text primary key, is_stale boolean default false, is_paused boolean default false, timetable_summary text);
create table dag_run (id int primary key, dag_id text, run_id text, run_type text, state text, logical_date timestamptz,
    run_after timestamptz, queued_at timestamptz, start_date timestamptz, end_date timestamptz, conf jsonb);
create table dag_run_note (dag_run_id int primary key, content text);
create table serialized_dag (dag_id text, data json, data_compressed bytea, last_updated timestamptz default now());
"""
"""As much of Airflow's schema as is read by name; the long tests have all of it."""

FILLED = """
insert into slot_pool values (1, 'default_pool', 128, '', false);
insert into dag (dag_id) values ('auto_apply'), ('dispatch_auto_apply'), ('check_health');
insert into dag_run (id, dag_id, run_id, run_type, state, run_after) values (1, 'check_health', 'r1', 'scheduled', 'success', now());
insert into serialized_dag (dag_id, data) values ('check_health',
    '{"dag": {"timetable": {"__var": {"expression": "0 * * * *"}}, "params": [], "tasks": [{"__var": {"task_id": "check_services"}}]}}');
"""

Make = Callable[[str], str]


@pytest.fixture
def databases(postgres: Postgres) -> Iterator[Make]:
    """Makes databases and removes them: named, and removed again with what takes their places."""
    made: list[str] = []
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:

        def make(how: str) -> str:
            name = f"b_{secrets.token_hex(6)}"
            made.append(name)
            if how:
                admin.execute(f"create database {name} {how}")  # type: ignore[arg-type]
            return postgres.dsn(name)

        yield make
        for name in made:
            admin.execute(f"drop database if exists {name} with (force)")  # type: ignore[arg-type]


@pytest.fixture
def installation(dsn: str, databases: Make) -> Installation:
    """A stack with its two databases."""
    fernet = Fernet.generate_key().decode()
    airflow = databases("template template0")
    with psycopg.connect(airflow) as conn:
        conn.execute(AIRFLOW)  # type: ignore[arg-type]
        conn.execute(FILLED)  # type: ignore[arg-type]
        sealed = Fernet(fernet.encode()).encrypt(b"the connection's secret").decode()
        conn.execute("insert into connection values (1, 'their_smtp', %s, null, true, false)", (sealed,))
        conn.execute("insert into trigger values (1, 'a.Watcher', %s)", (sealed,))
        conn.execute("insert into variable values (1, 'plain', 'not encrypted by Airflow', false)")
    return Installation({"rolecall": dsn, "airflow": airflow}, KEY, fernet, Tools(str(binaries())))


@pytest.fixture
def empty(databases: Make) -> Installation:
    """A new stack: no databases yet, a Fernet key of its own, the same backup key."""
    dsns = {"rolecall": databases(""), "airflow": databases("")}
    return Installation(dsns, KEY, Fernet.generate_key().decode(), Tools(str(binaries())))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where backups go."""
    return tmp_path / "backups"
