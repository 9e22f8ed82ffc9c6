"""Bags of words with whole-number weights, so that their products are exact on every machine."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from rolecall.matching.skills.lexicon import lexicon, singular
from rolecall.matching.skills.vectors import Vector, text_vector

TIMES = tuple(0 if count == 0 else round(10 * (1 + math.log(count))) for count in range(41))
"""What a word that occurs so often weighs, in tenths: ten times the word is 3.3 times the weight."""

ORDINARY_NAME, RARE_NAME = 25, 60
"""Rarity (tenths) at which a name of the wider table begins to count, and at which it counts fully."""


RARITY = Path(__file__).parent / "rarity.txt"
"""How rare words are in real CVs and ads, by ``bench/fit/rarity.py``."""


@cache
def _rarity() -> dict[str, int]:
    lines = RARITY.read_text(encoding="utf-8").splitlines() if RARITY.exists() else []
    return {word: int(rarity) for word, rarity in (line.split("\t") for line in lines)}


def weight_of(word: str) -> int:
    """Rarity of a folded word in tenths: among concepts, and in real texts where it is common there; the mean of both."""
    weight = lexicon().weight(word)
    return weight if not weight or word not in _rarity() else max(1, (weight + _rarity()[word]) // 2)


class Terms:
    """Interned words: a new one gets the next number. Numbers hold in this process only: never store them."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._words: list[str] = []
        self._weights: list[int] = []

    def __len__(self) -> int:
        return len(self._words)

    def number(self, word: str) -> int:
        """The number of a folded word; singular and plural have one."""
        number = self._numbers.get(word)
        if number is None:
            one = singular(word)
            number = self._numbers.get(one)
            if number is None:
                number = len(self._words)
                self._words.append(one)
                self._weights.append(weight_of(one) if not one.isdecimal() else 0)
                self._numbers[one] = number
            self._numbers[word] = number
        return number

    def word(self, number: int) -> str:
        """The folded word that has this number."""
        return self._words[number]

    def weight(self, number: int) -> int:
        """The rarity of the word with this number, in tenths (as inverse document frequency); 0: a stop word or a number."""
        return self._weights[number]


TERMS = Terms()


@dataclass(frozen=True, slots=True)
class Bag:
    """Words of a text that say something: their numbers, ascending, and weights; and the length of that vector."""

    numbers: NDArray[np.int32]
    weights: NDArray[np.int16]
    length: float

    def vector(self) -> Vector:
        """The bag's vector of meaning, see :func:`rolecall.matching.skills.vectors.text_vector`."""
        return text_vector(
            (TERMS.word(number), weight) for number, weight in zip(self.numbers.tolist(), self.weights.tolist(), strict=True)
        )

    def spread(self) -> NDArray[np.int64]:
        """The weights by number, for any number so far."""
        row = np.zeros(len(TERMS), dtype=np.int64)
        row[self.numbers] = self.weights
        return row

    def has(self, words: Iterable[str]) -> bool:
        """Whether all these words that say something are in the bag; quick, and their order is not looked at."""
        numbers = [number for number in map(TERMS.number, words) if TERMS.weight(number)]
        places = np.searchsorted(self.numbers, numbers)
        return all(place < len(self.numbers) and self.numbers[place] == number for place, number in zip(places, numbers, strict=True))

    def near(self, spread: NDArray[np.int64], length: float) -> float:
        """Cosine with another bag, given as its ``spread`` and length."""
        if not self.length or not length:
            return 0.0
        numbers = self.numbers
        if numbers[-1] >= len(spread):
            known = numbers < len(spread)
            shared = int((spread[numbers[known]] * self.weights[known]).sum())
        else:
            shared = int((spread[numbers] * self.weights).sum())
        return shared / (self.length * length)


def bag_of(words: Iterable[str]) -> Bag:
    """The bag of folded words: rarity times the dampened count of each."""
    number, weight = TERMS.number, TERMS.weight
    counted: Counter[int] = Counter()
    for word, count in Counter(words).items():
        counted[number(word)] += count
    pairs = sorted((one, TIMES[min(count, 40)] * weight(one)) for one, count in counted.items() if weight(one))
    if not pairs:
        return Bag(np.zeros(0, np.int32), np.zeros(0, np.int16), 0.0)
    return Bag(
        np.array([one for one, _ in pairs], np.int32),
        np.array([value for _, value in pairs], np.int16),
        math.sqrt(sum(value * value for _, value in pairs)),
    )


def name_weight(name: str) -> float:
    """How much a name of the wider table tells, 0 to 1, by its rarest word."""
    known = lexicon()
    rarest = max(known.weight(word) for word in name.split(" "))
    return min(1.0, max(0.0, (rarest - ORDINARY_NAME) / (RARE_NAME - ORDINARY_NAME)))
