"""The skills we know by name, and where a text names them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from rolecall.text.words import WORD, fold, words
from rolecall.text.yaml_tables import read_table

NO_FIELD = frozenset({"general", "soft"})
"""Skills of every trade: they say nothing about the field of work."""

GAPS = frozenset({" ", "\n", "\t", "\u00a0", ".", "/", "-", "–", "&", " & ", " / ", "'", "’", ""})
"""What may stand between the words of one name."""


@dataclass(frozen=True, slots=True)
class Skill:
    """One skill.

    :param field: field of work, or ``general`` or ``soft``
    :param implies: skills that who has this one has too
    :param kin: skills near enough to be learned quickly
    :param licence: a document one has or has not
    """

    name: str
    field: str
    implies: frozenset[str] = frozenset()
    kin: frozenset[str] = frozenset()
    licence: bool = False


class Token(NamedTuple):
    """A word of a text, folded, with its span."""

    word: str
    start: int
    end: int


class Hit(NamedTuple):
    """A place where a text names a skill."""

    skill: str
    start: int
    end: int


class _Spelling(NamedTuple):
    words: tuple[str, ...]
    skill: str
    exact: frozenset[str]


def tokens(text: str) -> list[Token]:
    """The words of a text in order."""
    new = tuple.__new__  # Token(…) costs three times as much, and an ad has hundreds
    if text.isascii():
        return [new(Token, (found[0], *found.span())) for found in WORD.finditer(text.lower())]
    return [new(Token, (fold(found[0]), *found.span())) for found in WORD.finditer(text)]


class Vocabulary:
    """Skills with their spellings, read from ``skills.yaml``; see there for the rules."""

    def __init__(self, data: dict[str, Any]) -> None:
        implied, kin = _closure(data["implies"]), _neighbours(data["kin"])
        licences = frozenset(data["licences"])
        self.skills = {
            name: Skill(name, field, implied.get(name, frozenset()), kin.get(name, frozenset()), name in licences)
            for field, named in data["skills"].items()
            for name in named
        }
        self._after = {name: frozenset(map(str, rule.get("next", ()))) for name, rule in data["unless"].items()}
        self._before = {name: frozenset(map(str, rule.get("previous", ()))) for name, rule in data["unless"].items()}
        self._by_first: dict[str, list[_Spelling]] = {}
        self._by_words: dict[tuple[str, ...], str] = {}
        for named in data["skills"].values():
            for name, others in named.items():
                for spelling in (name, *map(str, others)):
                    self._learn(name, spelling, data["exact"].get(name, ()))
        for spellings in self._by_first.values():
            spellings.sort(key=lambda spelling: (-len(spelling.words), spelling.words))

    def _learn(self, name: str, spelling: str, exact: list[str]) -> None:
        folded = tuple(words(spelling))
        forms = frozenset(form for form in exact if tuple(words(form)) == folded)
        self._by_first.setdefault(folded[0], []).append(_Spelling(folded, name, forms))
        self._by_words.setdefault(folded, name)

    def named(self, phrase: str) -> str | None:
        """The skill a phrase names by itself, as in a list of skills; there capitals do not matter."""
        return self._by_words.get(tuple(words(phrase)))

    def find(self, text: str, found: list[Token] | None = None) -> list[Hit]:
        """All skills named in a text, in order; the longest name wins and names never overlap."""
        parts = tokens(text) if found is None else found
        hits: list[Hit] = []
        taken = 0
        known = self._by_first
        for place, token in enumerate(parts):
            if token[0] not in known or place < taken:
                continue
            spelling = self._at(text, parts, place)
            if spelling is not None:
                taken = place + len(spelling.words)
                hits.append(Hit(spelling.skill, token.start, parts[taken - 1].end))
        return hits

    def _at(self, text: str, parts: list[Token], place: int) -> _Spelling | None:
        for spelling in self._by_first[parts[place].word]:
            end = place + len(spelling.words)
            if end > len(parts) or (end - place > 1 and not _is_here(text, parts, place, spelling.words)):
                continue
            if spelling.exact and text[parts[place].start : parts[end - 1].end] not in spelling.exact:
                continue
            if end < len(parts) and parts[end].word in self._after.get(spelling.skill, ()):
                continue
            if place and parts[place - 1].word in self._before.get(spelling.skill, ()):
                continue
            return spelling
        return None


def _is_here(text: str, parts: list[Token], place: int, wanted: tuple[str, ...]) -> bool:
    for step in range(1, len(wanted)):
        before, here = parts[place + step - 1], parts[place + step]
        if here.word != wanted[step] or text[before.end : here.start] not in GAPS:
            return False
    return True


def _closure(direct: dict[str, list[str]]) -> dict[str, frozenset[str]]:
    """What each skill implies, also by way of others."""
    closed: dict[str, frozenset[str]] = {}
    for name in direct:
        reached: set[str] = set()
        open_ends = list(direct[name])
        while open_ends:
            skill = open_ends.pop()
            if skill not in reached:
                reached.add(skill)
                open_ends.extend(direct.get(skill, ()))
        closed[name] = frozenset(reached - {name})
    return closed


def _neighbours(groups: list[list[str]]) -> dict[str, frozenset[str]]:
    near: dict[str, set[str]] = {}
    for group in groups:
        for name in group:
            near.setdefault(name, set()).update(group)
    return {name: frozenset(others - {name}) for name, others in near.items()}


@cache
def vocabulary() -> Vocabulary:
    """The committed vocabulary, read once."""
    return Vocabulary(read_table(Path(__file__).parent / "skills.yaml"))
