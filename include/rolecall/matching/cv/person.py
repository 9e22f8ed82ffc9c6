"""Reading a CV for matching: its text, skills with their places, titles, years, languages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from rolecall.matching.ads.clauses import clauses as cut
from rolecall.matching.ads.clauses import meanings, worded
from rolecall.matching.ads.languages import FLUENT, code_of, level_of
from rolecall.matching.ads.patterns import DEGREE
from rolecall.matching.ads.prompt_injection import blank_prompt_injection
from rolecall.matching.cv.cv_dates import is_open, worked, years_of
from rolecall.matching.cv.degrees import Degree, degree_in
from rolecall.matching.cv.spans import MAX_COMPARED, cv_text
from rolecall.matching.skills import titles
from rolecall.matching.skills.bags import Bag, bag_of
from rolecall.matching.skills.lexicon import find as lexicon_names
from rolecall.matching.skills.lexicon import lexicon
from rolecall.matching.skills.trades import Chances, trades_of
from rolecall.matching.skills.vectors import Vector
from rolecall.matching.skills.vocabulary import NO_FIELD, Hit, Token, tokens, vocabulary
from rolecall.models import Cv, Role
from rolecall.text.words import listed, words

Verdict = Literal["direct", "strong", "transferable", "missing"]

MAX_OWN = 60
"""Skills outside the vocabulary that are looked for in ads."""

MAX_CLAUSES = 400
"""Clauses that are read of a CV."""

EMPTY = listed(
    "and or of the a an in with for to experience skills skill knowledge work working team good strong excellent years year job role other "
    "various etc level basic advanced fluent native management services service support business company new high development quality"
)
"""A skill that is nothing but these is found in every ad and says nothing."""

HALF_FORGOTTEN = 6.0
"""Years after which a title counts half: who was a developer ten years ago, and a product manager since, is a product manager."""

UNDATED = (1.0, 0.9, 0.8, 0.7)
"""What titles count whose time nobody says, newest first; older ones as the last."""

LEAST_RECENT = 0.2
"""What an old title counts at least."""

STILL = 0.5
"""What a title counts at least whose field of work is the person's."""

AIMS = re.compile(r"(?<!\s)\s+(?:and|und|et|y|&|or|oder)\s+|\s?[|/•·]\s?", re.I)
"""What stands between two aims in a headline: ``Teacher and Translator``."""

HELPED = re.compile(r"(?<!\s)\s+(?:to|for)\s+(?:an?|the|our)\s+", re.I)
"""Behind it stands whose work it was: ``Assistant to the Managing Director`` directs nothing."""

MAX_AIMS = 3

FEW_MONTHS, BRIEF = 9, 0.8
"""A closed role of fewer months than this counts for less."""


@dataclass(frozen=True, slots=True)
class Person:
    """A CV with everything the matcher read out of it.

    :param text: what spans of reasons point into, see :func:`cv_text`
    :param skills: skill → where the text names it first
    :param reach: skills that those imply or come near → how, and by which
    :param named: names of the wider table, see :mod:`rolecall.matching.skills.lexicon` → where
    :param unlisted: skills outside both that the CV lists, as folded words → where
    :param degree: where a degree is named; ``degree_level``: of which level, if it is known
    :param bag: its words, ``spread`` by their numbers; ``vector``: their meaning, ``trades``: what trade that is
    :param clauses: spans of what it says in words of its own; ``meanings``: a column for each
    :param ignored: lines that speak to a machine; nothing in them was read
    :param titles: (how much it counts, title, where), newest first
    :param years: years of work, ``None`` where the CV does not tell
    :param rank: seniority that the newest title says, 0 to 7
    :param field: fields of work, from titles
    :param languages: ISO code → level, fluent where it is not said; empty where the CV names none
    """

    cv: Cv
    text: str
    skills: dict[str, tuple[int, int]]
    reach: dict[str, tuple[Verdict, str]]
    named: dict[str, tuple[int, int]]
    unlisted: dict[tuple[str, ...], tuple[int, int]]
    titles: tuple[tuple[float, titles.NamedOccupation, tuple[int, int] | None], ...]
    years: float | None
    rank: int | None
    fields: frozenset[str]
    languages: dict[str, int]
    degree: tuple[int, int] | None
    degree_level: Degree | None
    bag: Bag
    spread: NDArray[np.int64]
    vector: Vector
    trades: Chances
    clauses: tuple[tuple[int, int], ...]
    meanings: NDArray[np.float32]
    ignored: tuple[tuple[int, int], ...]


