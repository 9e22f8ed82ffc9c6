"""Charts of what the market asks for and pays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from rolecall.analytics.charts import marks
from rolecall.analytics.charts.canvas import Chart, shorten_label
from rolecall.analytics.charts.marks import Bar, Range
from rolecall.analytics.charts.wording import SHOWN, Row, format_interval, format_number, format_percent, row_chart, rows_of, sample_size
from rolecall.store import Connection


def demand_chart(key: str, title: str, view: str, what: str) -> Callable[[Connection, date], Chart | None]:
    """A chart of the values of ``analytics.<view>`` by the share of jobs that ask for each."""

    def chart(conn: Connection, day: date) -> Chart | None:
        statement = f'select * from analytics.{view} where day = %(day)s and jobs > 0 order by jobs desc, value collate "C" limit {SHOWN}'  # noqa: S608
        rows = rows_of(conn, statement, day)
        if not rows:
            return None
        bars = [
            Bar(
                shorten_label(row["value"]),
                row["share"],
                f"{format_percent(row['share'])} {format_interval(row['share_low'], row['share_high'])}, {format_number(row['jobs'])} jobs",
                row["share_low"],
                row["share_high"],
                row["jobs_before"] / row["total_before"] if row["total_before"] else None,
            )
            for row in rows
        ]
        before = rows[0]["total_before"]
        sample = sample_size(rows[0]["total"], "jobs") + (f", the week before {format_number(before)}" if before else ", no week before")
        table = (
            (what, "jobs", "share", "95 % interval", "the week before"),
            [
                (
                    row["value"],
                    format_number(row["jobs"]),
                    format_percent(row["share"]),
                    format_interval(row["share_low"], row["share_high"]),
                    format_percent(bar.before),
                )
                for row, bar in zip(rows, bars, strict=True)
            ],
        )
        return row_chart(
            key,
            title,
            "share of the new jobs of seven days",
            sample,
            marks.share_bars(bars, "bar: this week with its 95 % interval" + ("; diamond: the week before" if before else "")),
            [bar.name for bar in bars],
            [bar.words for bar in bars],
            table,
            "A job that several boards tell of counts once.",
        )

    return chart


def trend_chart(conn: Connection, day: date) -> Chart | None:
    """Ratios between this week and the one before, of what has at least 20 jobs in both together."""
    statement = """
        select * from analytics.trend where day = %(day)s and jobs + jobs_before >= 20 and ratio > 0 and total_before > 0
          and dimension in ('skill', 'title', 'place', 'board', 'funnel', 'jobs')
        order by abs(ln(ratio)) * sqrt(jobs::float8 * jobs_before / (jobs + jobs_before)) desc, dimension, value collate "C" limit 14"""
    rows = rows_of(conn, statement, day)
    if not rows:
        return None
    rows.sort(key=lambda row: (-row["ratio"], row["value"]))
    bars = [
        Bar(
            shorten_label(f"{row['dimension']}: {row['value']}" if row["dimension"] != "jobs" else "all new jobs"),
            row["ratio"],
            f"× {row['ratio']:.2f} ({row['ratio_low'] or 0:.2f}–{_open(row['ratio_high'])}), {_moved(row)}",
            row["ratio_low"],
            row["ratio_high"],
        )
        for row in rows
    ]
    table = (
        ("what", "this week", "the week before", "ratio", "95 % interval"),
        [
            (
                bar.name,
                format_number(row["jobs"]),
                format_number(row["jobs_before"]),
                f"{row['ratio']:.2f}",
                f"{row['ratio_low'] or 0:.2f}–{_open(row['ratio_high'])}",
            )
            for row, bar in zip(rows, bars, strict=True)
        ],
    )
    return row_chart(
        "trends",
        "What moved since the week before",
        "times as often as the week before",
        f"the {len(rows)} clearest of what was counted 20 times or more",
        marks.ratio_plot(bars, "full dot: beyond its 95 % interval; empty dot: may be chance"),
        [bar.name for bar in bars],
        [bar.words for bar in bars],
        table,
        "Skills, titles, places and boards: their share of all new jobs, so that scraping more is no trend. Of many figures one in twenty "
        "leaves its interval by chance; what changed most, above, is corrected for that.",
    )


def _moved(row: Row) -> str:
    return f"{format_number(row['jobs_before'])} → {format_number(row['jobs'])}"


def _open(value: float | None) -> str:
    return "∞" if value is None else f"{value:.2f}"


def salary_chart(conn: Connection, day: date) -> Chart | None:
    """Ranges of yearly pay by job title, in the currency with most ads."""
    statement = """
        select * from analytics.salary where day = %(day)s and dimension in ('all', 'title') and currency = (
            select currency from analytics.salary where day = %(day)s and dimension = 'all' order by n desc, currency limit 1)
        order by dimension <> 'all', n desc, value collate "C" limit 12"""
    rows = rows_of(conn, statement, day)
    if not rows:
        return None
    money = rows[0]["currency"]
    ranges = [
        Range(
            "all jobs" if row["dimension"] == "all" else shorten_label(row["value"]),
            row["p50"],
            f"{format_number(row['p50'])}, n = {format_number(row['n'])}",
            row["p10"],
            row["p90"],
            (row["p25"], row["p75"]),
        )
        for row in rows
    ]
    table = (
        ("title", "n", "10 %", "25 %", "median", "75 %", "90 %"),
        [
            (one.name, format_number(row["n"]), *(format_number(row[name]) for name in ("p10", "p25", "p50", "p75", "p90")))
            for one, row in zip(ranges, rows, strict=True)
        ],
    )
    return row_chart(
        "salaries",
        "What new jobs pay",
        f"{money} a year of full-time work, new jobs of 28 days",
        sample_size(rows[0]["n"], "jobs that name a salary"),
        marks.box_plot(ranges, "dot: median; box: middle half; line: from 10 % to 90 %"),
        [one.name for one in ranges],
        [one.words for one in ranges],
        table,
        "The middle of the range an ad names. Groups of five jobs at least; the currency that most ads use. Others: view analytics.salary.",
    )
