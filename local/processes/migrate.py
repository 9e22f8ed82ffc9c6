"""The process ``local.processes.migrate airflow|rolecall``: makes a database where it is missing and brings it to the newest schema."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from local.base.files import read_json, write_json
from local.demo.seed import take_out
from rolecall.connections import BOARDS
from rolecall.maintenance import pools
from rolecall.maintenance.connection_rows import write
from rolecall.store import connect, migrate


def make_database(dsn: str) -> None:
    """Creates the database that ``dsn`` names, where it is missing."""
    name = urlsplit(dsn).path.strip("/")
    with psycopg.connect(dsn.removesuffix(name) + "postgres", autocommit=True, connect_timeout=10) as admin:
        if admin.execute("select from pg_database where datname = %s", (name,)).fetchone() is None:
            admin.execute(sql.SQL("create database {}").format(sql.Identifier(name)))


def airflow_revision(dsn: str) -> str | None:
    """Alembic's revision of Airflow's schema; ``None`` where there is none yet."""
    with psycopg.connect(dsn, connect_timeout=10) as conn:
        if conn.execute("select to_regclass('alembic_version')").fetchone() == (None,):
            return None
        row = conn.execute("select version_num from alembic_version").fetchone()
        return str(row[0]) if row else None


def migrate_airflow(dsn: str, note: Path) -> None:
    """Airflow's own migration, unless this version already did it to this database: the note saves four seconds a start."""
    done = {"airflow": version("apache-airflow-core"), "revision": airflow_revision(dsn)}
    if done["revision"] and read_json(note) == done:
        return
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True)
    write_json(note, {**done, "revision": airflow_revision(dsn)})


def played(environment: Mapping[str, str]) -> list[str]:
    """Boards that the sandbox plays when it is on, without those that have an address of one's own now: theirs are no ads of the demo."""
    return [board.lower() for board, real in BOARDS.items() if environment.get(f"{board}_BASE_URL", "").strip() in ("", real)]


def main(which: str) -> None:
    """Entry point; addresses come from the environment that the stack made."""
    if which == "airflow":
        dsn = os.environ["AIRFLOW_DSN"]
        make_database(dsn)
        migrate_airflow(dsn, Path(os.environ["AIRFLOW_HOME"]) / "migrated.json")
        with connect(dsn, name="connections") as conn:
            pools.make(conn)
            for standing in write(conn, os.environ, os.environ["AIRFLOW__CORE__FERNET_KEY"]):
                print(standing.words)
    else:
        dsn = os.environ["ROLECALL_DSN"]
        if os.environ.get("ROLECALL_OWN_STORE"):
            make_database(dsn)
        print(f"rolecall database at revision {migrate(dsn)}")
        if not os.environ.get("SANDBOX_URL"):
            people, ads = take_out(dsn, played(os.environ))
            print(f"the sandbox is off: {people} of the demo's people were taken out, {ads} of its ads have ended")


if __name__ == "__main__":
    main(sys.argv[1])
