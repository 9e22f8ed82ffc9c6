"""Every chart of a day's report, in order. A chart without anything to show is left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from rolecall.analytics.charts.board_charts import board_cost, board_freshness, board_yield, new_jobs
from rolecall.analytics.charts.canvas import Chart
from rolecall.analytics.charts.funnel_charts import calibration_chart, funnel_chart, score_chart, stage_time_chart
from rolecall.analytics.charts.market import demand_chart, salary_chart, trend_chart
from rolecall.store import Connection

SECTIONS: dict[str, tuple[Callable[[Connection, date], Chart | None], ...]] = {
    "People": (funnel_chart, stage_time_chart, score_chart, calibration_chart),
    "Boards": (new_jobs, board_yield, board_cost, board_freshness),
    "Market": (
        demand_chart("skills", "Which skills are asked for", "demand_skill", "skill"),
        demand_chart("titles", "Which jobs are offered", "demand_title", "title"),
        demand_chart("places", "Where jobs are", "demand_place", "place"),
        demand_chart("remote", "Where the work is done", "remote_share", "work"),
        salary_chart,
        trend_chart,
    ),
}


def charts(conn: Connection, day: date) -> dict[str, list[Chart]]:
    """Section → its charts of the day; a section without any is left out."""
    drawn = {name: [chart for make in makers if (chart := make(conn, day)) is not None] for name, makers in SECTIONS.items()}
    return {name: found for name, found in drawn.items() if found}
