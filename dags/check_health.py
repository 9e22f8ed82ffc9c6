"""
### Is everything well?

Every hour, all at once and five seconds each: the four services of the platform, every board that is scraped, the queue, the
database, Airflow's own components, the disk, and what must not lie around (unsent messages, uncertain applications).

`#alerts` hears of a service **once when it breaks, once when it is well again** (with how long it took) and a reminder while
it lasts. Rows that could not be processed and were put aside are told once a queue (`./rolecall dead-letters`). The looks are kept:
the view `uptime` shows 24 hours, 7 and 30 days. Returns the aggregate
`{healthCheck: [{service, status, responseTime, timestamp}]}`.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import conf, dag, task

from rolecall import assets
from rolecall.airflow_url import airflow_url
from rolecall.defaults import DAG_DEFAULTS, by_clock
from rolecall.endpoints import SERVICES, board_address, endpoints
from rolecall.hooks.store_hook import StoreHook
from rolecall.monitoring import health
from rolecall.monitoring.workflows import dag_files


@dag(**DAG_DEFAULTS, schedule=by_clock("0 * * * *"), doc_md=__doc__, tags=["rolecall", "monitoring"])
def check_health() -> None:
    @task(execution_timeout=timedelta(minutes=2), outlets=[assets.notifications])
    async def check_services() -> dict[str, Any]:
        """Looks at everything, stores it and writes the alerts."""
        settings, dsn = endpoints(*SERVICES), StoreHook().dsn
        results = await health.check(settings, dsn=dsn, airflow_url=airflow_url(), boards=health.scraped_boards(board_address, os.environ))
        health.keep_or_tell(dsn, results, datetime.now(UTC), settings)
        dag_files.check(settings, dsn, conf.get("core", "dags_folder"), datetime.now(UTC))  # the other watcher's file may be the one
        return {"healthCheck": [result.as_seed() for result in results]}

    check_services()


check_health()
