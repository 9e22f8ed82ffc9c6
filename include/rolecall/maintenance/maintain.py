"""Deletes what is too old, in batches that hold no lock for long; counts it only, when asked to.

Airflow's metadata database is reached by its own address (``AIRFLOW_DSN``), as by backups: a task has no other way to it, and needs none.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg

from rolecall.endpoints import Endpoints
from rolecall.errors import InvalidInput, StoreUnavailable
from rolecall.maintenance.retention_rules import AIRFLOW, OURS, RetentionRule
from rolecall.store import Connection, connect

BATCH = 500
"""Rows of one transaction. A run takes its task instances with it."""

SECONDS = 600.0
"""How long one call goes on; what is left goes the next day."""

LOCK = "3s"
"""How long a batch waits for a row that the scheduler holds; then it is left for the next day."""


@dataclass(frozen=True)
class Maintained:
    """What went, or would go.

    :param airflow: rows by table of Airflow's; what hangs on them is not counted
    :param ours: rows by table of ours
    :param logs: folders of log files
    :param left: tables that were busy or that time was up for
    """

    airflow: dict[str, int]
    ours: dict[str, int]
    logs: int = 0
    left: list[str] = field(default_factory=list)
    dry_run: bool = False

    @property
    def words(self) -> str:
        """For the log: ``deleted dag_run 120, log 4; nothing of ours``."""
        counts = {**self.airflow, **self.ours, "folders of logs": self.logs}
        found = ", ".join(f"{n} {name}" for name, n in counts.items() if n)
        verb = "would delete" if self.dry_run else "deleted"
        said = f"{verb} {found}" if found else "nothing to do: nothing is too old"
        return said + (f"; left: {', '.join(self.left)}" if self.left else "")


def maintain(
    settings: Endpoints, now: datetime, *, dry_run: bool = False, logs: Path | None = None, seconds: float = SECONDS
) -> Maintained:
    """One round over all tables, and over Airflow's log folders below ``logs``.

    :raises InvalidInput: ``AIRFLOW_DSN`` is not set
    :raises StoreUnavailable: a database does not answer
    """
    if settings.airflow_dsn is None:
        raise InvalidInput("AIRFLOW_DSN", "is not set", fix="set it to the address of Airflow's metadata database, as for backups")
    until, left = time.monotonic() + seconds, list[str]()
    before, ours_before = now - timedelta(days=settings.airflow_days), now - timedelta(days=settings.monitoring_days)
    with connect(settings.airflow_dsn.get_secret_value(), name="maintain_airflow") as conn:
        airflow = _purge(conn, AIRFLOW, {"before": before, "now": now}, until, left, dry_run=dry_run)
    with connect(settings.dsn, name="maintain_airflow") as conn:
        ours = _purge(conn, OURS, {"before": ours_before, "now": now}, until, left, dry_run=dry_run)
    old = old_logs(logs, before) if logs else []
    for folder in [] if dry_run else old:
        shutil.rmtree(folder, ignore_errors=True)
    return Maintained(airflow, ours, len(old), left, dry_run)


def _purge(
    conn: Connection, rules: Iterable[RetentionRule], moments: Mapping[str, datetime], until: float, left: list[str], *, dry_run: bool
) -> dict[str, int]:
    conn.execute(f"set lock_timeout = '{LOCK}'")
    conn.commit()
    values: dict[str, Any] = {**moments, "batch": BATCH}
    gone: dict[str, int] = {}
    for rule in rules:
        if dry_run:
            row = conn.execute(f"select count(*) as n from {rule.table} old where {rule.which}", values).fetchone()  # noqa: S608
            gone[rule.table] = int(row["n"]) if row else 0
            continue
        gone[rule.table] = 0
        statement = (
            f"delete from {rule.table} where ({rule.key}) in"  # noqa: S608 - names of ours
            f" (select {rule.key} from {rule.table} old where {rule.which} limit %(batch)s for update skip locked)"
        )
        try:
            while deleted := conn.execute(statement, values).rowcount:
                conn.commit()
                gone[rule.table] += deleted
                if time.monotonic() > until:
                    left.append(rule.table)
                    break
        except (psycopg.errors.LockNotAvailable, psycopg.errors.DeadlockDetected, psycopg.errors.ForeignKeyViolation):
            conn.rollback()
            left.append(rule.table)
        except psycopg.OperationalError as error:
            raise StoreUnavailable(f"Postgres went away ({type(error).__name__})", fix="the next run goes on") from error
    return gone


def old_logs(folder: Path, before: datetime) -> list[Path]:
    """Log folders of runs in which nothing was written since ``before`` (``dag_id=…/run_id=…``)."""

    def old(run: Path) -> bool:
        newest = max((file.stat().st_mtime for file in run.rglob("*") if file.is_file()), default=run.stat().st_mtime)
        return datetime.fromtimestamp(newest, UTC) < before

    return [run for run in sorted(folder.glob("dag_id=*/run_id=*")) if run.is_dir() and not run.is_symlink() and old(run)]
