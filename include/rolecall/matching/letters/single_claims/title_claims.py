"""What a sentence says of one position of the CV by its title: ``As a clerk I …``, ``in my time as ward manager``. English.

What another position's lines alone speak of was not done in this one; nor did it last longer, or begin in another year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from rolecall.matching.cv.person import Person
from rolecall.matching.letters.carrying.carried import CarriedWords, is_ordinary
from rolecall.matching.letters.claim_words import NUMBER_WORDS, folded
from rolecall.matching.letters.single_claims.place_claims import DENIED, HALF, QUOTED, SLACK, YEARS, among, bases_of, numbers_of
from rolecall.matching.skills.bags import weight_of
from rolecall.matching.skills.thesaurus import is_said_by
from rolecall.models import Role

AS = re.compile(
    r"\b(?:as|(?:was|am|been|became|being|worked|serving|served) (?:as )?|in my (?:\w+ )?(?:job|role|work|time|years|"
    r"position|post) (?:as|of|in|at)|in)"
    r"\s+(?:an? |the |our |their )?(?P<what>[a-z][a-z'/-]*(?:,? [a-z][a-z'/-]*){0,6})"
)
IN_JOB = re.compile(r"\bin my (?P<what>[a-z-]+(?: [a-z-]+){0,2}) (?:job|role|position|post|work|days|years)\b")
SMALL_TITLE = frozenset(["and", "of", "the", "in", "for", "senior", "junior", "lead", "i", "ii", "iii", "full", "part", "time"])
MOST, APART = 0.6, 0.34
"""Share of a sentence that one line says, and by how much other lines say less of it."""

RARE = 20
"""Rarity in tenths from which on a word that another position alone has is of that position."""


@dataclass(frozen=True)
class TitledRole:
    """One position: its title's words, all of its words and those of each line, and how long it lasted in years."""

    title: frozenset[str]
    carried: CarriedWords
    lines: list[frozenset[str]]
    numbers: frozenset[str]
    length: float | None
    begin: int | None
    end: int | None


class TitledRoles:
    """A CV's positions, for asking of which one a sentence speaks."""

    def __init__(self, person: Person, rest: frozenset[str], rest_numbers: frozenset[str]) -> None:
        self.rest, self.rest_numbers = CarriedWords(rest), rest_numbers
        told = "\n".join(role.text for role in person.cv.roles)
        self.lines = [frozenset(bases_of(line)) for line in person.text.splitlines() if line.strip() and line.strip(" -•*·") not in told]
        self.all = [_titled(role) for role in person.cv.roles if role.title]

    def named(self, plain: str) -> list[TitledRole]:
        """The positions whose title a sentence gives: all of it, or a part that no other has."""
        for pattern in (IN_JOB, AS):
            for found in pattern.finditer(plain):
                words = [word for word in re.split(r"[ ,/]+", found["what"]) if word]
                best: list[TitledRole] = []
                for length in range(len(words), 0, -1):
                    said = frozenset(words[:length]) - SMALL_TITLE
                    best = [role for role in self.all if said and said <= role.title and (len(said) > 1 or len(role.title) < 3)]
                    if best:
                        break
                if best and len(best) < len(self.all) and (pattern is IN_JOB or found[0].split()[0] != "in" or _is_whole(words, best)):
                    return best
        return []


def _is_whole(words: list[str], roles: list[TitledRole]) -> bool:
    return any(role.title - SMALL_TITLE <= frozenset(words[:4]) for role in roles)


def _titled(role: Role) -> TitledRole:
    words = frozenset(bases_of(f"{role.title} {role.company} {role.text}"))
    return TitledRole(
        frozenset(bases_of(role.title)),
        CarriedWords(words),
        [frozenset(bases_of(line)) for line in re.split(r"\n|(?<=[.;]) |(?<=\.)(?=[A-Z])", role.text) if line.strip()],
        frozenset(numbers_of(role.text)),
        role.months / 12 if role.months else None,
        int(role.start[:4]) if role.start else None,
        int(role.end[:4]) if role.end else None,
    )


