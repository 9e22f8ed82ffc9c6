"""Charts of how long something takes."""

from __future__ import annotations

from rolecall.analytics.charts import marks
from rolecall.analytics.charts.canvas import Chart, shorten_label
from rolecall.analytics.charts.marks import Range
from rolecall.analytics.charts.wording import Row, format_duration, format_number, row_chart


def duration_chart(rows: list[Row], name: str, key: str, title: str, unit: str, sample: str, what: str) -> Chart | None:
    """A chart with a range a row, from the median to the 90th percentile in hours; ``None`` without rows."""
    if not rows:
        return None
    ranges = [
        Range(
            shorten_label(row[name]),
            row["hours_median"],
            f"{format_duration(row['hours_median'])}, 90 % within {format_duration(row['hours_p90'])}, n = {format_number(row['n'])}",
            row["hours_median"],
            row["hours_p90"],
        )
        for row in rows
    ]
    table = (
        (name, "median", "90 % within", f"n {what}"),
        [
            (str(row[name]), format_duration(row["hours_median"]), format_duration(row["hours_p90"]), format_number(row["n"]))
            for row in rows
        ],
    )
    return row_chart(
        key,
        title,
        unit,
        sample,
        marks.box_plot(ranges, "dot: median; end of the line: 90 % took no longer", hours=True),
        [one.name for one in ranges],
        [one.words for one in ranges],
        table,
        "The dot is the median, the line ends where 90 % were through.",
    )