def read_person(cv: Cv, *, today: date | None = None) -> Person:
    """Reads a CV once, for comparing it with any number of ads; its first :data:`MAX_COMPARED` characters.

    :param today: up to when a role without an end counts, where neither ``years`` nor ``months`` say it (this month by default)
    """
    written = cv_text(cv)[:MAX_COMPARED]
    cv = _compared(cv)
    text, ignored = blank_prompt_injection(written)
    found = tokens(text)
    skills: dict[str, tuple[int, int]] = {}
    hits = vocabulary().find(text, found)
    for hit in hits:
        skills.setdefault(hit.skill, (hit.start, hit.end))
    table = _named(text, found, hits)
    unlisted: dict[tuple[str, ...], tuple[int, int]] = {}
    searched = low if len(low := text.casefold()) == len(text) else ""
    for phrase in cv.skills:
        _add_skill(phrase, text, searched, skills, table, unlisted)
    named = tuple(_titles(cv, text, (today or datetime.now(UTC).date()).year))
    spans, bags = worded(cut(text), found)
    spans, bags = spans[:MAX_CLAUSES], bags[:MAX_CLAUSES]
    bag = bag_of(token.word for token in found)
    vector = bag.vector()
    degree = _degree(cv, text)
    return Person(
        cv=cv,
        text=written,
        skills=skills,
        reach=_reach(skills),
        named=table,
        unlisted=unlisted,
        titles=named,
        years=years_of(cv, today=today),
        rank=next((title.rank for weight, title, _ in named if weight == 1.0 and title.rank is not None), None),
        fields=frozenset(title.occupation.field for weight, title, _ in named if title.occupation and weight >= STILL)
        or _fields_of(skills),
        languages=_languages(cv),
        degree=degree,
        degree_level=read[0] if degree and (read := degree_in(text[slice(*degree)])) else None,
        bag=bag,
        spread=bag.spread(),
        vector=vector,
        trades=_trades(bag, vector, named),
        clauses=tuple(spans),
        meanings=meanings(bags).astype(np.float32).T,
        ignored=ignored,
    )


def _compared(cv: Cv) -> Cv:
    """As much of a CV as is compared; its roles' texts share that bound, the first ones have theirs whole."""
    left, roles = MAX_COMPARED, list[Role]()
    for role in cv.roles:
        roles.append(role if len(role.text) <= left else role.model_copy(update={"text": role.text[:left]}))
        left = max(0, left - len(role.text))
    spans = {name: span for name, span in cv.spans.items() if span[1] <= MAX_COMPARED}
    return cv.model_copy(update={"text": cv.text[:MAX_COMPARED], "summary": cv.summary[:MAX_COMPARED], "roles": roles, "spans": spans})


def _trades(bag: Bag, vector: Vector, named: Sequence[tuple[float, titles.NamedOccupation, tuple[int, int] | None]]) -> Chances:
    """The text's trades and those of the fresh titles by themselves, half and half: who has sold nuts to bakeries writes of food, and is in
    marketing."""
    own = bag_of(token.word for weight, title, _ in named if weight >= STILL for token in tokens(title.text))
    by_text, by_titles = trades_of(bag, vector), trades_of(own, own.vector())
    return (by_text + by_titles) // 2 if by_text.any() and by_titles.any() else by_text


def _degree(cv: Cv, text: str) -> tuple[int, int] | None:
    """Where the highest degree is named: among the education if there is any, else anywhere; else where one of no known level is."""
    named = degree_in("\n".join(cv.education)) if cv.education else None
    if named:
        begin, end = named[1]
        start = text.find("\n".join(cv.education)[begin:end])
        if start >= 0:
            return start, start + end - begin
    anywhere = degree_in(text)
    if anywhere:
        return anywhere[1]
    return where.span() if (where := DEGREE.search(text)) else None


def _languages(cv: Cv) -> dict[str, int]:
    spoken: dict[str, int] = {}
    for line in cv.languages:
        code = code_of(line)
        if code:
            spoken[code] = max(spoken.get(code, 0), level_of(line) or FLUENT)
    return spoken


def _named(text: str, found: list[Token], hits: list[Hit]) -> dict[str, tuple[int, int]]:
    """Names of the wider table that the text has outside our vocabulary's, each where it stands first."""
    covered = [(hit.start, hit.end) for hit in hits]
    taken = [False] * len(found)
    place = 0
    for number, token in enumerate(found):
        while place < len(covered) and covered[place][1] <= token.start:
            place += 1
        taken[number] = place < len(covered) and covered[place][0] <= token.start
    named: dict[str, tuple[int, int]] = {}
    for one in lexicon_names(text, found, taken):
        named.setdefault(one.name, (found[one.first].start, found[one.end - 1].end))
    return named


