"""Charts of the funnel, from a match to an offer, and of how good matches are."""

from __future__ import annotations

from datetime import date

from rolecall.analytics.charts import marks
from rolecall.analytics.charts.canvas import Chart
from rolecall.analytics.charts.durations import duration_chart
from rolecall.analytics.charts.marks import Bar
from rolecall.analytics.charts.wording import Row, format_interval, format_number, format_percent, row_chart, rows_of, sample_size
from rolecall.store import Connection


def funnel_chart(conn: Connection, day: date) -> Chart | None:
    """Bars of how many pairs of a person and a job reached each stage."""
    rows = rows_of(conn, "select * from analytics.funnel where day = %(day)s order by step", day)
    if not rows or not rows[0]["reached"]:
        return None
    bars = [
        Bar(
            row["stage"],
            row["reached"],
            format_number(row["reached"])
            + (
                f" · {format_percent(row['rate'])} {format_interval(row['rate_low'], row['rate_high'])} of {row['before']}"
                if row["rate"] is not None
                else ""
            ),
        )
        for row in _with_stage_before(rows)
    ]
    table = (
        ("stage", "pairs ever", "that day", "of the stage before", "95 % interval"),
        [
            (
                row["stage"],
                format_number(row["reached"]),
                format_number(row["on_day"]),
                format_percent(row["rate"]),
                format_interval(row["rate_low"], row["rate_high"]),
            )
            for row in rows
        ],
    )
    return row_chart(
        "funnel",
        "How far jobs and people come together",
        "pairs of a person and a job, ever, logarithmic axis",
        sample_size(rows[0]["reached"], "pairs seen"),
        marks.log_dot_plot(bars, "pairs that came to the stage"),
        [bar.name for bar in bars],
        [bar.words for bar in bars],
        table,
        "Behind each number: its share of the stage before, with the 95 % interval (Wilson). An empty dot is zero.",
    )


def _with_stage_before(rows: list[Row]) -> list[Row]:
    return [{**row, "before": rows[place - 1]["stage"] if place else ""} for place, row in enumerate(rows)]


def stage_time_chart(conn: Connection, day: date) -> Chart | None:
    """Ranges of the hours between two stages."""
    rows = rows_of(conn, "select * from analytics.funnel_time where day = %(day)s and n > 0 order by step", day)
    return duration_chart(
        rows,
        "stage",
        "funnel-time",
        "How long each stage takes",
        "time since the stage before, logarithmic axis",
        sample_size(sum(row["n"] for row in rows), "steps of the last 28 days"),
        "steps",
    )


def score_chart(conn: Connection, day: date) -> Chart | None:
    """Columns of matches by score."""
    rows = rows_of(conn, "select * from analytics.match_score where day = %(day)s and n > 0 order by bucket", day)
    if not rows:
        return None
    first, last = rows[0]["bucket"], rows[-1]["bucket"]
    known = {row["bucket"]: row for row in rows}
    buckets = range(first, last + 1)
    values = [known[bucket]["n"] if bucket in known else 0 for bucket in buckets]
    names = [f"{bucket / 20:.2f}" for bucket in buckets]
    return Chart(
        "scores",
        "How good matches are",
        "new matches of 28 days",
        sample_size(sum(values), "matches"),
        marks.column_chart(names, values, "match score from", "matches"),
        2.4,
        0.85,
        0.3,
        (
            ("score from", "matches", "that day"),
            [
                (name, format_number(value), format_number(known[bucket]["on_day"] if bucket in known else 0))
                for bucket, name, value in zip(buckets, names, values, strict=True)
            ],
        ),
        "The score with which a job first matched a person, in steps of 0.05.",
    )


def calibration_chart(conn: Connection, day: date) -> Chart | None:
    """Calibration: the share of decided applications with an interview or offer, by score, with 95 % intervals; and the AUC."""
    rows = rows_of(conn, "select * from analytics.calibration where day = %(day)s and n > 0 order by bucket", day)
    if not rows:
        return None
    (auc,) = rows_of(conn, "select * from analytics.score_auc where day = %(day)s", day) or [{"auc": None}]
    bars = [
        Bar(f"{row['score_from']:.2f}", row["rate"], f"{row['invited']} of {row['n']}", row["rate_low"], row["rate_high"]) for row in rows
    ]
    total = sum(row["n"] for row in rows)
    said = (
        " Of two applications of which one was invited, it had the better score in "
        f"{format_percent(auc['auc'])} of all cases (chance: 50 %)."
        if auc["auc"] is not None
        else ""
    )
    return Chart(
        "calibration",
        "What a match score promises",
        "share of decided applications with an interview or an offer",
        sample_size(total, "decided applications"),
        marks.interval_plot([bar.name for bar in bars], bars, "match score from", "invited"),
        2.6,
        0.85,
        0.3,
        (
            ("score from", "invited", "decided", "share", "95 % interval"),
            [
                (
                    bar.name,
                    format_number(row["invited"]),
                    format_number(row["n"]),
                    format_percent(row["rate"]),
                    format_interval(row["rate_low"], row["rate_high"]),
                )
                for bar, row in zip(bars, rows, strict=True)
            ],
        ),
        "Decided: an interview, an offer, a no, or 30 days of silence. A score that means something rises from left to right." + said,
    )
