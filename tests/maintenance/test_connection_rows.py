"""Connections of the environment are rows of Airflow's table: what nobody changed follows the variables, what a person changed stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from cryptography.fernet import Fernet

from local.processes.postgres import Postgres
from rolecall.backup.airflow import entries, installation_fernet, take_over
from rolecall.maintenance.connection_rows import ConnectionStatus, connection_statuses, write
from rolecall.store import Connection, connect

KEY = Fernet.generate_key().decode()
ENV = {"ROLECALL_SERVICES_URL": "http://127.0.0.1:1", "API_TOKEN": "t0ken", "SLACK_WEBHOOK_URL": "https://hooks.example/T/secret"}

TABLE = """
create table connection (
    id serial primary key, conn_id text unique not null, conn_type text not null, description text, host text, schema text, login text,
    password text, port int, is_encrypted bool, is_extra_encrypted bool, extra text
)"""
"""Airflow's own, as far as it matters; tests/integration looks at the real one."""


@pytest.fixture
def airflow(postgres: Postgres) -> Iterator[Connection]:
    name = "connection_rows"
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        admin.execute(f"drop database if exists {name} with (force)")
        admin.execute(f"create database {name}")
        with connect(postgres.dsn(name), name="test") as conn:
            conn.execute(TABLE)
            yield conn
        admin.execute(f"drop database {name} with (force)")


def rows(conn: Connection) -> dict[str, dict[str, Any]]:
    return {row["conn_id"]: row for row in conn.execute("select * from connection")}


def by_id(found: list[ConnectionStatus]) -> dict[str, ConnectionStatus]:
    return {standing.conn_id: standing for standing in found}


def opened(text: str) -> str:
    return Fernet(KEY).decrypt(text.encode()).decode()


def test_every_connection_becomes_a_row_whose_secrets_are_sealed(airflow: Connection) -> None:
    found = write(airflow, ENV, KEY)
    made = rows(airflow)
    assert {"rolecall_db", "redis_default", "platform_api", "ai_service", "slack_default"} <= set(made)
    assert made["platform_api"]["host"] == "http://127.0.0.1:1"
    assert opened(made["platform_api"]["password"]) == "t0ken"
    assert json.loads(opened(made["ai_service"]["extra"])) == {"bundled": True, "idempotent": True}
    assert "secret" not in json.dumps(made, default=str)
    assert {(each.by, each.differs) for each in found} == {("variables", ())}
    assert not [each for each in found if "t0ken" in each.words]


def test_again_changes_nothing(airflow: Connection) -> None:
    write(airflow, ENV, KEY)
    before = rows(airflow)
    write(airflow, ENV, KEY)
    assert rows(airflow) == before


def test_a_row_nobody_changed_follows_the_variables_and_goes_with_them(airflow: Connection) -> None:
    write(airflow, ENV, KEY)
    real = {**ENV, "API_BASE_URL": "https://api.example", "API_TOKEN": "theirs"}
    assert by_id(connection_statuses(airflow, real, KEY))["platform_api"].differs == ("host", "password")
    write(airflow, real, KEY)
    assert rows(airflow)["platform_api"]["host"] == "https://api.example"
    write(airflow, {name: value for name, value in real.items() if name != "SLACK_WEBHOOK_URL"}, KEY)
    assert "slack_default" not in rows(airflow)


@pytest.mark.parametrize("change", ["host = 'https://mine.example'", "password = null", "login = 'me'", "conn_type = 'http'", "port = 1"])
def test_a_row_that_a_person_changed_stays_and_is_told(airflow: Connection, change: str) -> None:
    write(airflow, ENV, KEY)
    airflow.execute(f"update connection set {change} where conn_id = 'platform_api'")
    mine = rows(airflow)["platform_api"]
    for env in (ENV, {**ENV, "API_BASE_URL": "https://api.example"}):
        standing = by_id(write(airflow, env, KEY))["platform_api"]
        assert rows(airflow)["platform_api"] == mine
        assert standing.by == "person"
        assert change.split()[0] in standing.differs
        assert "changed by hand" in standing.words


def test_a_row_that_a_person_made_before_us_stays(airflow: Connection) -> None:
    airflow.execute("insert into connection (conn_id, conn_type, host) values ('slack_default', 'slackwebhook', 'hooks.mine.example')")
    assert by_id(write(airflow, ENV, KEY))["slack_default"].by == "person"
    assert rows(airflow)["slack_default"]["host"] == "hooks.mine.example"


def test_a_form_that_was_only_saved_has_changed_nothing(airflow: Connection) -> None:
    write(airflow, ENV, KEY)
    extra = json.dumps({"timeout": None, "idempotent": True, "bundled": True, "verify": ""}, indent=1)
    airflow.execute("update connection set extra = %s, is_extra_encrypted = false, login = '' where conn_id = 'ai_service'", (extra,))
    assert by_id(connection_statuses(airflow, ENV, KEY))["ai_service"].by == "variables"


def test_deleting_a_row_gives_it_back_to_the_variables(airflow: Connection) -> None:
    write(airflow, ENV, KEY)
    airflow.execute("update connection set host = 'https://mine.example' where conn_id = 'platform_api'")
    airflow.execute("delete from connection where conn_id = 'platform_api'")
    write(airflow, ENV, KEY)
    assert rows(airflow)["platform_api"]["host"] == "http://127.0.0.1:1"


def test_a_row_of_somebody_elses_is_never_touched(airflow: Connection) -> None:
    airflow.execute("insert into connection (conn_id, conn_type, host) values ('warehouse', 'postgres', 'db.example')")
    found = write(airflow, ENV, KEY)
    assert "warehouse" in rows(airflow)
    assert "warehouse" not in by_id(found)


def test_a_new_key_of_airflows_is_read_with_the_old_one_beside_it(airflow: Connection) -> None:
    write(airflow, ENV, KEY)
    both = f"{Fernet.generate_key().decode()},{KEY}"
    moved = {**ENV, "API_BASE_URL": "https://api.example"}
    assert by_id(write(airflow, moved, both))["platform_api"].by == "variables"
    assert rows(airflow)["platform_api"]["host"] == "https://api.example"


def test_a_backup_leaves_what_the_variables_say_to_the_variables_of_whoever_restores_it(airflow: Connection) -> None:
    """Their ports and passwords are others: a restored stack must not talk to the one it was made from."""
    write(airflow, ENV, KEY)
    airflow.execute("update connection set host = 'https://mine.example' where conn_id = 'platform_api'")
    archive, other = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    exported = entries(airflow, "connection", KEY, installation_fernet(archive))
    assert "t0ken" not in json.dumps(exported, default=str)
    take_over(airflow, "connection", exported, installation_fernet(archive), installation_fernet(other))
    assert set(rows(airflow)) == {"platform_api"}
    found = by_id(write(airflow, {**ENV, "ROLECALL_SERVICES_URL": "http://127.0.0.1:2"}, other))
    made = rows(airflow)
    assert (made["platform_api"]["host"], made["ai_service"]["host"]) == ("https://mine.example", "http://127.0.0.1:2/ai")
    assert Fernet(other).decrypt(made["platform_api"]["password"].encode()) == b"t0ken"
    assert {conn_id for conn_id, standing in found.items() if standing.by == "person"} == {"platform_api"}
