"""The look of every chart: one frame with title, unit and sample, drawn once for screens, once for paper.

On screens colours are the page's own (CSS variables), so one picture serves light, dark and print. Nothing is told by colour alone:
marks differ in shape or hatching and carry their value as text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Any, NamedTuple

from rolecall.text.display import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Palette(NamedTuple):
    """The colours of a chart: its words, its small print, its grid, its marks, its other marks, what is behind it."""

    text: str
    soft: str
    line: str
    main: str
    pale: str
    sheet: str


Draw = Callable[["Axes", Palette], None]

SCREEN = Palette("#010a01", "#020a02", "#030a03", "#040a04", "#050a05", "#060a06")
"""Stand-ins: in the finished picture they are the page's variables ``--text``, ``--soft``, …"""

PAPER = Palette("#1b1f24", "#57606a", "#d0d7de", "#1f5f99", "#b9d6ee", "#ffffff")

WIDTH = 8.8
"""Inches."""

ROW = 0.3
"""Inches of height of one row of a chart with names at its left."""

LETTER = 0.081
"""Inches that a character of a label takes at most, on average."""

LONGEST = 34

MARGIN = 0.4
"""Inches of white around a chart on paper."""

NOT_SHOWN = re.compile(r' (?:width|height)="[\d.]+pt"|<metadata>(?:(?!<metadata>).)*?</metadata>', re.S)
"""Of a drawn picture: its fixed size (on the page it is as wide as the page allows), and what it says of itself."""

STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",  # text stays text: it can be read aloud, searched and copied
    "text.parse_math": False,  # "$" in a title is a dollar
    "font.size": 9.5,
    "hatch.linewidth": 0.8,
    "pdf.fonttype": 42,
}

Row = dict[str, Any]


@dataclass(frozen=True)
class Chart:
    """One chart.

    :param key: names it in addresses and files
    :param unit: what its numbers count or measure
    :param sample: how much it rests on
    :param draw: draws into axes
    :param height: of the axes, in inches
    :param left: room for names, in inches
    :param right: room for values, in inches
    :param table: the same as a table: names of columns, rows
    :param about: how to read it
    """

    key: str
    title: str
    unit: str
    sample: str
    draw: Draw
    height: float
    left: float
    right: float
    table: tuple[Sequence[str], Sequence[Sequence[str]]]
    about: str
    head: float = 0
    """Further room above the axes, for a key, in inches."""


def shorten_label(text: Any) -> str:
    """A name as it stands at a row: one line, shortened."""
    line = one_line(str(text))
    return line if len(line) <= LONGEST else line[: LONGEST - 1].rstrip() + "…"


def label_width(labels: Sequence[str]) -> float:
    """Inches that labels need."""
    return 0.25 + LETTER * max((len(text) for text in labels), default=0)


def draw_figure(chart: Chart, inks: Palette) -> Figure:
    """The chart in its frame."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    head, foot = 0.72 + chart.head, 0.55
    height = head + chart.height + foot
    with rc_context(STYLE):
        made = Figure(figsize=(WIDTH, height), facecolor=inks.sheet)
        made.text(0.002, 1 - 0.24 / height, chart.title, fontsize=12.5, fontweight="bold", color=inks.text, va="center")
        made.text(0.002, 1 - 0.5 / height, f"{chart.unit} · {chart.sample}", color=inks.soft, va="center")
        width = WIDTH - chart.left - chart.right
        axes = made.add_axes((chart.left / WIDTH, foot / height, width / WIDTH, chart.height / height), facecolor="none")
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(inks.soft)
        axes.tick_params(colors=inks.soft, labelcolor=inks.text, length=3)
        axes.xaxis.label.set_color(inks.soft)
        axes.yaxis.label.set_color(inks.soft)
        axes.set_axisbelow(True)
        chart.draw(axes, inks)
    return made


def render_svg(chart: Chart) -> str:
    """The chart as an ``<svg>`` element for a page that defines ``--text``, ``--soft``, ``--line``, ``--main``, ``--pale``, ``--sheet``."""
    from matplotlib import rc_context

    out = StringIO()
    with rc_context({**STYLE, "svg.hashsalt": chart.key}):
        draw_figure(chart, SCREEN).savefig(out, format="svg", metadata={"Date": None, "Creator": None})
    text: str = out.getvalue()
    text = NOT_SHOWN.sub("", text[text.index("<svg") :], count=3)
    for name, mark in zip(SCREEN._fields, SCREEN, strict=True):
        text = text.replace(mark, f"var(--{name})")
    return text


def render_pdf(charts: Sequence[Chart], title: str) -> bytes:
    """The charts for paper and mail, one a page."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_pdf import PdfPages

    out = BytesIO()
    with rc_context(STYLE), PdfPages(out, metadata={"Title": title, "CreationDate": None, "Creator": None}) as pages:
        for chart in charts:
            page = draw_figure(chart, PAPER)
            page.text(1, 0, title, ha="right", va="top", fontsize=8, color=PAPER.soft)
            pages.savefig(page, bbox_inches=page.bbox_inches.padded(MARGIN))
    return out.getvalue()
