"""The charted report of a day: one self-contained page for screens, light or dark, and a PDF for mail and print."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from rolecall.analytics.changes import changes
from rolecall.analytics.charts import charts
from rolecall.analytics.charts.canvas import Chart, render_pdf, render_svg
from rolecall.analytics.figures import figures_of_day
from rolecall.store import Connection


@dataclass(frozen=True)
class DailyReport:
    """A day's report.

    :param charts: how many it has
    """

    day: date
    html: str
    pdf: bytes
    charts: int

    @property
    def name(self) -> str:
        """What its files are called, without the ending."""
        return f"analytics-{self.day}"

    def store(self, folder: Any) -> str:
        """Writes ``analytics-<day>.html`` and ``.pdf``, in place of earlier ones of the day; returns where the page is.

        :param folder: a ``pathlib.Path`` or anything that acts like one (``UPath``, Airflow's ``ObjectStoragePath``)
        """
        folder.mkdir(parents=True, exist_ok=True)
        page = folder / f"{self.name}.html"
        page.write_bytes(self.html.encode())
        (folder / f"{self.name}.pdf").write_bytes(self.pdf)
        return str(page)


def report(conn: Connection, day: date, so_far: datetime | None = None) -> DailyReport:
    """Draws the report of a day from its figures; a day without any has a report that says so.

    :param so_far: what happened until then counts, and the report says so (aware)
    """
    until = f"so far, until {so_far.astimezone(UTC):%H:%M} UTC" if so_far else ""
    with figures_of_day(conn, day, so_far):
        sections = charts(conn, day)
        changed = changes(conn, day)
        compared = conn.execute("select max(compared) as compared from figures.change where day = %s", (day,)).fetchone()
    drawn = {name: [(chart, _picture(chart)) for chart in found] for name, found in sections.items()}
    page = _template().render(
        day=day,
        month=calendar.month_name[day.month],
        so_far=until,
        changes=changed,
        compared=compared["compared"] if compared else None,
        sections=drawn,
    )
    every = [chart for found in sections.values() for chart in found]
    return DailyReport(day, page, render_pdf(every, f"Rolecall, figures of {day}{until and f', {until}'}"), len(every))


def _picture(chart: Chart) -> Markup:
    named = Markup('<svg role="img" aria-label="{}, {}, {}" ').format(chart.title, chart.unit, chart.sample)
    return named + Markup(render_svg(chart).removeprefix("<svg "))  # noqa: S704  # matplotlib escapes every text it writes


def _template() -> Any:
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    ).get_template("report.html")
