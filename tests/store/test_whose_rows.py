"""Row-level security: a query of the services without its filter sees nobody's rows, or those of the person that its transaction names."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
from psycopg import sql

from local.processes.postgres import Postgres
from rolecall.people import privacy
from rolecall.services.database import Database
from rolecall.store import Connection, connect, migrate
from rolecall.store.visible import SERVICES_ROLE, see_everybody, see_person
from tests.services.platform.test_rights import zoe
from tests.world import insert

__all__ = ["zoe"]

ABOUT_SOMEBODY = """
with recursive named as (
    select distinct format('%I.%I', table_schema, table_name)::regclass::oid as relation
    from information_schema.columns
    where table_schema in ('public', 'figures')
      and (column_name like '%person%' or column_name in ('user_id', 'cv_id', 'application_id', 'recipient', 'email', 'phone', 'letter'))
), reached as (
    select c.oid from pg_class c join named on named.relation = c.oid and c.relkind in ('r', 'p', 'm', 'v')
    union
    select leads.relation from reached cross join lateral (
        select refers.conrelid as relation from pg_constraint refers where refers.confrelid = reached.oid and refers.contype = 'f'
        union all
        select rewritten.ev_class from pg_depend uses
        join pg_rewrite rewritten on rewritten.oid = uses.objid
        join pg_class shown on shown.oid = rewritten.ev_class join pg_namespace room on room.oid = shown.relnamespace
        where uses.classid = 'pg_rewrite'::regclass and uses.refclassid = 'pg_class'::regclass and uses.refobjid = reached.oid
          and room.nspname in ('public', 'figures')
    ) leads
)
select case room.nspname when 'public' then '' else room.nspname || '.' end || c.relname as name, c.relkind::text as kind,
       c.relrowsecurity and c.relforcerowsecurity and exists (select from pg_policy p where p.polrelid = c.oid) as guarded,
       coalesce('security_invoker=true' = any(c.reloptions), false) as as_invoker
from reached join pg_class c using (oid) join pg_namespace room on room.oid = c.relnamespace order by 1
"""
"""Tables, materialised views and views with a column that names a person, and whatever refers to one of them or shows it."""


def named(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split("."))


def rows(conn: Connection, table: str) -> int:
    found = conn.execute(sql.SQL("select count(*) as n from {}").format(named(table))).fetchone()
    assert found is not None
    return int(found["n"])


@pytest.fixture
def asked(dsn: str) -> Iterator[Database]:
    """The services' pool, as services and page use it."""
    database = Database(dsn)
    with closing(database):
        database.open()
        yield database


def test_every_table_about_a_person_is_guarded_for_its_owner_too(db: Connection) -> None:
    found = db.execute(ABOUT_SOMEBODY).fetchall()
    tables = {one["name"] for one in found if one["kind"] in "rp"}
    assert tables >= privacy.ABOUT.keys() - {"document", "delivery_event"}, "it finds what is known to be about people"
    assert [one["name"] for one in found if one["kind"] in "rp" and not one["guarded"]] == [], (
        "guard it in its migration: select guard_rows('table', 'person_id = own_person()')"
    )
    assert [one["name"] for one in found if one["kind"] == "m" or (one["kind"] == "v" and not one["as_invoker"])] == [], (
        "a view shows what its owner sees: with (security_invoker = true); a materialised one cannot be guarded"
    )
    unguarded = [table for table in privacy.ABOUT if not guarded(db, table)]
    assert unguarded == []


def guarded(db: Connection, table: str) -> bool:
    row = db.execute("select relrowsecurity and relforcerowsecurity as so from pg_class where oid = %s::regclass", (table,)).fetchone()
    return bool(row and row["so"])


def test_a_new_table_about_a_person_without_a_policy_is_found(db: Connection) -> None:
    db.execute("create table shoe_size (person_id text references person (id), size int)")
    db.execute("create table shoe (size_of text)")
    db.execute("create view shoes as select * from shoe_size")
    found = {one["name"]: one for one in db.execute(ABOUT_SOMEBODY).fetchall()}
    assert not found["shoe_size"]["guarded"]
    assert not found["shoes"]["as_invoker"]
    assert "shoe" not in found
    db.execute("select guard_rows('shoe_size', 'person_id = own_person()')")
    assert next(one for one in db.execute(ABOUT_SOMEBODY).fetchall() if one["name"] == "shoe_size")["guarded"]


