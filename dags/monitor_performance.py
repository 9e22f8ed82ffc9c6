"""
### How busy is everything?

Every five minutes: `/metrics` of the API, AI and scraper services (JSON or Prometheus text) and our own figures (postings a
minute, how long runs take and wait, ages of what is owed), kept as samples; after a week one mean an hour.

`#performance-alerts` hears when CPU is above 80 %, memory above 85 % or the average answer slower than 2 s, **once while it
lasts**, and when it is back to normal. Thresholds: `MAX_CPU_USAGE`, `MAX_MEMORY_USAGE`, `MAX_RESPONSE_MS`.

A workflow whose run failed is told to `#alerts` with its mistakes, once, and when it succeeds again; a DAG file that Airflow cannot read
with the first line of its error. Silence is told too: a workflow
without a good run for longer than `SILENCE_HOURS` allows, a board whose searches succeed and find nothing. Where `HEARTBEAT_URL` is
set it is called at the end: whoever listens there notices when this stops.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import conf, dag, task

from rolecall import assets
from rolecall.defaults import DAG_DEFAULTS, by_clock
from rolecall.endpoints import SERVICES, endpoints
from rolecall.hooks.store_hook import StoreHook
from rolecall.monitoring import heartbeat, performance
from rolecall.monitoring.workflows import dag_files
from rolecall.monitoring.workflows.watch import watch_runs
from rolecall.settings import Settings


@dag(**DAG_DEFAULTS, schedule=by_clock("*/5 * * * *"), doc_md=__doc__, tags=["rolecall", "monitoring"])
def monitor_performance() -> None:
    @task(execution_timeout=timedelta(minutes=2), outlets=[assets.notifications])
    async def collect_metrics() -> dict[str, Any]:
        """Samples, compares, stores and writes the alerts; returns how many figures, and which services gave none."""
        settings = endpoints(*SERVICES)
        samples, silent = await performance.collect(settings)
        with StoreHook().get_conn() as conn:
            samples += performance.own_figures(conn)
            remind = timedelta(hours=settings.remind_hours)
            changes = performance.keep(conn, samples, performance.rules(settings), datetime.now(UTC), remind_after=remind)
            changes += watch_runs(conn, settings, datetime.now(UTC))
        changes += dag_files.check(settings, StoreHook().dsn, conf.get("core", "dags_folder"), datetime.now(UTC))
        return {"figures": len(samples), "silent": silent, "alerts": [change.key for change in changes]}

    @task(execution_timeout=timedelta(minutes=1))
    def beat() -> str:
        """Tells the dead man's switch that we are alive."""
        return heartbeat.send_heartbeat(Settings().heartbeat_url)

    collect_metrics() >> beat()


monitor_performance()
