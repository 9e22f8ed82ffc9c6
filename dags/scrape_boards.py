"""
### Scrape a job board

Searches → **one mapped task a search** (fetch → parse → land in Postgres) → what landed is announced, to be merged and matched,
and goes by bulk POST to the platform API, 201 and count checked → Slack: the count to `#job-scraping`; each way the board fails
to `#alerts`, once, and the end of it to `#job-scraping`.

What a board answers is stored before it is interpreted, and kept for `RAW_ANSWER_DAYS` (90). Zero cards, a vanished selector, a login
wall or a 403 is an error with its own name, never an empty success. One failed search is one red square; a run all of whose searches
failed is red. A board's searches run one after the other, since they share its pace; what a run has no time for comes first in the
next one. A board without searches does nothing.

**Replay.** With `replay` on, what was landed is read again by today's parser and the board is not asked. So does every run of the
past: `./rolecall airflow backfill create --dag-id scrape_linkedin --from-date … --to-date … --reprocess-behavior completed` reads the
raw answers of each run's own hours, sends nothing twice and tells nobody. How boards are doing: `./rolecall boards report`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import Param, TriggerRule, dag, get_current_context, task

from rolecall import assets
from rolecall.boards import BOARDS, BROKEN
from rolecall.boards.board_report import landed
from rolecall.boards.board_report import report as write_report
from rolecall.boards.deliver_jobs import deliver as deliver_postings
from rolecall.boards.fetch import TASK_SECONDS
from rolecall.boards.history.window import SCHEDULE
from rolecall.boards.scrape_store import delete_old_answers
from rolecall.boards.searches import MOST, searches
from rolecall.defaults import DAG_DEFAULTS, by_clock, deadline, red_if_all_failed, red_if_failed
from rolecall.endpoints import redis_url
from rolecall.hooks.platform_hook import PlatformHook
from rolecall.hooks.store_hook import StoreHook
from rolecall.models import SearchQuery
from rolecall.operators.job_scraper_operator import JobScraperOperator, window_of
from rolecall.outbox.wakeup import nudge
from rolecall.settings import Settings

PARAMS = {
    "searches": Param(
        [],
        type=["array", "null"],
        items={
            "type": "object",
            "properties": {
                "keywords": {"type": "string", "maxLength": 300},
                "location": {"type": "string", "maxLength": 300},
                "remote": {"type": "boolean"},
                "company": {"type": "string", "maxLength": 200},
                "radius": {"type": ["integer", "null"], "minimum": 1, "maximum": 1000},
                "maxAgeDays": {"type": ["integer", "null"], "minimum": 1, "maximum": 3650},
                "contract": {"type": "string", "maxLength": 40},
                "maxResults": {"type": "integer", "minimum": 1, "maximum": 10_000},
            },
            "additionalProperties": False,
        },
        maxItems=MOST,
        title="Searches",
        description='Instead of the configured ones: [{"keywords": "nurse", "location": "Leeds", "maxResults": 50}]',
    ),
    "replay": Param(
        False,
        type=["boolean", "null"],
        title="Replay",
        description="Read everything that was landed again, by today's parser, without asking the board. Nobody is told.",
    ),
}


def scrape_dag(board: str) -> None:
    """One DAG a board: ``scrape_<board>``."""

    @dag(
        dag_id=f"scrape_{board}",
        **DAG_DEFAULTS,
        schedule=by_clock(SCHEDULE),
        deadline=deadline(f"scrape_{board}", minutes=115),
        params=PARAMS,
        doc_md=__doc__,
        tags=["rolecall", "boards", board],
    )
    def scrape_board() -> None:
        @task
        def list_searches() -> list[dict[str, Any]]:
            """The searches of this run: its conf's, else searches.yaml, people's wishes, followed employers. One task replays them all."""
            context = get_current_context()
            if window_of(context):
                return [SearchQuery().model_dump()]
            asked = [SearchQuery.model_validate(search) for search in context["params"]["searches"] or []]
            return [query.model_dump() for query in asked or searches(board, StoreHook().dsn)]

        scrape = JobScraperOperator.partial(
            task_id="scrape",
            platform=board,
            map_index_template="{{ task.label }}",
            max_active_tis_per_dagrun=1,  # they share one pace: more of them would sleep in slots that others need
            execution_timeout=timedelta(seconds=TASK_SECONDS),
            pool="rolecall_boards",
        )

        @task(trigger_rule=TriggerRule.NONE_SKIPPED, outlets=[assets.postings])
        def announce() -> dict[str, int]:
            """What landed is merged and matched, whatever the platform says to it."""
            with StoreHook().get_conn() as conn:
                return landed(conn, board, get_current_context()["dag_run"].run_id)

        @task(trigger_rule=TriggerRule.NONE_SKIPPED)
        def deliver() -> int:
            """Bulk POST of what is new or changed; returns the confirmed count."""
            with PlatformHook().client() as platform:
                return deliver_postings(StoreHook().dsn, platform, board, run_id=get_current_context()["dag_run"].run_id).count

        @task(trigger_rule=TriggerRule.NONE_SKIPPED)
        def report(listed: list[dict[str, Any]] | None) -> dict[str, Any]:
            """Tells Slack, in the seed's words, and lets go of raw answers that are too old. A replay is no news."""
            context, settings = get_current_context(), Settings()
            expected = None if listed is None else [SearchQuery.model_validate(search).key for search in listed]
            with StoreHook().get_conn() as conn:
                told = {} if window_of(context) else write_report(conn, board, context["dag_run"].run_id, expected)
                told["forgotten"] = delete_old_answers(conn, board, days=settings.raw_answer_days)
            nudge(redis_url())
            return told

        listed = list_searches()
        scraped = scrape.expand_kwargs(listed)
        scraped >> announce()
        delivered = deliver()
        scraped >> delivered >> report(listed)
        red_if_failed(listed, delivered)
        red_if_all_failed(scraped)

    scrape_board()


for name in (*BOARDS, *(name for name in BROKEN if name not in BOARDS)):
    scrape_dag(name)
