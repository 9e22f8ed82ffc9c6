"""Which clauses of an ad ask for something that a person knows or can do: headings, benefits and what the employer says of itself do not.

A logistic model over a clause's words (all, the first, the last), what they mean, and where the clause stands, fitted on annotated ads by
``make bench ONLY=fit/asks``. ``asks.txt`` holds its weights in whole hundredths, so that every machine sums them exactly.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rolecall.matching.ads.requirement_strength import RequirementStrength
from rolecall.matching.skills.vectors import WORD_SCALE, word_vector
from rolecall.matching.skills.vocabulary import Token

FILE = Path(__file__).parent / "asks.txt"
SCALE = 100
"""A weight of 1 is written as this."""

LANGUAGE = "en"
"""Of the ads the model was fitted on; ads in others are read without it."""

BRIEF, LENGTHY = 2, 9
"""Words up to which, and from which on, the length of a clause tells something."""


class ClauseFacts(NamedTuple):
    """What the model looks at.

    :param words: folded, in order; ``bag``: those that say something, as singulars with their weights
    :param signs: names of what is true of it: ``in must``, ``wanted nice``, ``a whole line``
    """

    words: tuple[str, ...]
    bag: Sequence[tuple[str, int]]
    signs: tuple[str, ...]


def clause_facts(
    text: str,
    spans: Sequence[tuple[int, int]],
    bags: Sequence[Sequence[tuple[str, int]]],
    found: Sequence[Token],
    strength: RequirementStrength,
) -> list[ClauseFacts]:
    """The facts of each clause; ``spans`` and ``bags`` as :func:`rolecall.matching.ads.clauses.worded` gives them."""
    starts = [token.start for token in found]
    facts = []
    for (start, end), bag in zip(spans, bags, strict=True):
        first = bisect_left(starts, start)
        words = tuple(token.word for token in found[first : bisect_left(starts, end, first)])
        signs = [f"in {strength.kind_at(start)}", f"wanted {strength.at(start, end) or 'not'}"]
        behind = text[end : end + 3]
        if behind.strip().startswith(":"):
            signs.append("before a colon")
        if start - text.rfind("\n", 0, start) < 4 and (not behind[:2].strip() or "\n" in behind):
            signs.append("a whole line")
        if len(words) <= BRIEF:
            signs.append("brief")
        if len(words) >= LENGTHY:
            signs.append("lengthy")
        facts.append(ClauseFacts(words, bag, tuple(signs)))
    return facts


class _Model(NamedTuple):
    """``words``: word → weight anywhere, as the first, as the last word; ``meaning``: a weight for each number of a vector."""

    bias: int
    signs: dict[str, int]
    words: dict[str, tuple[int, int, int]]
    meaning: NDArray[np.int64]


@cache
def _model() -> _Model:
    bias, signs, meaning, *listed = FILE.read_text(encoding="utf-8").splitlines()
    pairs = [one.split("=") for one in signs.split("\t")]
    rows = [line.split("\t") for line in listed]
    return _Model(
        int(bias),
        {name: int(value) for name, value in pairs},
        {word: (int(anywhere), int(first), int(last)) for word, anywhere, first, last in rows},
        np.array([int(value) for value in meaning.split()], dtype=np.int64),
    )


@lru_cache(maxsize=60_000)
def _meant(word: str) -> int:
    return int(word_vector(word).astype(np.int64) @ _model().meaning)


def odds(facts: ClauseFacts) -> float:
    """Log odds that the clause asks for something; above 0: rather so than not."""
    model, words = _model(), facts.words
    total = model.bias + sum(model.signs.get(sign, 0) for sign in facts.signs)
    known = model.words
    total += sum(known[word][0] for word in set(words) if word in known)
    if words:
        total += known.get(words[0], (0, 0, 0))[1] + known.get(words[-1], (0, 0, 0))[2]
    weight = sum(weight for _, weight in facts.bag)
    meant = sum(weight * _meant(word) for word, weight in facts.bag) / (weight * WORD_SCALE) if weight else 0.0
    return (total + meant) / SCALE
