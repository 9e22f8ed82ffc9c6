"""Titles as rows of arrays: how near one title is to each of very many, in one go."""

from __future__ import annotations

import math
import re
from array import array
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rolecall.matching.skills import titles
from rolecall.matching.skills.growable_array import GrowableArray
from rolecall.matching.skills.lexicon import lexicon, singular
from rolecall.matching.skills.vectors import DIMENSIONS, Vector, nearness, text_vector
from rolecall.text.job_titles import title_words
from rolecall.text.words import listed

MEANING, WORDS = 0.8, 0.2
"""Shares of the two views of a title: what its words mean, and which words it has."""

PLURAL = 0.003
"""``Glaziers`` names a group, ``glazier`` a job: of two equally near, the job comes first."""

LOW, HIGH = 0.3, 0.9
"""Alikeness where nearness begins, and where it is all but complete."""

LAST = 0.02
"""Share of nearness that only the last step from :data:`HIGH` to the very same title gives: of many that are nearly it, it comes first."""

UNLIKE = re.compile(r"\b(?:except|excluding|all other)\b.*", re.I)


class TitleIndex:
    """Titles, each kept once; rows are numbered as they come."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._vectors = GrowableArray(np.int16, DIMENSIONS)
        self._lengths = GrowableArray(np.float64)
        self._plural = GrowableArray(np.float64)
        self._occupations = GrowableArray(np.int32)
        self._having: dict[str, tuple[array[int], array[int]]] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, text: str) -> int:
        """The row of a title, a new one where it is not known."""
        row = self._rows.get(text)
        if row is not None:
            return row
        row = self._rows[text] = len(self._rows)
        bag, vector = read(text)
        self._vectors.append(vector)
        self._lengths.append(_length(bag))
        self._plural.append(1.0 if _is_plural(text) else 0.0)
        self._occupations.append(number_of(text))
        for word, weight in bag.items():
            rows, weights = self._having.setdefault(word, (array("i"), array("i")))
            rows.append(row)
            weights.append(weight)
        return row

    def alike(self, text: str) -> NDArray[np.float64]:
        """How alike a title and each row are, about 0 to 1: cosine of meanings and of words."""
        bag, vector = read(text)
        shared = np.zeros(len(self), dtype=np.float64)
        for word, weight in bag.items():
            if word in self._having:
                rows, weights = self._having[word]
                shared[np.frombuffer(rows, dtype=np.int32)] += np.frombuffer(weights, dtype=np.int32).astype(np.float64) * weight
        shared /= np.maximum(self._lengths.live() * _length(bag), 1.0)
        plural = 0.0 if _is_plural(text) else PLURAL
        return MEANING * nearness(self._vectors.live(), vector) + WORDS * shared - max(plural, PLURAL) * self._plural.live()

    def near(self, text: str) -> NDArray[np.float64]:
        """How near the work of a title is to that of each row, 0 to 1: by occupation where both name one, else by alikeness."""
        alike = self.alike(text)
        spread = (1 - LAST) * np.clip((alike - LOW) / (HIGH - LOW), 0.0, 1.0) + LAST * np.clip((alike - HIGH) / (1 - HIGH), 0.0, 1.0)
        base, more = relations(text)
        rows = self._occupations.live()
        known = rows >= 0
        return np.where(known & (base[rows] >= 0), base[rows] + more[rows] * spread, spread)


@lru_cache(maxsize=16_384)
def read(text: str) -> tuple[dict[str, int], Vector]:
    """The words that name the work with their weights, and the vector they make."""
    core = title_words(UNLIKE.sub("", text)) or title_words(text)
    known = lexicon()
    bag = {
        singular(word): math.isqrt(100 * (known.rarity.get(singular(word), 70) + 5)) for word in core if word not in SMALL
    } or dict.fromkeys(core, 1)
    return bag, text_vector(((word, weight) for word, weight in bag.items()), centred=False)


SMALL = listed("of and the in for to a an or at with on by all other except not m f w d x div und der die das de la le des en y et")


def _length(bag: dict[str, int]) -> float:
    return math.sqrt(sum(weight * weight for weight in bag.values()))


def _is_plural(text: str) -> bool:
    last = (title_words(text) or [""])[-1]
    return singular(last) != last


def number_of(text: str) -> int:
    """The number of the occupation a title names, -1 where we know none."""
    named = titles.read(text).occupation
    return titles.occupations().numbers[named] if named else -1


@lru_cache(maxsize=4_096)
def relations(text: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """For each occupation: the base nearness of this title to it and what alikeness adds; -1 where this title names none."""
    named = titles.read(text).occupation
    known = titles.occupations()
    if named is None:
        return np.full(len(known.numbers) + 1, -1.0), np.zeros(len(known.numbers) + 1)
    pairs = [known.relation(named, other) for other in known.numbers] + [(-1.0, 0.0)]
    return np.array([base for base, _ in pairs]), np.array([more for _, more in pairs])
