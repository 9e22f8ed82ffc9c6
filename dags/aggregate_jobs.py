"""
### Merge postings into jobs

What several boards (or one board twice) say about the same job becomes one job with its sources. Incremental and repeatable:
only new or changed postings are looked at, and running it again changes nothing. Starts when postings have landed.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from airflow.sdk import dag, task

from include import assets
from include.catalog import aggregate
from include.defaults import DAG_DEFAULTS
from rolecall.hooks.store_hook import StoreHook


@dag(**DAG_DEFAULTS, schedule=[assets.postings], doc_md=__doc__, tags=["rolecall", "catalog"])
def aggregate_jobs() -> None:
    @task(outlets=[assets.catalog])
    def merge_postings() -> dict[str, Any]:
        """Returns counts: jobs new, changed, merged."""
        with StoreHook().get_conn() as conn:
            return asdict(aggregate(conn))

    merge_postings()


aggregate_jobs()
