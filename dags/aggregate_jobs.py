"""
### Merge postings into jobs

What several boards (or one board twice) say about the same job becomes one job with its sources. Incremental and repeatable:
only new or changed postings and those that may be one job with them are looked at, and running it again changes nothing. Every
merge is kept with its evidence, every doubt as a possible duplicate (`./rolecall catalog explain JOB`). Starts when
postings have landed, and every 15 minutes for what came over the platform API's `/jobs/bulk`; without anything new such a run
is skipped. `full` looks at every posting again, as after a change of the rules.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from airflow.sdk import Param, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowSkipException

from rolecall import assets
from rolecall.catalog import aggregate
from rolecall.defaults import DAG_DEFAULTS, by_asset_or_clock
from rolecall.hooks.store_hook import StoreHook

PARAMS = {
    "full": Param(False, type=["boolean", "null"], title="Everything", description="Look at every posting, not only at what changed.")
}


@dag(
    **DAG_DEFAULTS,
    schedule=by_asset_or_clock(assets.postings, "*/15 * * * *"),
    doc_md=__doc__,
    params=PARAMS,
    tags=["rolecall", "catalog"],
)
def aggregate_jobs() -> None:
    @task(inlets=[assets.postings], outlets=[assets.catalog])
    def merge_postings(params: dict[str, Any]) -> dict[str, Any]:
        """Returns counts: jobs new, changed, merged."""
        with StoreHook().get_conn() as conn:
            merged = aggregate(conn, full=bool(params["full"]))
        if not merged.postings and get_current_context()["dag_run"].run_type == "scheduled":
            raise AirflowSkipException("no posting is new or changed since the last run")
        return asdict(merged)

    merge_postings()


aggregate_jobs()
