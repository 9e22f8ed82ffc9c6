"""Every chart of a day's report, in order. A chart without anything to show is left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from rolecall.analytics.charts.board_charts import board_cost, board_freshness, board_yield, new_jobs
from rolecall.analytics.charts.canvas import Chart
from rolecall.analytics.charts.market import demand, salaries, trends
from rolecall.analytics.charts.people_charts import calibration, funnel, funnel_time, scores
from rolecall.store import Connection

SECTIONS: dict[str, tuple[Callable[[Connection, date], Chart | None], ...]] = {
    "People": (funnel, funnel_time, scores, calibration),
    "Boards": (new_jobs, board_yield, board_cost, board_freshness),
    "Market": (
        demand("skills", "Which skills are asked for", "demand_skill", "skill"),
        demand("titles", "Which jobs are offered", "demand_title", "title"),
        demand("places", "Where jobs are", "demand_place", "place"),
        demand("remote", "Where the work is done", "remote_share", "work"),
        salaries,
        trends,
    ),
}


def charts(conn: Connection, day: date) -> dict[str, list[Chart]]:
    """Section → its charts of the day; a section without any is left out."""
    drawn = {name: [chart for make in makers if (chart := make(conn, day)) is not None] for name, makers in SECTIONS.items()}
    return {name: found for name, found in drawn.items() if found}
