"""
### Check jobs

Every new or changed job meets the rules: required fields, dates, salary, language, addresses, scam signals. What fails is
quarantined with its reasons and kept; a row that is mended, or whose rule changed, is released again. Signs of fraud add up to
a risk; a job that no board shows any more (`UNSEEN_DAYS`) is closed, and open again when it is seen again. Each run leaves a
quality report (`quality_report`: counts by rule and board, rates); a rate that leaves its usual band is one alert in `#alerts`.
Starts when the catalog changed; `full` checks every job again.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import Param, dag, task

from include import assets
from include.boards.page_hosts import page_hosts
from include.catalog import validate
from include.defaults import DAG_DEFAULTS
from include.monitoring import quality
from include.settings import Settings
from rolecall.hooks.store_hook import StoreHook

PARAMS = {"full": Param(False, type="boolean", title="Everything", description="Check every job, not only what changed.")}


@dag(**DAG_DEFAULTS, schedule=[assets.catalog], doc_md=__doc__, params=PARAMS, tags=["rolecall", "catalog"])
def validate_jobs() -> None:
    @task(outlets=[assets.valid_jobs])
    def check_jobs(params: dict[str, Any], run_id: str) -> dict[str, Any]:
        """Returns counts: valid, warned, quarantined, closed; and the quality report."""
        settings = Settings()
        with StoreHook().get_conn() as conn:
            checked = validate(conn, full=params["full"], unseen_days=settings.unseen_days, hosts=page_hosts(settings))
            report = quality.report(conn, run_id, datetime.now(UTC), remind_after=timedelta(hours=settings.remind_hours))
        return {**asdict(checked), "quality": quality.as_json(report)}

    check_jobs()


validate_jobs()
