"""A Postgres whose clock is shifted: in every database ours stand where its own functions stood, so that defaults, statements and functions
with a search path of their own find them.

Only functions can be replaced: keywords (``current_timestamp``, ``current_date``) are not, and a test keeps them out of our SQL.
"""

from __future__ import annotations

import os
import subprocess

import psycopg

from local.processes.postgres import Postgres, as_unprivileged, binaries

SETTING = "rolecall.clock_shift"
SHIFTED = {"now": "stable", "transaction_timestamp": "stable", "statement_timestamp": "stable", "clock_timestamp": "volatile"}
REPLACE = """
alter function pg_catalog.{name}() rename to machine_{name};
create function pg_catalog.{name}() returns timestamptz language sql {volatility} parallel safe as
$$ select pg_catalog.machine_{name}() + pg_catalog.make_interval(secs => pg_catalog.current_setting('rolecall.clock_shift')::float8) $$;
"""

servers: list[Postgres] = []


def shift_new_servers() -> None:
    """Every server this process makes from now on goes by ``ROLECALL_CLOCK_SHIFT``."""
    prepare, command = Postgres.prepare, Postgres.command.fget
    assert command

    def prepared(self: Postgres) -> None:
        new = not (self.data / "PG_VERSION").exists()
        prepare(self)
        if new:
            # One line is one statement there. Every further database is a copy of this one.
            texts = (REPLACE.format(name=name, volatility=kind) for name, kind in SHIFTED.items())
            text = "".join(one.replace("\n", " ").replace("; ", ";\n") + "\n" for one in texts)
            single = [str(binaries() / "postgres"), "--single", "-D", str(self.data), "-c", f"{SETTING}=0", "template1"]
            done = subprocess.run(as_unprivileged(single), input=text, capture_output=True, text=True, check=True, timeout=60)
            assert "ERROR" not in done.stderr, done.stderr
        servers.append(self)

    def commanded(self: Postgres) -> list[str]:
        shift = os.environ["ROLECALL_CLOCK_SHIFT"]
        return [*command(self), "-c", f"{SETTING}={shift}"]

    Postgres.prepare = prepared  # type: ignore[method-assign]
    Postgres.command = property(commanded)  # type: ignore[assignment, method-assign]


def move_servers(shift: float) -> None:
    """Connections made from now on go by this shift, on every server that runs."""
    for server in servers:
        try:
            with psycopg.connect(server.dsn("postgres"), connect_timeout=5, autocommit=True) as admin:
                admin.execute(f"alter role rolecall set {SETTING} = '{shift}'")
        except psycopg.Error:
            continue  # stopped by its test, or never meant to run
