"""
### Check jobs

Every new or changed job meets the rules: required fields, dates, salary, language, addresses, scam signals. What fails is
quarantined with its reasons and kept; a row that is mended, or whose rule changed, is released again. Signs of fraud add up to
a risk; a job that no board shows any more (`UNSEEN_DAYS`) is closed, and open again when it is seen again. Each run leaves a
quality report (`quality_report`: counts by rule and board, rates); a rate that leaves its usual band is one alert in `#alerts`.
Starts when the catalog changed, and every three hours; `full` checks every job again.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import Param, dag, get_current_context, task

from rolecall import assets
from rolecall.boards.page_hosts import ON_THEIR_OWN, page_hosts
from rolecall.catalog import Validated, id_ranges, validate
from rolecall.defaults import DAG_DEFAULTS, by_asset_or_clock
from rolecall.endpoints import board_address
from rolecall.hooks.store_hook import StoreHook
from rolecall.monitoring import quality
from rolecall.settings import Settings

PARAMS = {"full": Param(False, type=["boolean", "null"], title="Everything", description="Check every job, not only what changed.")}


@dag(
    **DAG_DEFAULTS,
    schedule=by_asset_or_clock(assets.catalog, "50 */3 * * *"),
    doc_md=__doc__,
    params=PARAMS,
    tags=["rolecall", "catalog"],
)
def validate_jobs() -> None:
    @task
    def deal_out() -> list[dict[str, list[str]]]:
        """The catalog in parts of 50,000 jobs: one task each."""
        with StoreHook().get_conn() as conn:
            return [{"part": list(part)} for part in id_ranges(conn)]

    @task(map_index_template="jobs {{ part[0] or 'from the first' }} to {{ part[1] or 'the last' }}")
    def check_jobs(part: list[str], params: dict[str, Any]) -> dict[str, int]:
        """Returns counts: valid, warned, quarantined, closed."""
        above, up_to = part
        get_current_context()["part"] = part  # names the mapped task in the UI
        settings = Settings()
        with StoreHook().get_conn() as conn:
            hosts = page_hosts({board: board_address(board) for board in ON_THEIR_OWN})
            return asdict(validate(conn, (above, up_to), full=bool(params["full"]), unseen_days=settings.unseen_days, hosts=hosts))

    @task(inlets=[assets.catalog], outlets=[assets.valid_jobs])
    def report(counts: list[dict[str, int]], run_id: str) -> dict[str, Any]:
        """The run's counts, and its quality report."""
        together = {state: sum(count[state] for count in counts) for state in asdict(Validated())}
        with StoreHook().get_conn() as conn:
            found = quality.report(conn, run_id, datetime.now(UTC), remind_after=timedelta(hours=Settings().remind_hours))
        return {**together, "quality": quality.as_json(found)}

    report(check_jobs.expand_kwargs(deal_out()))


validate_jobs()
