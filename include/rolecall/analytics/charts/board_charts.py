"""Charts of what boards give and what it takes."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from rolecall.analytics.charts import marks
from rolecall.analytics.charts.canvas import Chart, label_width, shorten_label
from rolecall.analytics.charts.durations import duration_chart
from rolecall.analytics.charts.marks import Bar
from rolecall.analytics.charts.wording import SHOWN, format_interval, format_number, format_percent, row_chart, rows_of, sample_size
from rolecall.store import Connection

SPAN = 28
"""Days that charts of boards sum up."""

BOARDS = """
select board, sum(searches)::int as searches, sum(requests)::int as requests, sum(seconds::numeric)::float8 as seconds,
       sum(postings)::int as postings, sum(duplicates)::int as duplicates, sum(quarantined)::int as quarantined, sum(useful)::int as useful,
       figures.low(sum(duplicates), sum(postings)) as dup_low, figures.high(sum(duplicates), sum(postings)) as dup_high,
       figures.low(sum(quarantined), sum(postings)) as bad_low, figures.high(sum(quarantined), sum(postings)) as bad_high
from figures.board where day > %(day)s - 28 and day <= %(day)s group by board having sum(postings) + sum(searches) > 0
order by sum(useful) desc, board collate "C" limit 12
"""


def new_jobs(conn: Connection, day: date) -> Chart | None:
    """Lines of useful postings a day over four weeks, of the five boards with most; ``None`` where there were none."""
    rows = rows_of(conn, "select day, board, useful from figures.board where day > %(day)s - 28 and day <= %(day)s", day)
    totals: dict[str, int] = {}
    for row in rows:
        totals[row["board"]] = totals.get(row["board"], 0) + row["useful"]
    best = sorted((name for name in totals if totals[name]), key=lambda name: (-totals[name], name))[:5]
    if not best:
        return None
    known = {(row["day"], row["board"]): row["useful"] for row in rows}
    counted = {row["day"] for row in rows}
    listed = [day - timedelta(days=back) for back in range(SPAN - 1, -1, -1)]
    lines = [(shorten_label(name), [known.get((one, name), 0) if one in counted else None for one in listed]) for name in best]
    return Chart(
        "new-jobs",
        "New jobs a day",
        "useful new jobs: neither duplicate nor quarantined",
        f"{sample_size(sum(totals.values()), 'jobs')}, {len(counted)} of {SPAN} days counted",
        marks.line_plot([f"{one.day} {calendar.month_abbr[one.month]}" for one in listed], lines, "jobs a day"),
        2.6,
        0.7,
        label_width([name for name, _ in lines]) + 0.3,
        (
            ("day", *(name for name, _ in lines)),
            [(str(one), *(format_number(values[place]) for _, values in lines)) for place, one in enumerate(listed) if one in counted],
        ),
        "The five boards with the most useful jobs; each has its own mark and dashes.",
    )


def board_yield(conn: Connection, day: date) -> Chart | None:
    """Bars of each board's postings: useful, duplicate, spoilt."""
    rows = [row for row in rows_of(conn, BOARDS, day) if row["postings"]]
    if not rows:
        return None
    names = [shorten_label(row["board"]) for row in rows]
    spoilt = [max(row["postings"] - row["useful"] - row["duplicates"], 0) for row in rows]
    words = [
        f"{format_number(row['useful'])} useful of {format_number(row['postings'])} ({format_percent(row['useful'] / row['postings'])})"
        for row in rows
    ]
    parts = [
        ("useful", [row["useful"] for row in rows]),
        ("told before by another posting", [row["duplicates"] for row in rows]),
        ("in quarantine", spoilt),
    ]
    table = (
        ("board", "new postings", "useful", "duplicates", "95 % interval", "in quarantine", "95 % interval"),
        [
            (
                row["board"],
                format_number(row["postings"]),
                format_number(row["useful"]),
                format_percent(row["duplicates"] / row["postings"]),
                format_interval(row["dup_low"], row["dup_high"]),
                format_percent(row["quarantined"] / row["postings"]),
                format_interval(row["bad_low"], row["bad_high"]),
            )
            for row in rows
        ],
    )
    return row_chart(
        "board-yield",
        "What boards give",
        "new postings of 28 days",
        sample_size(sum(row["postings"] for row in rows), "postings"),
        marks.stacked_bars(names, words, parts, "postings"),
        names,
        words,
        table,
        "A posting is useful when no other told of its job before and it is not in quarantine.",
        head=0.3,
    )


def board_cost(conn: Connection, day: date) -> Chart | None:
    """Bars of requests for each useful posting, by board."""
    rows = [row for row in rows_of(conn, BOARDS, day) if row["useful"] and row["requests"]]
    if not rows:
        return None
    bars = [
        Bar(
            shorten_label(row["board"]),
            row["requests"] / row["useful"],
            f"{format_number(row['requests'] / row['useful'])} requests, {format_number(row['seconds'] / row['useful'])} s, "
            f"n = {format_number(row['useful'])}",
        )
        for row in rows
    ]
    table = (
        ("board", "requests", "seconds", "useful jobs", "requests a job", "seconds a job"),
        [
            (
                row["board"],
                format_number(row["requests"]),
                format_number(row["seconds"]),
                format_number(row["useful"]),
                bar.words.split(" requests")[0],
                format_number(row["seconds"] / row["useful"]),
            )
            for row, bar in zip(rows, bars, strict=True)
        ],
    )
    return row_chart(
        "board-cost",
        "What a useful job costs",
        "requests for each useful new job, 28 days",
        sample_size(sum(row["useful"] for row in rows), "useful jobs"),
        marks.share_bars(bars, "requests a useful job", percent=False),
        [bar.name for bar in bars],
        [bar.words for bar in bars],
        table,
        "Seconds are those of scraping, waiting for the board's pace included.",
    )


def board_freshness(conn: Connection, day: date) -> Chart | None:
    """Ranges of how old postings are when a board first shows them, by board."""
    statement = """
        select board, n, hours_median, hours_p90 from analytics.board_freshness where day = %(day)s and n > 0
        order by hours_median, board collate "C" """
    rows = rows_of(conn, statement, day)[:SHOWN]
    return duration_chart(
        rows,
        "board",
        "board-freshness",
        "How fresh jobs are when we first see them",
        "age of a posting at first sight, logarithmic axis",
        sample_size(sum(row["n"] for row in rows), "dated postings of the day"),
        "postings",
    )
