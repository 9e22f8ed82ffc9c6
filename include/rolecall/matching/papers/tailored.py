"""A CV for one job: the same words in another order and selection. Nothing is added, nothing reworded."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from rolecall.matching.ads.ad import read_ad
from rolecall.matching.ads.job import Job
from rolecall.matching.cv.headings import BULLET
from rolecall.matching.skills.bags import weight_of
from rolecall.matching.skills.lexicon import singular
from rolecall.matching.skills.vocabulary import vocabulary
from rolecall.models import Cv
from rolecall.text.words import fold, words

MOST_LINES, MOST_ROLES, MOST_SKILLS = 40, 20, 60
"""Lines of a role, roles and skills that are looked at; the longest CVs say no more on two pages."""

MOST_BOLD = 2
"""Lines of a role that stand out: where all do, none does."""

LONGEST_LINE = 600
TELLING = 40
"""Rarity in tenths from which on a word of the ad tells something, as in :mod:`rolecall.matching.score.telling`."""


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line or a skill of the CV, as it stands; ``asked``: the ad asks for it; ``worth``: how much of the ad it answers."""

    text: str
    asked: bool = False
    worth: float = 0.0


@dataclass(frozen=True, slots=True)
class TailoredRole:
    """A role with its lines, those that answer the ad first."""

    title: str
    company: str
    start: str | None
    end: str | None
    lines: tuple[ShownLine, ...]


@dataclass(frozen=True, slots=True)
class Tailored:
    """What of a CV is shown, and in which order."""

    roles: tuple[TailoredRole, ...]
    skills: tuple[ShownLine, ...]

    @property
    def length(self) -> int:
        """Characters of all lines."""
        return sum(len(line.text) + 20 for role in self.roles for line in role.lines)

    def shortened(self, share: float) -> Tailored:
        """The same with this share of each role's lines, its best ones; older roles lose more."""
        if share >= 1.0:
            return self
        kept = []
        for place, role in enumerate(self.roles):
            count = math.ceil(len(role.lines) * share / (1 + place * (1 - share))) if share else 0
            kept.append(replace(role, lines=role.lines[:count]))
        return Tailored(tuple(kept), self.skills)


def tailored(cv: Cv, job: Job | None) -> Tailored:
    """The CV's roles with their lines and its skills; for a job, what it asks for first, the rest in its order."""
    asked_skills, asked_words = _asked(job) if job else (frozenset(), frozenset())
    roles = tuple(
        TailoredRole(role.title, role.company, role.start, role.end, _ordered(lines_of(role.text), asked_skills, asked_words))
        for role in cv.roles[:MOST_ROLES]
    )
    skills = [ShownLine(skill, (vocabulary().named(skill) or fold(skill)) in asked_skills) for skill in cv.skills if skill.strip()]
    return Tailored(roles, tuple(sorted(skills, key=lambda one: not one.asked))[:MOST_SKILLS])


def lines_of(text: str, *, most: int = MOST_LINES) -> list[str]:
    """The lines of a role, those that only the width of a page broke put together again."""
    lines: list[str] = []
    for raw in text.splitlines():
        line = " ".join(BULLET.sub("", raw).split())
        if not line:
            continue
        if lines and line[0].islower() and lines[-1][-1] not in ".;:!?":
            lines[-1] = f"{lines[-1]} {line}"[:LONGEST_LINE]
        else:
            lines.append(line[:LONGEST_LINE])
    return lines[:most]


def _asked(job: Job) -> tuple[frozenset[str], frozenset[str]]:
    ad = read_ad(job)
    known = vocabulary().skills
    skills = frozenset(name for one in ad.asked if known[one.skills[0]].field != "soft" for name in one.skills)
    said = " ".join([job.title, *(ad.text[start:end] for start, end, _ in ad.phrased)])
    return skills, frozenset(word for word in map(singular, words(said)) if weight_of(word) >= TELLING)


def _ordered(lines: list[str], asked_skills: frozenset[str], asked_words: frozenset[str]) -> tuple[ShownLine, ...]:
    items = sorted((_valued(line, asked_skills, asked_words) for line in lines), key=lambda item: -item.worth)
    return tuple(replace(item, asked=item.asked and place < MOST_BOLD) for place, item in enumerate(items))


def _valued(line: str, asked_skills: frozenset[str], asked_words: frozenset[str]) -> ShownLine:
    if not asked_skills and not asked_words:
        return ShownLine(line)
    skills = {hit.skill for hit in vocabulary().find(line)} & asked_skills
    shared = {word for word in map(singular, words(line)) if word in asked_words}
    worth = len(skills) + 0.3 * min(len(shared), 4)
    return ShownLine(line, bool(skills), worth)
