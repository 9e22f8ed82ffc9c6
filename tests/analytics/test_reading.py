"""What others may read of the figures: views with words to them, a role that sees nothing else, files."""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import psycopg
import pytest

from rolecall.analytics import __main__ as command
from rolecall.analytics.export import export
from rolecall.analytics.figures import compute
from rolecall.analytics.posting_facts import read_postings
from rolecall.errors import InvalidInput
from rolecall.store import Connection
from tests.analytics.test_figures import way_of_one_application
from tests.analytics.world import DAY, World, at


def test_every_table_view_and_column_for_readers_is_described(db: Connection) -> None:
    bare = db.execute(
        """
        select c.oid::regclass::text as name, a.attname as part
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attnum >= 0 and not a.attisdropped
        where c.relkind in ('r', 'v') and (n.nspname = 'analytics' and col_description(c.oid, a.attnum) is null
              or n.nspname in ('analytics', 'figures') and obj_description(c.oid, 'pg_class') is null)
        """
    ).fetchall()
    assert bare == []


def test_the_reader_reads_the_views_and_nothing_else(db: Connection, world: World) -> None:
    way_of_one_application(world)
    read_postings(db)
    compute(db, DAY)
    db.commit()
    db.execute("set role rolecall_reader")
    assert db.execute("select count(*) as n from analytics.funnel").fetchone() == {"n": 7}
    for table in ("person", "cv", "match", "application", "figures.funnel", "figures.first_match"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), db.transaction():
            db.execute(f"select * from {table}")
    with pytest.raises(psycopg.errors.InsufficientPrivilege), db.transaction():
        db.execute("create table analytics.mine ()")
    db.execute("reset role")
    allowed = db.execute(
        """
        select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'v', 'm', 'p', 'S') and n.nspname not in ('pg_catalog', 'information_schema')
          and has_table_privilege('rolecall_reader', c.oid, 'select') and has_schema_privilege('rolecall_reader', n.oid, 'usage')
        """
    ).fetchall()
    assert allowed
    assert all(row["name"].startswith("analytics.") for row in allowed)


def test_the_reader_is_let_in_again_after_a_restore_without_privileges(db: Connection) -> None:
    db.execute("revoke all on all tables in schema analytics from rolecall_reader")
    db.execute("revoke all on schema analytics from rolecall_reader")
    db.execute("select analytics.let_read()")
    db.execute("set role rolecall_reader")
    db.execute("select * from analytics.funnel")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        db.execute("select analytics.let_read()")


def test_no_view_holds_a_column_about_a_person(db: Connection) -> None:
    names = db.execute("select column_name from information_schema.columns where table_schema = 'analytics'").fetchall()
    assert not [row["column_name"] for row in names if "person" in row["column_name"] or "mail" in row["column_name"]]


def test_every_view_is_a_file_with_the_rows_of_the_days(db: Connection, world: World, tmp_path: Path) -> None:
    way_of_one_application(world)
    world.posting(at(0), board='a "board", with commas')
    read_postings(db)
    compute(db, DAY)
    files = export(db, tmp_path, since=DAY, until=DAY)
    views = db.execute("select table_name from information_schema.views where table_schema = 'analytics'").fetchall()
    assert {file.stem for file in files} == {row["table_name"] for row in views}
    with (tmp_path / "board_yield.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["board"], row["day"]) for row in rows] == [('a "board", with commas', str(DAY)), ("linkedin", str(DAY))]


def test_parquet_has_the_same_rows_with_their_types(db: Connection, world: World, tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    way_of_one_application(world)
    read_postings(db)
    compute(db, DAY)
    files = export(db, tmp_path, since=DAY, until=DAY, form="parquet")
    assert {file.suffix for file in files} == {".parquet"}
    rows = duckdb.sql(f"select day, stage, reached, rate from '{tmp_path}/funnel.parquet' order by step").fetchall()
    found = db.execute("select day, stage, reached, rate from analytics.funnel order by step").fetchall()
    assert [dict(zip(("day", "stage", "reached", "rate"), row, strict=True)) for row in rows] == found


def test_parquet_without_its_library_is_refused_by_name(db: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(InvalidInput, match=r"requirements-parquet\.txt"):
        export(db, tmp_path, since=DAY, until=DAY, form="parquet")


def test_days_the_wrong_way_round_are_refused(db: Connection, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="until"):
        export(db, tmp_path, since=DAY, until=DAY.replace(day=1))


def test_figures_by_hand(
    dsn: str, db: Connection, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    way_of_one_application(world)
    db.commit()
    monkeypatch.setenv("ROLECALL_DSN", dsn)
    assert command.main(["compute", "--day", str(DAY)]) == 0
    assert command.main(["export", "--to", str(tmp_path)]) == 0
    assert "files in" in capsys.readouterr().out
    assert command.main(["compute", "--day", "2999-01-01"]) == 2
    assert "is not over" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        command.main(["compute", "--day", "yesterday"])
    assert "'yesterday' is no day: write it like 2" in capsys.readouterr().err
