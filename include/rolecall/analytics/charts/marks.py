"""What charts are drawn with: bars, ranges, ratios, columns, lines. Every mark carries its value as text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from rolecall.analytics.charts.canvas import Draw, Palette
from rolecall.analytics.charts.wording import format_duration

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HATCHES = ("", "////", "....", "xxxx")
SHAPES = ("o", "s", "^", "D", "v", "P", "X", "*", "<", ">")
DASHES = ("-", "--", ":", "-.")

HOURS = {
    1 / 3600: "1 s",
    10 / 3600: "10 s",
    1 / 60: "1 min",
    0.1: "6 min",
    1: "1 h",
    6: "6 h",
    24: "1 day",
    72: "3 days",
    168: "1 week",
    720: "30 days",
    2160: "90 days",
}
"""Where an axis of hours has its ticks."""


def format_thousands(value: float, _: object = None) -> str:
    """``12 345`` with thin spaces; a small value with what it needs of its decimals."""
    return f"{value:,.0f}".replace(",", "\u202f") if abs(value) >= 100 or float(value).is_integer() else f"{value:g}"


class Bar(NamedTuple):
    """A row: its name, its value with the ends of its interval, the words behind it, and perhaps what it was before."""

    name: str
    value: float
    words: str
    low: float | None = None
    high: float | None = None
    before: float | None = None


class Range(NamedTuple):
    """A row of quantiles: outer ends, inner ends (perhaps none), the middle."""

    name: str
    middle: float
    words: str
    low: float
    high: float
    inner: tuple[float, float] | None = None


def row_axes(axes: Axes, names: Sequence[str], words: Sequence[str], inks: Palette) -> None:
    """Names at the left, values at the right, the first row on top."""
    count = len(names)
    axes.set_ylim(count - 0.4, -0.6)
    axes.set_yticks(range(count), names)
    axes.tick_params(axis="y", length=0)
    for place, text in enumerate(words):
        axes.annotate(
            text, (1, place), xycoords=("axes fraction", "data"), xytext=(8, 0), textcoords="offset points", va="center", color=inks.text
        )
    axes.grid(axis="x", color=inks.line, linewidth=0.7)


def share_bars(bars: Sequence[Bar], axis: str, *, percent: bool = True) -> Draw:
    """Bars from zero with their intervals; a diamond stands where it was before."""

    def draw(axes: Axes, inks: Palette) -> None:
        places = range(len(bars))
        axes.barh(places, [bar.value for bar in bars], height=0.62, color=inks.pale, edgecolor=inks.main, linewidth=0.9)
        for place, bar in zip(places, bars, strict=True):
            if bar.low is not None and bar.high is not None:
                axes.plot(
                    [bar.low, bar.high], [place, place], color=inks.text, linewidth=1.3, marker="|", markersize=6, markeredgewidth=1.3
                )
            if bar.before is not None:
                axes.plot(bar.before, place, marker="D", markersize=6, markerfacecolor=inks.sheet, markeredgecolor=inks.text, zorder=4)
        top = max([value for bar in bars for value in (bar.value, bar.high, bar.before) if value is not None], default=0) or 1
        axes.set_xlim(0, min(1.0, top * 1.06) if percent else top * 1.06)
        axes.xaxis.set_major_formatter((lambda value, _: f"{100 * value:.3g} %") if percent else format_thousands)
        axes.set_xlabel(axis)
        row_axes(axes, [bar.name for bar in bars], [bar.words for bar in bars], inks)

    return draw


def stacked_bars(names: Sequence[str], words: Sequence[str], parts: Sequence[tuple[str, Sequence[float]]], axis: str) -> Draw:
    """Bars of several parts, told apart by hatching; the key stands above them in the order of the parts."""

    def draw(axes: Axes, inks: Palette) -> None:
        starts = [0.0] * len(names)
        for number, (name, values) in enumerate(parts):
            axes.barh(
                range(len(names)),
                values,
                left=starts,
                height=0.62,
                color=(inks.main, inks.pale, inks.sheet, inks.sheet)[number],
                edgecolor=inks.main if number else inks.text,
                linewidth=0.9,
                hatch=HATCHES[number],
                label=name,
            )
            starts = [start + value for start, value in zip(starts, values, strict=True)]
        axes.set_xlim(0, (max(starts, default=0) or 1) * 1.04)
        axes.set_xlabel(axis)
        axes.xaxis.set_major_formatter(format_thousands)
        axes.legend(
            loc="lower left", bbox_to_anchor=(0, 1), ncols=len(parts), frameon=False, labelcolor=inks.text, borderpad=0.1, handlelength=2.4
        )
        row_axes(axes, names, words, inks)

    return draw


def box_plot(ranges: Sequence[Range], axis: str, *, hours: bool = False) -> Draw:
    """A line from end to end, a box between the inner ends, a dot in the middle. Hours stand on a logarithmic axis."""

    def draw(axes: Axes, inks: Palette) -> None:
        least = min((value for one in ranges for value in (one.low, one.middle) if value > 0), default=1.0)
        for place, one in enumerate(ranges):
            low, middle, high = (max(value, least / 2) if hours else value for value in (one.low, one.middle, one.high))
            axes.plot([low, high], [place, place], color=inks.text, linewidth=1.4, marker="|", markersize=9, markeredgewidth=1.4)
            if one.inner:
                axes.barh(place, one.inner[1] - one.inner[0], left=one.inner[0], height=0.5, color=inks.pale, edgecolor=inks.main, zorder=2)
            axes.plot(middle, place, marker="o", markersize=8, color=inks.main, markeredgecolor=inks.sheet, zorder=5)
        if hours:
            _hours(axes, least / 2, max((one.high for one in ranges), default=1.0))
        else:
            axes.xaxis.set_major_formatter(format_thousands)
        axes.set_xlabel(axis)
        row_axes(axes, [one.name for one in ranges], [one.words for one in ranges], inks)

    return draw


def _hours(axes: Axes, least: float, most: float) -> None:
    axes.set_xscale("log")
    axes.set_xlim(least / 1.3, most * 1.5)
    ticks = [tick for tick in HOURS if least / 1.3 <= tick <= most * 1.5] or [least, most]
    axes.set_xticks(ticks, [HOURS.get(tick) or format_duration(tick) for tick in ticks])
    axes.set_xticks([], minor=True)


def log_dot_plot(bars: Sequence[Bar], axis: str) -> Draw:
    """Dots on a logarithmic axis, joined from row to row; an empty dot at the left edge is zero."""

    def draw(axes: Axes, inks: Palette) -> None:
        values = [max(bar.value, 0.5) for bar in bars]
        axes.plot(values, range(len(bars)), color=inks.pale, linewidth=2.5, zorder=1)
        for place, bar in enumerate(bars):
            face = inks.main if bar.value else inks.sheet
            axes.plot(
                values[place], place, marker="o", markersize=9, markerfacecolor=face, markeredgecolor=inks.main, clip_on=False, zorder=3
            )
        axes.set_xscale("log")
        top = math.ceil(math.log10(max([*values, 10])))
        powers = [10**power for power in range(0, top + 1, 1 if top <= 5 else 2) if 10**power <= max([*values, 10])]
        axes.set_xticks([0.5, *powers], ["0", *map(format_thousands, powers)])
        axes.set_xlim(0.5, max([*values, 1]) * 1.6)
        axes.set_xticks([], minor=True)
        axes.set_xlabel(axis)
        row_axes(axes, [bar.name for bar in bars], [bar.words for bar in bars], inks)

    return draw


def ratio_plot(bars: Sequence[Bar], axis: str) -> Draw:
    """How many times as much, on a logarithmic axis around 1. A full dot: the interval leaves 1 out; an empty one: it may be chance."""

    def draw(axes: Axes, inks: Palette) -> None:
        ends = [value for bar in bars for value in (bar.low, bar.high, bar.value) if value]
        reach = min(max([2.0, *(max(value, 1 / value) for value in ends)]) * 1.1, 20.0)
        axes.axvline(1, color=inks.soft, linewidth=1.2, linestyle="--")
        for place, bar in enumerate(bars):
            low, high = max(bar.low or 1 / reach, 1 / reach), min(bar.high or reach, reach)
            sure = (bar.low or 0) > 1 or (bar.high is not None and bar.high < 1)
            axes.plot([low, high], [place, place], color=inks.text, linewidth=1.3)
            axes.plot(
                min(max(bar.value, 1 / reach), reach),
                place,
                marker="o",
                markersize=8,
                markeredgecolor=inks.main,
                markerfacecolor=inks.main if sure else inks.sheet,
                markeredgewidth=1.4,
                clip_on=False,
                zorder=3,
            )
        axes.set_xscale("log")
        axes.set_xlim(1 / reach, reach)
        marks = [tick for tick in (0.05, 0.1, 0.2, 0.33, 0.5, 1, 2, 3, 5, 10, 20) if 1 / reach <= tick <= reach]
        axes.set_xticks(marks, [f"× {tick:g}" for tick in marks])
        axes.set_xticks([], minor=True)
        axes.set_xlabel(axis)
        row_axes(axes, [bar.name for bar in bars], [bar.words for bar in bars], inks)

    return draw


def column_chart(names: Sequence[str], values: Sequence[float], axis: str, side: str) -> Draw:
    """Upright bars with their value above."""

    def draw(axes: Axes, inks: Palette) -> None:
        axes.bar(range(len(names)), values, width=0.86, color=inks.pale, edgecolor=inks.main, linewidth=0.9)
        for place, value in enumerate(values):
            axes.annotate(
                format_thousands(value),
                (place, value),
                xytext=(0, 3),
                textcoords="offset points",
                ha="center",
                color=inks.text,
            )
        axes.set_xticks(range(len(names)), names)
        axes.set_ylim(0, (max(values, default=0) or 1) * 1.14)
        axes.yaxis.set_major_formatter(format_thousands)
        axes.set_xlabel(axis)
        axes.set_ylabel(side)
        axes.grid(axis="y", color=inks.line, linewidth=0.7)

    return draw


def interval_plot(names: Sequence[str], bars: Sequence[Bar], axis: str, side: str) -> Draw:
    """Upright shares with their intervals, in percent."""

    def draw(axes: Axes, inks: Palette) -> None:
        places = range(len(bars))
        axes.plot(places, [bar.value for bar in bars], color=inks.pale, linewidth=2, zorder=1)
        for place, bar in zip(places, bars, strict=True):
            axes.plot([place, place], [bar.low or 0, bar.high or 0], color=inks.text, linewidth=1.3, marker="_", markersize=8, zorder=2)
            axes.plot(place, bar.value, marker="o", markersize=8, color=inks.main, markeredgecolor=inks.sheet, zorder=3)
            axes.annotate(bar.words, (place, bar.high or 0), xytext=(0, 5), textcoords="offset points", ha="center", color=inks.text)
        top = max((bar.high or 0 for bar in bars), default=0) or 1
        axes.set_xlim(-0.6, len(bars) - 0.4)
        axes.set_ylim(0, top * 1.22)
        axes.set_xticks(places, names)
        axes.yaxis.set_major_formatter(lambda value, _: f"{100 * value:.3g} %")
        axes.set_xlabel(axis)
        axes.set_ylabel(side)
        axes.grid(axis="y", color=inks.line, linewidth=0.7)

    return draw


def line_plot(names: Sequence[str], lines: Sequence[tuple[str, Sequence[float | None]]], side: str) -> Draw:
    """Lines over days, each with its own dashes and marks and its name at its end."""

    def draw(axes: Axes, inks: Palette) -> None:
        top = max((value for _, values in lines for value in values if value is not None), default=0) or 1
        ends = []
        for number, (name, values) in enumerate(lines):
            known = [(place, value) for place, value in enumerate(values) if value is not None]
            if not known:
                continue
            axes.plot(
                [place for place, _ in known],
                [value for _, value in known],
                color=inks.text if number % 2 else inks.main,
                linestyle=DASHES[number % len(DASHES)],
                linewidth=1.5,
                marker=SHAPES[number % len(SHAPES)],
                markersize=4.5,
            )
            ends.append((known[-1][1], name, known[-1][0]))
        axes.set_ylim(0, top * 1.1)
        axes.set_xlim(-0.5, len(names) - 0.5)
        for y, (value, name, place) in zip(_apart([end[0] for end in sorted(ends)], top * 0.075), sorted(ends), strict=True):
            axes.annotate(
                name,
                (place, value),
                xytext=(len(names) - 0.2, y),
                va="center",
                color=inks.text,
                annotation_clip=False,
                arrowprops={"arrowstyle": "-", "color": inks.line, "linewidth": 0.8},
            )
        every = max(1, len(names) // 7)
        axes.set_xticks(range(len(names) - 1, -1, -every), [names[place] for place in range(len(names) - 1, -1, -every)])
        axes.yaxis.set_major_formatter(format_thousands)
        axes.set_ylabel(side)
        axes.grid(axis="y", color=inks.line, linewidth=0.7)

    return draw


def _apart(heights: Sequence[float], least: float) -> list[float]:
    """Rising heights, moved up until none is nearer to the one before than ``least``."""
    moved: list[float] = []
    for height in heights:
        moved.append(max(height, moved[-1] + least) if moved else height)
    return moved