def _fields_of(skills: dict[str, tuple[int, int]]) -> frozenset[str]:
    """The field that most of the skills belong to, where no title tells."""
    known = vocabulary().skills
    counted = Counter(known[name].field for name in skills if known[name].field not in NO_FIELD)
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return frozenset({ranked[0][0]}) if ranked and ranked[0][1] >= 3 else frozenset()


def _reach(skills: dict[str, tuple[int, int]]) -> dict[str, tuple[Verdict, str]]:
    """Skills that a CV does not name but that what it names implies (strong) or comes near (transferable), and by which."""
    known = vocabulary().skills
    found: dict[str, tuple[Verdict, str]] = {}
    for name in skills:  # in the order of the CV's text: the first one that implies it is quoted
        for implied in sorted(known[name].implies):
            if found.get(implied, ("",))[0] != "strong":
                found[implied] = ("strong", name)
    for name in skills:
        for near in sorted(known[name].kin):
            found.setdefault(near, ("transferable", name))
    return found


def _add_skill(
    phrase: str,
    text: str,
    searched: str,
    skills: dict[str, tuple[int, int]],
    table: dict[str, tuple[int, int]],
    unlisted: dict[tuple[str, ...], tuple[int, int]],
) -> None:
    """A listed skill counts whatever its capitals: by its name in the vocabulary or the wider table, else as words to look for.

    :param searched: the text without capitals, empty where that changes its length
    """
    start = searched.find(phrase.strip().casefold()) if searched else text.find(phrase.strip())
    if start < 0 or not phrase.strip():
        return
    span = (start, start + len(phrase.strip()))
    name = vocabulary().named(phrase)
    if name:
        skills.setdefault(name, span)
        return
    wanted = tuple(words(phrase))
    if " ".join(wanted) in lexicon().names:
        table.setdefault(" ".join(wanted), span)
        return
    if vocabulary().find(phrase) or len(unlisted) >= MAX_OWN or not 1 <= len(wanted) <= 4:
        return
    if any(word not in EMPTY and len(word) > 2 for word in wanted):
        unlisted.setdefault(wanted, span)


def _titles(cv: Cv, text: str, this_year: int) -> list[tuple[float, titles.NamedOccupation, tuple[int, int] | None]]:
    found: list[tuple[float, titles.NamedOccupation, tuple[int, int] | None]] = []
    found += [(1.0, titles.read(aim), _where(aim, text)) for aim in _aims(cv.headline)]
    roles = newest_first(cv.roles)
    ends = [this_year if is_open(role) else _year(role.end) for role in roles]
    newest = max((year for year in ends if year), default=this_year)
    for place, (role, year) in enumerate(zip(roles, ends, strict=True)):
        named = HELPED.split(role.title)[0]
        if named:
            fresh = 0.5 ** ((newest - year) / HALF_FORGOTTEN) if year else UNDATED[min(place, len(UNDATED) - 1)]
            weight = max(LEAST_RECENT, round(fresh, 4)) * (BRIEF if role_months(role) < FEW_MONTHS else 1.0)
            found.append((weight, titles.read(named), _where(named, text)))
    return found


def _aims(headline: str) -> list[str]:
    """The titles in a headline: its first part, and what further parts name occupations: ``Teacher and Translator`` wants both."""
    parts = [part.strip() for part in AIMS.split(titles.BREAKS.sub(lambda gap: gap[0] if AIMS.fullmatch(gap[0]) else " | ", headline))]
    aims = [part for place, part in enumerate(parts) if part and len(part.split()) <= 8 and (not place or titles.read(part).occupation)]
    return list(dict.fromkeys(aims))[:MAX_AIMS]


def _year(said: str | None) -> int | None:
    year = (said or "")[:4]
    return int(year) if len(year) == 4 and year.isdecimal() else None


def newest_first(roles: list[Role]) -> list[Role]:
    """Roles that go on first, then by their end; as listed where the dates do not tell."""

    def ended(role: Role) -> tuple[bool, str]:
        return is_open(role), (role.end or "")[:7] if (role.end or "")[:4].isdecimal() else ""

    if not all(role.start or role.end for role in roles):
        return list(roles)
    return sorted(roles, key=ended, reverse=True)


def role_months(role: Role) -> int:
    """Months of a closed role; one that goes on, or does not tell, counts as long."""
    if role.months is not None and not is_open(role):
        return role.months
    span = None if is_open(role) else worked(role, date.min)  # asked of roles that go on only
    return span[1] - span[0] if span else FEW_MONTHS


def _where(phrase: str, text: str) -> tuple[int, int] | None:
    start = text.find(phrase)
    return (start, start + len(phrase)) if start >= 0 else None
