"""The report of a day: complete, harmless, and readable without colour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import psycopg
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from local.processes.postgres import Postgres
from rolecall.analytics.charts import charts
from rolecall.analytics.charts.canvas import PAPER, SCREEN, Chart, draw_figure, render_svg
from rolecall.analytics.charts.wording import format_duration
from rolecall.analytics.figures import compute
from rolecall.analytics.posting_facts import read_postings
from rolecall.analytics.report import DailyReport, report
from rolecall.store import Connection, connect
from tests.analytics.test_figures import way_of_one_application
from tests.analytics.world import DAY, NOON, World, at

EVIL = '<script>alert("$x_1$")</script>'


def busy(db: Connection, world: World) -> None:
    """A day with something for every chart; names from outside are hostile."""
    way_of_one_application(world)
    for number in range(120):
        world.posting(
            at(-10 + 8 * (number % 2)), board=EVIL if number % 3 else "indeed", title="Data Engineer", description="SQL, Python",
            location="Berlin, Germany", posted_at=at(-12), salary_min=50_000 + 100 * number, salary_currency="EUR", salary_interval="year",
        )  # fmt: skip
    for number in range(12):
        world.posting(at(0), board=EVIL, posted_at=at(-number / 4), description="Python")
    world.ran(at(0), EVIL)
    old = world.application("ann", "old", at(-50), "approved", "submitting", "submitted", score=0.9)
    world.answered(old, "offer", at(-5))
    world.application("ann", "older", at(-50), "approved", "submitting", "submitted", score=0.7)
    read_postings(db)
    compute(db, DAY)


class Page(HTMLParser):
    """What elements a page has, which open ones it never closed, and the texts of its pictures."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.texts: list[str] = []
        self.figures: list[dict[str, Any]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "svg":
            self.figures.append({**dict(attrs), "texts": []})

    def handle_data(self, data: str) -> None:
        if self.tags and self.tags[-1] == "text" and self.figures:
            self.figures[-1]["texts"].append(data)


@dataclass(frozen=True)
class Drawn:
    """One report and its charts."""

    report: DailyReport
    charts: list[Chart]

    @property
    def html(self) -> str:
        return self.report.html


@pytest.fixture(scope="module")
def drawn(postgres: Postgres) -> Iterator[Drawn]:
    """Drawn once for all tests here: a report takes two seconds."""
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        admin.execute("create database t_report template template_rolecall")
        try:
            with connect(postgres.dsn("t_report"), name="test") as db:
                busy(db, World(db))
                made = [chart for found in charts(db, DAY).values() for chart in found]
                yield Drawn(report(db, DAY), made)
        finally:
            admin.execute("drop database t_report with (force)")


def test_every_chart_has_a_title_a_unit_and_the_size_of_its_sample(drawn: Drawn) -> None:
    page = Page(drawn.html)
    assert len(drawn.charts) == len(page.figures) == drawn.report.charts == 14
    for chart, picture in zip(drawn.charts, page.figures, strict=True):
        texts = "".join(picture["texts"])
        assert chart.title in texts, chart.key
        assert chart.unit in texts, chart.key
        assert chart.sample in texts, chart.key
        assert re.search(r"n = \d|\d+ clearest", chart.sample), chart.key
        assert picture["role"] == "img", chart.key
        assert chart.title in picture["aria-label"]


def test_every_value_of_a_chart_stands_in_it_as_text_and_below_it_as_a_table(drawn: Drawn) -> None:
    assert drawn.html.count("<table>") == len(drawn.charts)
    for chart in drawn.charts:
        names, rows = chart.table
        assert rows, chart.key
        assert all(len(row) == len(names) for row in rows), chart.key


def test_a_chart_without_its_colours_still_tells_its_parts_apart(drawn: Drawn) -> None:
    grey = PAPER._replace(main="#777777", pale="#777777")
    by_key = {chart.key: chart for chart in drawn.charts}
    stacked = draw_figure(by_key["board-yield"], grey).axes[0]
    assert len({patch.get_hatch() for patch in stacked.patches}) == 3
    lines = [line for line in draw_figure(by_key["new-jobs"], grey).axes[0].lines if line.get_marker() not in ("None", "")]
    assert len({(line.get_marker(), line.get_linestyle()) for line in lines}) == len(lines) >= 2


def test_no_text_of_a_chart_leaves_its_picture(drawn: Drawn) -> None:
    for chart in drawn.charts:
        made = draw_figure(chart, PAPER)
        renderer = FigureCanvasAgg(made).get_renderer()
        made.draw(renderer)
        axes = made.axes[0]
        for text in (*made.texts, *axes.texts, axes.xaxis.label, axes.yaxis.label, *axes.get_yticklabels()):
            box = text.get_window_extent(renderer)
            if text.get_text() and box.width:
                assert box.x0 >= -1, (chart.key, text.get_text())
                assert box.x1 <= made.bbox.width + 1, (chart.key, text.get_text())


def test_texts_from_outside_are_text_on_the_page(drawn: Drawn) -> None:
    assert "<script>" not in drawn.html
    assert "alert(" in drawn.html
    assert "script" not in Page(drawn.html).tags
    assert "default-src 'none'" in drawn.html


def test_the_page_needs_nothing_from_elsewhere_and_is_dark_where_the_screen_is(drawn: Drawn) -> None:
    assert not re.search(r'(?:src|href)="(?!#)', drawn.html.replace('xlink:href="#', ""))
    assert "prefers-color-scheme: dark" in drawn.html
    assert not [mark for mark in SCREEN if mark in drawn.html]


def test_the_same_figures_give_the_same_pictures(drawn: Drawn) -> None:
    for chart in drawn.charts:
        assert render_svg(chart).removeprefix("<svg ") in drawn.html, chart.key


def test_a_report_is_stored_under_its_day_in_place_of_an_earlier_one(drawn: Drawn, tmp_path: Path) -> None:
    place = drawn.report.store(tmp_path / "deep" / "folder")
    assert drawn.report.store(tmp_path / "deep" / "folder") == place
    assert {path.name for path in (tmp_path / "deep" / "folder").iterdir()} == {"analytics-2026-11-10.html", "analytics-2026-11-10.pdf"}
    assert (tmp_path / "deep" / "folder" / "analytics-2026-11-10.pdf").read_bytes().startswith(b"%PDF")


def test_a_day_without_figures_has_a_report_that_says_so(db: Connection) -> None:
    page = report(db, DAY).html
    assert "Nothing is known of this day" in page
    assert "{&#34;day&#34;: &#34;today&#34;}" in page or '{"day": "today"}' in page
    assert "so far, until" not in page


def test_a_report_of_today_is_marked_in_head_title_and_print_and_compares_nothing(db: Connection, world: World) -> None:
    for hour in range(1, 23):
        world.posting(NOON.replace(hour=hour), description="Python")
        world.posting(NOON.replace(hour=hour) - timedelta(days=7), description="SQL")
    read_postings(db)
    made = report(db, DAY, NOON)
    assert "<h1>Figures of 10 November 2026, so far, until 12:00 UTC</h1>" in made.html
    assert "<title>Rolecall, figures of 2026-11-10, so far</title>" in made.html
    assert "The day is not over" in made.html
    assert "A day is compared with the week before when it is over." in made.html
    assert made.charts > 3
    assert made.charts == made.html.count("<svg ")
    whole = report(db, DAY)
    assert "so far, until" not in whole.html
    assert whole.charts == 0  # nothing was stored


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0 s"), (1.6, "1.6 s"), (9, "9 s"), (59, "59 s"), (60, "1 min"), (5400, "1.5 h"), (864_000, "10.0 days")]
)
def test_a_time_is_shown_in_the_unit_people_use_for_it(seconds: float, shown: str) -> None:
    assert format_duration(seconds / 3600) == shown
