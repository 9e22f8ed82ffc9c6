"""Words of an English sentence that its CV does not carry: not as they stand, not in another form, in other words or less exactly."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from rolecall.matching.letters.claim_words import NUMBER_WORDS, ORDINARY, PLAIN, STARTERS
from rolecall.matching.letters.common_words import COMMON
from rolecall.matching.letters.single_claims.place_claims import among, bases_of
from rolecall.matching.skills.bags import weight_of
from rolecall.matching.skills.thesaurus import WordMeaning, bases, is_said_by, word_meaning
from rolecall.matching.skills.vectors import DIMENSIONS, WORD_SCALE, word_vector

TELLING, RARE, ODD = 40, 60, 55
"""Rarity in tenths from which on a noun claims something, one alone does, or a verb, and a word that no dictionary has."""

NEAR = 0.5
"""Cosine of two words from which on one is a form or a close neighbour of the other."""

THINGS = frozenset((4, 5, 6, 8, 9, 10, 13, 14, 15, 17, 18, 20, 21, 22, 26, 27))
"""WordNet's files of nouns that name something one can have, do or know: acts, animals, things made, bodies, fields, texts, food, groups,
places, objects, people, plants, money, processes, states, substances. Left out: attributes, events, feelings, motives, phenomena,
quantities, relations, shapes, times."""

OF_THINGS = frozenset((1,))
"""Adjectives that are made of nouns: *arterial*, *organizational*."""

MAKES = frozenset((35, 36))
"""Verbs of touching and making."""


class CarriedWords:
    """All that a CV carries, for asking about single words."""

    def __init__(self, words: Iterable[str]) -> None:
        self.words = frozenset(words)
        self._known: dict[str, bool] = {}
        self._vectors: NDArray[np.float32] | None = None

    def carry(self, word: str) -> bool:
        """Whether a word is carried: it stands there, in another form, in other words or as something more special."""
        if word not in self._known:
            self._known[word] = self._carry(word)
        return self._known[word]

    def is_near(self, word: str) -> bool:
        """Whether a word is close to one that is carried, by its vector."""
        if self._vectors is None:
            rows = [word_vector(other) for other in self.words if len(other) > 3 and other.isalpha()]
            self._vectors = np.stack(rows).astype(np.float32) if rows else np.zeros((1, DIMENSIONS), np.float32)
        return float((self._vectors @ word_vector(word).astype(np.float32)).max()) >= NEAR * WORD_SCALE**2

    def _carry(self, word: str) -> bool:
        if among(word, self.words) or any(base in self.words for base in bases(word)):
            return True
        if is_said_by(word, self.words):
            return True
        parts = [part for part in re.split(r"[-'/]", word) if len(part) > 2]
        return len(parts) > 1 and all(is_ordinary(part) or self.carry(part) for part in parts)


def is_ordinary(word: str) -> bool:
    """Whether a word claims nothing by itself."""
    return (
        word in PLAIN
        or word in STARTERS
        or word in NUMBER_WORDS
        or not word[:1].isalpha()
        or any(base in ORDINARY or base in COMMON for base in bases(word))
    )


def uncarried(text: str, known: CarriedWords) -> list[str]:
    """The words of a sentence about its writer that tell of something which the CV does not know: two and more, or one rare thing."""
    found = [
        word
        for word in dict.fromkeys(bases_of(text))
        if len(word) > 2 and "'" not in word[:-2] and not is_ordinary(word) and is_telling(word) and not known.carry(word)
    ]
    found = [word for word in found if not known.is_near(word)]
    return found if len(found) > 1 or any(map(_is_rare_thing, found)) else []


def _is_rare_thing(word: str) -> bool:
    one = word_meaning(word)
    return one is None or (weight_of(word) >= RARE)


def is_telling(word: str) -> bool:
    """Whether a word names something that one can have done, be or know."""
    rarity, one = weight_of(word), word_meaning(word)
    if one is None:
        return rarity >= ODD and len(word) > 3
    return rarity >= (TELLING if _names(one) else RARE) and (_names(one) or one.kinds[0] in MAKES or one.kinds[0] in OF_THINGS)


def _names(one: WordMeaning) -> bool:
    return one.kinds[0] in THINGS


__all__ = ["CarriedWords", "is_ordinary", "is_telling", "uncarried"]
