"""Charts drawn once and kept: by one thread beside the requests, since a day's charts take seconds."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime

import psycopg

from rolecall.analytics.charts import charts
from rolecall.analytics.charts.canvas import Chart, render_pdf, render_svg
from rolecall.analytics.figures import figures_of_day
from rolecall.analytics.posting_facts import read_postings
from rolecall.store import connect
from rolecall.store.dead_letters import in_log

log = logging.getLogger("rolecall.page")

KEPT = 20
"""Days that are kept drawn."""

BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')

FRESH, RETRY = 15 * 60.0, 30.0
"""Seconds after which a day that goes on is drawn anew, and one that could not be drawn is tried again."""

INKS = (
    "<style>:root{--text:#1b1f23;--soft:#555b63;--line:#d9dbde;--main:#0b5fd0;--pale:#b9d2f5;--sheet:#fff}"
    "@media (prefers-color-scheme:dark){:root{--text:#eceef0;--soft:#a8aeb5;--line:#353a3f;--main:#7fb2ff;--pale:#24486f;--sheet:#1b1e21}}"
    "</style>"
)
"""The page's own colours, inside the picture: what stands in an ``<img>`` inherits none."""


@dataclass(frozen=True)
class Picture:
    """A chart as SVG, with its size in points."""

    chart: Chart
    svg: str
    width: int
    height: int


@dataclass(frozen=True)
class DayPictures:
    """A day's charts.

    :param so_far: until when, where the day goes on
    :param sections: section → its pictures
    """

    day: date
    so_far: datetime | None
    sections: dict[str, list[Picture]]

    def picture(self, key: str, sections: list[str]) -> str | None:
        """The SVG of a chart; ``None``: these sections have none of this key."""
        return next((one.svg for name in sections for one in self.sections.get(name, []) if one.chart.key == key), None)

    def paper(self, sections: list[str]) -> bytes:
        """These sections as a PDF, a chart a page."""
        shown = [one.chart for name in sections for one in self.sections.get(name, [])]
        return render_pdf(shown, f"Rolecall, {self.day}")


class PictureCache:
    """What was drawn, and what is being drawn.

    :param dsn: of the figures' owner: services may not read the views that charts are drawn of
    """

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._lock = threading.Lock()
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="charts")
        self._found: OrderedDict[date, tuple[float, Future[DayPictures]]] = OrderedDict()

    def of(self, day: date) -> Future[DayPictures]:
        """A day's charts, done or being drawn. What goes on is drawn anew now and then; the old ones are shown until then."""
        goes_on = day >= datetime.now(UTC).date()
        with self._lock:
            made, future = self._found.get(day, (0.0, None))
            done = future is not None and future.done()
            keeps = RETRY if future is not None and done and future.exception() else FRESH if goes_on else float("inf")
            if future is None or (done and time.monotonic() - made > keeps):
                future = self._worker.submit(self._draw, day, datetime.now(UTC) if goes_on else None)
                self._found[day] = (time.monotonic(), future)
                while len(self._found) > KEPT:
                    self._found.popitem(last=False)
            return future

    def in_a_thread(self, drawn: DayPictures, sections: list[str]) -> bytes:
        """:meth:`DayPictures.paper`, by the thread that draws: matplotlib's settings are one for a process."""
        return self._worker.submit(drawn.paper, sections).result(60)

    def _draw(self, day: date, so_far: datetime | None) -> DayPictures:
        try:
            with connect(self._dsn, name="charts") as conn:
                if so_far is not None:
                    read_postings(conn)  # as the daily run does before it counts
                with figures_of_day(conn, day, so_far):
                    found = charts(conn, day)
        except Exception as error:
            log.warning("charts of %s were not drawn: %s", day, in_log(error) if isinstance(error, psycopg.Error) else type(error).__name__)
            raise
        return DayPictures(day, so_far, {name: [_picture(chart) for chart in every] for name, every in found.items()})


def _picture(chart: Chart) -> Picture:
    head, end, rest = render_svg(chart).partition(">")
    box = BOX.search(head)
    width, height = (round(float(one)) for one in box.groups()) if box else (0, 0)
    if "xmlns=" not in head:
        head += ' xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return Picture(chart, head + end + INKS + rest, width, height)