def misattributed(sentence: str, roles: TitledRoles) -> Iterator[str]:
    """What a sentence tells of one position, and the CV of others alone."""
    plain = folded(QUOTED.sub(" ", sentence))
    if DENIED.search(plain):
        return
    here = roles.named(plain)
    if not here:
        return
    others = [role for role in roles.all if role not in here]
    for number in numbers_of(YEARS.sub(" ", plain)):
        stated = any(number in role.numbers for role in here) or number in roles.rest_numbers
        if not stated and any(number in role.numbers for role in others):
            yield f"place: {number} is of another position"
            return
    if told_elsewhere(plain, here, others, roles.lines):
        yield "place: said of another position"
        return
    yield from (
        f"place: {word} is of another position"
        for word in of_others(
            plain,
            [role.carried for role in here],
            [role.carried for role in others],
            roles.rest,
            frozenset().union(*(role.title for role in here)),
        )
    )


def told_elsewhere(plain: str, here: list[TitledRole], others: list[TitledRole], rest: list[frozenset[str]]) -> bool:
    """Whether a line of another position says most of a sentence, and none of these positions nor the rest of the CV says near as much."""
    named = frozenset().union(*(role.title for role in here))
    words = [word for word in dict.fromkeys(bases_of(plain)) if len(word) > 3 and not is_ordinary(word) and weight_of(word) >= RARE]
    words = [word for word in words if word not in named]
    if len(words) < 2:
        return False
    there = max((sum(among(word, line) for word in words) for role in others for line in role.lines), default=0) / len(words)
    if there < MOST:
        return False
    lines = [line for role in here for line in role.lines] + rest
    mine = max((sum(among(word, line) or is_said_by(word, line) for word in words) for line in lines), default=0) / len(words)
    return there - mine >= APART


def of_others(plain: str, here: list[CarriedWords], others: list[CarriedWords], rest: CarriedWords, named: frozenset[str]) -> Iterator[str]:
    """The first word that others have and these do not, where one of the others has more of what the sentence says than these.

    :param rest: what is said of no part of the CV, and so of any
    :param named: words that say which part is meant
    """
    words = [word for word in dict.fromkeys(bases_of(plain)) if len(word) > 3 and not is_ordinary(word) and weight_of(word) >= RARE]
    words = [word for word in words if word not in named and not rest.carry(word)]
    mine = [word for word in words if any(one.carry(word) for one in here)]
    for other in others:
        theirs = [word for word in words if word in other.words or among(word, other.words)]
        alone = [word for word in theirs if word not in mine]
        if alone and len(theirs) > len(mine):
            yield alone[0]
            return


def outlasted(clause: str, roles: TitledRoles) -> Iterator[str]:
    """A position held longer than the CV says, or in other years."""
    plain = folded(QUOTED.sub(" ", clause))
    here = roles.named(plain)
    if not here:
        return
    years = [int(one) for one in re.findall(r"\b(?:19|20)\d\d\b", plain)]
    spans = [(role.begin, role.end or 9999) for role in here if role.begin]
    first, last = min((begin for begin, _ in spans), default=0), max((end for _, end in spans), default=9999)
    if years and not (first <= min(years) and max(years) <= last):
        yield f"date: {years[-1]}"
    since = re.search(r"\bsince (?:[a-z]+ )?((?:19|20)\d\d)\b", plain)
    if since and spans and not any(begin == int(since[1]) for begin, _ in spans):
        yield f"date: {since[0]}"
    lengths = [role.length for role in here]
    if HALF.search(plain) or not lengths or None in lengths:
        return
    for found in YEARS.finditer(plain):
        value = int(found[1]) if found[1].isdecimal() else NUMBER_WORDS.get(found[1], 0)
        if value > sum(length or 0 for length in lengths) + SLACK:
            yield f"years: {found[0]}"
            return
