"""
### Check jobs

Every new or changed job meets the rules: required fields, dates, salary, scam signals. What fails is quarantined with its
reasons and kept; a row that is mended is released again. Signs of fraud add up to a risk; a job that no board shows any more
(`UNSEEN_DAYS`) is closed, and open again when it is seen again. Starts when the catalog changed.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from airflow.sdk import dag, task

from include import assets
from include.catalog import validate
from include.defaults import DAG_DEFAULTS
from include.settings import Settings
from rolecall.hooks.store_hook import StoreHook


@dag(**DAG_DEFAULTS, schedule=[assets.catalog], doc_md=__doc__, tags=["rolecall", "catalog"])
def validate_jobs() -> None:
    @task(outlets=[assets.valid_jobs])
    def check_jobs() -> dict[str, Any]:
        """Returns counts: valid, warned, quarantined, closed."""
        with StoreHook().get_conn() as conn:
            return asdict(validate(conn, unseen_days=Settings().unseen_days))

    check_jobs()


validate_jobs()
