"""One database out of Postgres and back into it, through ``pg_dump`` and ``pg_restore`` of its own major version."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, BinaryIO

import psycopg
from psycopg import pq, sql

from rolecall.backup.backup_errors import DumpFailed
from rolecall.errors import InvalidInput
from rolecall.store import Connection, connect

BLOCK = 1 << 20

TABLES = """
select n.nspname as schema, c.relname as name
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'
order by 1, 2
"""

FINGERPRINT = sql.SQL("select count(*) as rows, coalesce(sum(hashtextextended(whole::text, 0)), 0)::text as hash from only {} as whole")

PLAIN = "set statement_timeout = 0; set idle_in_transaction_session_timeout = 0; set datestyle = 'ISO'; set intervalstyle = 'postgres';" + (
    "set bytea_output = 'hex'; set extra_float_digits = 1; set timezone = 'UTC'; set search_path = public"
)
"""The same rows read the same on every server."""

Tables = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Tools:
    """Where ``pg_dump`` and ``pg_restore`` are.

    :param folder: ``POSTGRES_BIN``; ``None``: on the PATH
    """

    folder: str | None = None

    def find(self, name: str) -> str:
        """The path of one of them.

        :raises InvalidInput: it is not there
        """
        found = shutil.which(name, path=self.folder)
        if found is None:
            where = f"in {self.folder}" if self.folder else "on the PATH"
            fix = "install the Postgres client of the server's major version (Debian: postgresql-client-18), or name its folder here"
            raise InvalidInput("POSTGRES_BIN", f"{name} is not {where}", fix=fix)
        return found


def fingerprints(conn: Connection) -> Tables:
    """Rows of every table, and the sum of their hashes, whatever their order: ``{"public.job": {"rows": 3, "hash": "…"}}``."""
    conn.execute(PLAIN)
    found: Tables = {}
    for table in conn.execute(TABLES).fetchall():
        statement = FINGERPRINT.format(sql.Identifier(table["schema"], table["name"]))
        found[f"{table['schema']}.{table['name']}"] = dict(conn.execute(statement).fetchone() or {})
    return found


def scalar(conn: Connection, statement: Any, *parameters: object) -> Any:
    """The only value of the first row, or ``None``."""
    row = conn.execute(statement, parameters).fetchone()
    return next(iter(row.values())) if row else None


@contextmanager
def snapshot(dsn: str) -> Iterator[tuple[Connection, str]]:
    """A connection that sees one moment for as long as the block lasts, and the name under which ``pg_dump`` sees the same."""
    with connect(dsn, name="backup") as conn:
        conn.execute(PLAIN)
        conn.commit()
        conn.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        conn.read_only = True
        yield conn, str(scalar(conn, "select pg_export_snapshot()"))


def environment(dsn: str) -> dict[str, str]:
    """What libpq's tools need to reach a database: password and all in the environment, nothing on a command line."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LD_LIBRARY_PATH", "HOME", "TMPDIR") if name in os.environ}
    options = pq.Conninfo.parse(dsn.encode())
    given = {option.envvar.decode(): option.val.decode() for option in options if option.envvar and option.val}
    return {**kept, **given, "PGAPPNAME": "backup", "PGCONNECT_TIMEOUT": "10"}


def dump(dsn: str, tools: Tools, snapshot_name: str) -> Iterator[bytes]:
    """The database in ``pg_dump``'s custom format, as it was in the snapshot, block by block.

    :raises DumpFailed: it failed or was killed; what was given out is then of no use
    """
    command = [tools.find("pg_dump"), "--format=custom", "--compress=gzip:3", "--no-password", f"--snapshot={snapshot_name}"]
    command.append("--enable-row-security")  # its owner sees all rows by policy, and need be no superuser
    with tempfile.TemporaryFile() as words:
        with subprocess.Popen(command, env=environment(dsn), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=words) as process:  # noqa: S603
            try:
                assert process.stdout is not None  # noqa: S101
                while block := process.stdout.read(BLOCK):
                    yield block
            except BaseException:
                process.kill()
                raise
        _check("pg_dump", process.returncode, words)


class Restoring:
    """``pg_restore`` into an empty database; a context manager that ends it, or kills it when something went wrong meanwhile.

    All in one transaction: a restore that fails leaves the database empty.

    :raises DumpFailed: it failed or was killed
    """

    def __init__(self, dsn: str, tools: Tools) -> None:
        name = pq.Conninfo.parse(dsn.encode())
        database = next(option.val.decode() for option in name if option.keyword == b"dbname" and option.val)
        options = ["--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", "--no-password"]
        self._words: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(  # noqa: S603
            [tools.find("pg_restore"), *options, f"--dbname={database}"],
            env=environment(dsn), stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._words,
        )  # fmt: skip

    def write(self, block: bytes) -> None:
        """Hands on a part of the dump."""
        assert self._process.stdin is not None  # noqa: S101
        try:
            self._process.stdin.write(block)
        except BrokenPipeError:
            self._process.wait()
            _check("pg_restore", self._process.returncode or 1, self._words)

    def finish(self) -> None:
        """Closes the input and waits until ``pg_restore`` has ended well."""
        self._process.communicate()
        _check("pg_restore", self._process.returncode, self._words)

    def close(self) -> None:
        """Frees what it holds; ends it where it was not finished."""
        if self._process.poll() is None:
            self._process.kill()
        if self._process.stdin:
            with suppress(BrokenPipeError):
                self._process.stdin.close()
        self._process.wait()
        self._words.close()


def _check(what: str, status: int, words: BinaryIO) -> None:
    if status == 0:
        return
    words.seek(0)
    said = words.read(4000).decode(errors="replace").strip()
    how = f"was killed by {signal.Signals(-status).name}" if status < 0 else f"failed: {said[-1500:] or f'status {status}'}"
    fix = "see the reason, then run it again; nothing was changed"
    if "version mismatch" in said:
        fix = "install the Postgres client of the server's major version, or set POSTGRES_BIN to its folder"
    elif "SSL support is not compiled in" in said:
        fix = "the bundled Postgres client knows no TLS: set POSTGRES_BIN to the folder of one that does (Debian: postgresql-client-18)"
    raise DumpFailed(f"{what} {how}", fix=fix)
