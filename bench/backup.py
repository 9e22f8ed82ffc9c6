"""How long a backup and its restore take, and whether what comes back is the same.

    make bench ONLY=backup OPTIONS="[--quick]"

Starts two Postgres servers of its own: one is filled by SQL with 100,000 postings, as many jobs with texts of about 2,000 characters, and
10,000 applications with letters, their histories and audit rows; Airflow's own schema (its migrations, no rows) stands beside. Then
what the DAG ``backup`` does (dump, seal, store, read back and check), and what ``make restore`` does, on the other server. Every table
is compared by its number of rows and a hash over all of them, asked of both servers here, not taken from the manifest.

Fails when one of the two takes more than 300 s, or a table differs that the restore does not write itself. ``--quick``: 10,000 jobs,
1,000 applications, bounds of 30 s.
"""

from __future__ import annotations

import argparse
import os
import resource
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import psycopg
from cryptography.fernet import Fernet

from local.processes.postgres import Postgres, binaries
from rolecall.backup.dump import Tables, Tools, fingerprints
from rolecall.backup.make import Installation, make_backup
from rolecall.backup.restore import open_archive, restore
from rolecall.backup.target import Target
from rolecall.monitoring.audit import seal
from rolecall.store import connect, migrate
from tests.conftest import free_port, running

BOUND = 300.0
WRITTEN_BY_RESTORE = {"public.ledger_home", "public.restore"}

FILL = """
insert into person (id, name, email) select 'p' || n, 'Person ' || n, 'p' || n || '@example.com' from generate_series(0, 999) n;
insert into posting (board, external_id, url, title, company, location, posted_at, description, raw, content_hash)
select 'linkedin', n::text, 'https://jobs.example/' || n, 'Nurse ' || n % 700, 'Clinic ' || n % 9000, 'Leeds',
       now() - n % 30 * interval '1 day', (select string_agg(md5(n::text || i), ' ') from generate_series(1, 60) i), '{}', md5(n::text)
from generate_series(1, {jobs}) n;
insert into job (id, merge_key, title, company, location, posted_at, description, url, apply_url, source, content_hash, state)
select 'j' || external_id, 'k' || external_id, title, company, location, posted_at, description, url, url || '/apply', board,
       content_hash, 'valid'
from posting;
insert into application (person_id, job_key, job_id, source, apply_url, cv_id, cv_sha256, person_email, title, company, score, letter,
                         idempotency_key, run_id)
select 'p' || n % 1000, id, id, source, apply_url, 'c' || n % 1000, 'x', 'p@example.com', title, company, 0.9, description,
       'key ' || n, 'run'
from (select job.*, row_number() over (order by id) as n from job limit {applications}) job;
update application set state = 'approved';
update application set state = 'submitting', attempts = 1;
update application set state = 'submitted', submitted_at = now(), receipt = 'R', lease_until = null;
"""


def serve(stack: ExitStack, folder: Path) -> Postgres:
    """A durable server, as the product's is, for as long as the bench runs."""
    server = Postgres(folder / "data", free_port(), secrets.token_hex(8))
    server.prepare()
    stack.enter_context(running(server.command, folder / "log", signal.SIGINT))
    deadline = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(server.dsn("postgres"), connect_timeout=2).close()
            return server
        except psycopg.OperationalError:
            assert time.monotonic() < deadline, "Postgres does not start"
            time.sleep(0.1)


def fill(server: Postgres, jobs: int, applications: int) -> None:
    """Both databases."""
    with psycopg.connect(server.dsn("postgres"), autocommit=True) as admin:
        admin.execute("create database rolecall")
        admin.execute("create database airflow")
    migrate(server.dsn("rolecall"))
    address = server.dsn("airflow").replace("postgresql:", "postgresql+psycopg2:")
    environment = {**os.environ, "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": address, "AIRFLOW_HOME": str(server.data.parent)}
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], env=environment, check=True, capture_output=True, timeout=240)
    with psycopg.connect(server.dsn("rolecall")) as conn:
        for statement in FILL.replace("{jobs}", str(jobs)).replace("{applications}", str(applications)).split(";\n"):
            if statement.strip():
                conn.execute(statement)  # type: ignore[arg-type]
    with connect(server.dsn("rolecall")) as conn:
        while seal(conn, datetime.now(UTC)):
            pass


def tables(server: Postgres) -> Tables:
    """Every table of both databases."""
    found: Tables = {}
    for name in ("rolecall", "airflow"):
        with connect(server.dsn(name)) as conn:
            found |= {table if name == "rolecall" else f"airflow {table}": about for table, about in fingerprints(conn).items()}
    return found


def main() -> int:
    """Prints the table; exit status 1 below the bounds."""
    parser = argparse.ArgumentParser(prog="make bench ONLY=backup")
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    jobs, applications, bound = (10_000, 1_000, BOUND / 10) if quick else (100_000, 10_000, BOUND)
    with ExitStack() as stack, tempfile.TemporaryDirectory(prefix="rolecall-backup-") as made:
        folder = Path(made)
        (folder / "one").mkdir()
        (folder / "other").mkdir()
        one, other = serve(stack, folder / "one"), serve(stack, folder / "other")
        began = time.monotonic()
        fill(one, jobs, applications)
        print(f"filled {jobs:,} jobs and {applications:,} applications in {time.monotonic() - began:.1f} s", flush=True)
        key, tools = secrets.token_urlsafe(32), Tools(str(binaries()))
        places = [
            Installation({name: server.dsn(name) for name in ("rolecall", "airflow")}, key, Fernet.generate_key().decode(), tools)
            for server in (one, other)
        ]
        before = tables(one)
        backup = make_backup(places[0], Target(folder / "backups"))
        done = restore(places[1], partial(open_archive, folder / "backups" / backup.note.name))
        after = tables(other)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        with psycopg.connect(one.dsn("rolecall")) as conn:
            size = conn.execute("select pg_database_size('rolecall')").fetchone()
        stack.close()
    differ = {name for name in {*before, *after} if before.get(name) != after.get(name)} - WRITTEN_BY_RESTORE
    rows = sum(about["rows"] for about in before.values())
    print(f"database          {(size or [0])[0] / 1e6:8.0f} MB, {rows:,} rows in {len(before)} tables")
    print(f"archive           {backup.note.bytes / 1e6:8.0f} MB")
    print(f"backup, read back {backup.seconds:8.1f} s   (bound {bound:.0f} s)")
    print(f"restore, compared {done.seconds:8.1f} s   (bound {bound:.0f} s)")
    print(f"tables that differ{len(differ):8d}     {', '.join(sorted(differ))}")
    print(f"audit seals       {done.seals:8d}     the chain holds")
    print(f"largest memory    {memory:8.0f} MB   of this process (the audit log is verified in memory)")
    return int(bool(differ) or backup.seconds > bound or done.seconds > bound)


if __name__ == "__main__":
    sys.exit(main())
