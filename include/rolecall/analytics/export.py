"""The figures as files: every view of the schema ``analytics`` as CSV or Parquet."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any, Literal

from psycopg import sql

from rolecall.errors import InvalidInput
from rolecall.store import Connection

Format = Literal["csv", "parquet"]

VIEWS = """
select table_name as view, array_agg(column_name::text order by ordinal_position) as names,
       array_agg(data_type::text order by ordinal_position) as types
from information_schema.columns where table_schema = 'analytics' group by table_name order by table_name
"""

COPY = sql.SQL(
    "copy (select * from analytics.{view} where day between {since} and {until} order by {order}) to stdout (format csv, header)"
)

PARQUET = {"date": "DATE", "integer": "INTEGER", "bigint": "BIGINT", "double precision": "DOUBLE", "text": "VARCHAR"}
"""Postgres' types in the views, as DuckDB names them."""


def export(conn: Connection, folder: Path, *, since: date, until: date, form: Format = "csv") -> list[Path]:
    """Writes each view's rows of the days to ``<folder>/<view>.csv`` or ``.parquet``, in place of earlier files; returns the files.

    :raises InvalidInput: ``until`` is before ``since``, or Parquet is asked for where DuckDB is not installed
    """
    if until < since:
        raise InvalidInput("until", f"{until} is before {since}", fix="give the earlier day as since")
    write = _parquet_writer() if form == "parquet" else None
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for view in conn.execute(VIEWS).fetchall():
        target = folder / f"{view['view']}.{form}"
        if write is None:
            _csv(conn, view, target, since, until)
        else:
            with tempfile.TemporaryDirectory() as scratch:
                table = Path(scratch) / "rows.csv"
                _csv(conn, view, table, since, until)
                write(table, target, {name: PARQUET[kind] for name, kind in zip(view["names"], view["types"], strict=True)})
        written.append(target)
    return written


def _csv(conn: Connection, view: dict[str, Any], target: Path, since: date, until: date) -> None:
    order = sql.SQL(", ").join(map(sql.Identifier, view["names"]))
    statement = COPY.format(view=sql.Identifier(view["view"]), since=sql.Literal(since), until=sql.Literal(until), order=order)
    with target.open("wb") as file, conn.cursor() as cursor, cursor.copy(statement) as rows:
        for block in rows:
            file.write(block)


def _parquet_writer() -> Any:
    try:
        import duckdb
    except ImportError as error:
        raise InvalidInput(
            "format", "Parquet needs DuckDB", fix="./rolecall python -m pip install -r requirements-parquet.txt, or ask for csv"
        ) from error

    def write(table: Path, target: Path, types: dict[str, str]) -> None:
        with duckdb.connect() as duck:
            duck.read_csv(str(table), header=True, columns=types, na_values="").write_parquet(str(target), compression="zstd")

    return write
