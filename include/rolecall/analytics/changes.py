"""What changed most, in sentences: for the report's head and for Slack."""

from __future__ import annotations

from datetime import date
from typing import Any

from rolecall.analytics.charts.wording import format_number, format_percent
from rolecall.store import Connection
from rolecall.text.display import one_line

ABOUT = {
    "skill": "{} is asked for in",
    "title": "{} is the title of",
    "place": "{} is the place of",
    "remote": "{} work is offered in",
    "seniority": "{} is the level of",
    "board": "{} gave",
}
"""Dimension → how a sentence about its share of the new jobs begins."""

FUNNEL = {
    "matched": "Matches",
    "approved": "Approved applications",
    "submitted": "Applications sent",
    "viewed": "Applications that were looked at",
    "interview": "Interviews",
    "offer": "Offers",
}


def changes(conn: Connection, day: date) -> list[str]:
    """One sentence for each of the up to three figures that changed most since the week before."""
    rows = conn.execute("select * from analytics.change where day = %s order by place", (day,)).fetchall()
    return [sentence(row) for row in rows]


def sentence(row: dict[str, Any]) -> str:
    """A row of ``analytics.change`` in words.

    >>> known = {"jobs": 120, "jobs_before": 80, "ratio": 1.5, "ratio_low": 1.1, "ratio_high": 2.0}
    >>> sentence({"dimension": "jobs", "value": "new jobs", **known})
    'New jobs: 120 in seven days, 80 in the seven before (×\\xa01.5, 95 % between 1.1 and 2.0)'
    """
    name = one_line(row["value"], 60)
    if row["dimension"] in ("jobs", "funnel"):
        subject = "New jobs" if row["dimension"] == "jobs" else FUNNEL.get(name, name)
        said = f"{subject}: {format_number(row['jobs'])} in seven days, {format_number(row['jobs_before'])} in the seven before"
    else:
        before = row["jobs_before"] / row["total_before"]
        said = (
            f"{ABOUT[row['dimension']].format(name[:1].upper() + name[1:])} {format_percent(row['share'])} of "
            f"{format_number(row['total'])} new jobs, "
            f"{format_percent(before)} of {format_number(row['total_before'])} the week before"
        )
    return f"{said} ({_times(row)})"


def _times(row: dict[str, Any]) -> str:
    if row["ratio"] is None:
        return f"at least ×\u00a0{row['ratio_low']:.1f}"
    low, high = row["ratio_low"] or 0, row["ratio_high"]
    return f"×\u00a0{row['ratio']:.2g}, 95 % " + (f"between {low:.1f} and {high:.1f}" if high is not None else f"above {low:.1f}")
