"""What is sealed can be sealed anew, and nothing is lost where that dies, is done twice, or meets what no key opens."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from cryptography.fernet import Fernet, MultiFernet

from local.processes.postgres import Postgres
from rolecall.maintenance.connection_rows import connection_statuses, mark_anew, write
from rolecall.maintenance.keys import AIRFLOWS, SEALED, Rotated, main, rotate
from rolecall.store import Connection, connect
from tests.maintenance.test_connection_rows import ENV, TABLE
from tests.world import insert

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
BOTH = MultiFernet([Fernet(NEW), Fernet(OLD)])

NOT_SEALED = {("board_answer", "body"), ("cv_file", "body"), ("form_shown", "body"), ("form_shown", "after"), ("audit_key", "key")}
"""Texts, files and pictures; and what a person's hash in the audit log is made with, which an erasure drops."""


@pytest.fixture
def airflow(postgres: Postgres) -> Iterator[str]:
    name = "keys_of_airflow"
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        admin.execute(f"drop database if exists {name} with (force)")
        admin.execute(f"create database {name}")
        with connect(postgres.dsn(name), name="test") as conn:
            conn.execute(TABLE)
            conn.execute("create table variable (id serial primary key, key text, val text, is_encrypted bool)")
            conn.execute("create table trigger (id serial primary key, kwargs text)")
        yield postgres.dsn(name)
        admin.execute(f"drop database {name} with (force)")


def sealed(conn: Connection, key: str) -> None:
    """One value in each column of ours, sealed under a key."""
    seal = Fernet(key).encrypt
    insert(conn, "person", id="mira", name="Mira", email="mira@x.example")
    insert(conn, "mailbox", person_id="mira", host="imap.example", port=993, username="m", secret=seal(b"mail"))
    insert(
        conn, "smtp_account", person_id="mira", address="m@x.example", host="smtp.example", port=465, security="tls", secret=seal(b"smtp")
    )
    insert(conn, "page_totp", person_id="mira", secret=seal(b"totp"))
    insert(conn, "apply_request", person_id="mira", cv_id="cv", person_email="mira@x.example", origin="webhook", user_token=seal(b"token"))


def values(conn: Connection) -> dict[str, bytes]:
    return {
        table: bytes(conn.execute(f"select {column} as it from {table}").fetchone()["it"])  # type: ignore[index]
        for table, columns in SEALED.items() for column in columns
    }  # fmt: skip


def test_every_sealed_value_opens_with_the_new_key_alone_afterwards(db: Connection, airflow: str) -> None:
    sealed(db, OLD)
    with connect(airflow, name="test") as theirs:
        write(theirs, ENV, OLD)
        theirs.execute("insert into variable (key, val, is_encrypted) values ('v', %s, true), ('plain', 'as it is', false)",
                       (Fernet(OLD).encrypt(b"variable").decode(),))  # fmt: skip
        theirs.execute("insert into trigger (kwargs) values (%s), ('{}')", (Fernet(OLD).encrypt(b"{}").decode(),))
        done = rotate(db, theirs, BOTH)
        mark_anew(theirs, f"{NEW},{OLD}")
        assert {name: Fernet(NEW).decrypt(one) for name, one in values(db).items()} == {
            "mailbox": b"mail", "smtp_account": b"smtp", "page_totp": b"totp", "apply_request": b"token",
        }  # fmt: skip
        assert done.lost == 0
        assert done.anew >= 6
        assert [row["val"] for row in theirs.execute("select val from variable where key = 'plain'")] == ["as it is"]
        assert {one.by for one in connection_statuses(theirs, ENV, NEW)} == {"variables"}, "nobody changed a row"
        assert not any(one.differs for one in connection_statuses(theirs, ENV, NEW))


def test_what_no_key_opens_stays_and_is_counted(db: Connection, airflow: str) -> None:
    sealed(db, Fernet.generate_key().decode())
    before = values(db)
    with connect(airflow, name="test") as theirs:
        theirs.execute("insert into variable (key, val, is_encrypted) values ('alike', 'gAAAAüber', false), ('short', 'gAAAA', false)")
        assert rotate(db, theirs, BOTH) == Rotated(anew=0, lost=6)
    assert values(db) == before


def test_a_rotation_that_dies_in_the_middle_leaves_everything_open_to_both_keys(db: Connection, airflow: str) -> None:
    sealed(db, OLD)
    with connect(airflow, name="test") as theirs:
        theirs.execute("drop table variable")
        with pytest.raises(psycopg.errors.UndefinedTable), db.transaction():
            rotate(db, theirs, BOTH)
    assert {BOTH.decrypt(one) for one in values(db).values()} == {b"mail", b"smtp", b"totp", b"token"}


def test_the_command_seals_both_databases_anew(
    db: Connection, dsn: str, airflow: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    sealed(db, OLD)
    db.commit()
    for name, value in {"ROLECALL_DSN": dsn, "AIRFLOW_DSN": airflow, "AIRFLOW__CORE__FERNET_KEY": f"{NEW},{OLD}"}.items():
        monkeypatch.setenv(name, value)
    assert main(["rotate"]) == 0
    assert main(["rotate"]) == 0, "twice is as once"
    assert "4 sealed values are under the newest key" in capsys.readouterr().out
    assert {Fernet(NEW).decrypt(one) for one in values(db).values()} == {b"mail", b"smtp", b"totp", b"token"}


def test_every_column_that_can_hold_a_sealed_value_is_known(db: Connection) -> None:
    """A new one is sealed anew, too, or named as none."""
    rows = db.execute(
        "select table_name, column_name from information_schema.columns where table_schema = 'public' and data_type = 'bytea'"
    )
    there = {(row["table_name"], row["column_name"]) for row in rows}
    ours = {(table, column) for table, columns in SEALED.items() for column in columns}
    assert ours <= there
    assert there - ours == NOT_SEALED
    assert AIRFLOWS