def test_a_query_without_its_filter_sees_nobody_or_the_person_it_is_about(db: Connection, asked: Database, zoe: str) -> None:
    known = [one["name"] for one in db.execute(ABOUT_SOMEBODY).fetchall()]
    tables = sorted({*known, *privacy.ABOUT})
    everything = {table: rows(db, table) for table in tables}
    hers = {
        table: (db.execute(f"select count(*) as n from {table} where {where}", {"id": zoe}).fetchone() or {})["n"]
        for table, where in privacy.ABOUT.items()
    }
    assert min(hers.values()) > 0, "she has a row in each of them"
    with asked.connection() as conn:
        assert {table: rows(conn, table) for table in tables} == dict.fromkeys(tables, 0), "nobody was named"
    with asked.connection() as conn:
        see_person(conn, "otto")
        otto = {table: rows(conn, table) for table in tables}
        asked_for = {table: f"select 1 from {table} where {where}" for table, where in privacy.ABOUT.items()}
        seen = [table for table, statement in asked_for.items() if conn.execute(statement, {"id": zoe}).fetchone()]
        assert seen == [], "whatever the query asks for"
        assert (otto["person"], otto["cv"], otto["application"], otto["document"], otto["good_match"]) == (1, 1, 0, 0, 0)
    with asked.connection() as conn:
        see_person(conn, zoe)
        assert {table: rows(conn, table) for table in hers} == hers, "what she sees is what the export holds"
    with asked.unrestricted.connection() as conn:
        assert {table: rows(conn, table) for table in tables} == everything


def test_what_was_seen_ends_with_its_transaction(asked: Database, db: Connection, zoe: str) -> None:
    for _ in range(3):  # the pool hands out the same connection
        with asked.unrestricted.connection() as conn:
            assert rows(conn, "person") == 2
        with asked.connection() as conn:
            see_person(conn, zoe)
            assert rows(conn, "person") == 1
        with asked.connection() as conn:
            assert rows(conn, "person") == 0


def test_nobody_writes_into_anothers_rows(db: Connection, asked: Database, zoe: str) -> None:
    with asked.connection() as conn:
        see_person(conn, "otto")
        for change in (
            "update person set name = 'x' where id = 'zoe'",
            "update application set state_reason = 'x'",
            "delete from match",
            "delete from cv where person_id = 'zoe'",
        ):
            assert conn.execute(change).rowcount == 0  # type: ignore[call-overload]
        with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
            insert(conn, "job_mark", person_id="zoe", job_id="seen-by-zoe", mark="saved")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
            conn.execute("update cv set person_id = 'zoe' where person_id = 'otto'")


def test_the_services_role_owns_nothing_and_is_no_superuser(db: Connection, asked: Database) -> None:
    with asked.connection() as conn:
        row = conn.execute(
            "select current_user as me, rolsuper or rolbypassrls as above from pg_roles where rolname = current_user"
        ).fetchone()
        assert row == {"me": SERVICES_ROLE, "above": False}
        with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
            conn.execute("alter table person disable row level security")
        with pytest.raises(psycopg.errors.InsufficientPrivilege), conn.transaction():
            conn.execute("select let_serve()")
    owned = db.execute("select count(*) as n from pg_class where relowner = %s::regrole", (SERVICES_ROLE,)).fetchone()
    assert owned == {"n": 0}


def test_an_owner_who_is_no_superuser_migrates_runs_the_pipeline_and_serves(postgres: Postgres) -> None:
    name = f"o_{secrets.token_hex(6)}"
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("create role {} login createrole password 'secret'").format(sql.Identifier(name)))
        admin.execute(sql.SQL("grant {} to {} with admin option").format(sql.Identifier(SERVICES_ROLE), sql.Identifier(name)))
        admin.execute(sql.SQL("create database {} owner {}").format(sql.Identifier(name), sql.Identifier(name)))
    dsn = postgres.dsn(name).replace(f"rolecall:{postgres.password}", f"{name}:secret")
    try:
        migrate(dsn)
        with connect(dsn) as conn:
            insert(conn, "person", id="ada", name="Ada", email="ada@example.org", preferences={"auto_apply": True})
            insert(conn, "person", id="bo", name="Bo", email="bo@example.org")
            insert(conn, "match", person_id="ada", cv_id="c", source="s", job_id="j", score=0.9, can_auto_apply=True, already_applied=False,
                   title="t", company="c")  # fmt: skip
            conn.execute("update person set preferences = '{}'")
        with connect(dsn) as conn:
            assert (rows(conn, "person"), rows(conn, "good_match"), rows(conn, "audit") > 0) == (2, 1, True)
        database = Database(dsn)
        with closing(database):
            database.open()
            with database.connection() as conn:
                assert rows(conn, "person") == 0
                see_person(conn, "ada")
                conn.execute("update person set name = 'Ada V.'")
                assert (rows(conn, "person"), rows(conn, "good_match")) == (1, 1)
                see_everybody(conn)
                assert rows(conn, "person") == 2
        with connect(dsn) as conn:
            assert conn.execute("select name from person order by id").fetchall() == [{"name": "Ada V."}, {"name": "Bo"}]
    finally:
        with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
            admin.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
            admin.execute(sql.SQL("drop role {}").format(sql.Identifier(name)))
