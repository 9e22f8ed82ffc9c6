"""
### Keep tables and logs to their ages

Every day at 03:40 UTC: runs of Airflow that ended more than `AIRFLOW_DAYS` (30) ago go, with their task instances, XComs and log files;
so do old events of assets, entries of its log, versions of DAGs that no run shows, and deadlines of runs that are over. Of ours: notes
of ended runs, recorded errors and closed incidents older than `MONITORING_DAYS` (90).

What is running or waiting, what a backfill has not finished, what no listener has seen yet, and the last 20 runs of each DAG stay
whatever their age. `dryRun` counts and deletes nothing.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from airflow.sdk import Param, conf, dag, get_current_context, task

from rolecall.defaults import DAG_DEFAULTS, by_clock
from rolecall.endpoints import endpoints
from rolecall.maintenance.maintain import maintain

log = logging.getLogger(__name__)

PARAMS = {"dryRun": Param(False, type=["boolean", "null"], title="Dry run", description="Count what would go; delete nothing.")}


@dag(**DAG_DEFAULTS, schedule=by_clock("40 3 * * *"), params=PARAMS, doc_md=__doc__, tags=["rolecall", "monitoring"])
def maintain_airflow() -> None:
    @task(execution_timeout=timedelta(minutes=30))
    def delete_what_is_old() -> dict[str, Any]:
        """Deletes it in batches, or counts it; returns rows by table."""
        logs = Path(conf.get("logging", "base_log_folder"))
        done = maintain(endpoints("rolecall_db"), datetime.now(UTC), dry_run=bool(get_current_context()["params"]["dryRun"]), logs=logs)
        log.info(done.words)
        return asdict(done)

    delete_what_is_old()


maintain_airflow()
