"""
### Scrape a job board

Searches → **one mapped task a search** (fetch → parse → land in Postgres) → bulk POST to the platform API, 201 and count
checked → Slack: the count to `#job-scraping`, each failed search to `#alerts`.

What a board answers is stored before it is interpreted. Zero cards, a vanished selector, a login wall or a 403 is an error with
its own name, never an empty success. One failed search is one red square. A board without searches does nothing.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import CronTriggerTimetable, Param, TriggerRule, dag, get_current_context, task

from include import assets
from include.boards import BOARDS
from include.boards.deliver import deliver as deliver_postings
from include.boards.report import report as write_report
from include.boards.searches import searches
from include.defaults import DAG_DEFAULTS
from include.models import SearchQuery
from include.notifying.queue import nudge
from include.settings import Settings
from rolecall.hooks.platform_hook import PlatformHook
from rolecall.hooks.store_hook import StoreHook
from rolecall.operators.job_scraper_operator import JobScraperOperator

PARAMS = {
    "searches": Param(
        [],
        type="array",
        items={
            "type": "object",
            "properties": {
                "keywords": {"type": "string", "maxLength": 300},
                "location": {"type": "string", "maxLength": 300},
                "company": {"type": "string", "maxLength": 200},
                "maxResults": {"type": "integer", "minimum": 1, "maximum": 10_000},
            },
            "additionalProperties": False,
        },
        title="Searches",
        description='Instead of the configured ones: [{"keywords": "nurse", "location": "Leeds", "maxResults": 50}]',
    )
}


def scrape_dag(board: str) -> None:
    """One DAG a board: ``scrape_<board>``."""

    @dag(
        dag_id=f"scrape_{board}",
        **DAG_DEFAULTS,
        schedule=CronTriggerTimetable("0 6,12,18 * * *", timezone="UTC"),
        params=PARAMS,
        doc_md=__doc__,
        tags=["rolecall", "boards", board],
    )
    def scrape_board() -> None:
        @task
        def list_searches() -> list[dict[str, Any]]:
            """The searches of this run: those of its conf, else searches.yaml and people's wishes."""
            asked = [SearchQuery.model_validate(search) for search in get_current_context()["params"]["searches"]]
            return [query.model_dump() for query in asked or searches(board, StoreHook().dsn)]

        scrape = JobScraperOperator.partial(
            task_id="scrape",
            platform=board,
            map_index_template="{{ task.company or task.keywords or 'anything' }} @ {{ task.location or 'anywhere' }}",
        )

        @task(trigger_rule=TriggerRule.NONE_SKIPPED, outlets=[assets.postings])
        def deliver() -> int:
            """Bulk POST of what is new or changed; returns the confirmed count."""
            with PlatformHook().get_conn() as platform:
                return deliver_postings(StoreHook().dsn, platform, board).count

        @task(trigger_rule=TriggerRule.NONE_SKIPPED)
        def report() -> dict[str, Any]:
            """Tells Slack, in the seed's words."""
            with StoreHook().get_conn() as conn:
                told = write_report(conn, board, get_current_context()["dag_run"].run_id)
            nudge(Settings().redis_url.get_secret_value())
            return told

        scrape.expand_kwargs(list_searches()) >> deliver() >> report()

    scrape_board()


for name in BOARDS:
    scrape_dag(name)
