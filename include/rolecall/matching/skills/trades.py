"""What trade a text speaks of: chances over two dozen trades, by a linear model over its words and its vector of meaning.

The model was fitted on real CVs, ads and vacancy titles by ``make bench ONLY=fit/trades``; ``trades.npz`` holds its weights and no
text. Weights are whole numbers, so that every machine sums them exactly; chances have three digits.
"""

from __future__ import annotations

import math
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rolecall.matching.skills.bags import TERMS, Bag
from rolecall.matching.skills.vectors import SCALE, Vector

FILE = Path(__file__).parent / "trades.npz"
WEIGHT_SCALE = 1_000
"""A weight of 1 is written as this."""

CHANCE_SCALE = 1_000
"""A certain trade is written as this."""

Chances = NDArray[np.int16]


WORDS_COUNT = 2
"""What the words count beside the meaning: length of a text's listed words, where that of its meaning is 1."""


class _Model(NamedTuple):
    """``words``: a row of weights for each listed word; ``rows``: the row of each term that is listed."""

    names: tuple[str, ...]
    weights: NDArray[np.int64]
    bias: NDArray[np.int64]
    words: NDArray[np.int64]
    rows: dict[int, int]


@cache
def _model() -> _Model:
    with np.load(FILE, allow_pickle=False) as read:
        listed = bytes(read["words"]).decode().split()
        rows = {TERMS.number(word): row for row, word in enumerate(listed)}
        names, words = tuple(read["names"].tolist()), read["word_weights"].astype(np.int64)
        return _Model(names, read["weights"].astype(np.int64), read["bias"].astype(np.int64), words, rows)


def trades() -> tuple[str, ...]:
    """The trades, in the order of the chances."""
    return _model().names


def trades_of(bag: Bag, vector: Vector) -> Chances:
    """The chance of each trade in thousandths; all 0 where the text says nothing."""
    if not vector.any():
        return np.zeros(len(trades()), np.int16)
    model = _model()
    odds = (model.weights @ vector.astype(np.int64) / SCALE + model.bias) / WEIGHT_SCALE
    listed = [
        (model.rows[one], weight) for one, weight in zip(bag.numbers.tolist(), bag.weights.tolist(), strict=True) if one in model.rows
    ]
    if listed:
        weights = np.array([weight for _, weight in listed], dtype=np.int64)
        length = float(np.sqrt(float((weights * weights).sum())))
        odds += (weights @ model.words[[row for row, _ in listed]]) * (WORDS_COUNT / (WEIGHT_SCALE * length))
    chances = np.exp(odds - odds.max())
    return np.asarray(np.rint(CHANCE_SCALE * chances / chances.sum()), np.int16)


def norm(chances: Chances) -> float:
    """The length of the chances as a vector; 0 where the text says nothing."""
    return math.sqrt(int((chances.astype(np.int64) ** 2).sum()))


def same_trade(one: Chances, other: Chances) -> float:
    """How alike the trades are that two texts speak of, 0 to 1: the cosine of their chances. Two texts that lie between the same trades
    are of one trade as much as two that name it; the chance alone would call a work that has no trade of its own far from everything."""
    both = norm(one) * norm(other)
    return int(one.astype(np.int64) @ other.astype(np.int64)) / both if both else 0.0
