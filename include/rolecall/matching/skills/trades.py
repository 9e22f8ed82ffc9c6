"""What trade a text speaks of: chances over two dozen trades, by a linear model over its vector of meaning.

The model was fitted on real CVs, ads and vacancy titles by ``make bench ONLY=fit/trades``; ``trades.npz`` holds its weights and no
text. Weights are whole numbers, so that every machine sums them exactly; chances have three digits.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rolecall.matching.skills.vectors import SCALE, Vector

FILE = Path(__file__).parent / "trades.npz"
WEIGHT_SCALE = 1_000
"""A weight of 1 is written as this."""

CHANCE_SCALE = 1_000
"""A certain trade is written as this."""

Chances = NDArray[np.int16]


class _Model(NamedTuple):
    names: tuple[str, ...]
    weights: NDArray[np.int64]
    bias: NDArray[np.int64]


@cache
def _model() -> _Model:
    with np.load(FILE, allow_pickle=False) as read:
        return _Model(tuple(read["names"].tolist()), read["weights"].astype(np.int64), read["bias"].astype(np.int64))


def trades() -> tuple[str, ...]:
    """The trades, in the order of the chances."""
    return _model().names


def trades_of(vector: Vector) -> Chances:
    """The chance of each trade in thousandths; all 0 where the text says nothing."""
    if not vector.any():
        return np.zeros(len(trades()), np.int16)
    _, weights, bias = _model()
    odds = (weights @ vector.astype(np.int64) / SCALE + bias) / WEIGHT_SCALE
    chances = np.exp(odds - odds.max())
    return np.asarray(np.rint(CHANCE_SCALE * chances / chances.sum()), np.int16)


def same_trade(one: Chances, other: Chances) -> float:
    """The chance that two texts speak of one trade, 0 to 1."""
    return float(one.astype(np.int64) @ other.astype(np.int64)) / CHANCE_SCALE**2
