"""How near two job titles are: by the occupations they name, else by their words.

Nearness is 0 to 1: same occupation 0.9 to 1; kin occupations 0.55 to 0.7; another occupation of the same field 0.3 to 0.45; other
fields at most 0.15. Where one of the titles names no occupation we know, the shared words decide; words that many trades share
(*engineer*, *manager*) weigh little.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from rolecall.text.job_titles import title as read_title
from rolecall.text.job_titles import title_words
from rolecall.text.words import listed
from rolecall.text.yaml_tables import read_table

SAME, KIN, FIELD, OTHER = (0.9, 0.1), (0.55, 0.15), (0.3, 0.15), (0.05, 0.1)
"""(base, what shared words add) for each relation of two occupations."""

GENERIC = listed(
    "engineer developer manager specialist assistant consultant analyst officer coordinator administrator technician "
    "associate lead expert agent "
    "representative advisor executive supervisor worker operator professional member team m f d and the of for in at "
    "mitarbeiter leiter responsable "
    "charge technicien ingenieur ingeniero responsible referent fachkraft"
)
GENERIC_WEIGHT = 0.3
ALIKE = 0.85
"""Words this alike (normalised edit distance) count as one: ``engineering``/``engineer`` is not, ``analyst``/``analysts`` is."""

LEADER = 4
"""Rank of a title that names an occupation that leads people."""

FAR_APART = 0.6
"""What is left of shared words where one title leads and the other is led: "VP Data" is no data engineer."""

BREAKS = re.compile(r"\s[-–—|•·]+\s|[,;:()/|\[\]•·]|\b(?:of|for|in|at|with|to|für|im|bei|de|des|du|en|pour|para|and|und|et|y)\b", re.I)


class Occupation(NamedTuple):
    """A job by its usual name, and its field of work."""

    name: str
    field: str


@dataclass(frozen=True, slots=True)
class NamedOccupation:
    """A title, read for comparing.

    :param words: folded words that name the work
    :param rank: seniority 0 (intern) to 7 (chief), if the title says so
    """

    text: str
    words: tuple[str, ...]
    rank: int | None
    occupation: Occupation | None


class Occupations:
    """Occupations with their names, read from ``occupations.yaml``."""

    def __init__(self, fields: dict[str, dict[str, list[str]]], kin: list[list[str]], leads: list[str], licensed: list[str]) -> None:
        self.leads, self.licensed = frozenset(leads), frozenset(licensed)
        self._by_words: dict[tuple[str, ...], Occupation] = {}
        for field, named in fields.items():
            for name, others in named.items():
                for spelling in (name, *map(str, others)):
                    self._by_words[tuple(title_words(spelling))] = Occupation(name, field)
        self._longest = max(map(len, self._by_words))
        self.numbers = {occupation: number for number, occupation in enumerate(dict.fromkeys(self._by_words.values()))}
        self._kin = frozenset(frozenset((one, other)) for group in kin for one in group for other in group if one != other)

    def find(self, text: str) -> Occupation | None:
        """The occupation a title names: the longest name, the first part of the title that has one.

        A single word counts only where it is the head: the first word of its part, or the last.
        """
        for part in BREAKS.split(text):
            found = self._in(title_words(part))
            if found:
                return found
        return self._in(title_words(text), least=2)

    def _in(self, parts: list[str], least: int = 1) -> Occupation | None:
        for length in range(min(self._longest, len(parts)), least - 1, -1):
            for start in range(len(parts) - length, -1, -1):
                found = self._by_words.get(tuple(parts[start : start + length]))
                if found and (length > 1 or start in (0, len(parts) - 1)):
                    return found
        return None

    def relation(self, one: Occupation, other: Occupation) -> tuple[float, float]:
        """(base nearness, what shared words add) of two occupations."""
        if one == other:
            return SAME
        if frozenset((one.name, other.name)) in self._kin:  # one is often hired for the other
            return KIN
        return FIELD if one.field == other.field else OTHER


@cache
def occupations() -> Occupations:
    """The committed occupations, read once."""
    data = read_table(Path(__file__).parent / "occupations.yaml")
    return Occupations(data["fields"], data["kin"], data["leads"], data["licensed"])


@lru_cache(maxsize=65_536)
def read(text: str) -> NamedOccupation:
    """The occupation that a title names, and its words, for :func:`nearness`."""
    facts = read_title(text)
    named = occupations().find(text)
    leads = LEADER if facts.rank is None and named is not None and named.name in occupations().leads else None
    return NamedOccupation(text, facts.core, facts.rank if leads is None else leads, named)


@lru_cache(maxsize=262_144)
def nearness(one: NamedOccupation, other: NamedOccupation) -> float:
    """How near the work of two titles is, 0 to 1; seniority does not count here."""
    shared = _shared(one.words, other.words)
    if one.occupation is None or other.occupation is None:
        return shared * FAR_APART if abs((one.rank or 2) - (other.rank or 2)) >= 3 else shared
    base, more = occupations().relation(one.occupation, other.occupation)
    return base + more * shared


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Weighted share of the words that both have, among all words of either."""
    rest = list(other)
    both = total = 0.0
    for word in one:
        weight = GENERIC_WEIGHT if word in GENERIC else 1.0
        partner = next((near for near in rest if near == word or _alike(near, word)), None)
        total += weight
        if partner is not None:
            both += weight
            rest.remove(partner)
    for word in rest:
        total += GENERIC_WEIGHT if word in GENERIC else 1.0
    return both / total if total else 0.0


def _alike(one: str, other: str) -> bool:
    if len(one) < 5 or len(other) < 5:
        return False
    from rapidfuzz.distance import Levenshtein  # only here: who reads a CV compares no titles

    return Levenshtein.normalized_similarity(one, other, score_cutoff=ALIKE) > 0
