"""
### What happened, and what the market asks for

Every day at 00:30 UTC, for **the day that ended half an hour before**: the day before the logical date. Postings are read into facts; the
figures of the day are written in place of earlier ones: the funnel of everybody and of each person (seen, matched, approved, submitted,
viewed, interview, offer), what each board gave and cost, demand, pay and trends, match scores against what became of applications. Then a
charted report, page and PDF, below `REPORT_URL`: the log of `write_report` says where. `#analytics` hears once of yesterday's three largest
changes, people get their weekly report after a Sunday; older days are told to nobody.

With `{"day": "today"}` the report shows today's figures so far, and says so; they are drawn and not stored, and the next morning's run
writes the whole day in their place.

A figure uses only what happened before the end of its day, so counting again gives the same rows:
`./rolecall airflow backfill create --dag-id analytics --from-date … --to-date … --reprocess-behavior completed`. What each figure means:
`docs/analytics.md`; figures for BI tools: the views of the schema `analytics`.
"""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta
from typing import Any

from airflow.sdk import ObjectStoragePath, Param, dag, get_current_context, task

from rolecall import assets
from rolecall.airflow_url import airflow_url
from rolecall.analytics.figures import compute, is_over, the_day
from rolecall.defaults import DAG_DEFAULTS, by_clock
from rolecall.hooks.store_hook import StoreHook
from rolecall.outbox.available_channels import Available
from rolecall.settings import Settings

log = logging.getLogger(__name__)

PARAMS = {
    "day": Param(
        None,
        type=["null", "string"],
        pattern=r"^(\d{4}-\d{2}-\d{2}|today)$",
        title="Day",
        description="Another day than the one before the logical date, like 2026-11-10 (UTC); today: what there is so far",
    )
}


@dag(
    **DAG_DEFAULTS,
    schedule=by_clock("30 0 * * *"),
    params=PARAMS,
    doc_md=__doc__,
    tags=["rolecall", "analytics"],
)
def analytics() -> None:
    @task(execution_timeout=timedelta(hours=1))
    def count_the_day() -> dict[str, Any]:
        """Reads what is new among postings and writes the day's figures in one transaction; returns rows by table (none of today)."""
        from rolecall.analytics.posting_facts import read_postings  # vocabularies: not needed to parse a DAG

        context = get_current_context()
        day = the_day(context["params"]["day"], context.get("logical_date"))
        with StoreHook().get_conn() as conn:
            read = read_postings(conn)
            so_far = None if is_over(day) else datetime.now(UTC).isoformat()
            return {"day": str(day), "read": read, "rows": {} if so_far else compute(conn, day), "so_far": so_far}

    @task(execution_timeout=timedelta(minutes=10))
    def write_report(counted: dict[str, Any]) -> str:
        """Draws and stores the report; returns where its page is."""
        from rolecall.analytics.report import report  # matplotlib: not needed to parse a DAG

        day, so_far = date.fromisoformat(counted["day"]), counted["so_far"]
        with StoreHook().get_conn() as conn:
            drawn = report(conn, day, datetime.fromisoformat(so_far) if so_far else None)
        if so_far and is_over(day):
            log.info("%s has ended meanwhile: the run of the morning writes its report", day)
            return ""
        place = drawn.store(ObjectStoragePath(Settings().report_url))
        log.info("The report of %s (%s charts) is at %s", drawn.day, drawn.charts, place)
        return place

    @task(outlets=[assets.notifications])
    def tell(counted: dict[str, Any]) -> dict[str, int]:
        """Tells the team, and people their week, when the day is yesterday."""
        from rolecall.analytics.report_messages import enqueue_reports as tell_about

        page = f"{airflow_url()}/figures/{counted['day']}"
        with StoreHook().get_conn() as conn:
            return tell_about(conn, date.fromisoformat(counted["day"]), page, available=Available())

    counted = count_the_day()
    write_report(counted) >> tell(counted)


analytics()
