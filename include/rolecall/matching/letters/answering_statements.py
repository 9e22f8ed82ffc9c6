"""Which of a CV's sentences answer what an ad wants most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rolecall.matching.ads.ad import Ad
from rolecall.matching.ads.clauses import LENGTH, WEIGHED, meanings
from rolecall.matching.ads.requirement_strength import STRENGTH
from rolecall.matching.letters.statements import Statement
from rolecall.matching.skills.bags import weight_of
from rolecall.matching.skills.lexicon import singular
from rolecall.matching.skills.vocabulary import tokens, vocabulary
from rolecall.text.words import words

NEAR, NEAR_ENOUGH, TELLING = 0.45, 0.3, 40
"""Cosine from which on two clauses that share a telling word mean nearly the same, and from which on they are of one trade; rarity in
tenths from which on a word they share tells something."""

FURTHER = 0.15
"""Cosine from which on a task is of some use for an ad that it does not answer."""

RESULT = 1.3
"""What a result counts more than a task."""

MOST_WANTED = 40


@dataclass(frozen=True, slots=True)
class AdWish:
    """One thing the ad wants: where it says so, how much it wants it, and skills that meet it."""

    span: tuple[int, int]
    strength: float
    skills: frozenset[str]


@dataclass(frozen=True, slots=True)
class AnsweringStatement:
    """A sentence of the CV and what it answers; ``wanted`` is ``None`` where it is only near the ad as a whole."""

    statement: Statement
    wanted: AdWish | None


def wanted_by(ad: Ad) -> list[AdWish]:
    """What the ad wants, strongest first, in the ad's order among equals: clauses in its own words, then skills of our vocabulary."""
    known = vocabulary().skills
    found = [AdWish((start, end), STRENGTH[want], frozenset()) for start, end, want in ad.phrased]
    found += [
        AdWish(one.spans[0], one.weight, frozenset(one.skills)) for one in ad.asked if known[one.skills[0]].field not in ("soft", "general")
    ]
    return sorted(found, key=lambda one: (-one.strength, one.span))[:MOST_WANTED]


def answers(ad: Ad, said: list[Statement], most: int) -> list[AnsweringStatement]:
    """The best pairs of a sentence and what it answers, each sentence and each wish once; then, where there are fewer than ``most``,
    sentences that share several telling words with the ad, and at last what is near to it, and what the person achieved."""
    wanted = wanted_by(ad)
    if not said:
        return []
    told = [_telling(one.text) for one in said]
    skills = [frozenset(hit.skill for hit in vocabulary().find(one.text)) for one in said]
    of_ad = _telling(ad.text)
    of_title = _telling(ad.job.title)
    pairs: list[tuple[float, int, int]] = []
    closest = np.zeros(len(said))
    if wanted:
        asked = [ad.text[slice(*one.span)] for one in wanted]
        near = _alike(asked, [one.text for one in said])
        closest = near.max(axis=0)
        for row, wish in enumerate(wanted):
            mine = _telling(asked[row]) - of_title
            for column, one in enumerate(said):
                shared = len(mine & told[column])
                like = float(near[row, column])
                fits = 0.8 if wish.skills & skills[column] else like if (like >= NEAR and shared) or shared >= 2 else 0.0
                if fits:
                    pairs.append((wish.strength * (fits + 0.1 * min(shared, 3)) * (RESULT if one.result else 1.0), row, column))
    pairs.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    chosen: list[AnsweringStatement] = []
    rows, columns = set[int](), set[int]()
    for _, row, column in pairs:
        touches = any(_overlap(wanted[row].span, wanted[other].span) for other in rows)
        if len(chosen) < most and column not in columns and not touches:
            rows.add(row)
            columns.add(column)
            chosen.append(AnsweringStatement(said[column], wanted[row]))
    left = [column for column in range(len(said)) if column not in columns]
    rest = sorted(
        (-(len(told[column] & of_ad) + float(closest[column])) * (RESULT if said[column].result else 1.0), column)
        for column in left
        if len(told[column] & of_ad) >= 2 or (told[column] & of_ad and closest[column] >= NEAR_ENOUGH)
    )
    near_by = {column for _, column in rest}
    further = sorted(
        (said[column].role or 0, -float(closest[column]) * (RESULT if said[column].result else 1.0), column)
        for column in left
        if column not in near_by and said[column].role is not None and (said[column].result or closest[column] >= FURTHER)
    )
    columns_left = [row[-1] for row in rest] + [row[-1] for row in further]
    return chosen + [AnsweringStatement(said[column], None) for column in columns_left[: most - len(chosen)]]


def _telling(text: str) -> frozenset[str]:
    return frozenset(word for word in map(singular, words(text)) if weight_of(word) >= TELLING)


def _alike(asked: list[str], said: list[str]) -> np.ndarray:
    """Cosine of each text asked with each said: rows and columns in their order."""
    one, other = (
        meanings([[pair for token in tokens(text) if (pair := WEIGHED[token.word])[1]] or [("", 0)] for text in texts]).astype(np.float32)
        for texts in (asked, said)
    )
    return np.asarray(one @ other.T / (LENGTH * LENGTH))


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
