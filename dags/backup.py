"""
### A backup that has been read back

Every day at 02:30 UTC, and whenever it is triggered: both databases as they are at one moment, Airflow's connections (encrypted),
variables and pools, every DAG's source and an export of each DAG (schedule, parameters, last runs), the commit and the configuration
without its secrets. One archive, sealed with `BACKUP_KEY` (which is not inside), goes to `BACKUP_URL`, is read back and checked to its
last byte, and only then counts. Kept: the newest of 7 days, 4 weeks, 12 months.

`make restore FROM=…` rebuilds from one: `docs/backup.md`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import ObjectStoragePath, dag, task

from rolecall.defaults import DAG_DEFAULTS, by_clock
from rolecall.endpoints import endpoints


@dag(**DAG_DEFAULTS, schedule=by_clock("30 2 * * *"), doc_md=__doc__, tags=["rolecall", "backup"])
def backup() -> None:
    @task(execution_timeout=timedelta(hours=1))
    def make_backup() -> dict[str, Any]:
        """Makes it, reads it back, removes what is not kept; returns name, size and seconds."""
        from rolecall.backup import make  # pg_dump, ciphers: not needed to parse a DAG
        from rolecall.backup.target import Target

        settings = endpoints("rolecall_db")
        return make.make_backup(make.Installation.of(settings), Target(ObjectStoragePath(settings.backup_url))).summary()

    make_backup()


backup()
