"""*Flow*, for whoever runs Rolecall: the way of the data with today's numbers, what is wrong, links into Airflow."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from rolecall.store import sql
from rolecall.store.visible import see_everybody
from rolecall.web.page_context import SQL, NobodyChosen, PageContext, operator_of, top
from rolecall.web.templating import page

DAGS = {
    "Boards": "scrape_linkedin",
    "Catalog": "aggregate_jobs",
    "Matches": "match_jobs",
    "Applications": "auto_apply",
    "Messages": "send_notifications",
}
"""Which DAG a stage leads to."""

COUNTED_AT = {"Boards": "/flow#boards", "Catalog": "/jobs?show=all&days=1"}
FAILED_AT = {"Boards": "/flow#boards", "Catalog": "/jobs?show=held"}
"""Where the rows of a stage are listed; those of people are on each person's own pages."""

IN_HAND = {"Catalog": "catalog", "Matches": "matches", "Applications": "applications", "Messages": "messages"}
"""Stage → its column of ``in_hand.sql``."""


def router(context: PageContext) -> APIRouter:
    """``/flow``."""
    routes = APIRouter()

    @routes.get("/flow")
    def flow(request: Request) -> Response:
        """Boards → catalog → matches → applications → messages."""
        operator_of(request)
        with context.database.connection() as conn:
            try:
                top(conn, request)
            except NobodyChosen:
                request.state.bar = None
            see_everybody(conn)
            found = {
                name: conn.execute(sql(SQL / f"{name}.sql")).fetchall() for name in ("flow", "sources", "runs", "incidents", "recent_audit")
            }
            now = conn.execute(sql(SQL / "in_hand.sql")).fetchone() or {}
        return page(
            request, "flow.html", title="Flow", here="flow", dags=DAGS, airflow=context.airflow_url, found=found, now=now, in_hand=IN_HAND,
            counted_at=COUNTED_AT, failed_at=FAILED_AT,
        )  # fmt: skip

    return routes
