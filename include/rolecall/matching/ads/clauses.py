"""Texts cut into clauses, and how near two clauses are: what an ad asks in words of its own is compared with what a CV says in its own."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from rolecall.matching.skills.lexicon import lexicon, singular
from rolecall.matching.skills.vectors import word_vector
from rolecall.matching.skills.vocabulary import Token, tokens

CUT = re.compile(
    r"\n|[;,•·:()|]|(?<=[.!?])\s|\s(?:and|und|et|y|e|as well as|or|oder|ou|o|u|sowie|&|plus)\s|\s[-–—]\s|\s/\s",
    re.I,
)
"""Where one thing ends and the next begins."""

LEAST, MOST = 3, 14
"""Characters a clause has at least, and words it has at most: a longer run is prose, not something asked or offered."""

WIDTH = 128
"""Numbers of a clause's vector: the first half of a word's, which WordLlama trains to be of use alone."""

LENGTH = 300
"""Length of such a vector; its numbers fit a byte, and sums of products stay below 2²⁴."""

Meanings = NDArray[np.int8]
Bags = list[list[tuple[str, int]]]


def clauses(text: str, start: int = 0) -> list[tuple[int, int]]:
    """The spans of a text's clauses, without white space and bullets at their ends."""
    found: list[tuple[int, int]] = []
    end_of_text = len(text)
    for cut in (*CUT.finditer(text, start), None):
        end = cut.start() if cut else end_of_text
        first = start
        while first < end and not text[first].isalnum():
            first += 1
        last = end
        while last > first and not (text[last - 1].isalnum() or text[last - 1] in "+#"):
            last -= 1
        if last - first >= LEAST:
            found.append((first, last))
        start = cut.end() if cut else end_of_text
    return found


def worded(spans: Iterable[tuple[int, int]], found: Sequence[Token]) -> tuple[list[tuple[int, int]], Bags]:
    """The spans that have between one and :data:`MOST` words that say something, and those words with their weights.

    :param spans: ascending
    """
    kept: list[tuple[int, int]] = []
    bags: Bags = []
    weighed = [WEIGHED[token[0]] for token in found]
    starts = [token[1] for token in found]
    place = 0
    for start, end in spans:
        place = first = bisect_left(starts, start, place)
        place = bisect_left(starts, end, first)
        bag = [pair for pair in weighed[first:place] if pair[1]]
        if 1 <= len(bag) <= MOST:
            kept.append((start, end))
            bags.append(bag)
    return kept, bags


class _Weighed(dict[str, tuple[str, int]]):
    """Folded word → its singular and its weight, kept once asked for; numbers weigh nothing."""

    def __missing__(self, word: str) -> tuple[str, int]:
        pair = (singular(word), 0 if word.isdecimal() else lexicon().weight(word))
        if len(self) < MAX_KEPT:
            self[word] = pair
        return pair


WEIGHED = _Weighed()
MAX_KEPT = 200_000


def meanings(bags: Bags) -> Meanings:
    """One row for each bag of words, of length :data:`LENGTH` before rounding."""
    if not bags:
        return np.zeros((0, WIDTH), dtype=np.int8)
    words = [pair for bag in bags for pair in bag]
    rows = np.stack([word_vector(word) for word, _ in words])[:, :WIDTH].astype(np.float64)
    rows *= np.array([weight for _, weight in words], dtype=np.float64)[:, None]
    starts = np.cumsum([0] + [len(bag) for bag in bags[:-1]])
    sums = np.add.reduceat(rows, starts, axis=0)
    lengths = np.sqrt((sums * sums).sum(axis=1))
    scaled = sums * (LENGTH / np.maximum(lengths, 1.0))[:, None]
    return np.asarray(np.clip(np.rint(scaled), -127, 127), dtype=np.int8)


def nearest(asked: Meanings, had: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """For each row asked, the greatest cosine with a row had, 0 to 1, and which row that is (the first, of equals).

    :param had: rows of :func:`meanings`, turned over: a column each
    """
    products = asked.astype(np.float32) @ had
    best = products.argmax(axis=1)
    found = products[np.arange(len(asked)), best].astype(np.float64) / (LENGTH * LENGTH)
    return np.clip(found, 0.0, 1.0), best


def alikeness(one: str, other: str) -> float:
    """How near two clauses are, as :func:`nearest` counts it."""
    bags = [worded([(0, len(text))], tokens(text))[1] for text in (one, other)]
    if not all(bags):
        return 0.0
    near, _ = nearest(meanings(bags[0]), meanings(bags[1]).astype(np.float32).T)
    return float(near[0])
