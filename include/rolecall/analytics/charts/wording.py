"""Figures in words, and the frame of a chart of rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, LiteralString

from rolecall.analytics.charts.canvas import ROW, Chart, Draw, label_width
from rolecall.store import Connection

Row = dict[str, Any]

SHOWN = 12
"""Rows of a chart of many."""


def format_number(value: float | None) -> str:
    """``12 345``, ``3.4``, ``–`` for nothing."""
    if value is None:
        return "–"
    whole = abs(value) >= 100 or float(value).is_integer()
    return f"{value:,.0f}".replace(",", "\u202f") if whole else f"{value:.2g}" if abs(value) < 10 else f"{value:.1f}"


def format_percent(value: float | None) -> str:
    """``12 %``, ``0.4 %``."""
    return "–" if value is None else f"{100 * value:.0f} %" if value >= 0.0995 else f"{100 * value:.1f} %"


def format_interval(low: float | None, high: float | None) -> str:
    """``(10–15 %)``."""
    return "" if low is None or high is None else f"({format_percent(low).removesuffix(' %')}–{format_percent(high)})"


def format_duration(hours: float | None) -> str:
    """``9 s``, ``40 min``, ``3.5 h``, ``2.1 days``."""
    if hours is None:
        return "–"
    if hours * 3600 < 59.5:
        return f"{hours * 3600:.2g} s"
    return f"{hours * 60:.0f} min" if hours < 1 else f"{hours:.1f} h" if hours < 48 else f"{hours / 24:.1f} days"


def sample_size(amount: int, what: str) -> str:
    """``n = 1 234 jobs``."""
    return f"n = {format_number(amount)} {what}"


def rows_of(conn: Connection, statement: LiteralString, day: date) -> list[Row]:
    """The rows that a view has for a day; the statement names it ``%(day)s``."""
    return conn.execute(statement, {"day": day}).fetchall()


def row_chart(
    key: str,
    title: str,
    unit: str,
    sample: str,
    draw: Draw,
    names: Sequence[str],
    words: Sequence[str],
    table: Any,
    about: str,
    head: float = 0,
) -> Chart:
    """A chart with one row for each name, as high as they need."""
    height = max(ROW * len(names), 0.7)
    return Chart(key, title, unit, sample, draw, height, label_width(names), label_width(words), table, about, head)
