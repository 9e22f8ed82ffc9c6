"""One figure of the table, with its interval: what every module of this folder gives."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

ROUNDS, SEED = 1000, 17


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    :param set: what it was measured on, with its half where there are two: ``reed_uk, held``
    :param ours: the figure; ``low`` and ``high``: its 95 % interval, by resampling units
    :param baseline: what the way named ``baseline_name`` gives on the same texts in the same run; ``None``: there is none
    :param n: how many units
    :param bound: what must hold: at least, or at most where ``less_is_better``; ``None``: nothing was promised
    :param real: measured on texts that people wrote for their own ends; invented ones test a mechanism only
    """

    set: str
    measure: str
    ours: float
    low: float
    high: float
    baseline_name: str
    baseline: float | None
    n: int
    bound: float | None
    real: bool
    less_is_better: bool = False

    @property
    def key(self) -> str:
        return f"{self.set}: {self.measure}"

    @property
    def missed(self) -> bool:
        """Whether it breaks its bound. A figure that is no number does."""
        if self.bound is None:
            return math.isnan(self.ours)
        return not (self.ours <= self.bound if self.less_is_better else self.ours >= self.bound)

    def worse_than(self, last: float | None) -> bool:
        """Whether the last figure is better than anything in this one's interval."""
        return last is not None and (last < self.low if self.less_is_better else last > self.high)

    def plain(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Skipped:
    """A set that was not measured, and why.

    :param own: it is nobody's but the measurer's own (labels made by hand): its absence is no failure
    """

    set: str
    why: str
    own: bool = False


class Figure(NamedTuple):
    """A figure with its interval, ready for ``Row(set, measure, *figure, …)``."""

    ours: float
    low: float
    high: float


def bootstrap(statistic: Callable[[NDArray[np.int64]], float], units: int, *, rounds: int = ROUNDS) -> Figure:
    """A statistic of units 0 … ``units`` − 1 with its 95 % interval: units are drawn again, with replacement, ``rounds`` times.

    :param statistic: gets the numbers of the units drawn, one perhaps several times; a round that gives no number does not count
    """
    if not units:
        return Figure(math.nan, math.nan, math.nan)
    random = np.random.default_rng(SEED)
    drawn = [statistic(random.integers(0, units, units)) for _ in range(rounds)]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Figure(float(statistic(np.arange(units))), float(low), float(high))


def share(hits: Sequence[float], *, of: Sequence[float] | None = None, unit: Sequence[Hashable] | None = None) -> Figure:
    """Σ hits / Σ of, with its interval.

    :param of: what each hit counts out of; one each by default
    :param unit: what is resampled (the ad, the person, the employer) by row; rows of one unit stand or fall together. Default: each row

    Where every unit agrees, drawing again says nothing: the interval then follows the rule of three.
    """
    if not hits:
        return Figure(math.nan, math.nan, math.nan)
    number: dict[Hashable, int] = {}
    rows = np.array([number.setdefault(one, len(number)) for one in (unit or range(len(hits)))])
    top = np.bincount(rows, weights=np.asarray(hits, dtype=float))
    bottom = np.bincount(rows, weights=np.asarray(of if of is not None else np.ones(len(hits)), dtype=float))

    def statistic(drawn: NDArray[np.int64]) -> float:
        total = bottom[drawn].sum()
        return float(top[drawn].sum() / total) if total else math.nan

    found = bootstrap(statistic, len(top))
    slack = min(1.0, 3 / len(top))
    if found.ours in (0.0, 1.0):
        return Figure(found.ours, max(0.0, found.ours - slack), min(1.0, found.ours + slack))
    return found


def developed_on(name: str) -> bool:
    """Which half of a set something is in, by its name: the one whose errors are looked at, or (``False``) the one that only measures."""
    return hashlib.sha256(name.encode()).digest()[0] % 2 == 0
