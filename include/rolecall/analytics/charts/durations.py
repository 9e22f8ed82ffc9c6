"""Charts of how long something takes."""

from __future__ import annotations

from rolecall.analytics.charts import marks
from rolecall.analytics.charts.canvas import Chart, label
from rolecall.analytics.charts.marks import Range
from rolecall.analytics.charts.wording import Row, duration, listed, number


def durations(rows: list[Row], name: str, key: str, title: str, unit: str, sample: str, what: str) -> Chart | None:
    """A chart with a range a row, from the median to the 90th percentile in hours; ``None`` without rows."""
    if not rows:
        return None
    ranges = [
        Range(
            label(row[name]),
            row["hours_median"],
            f"{duration(row['hours_median'])}, 90 % within {duration(row['hours_p90'])}, n = {number(row['n'])}",
            row["hours_median"],
            row["hours_p90"],
        )
        for row in rows
    ]
    table = (
        (name, "median", "90 % within", f"n {what}"),
        [(str(row[name]), duration(row["hours_median"]), duration(row["hours_p90"]), number(row["n"])) for row in rows],
    )
    return listed(
        key,
        title,
        unit,
        sample,
        marks.spans(ranges, "dot: median; end of the line: 90 % took no longer", hours=True),
        [one.name for one in ranges],
        [one.words for one in ranges],
        table,
        "The dot is the median, the line ends where 90 % were through.",
    )
