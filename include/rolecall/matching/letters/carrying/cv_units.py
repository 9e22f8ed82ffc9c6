"""A CV by its parts: one role with its heading, the lines of one school, and what stands in neither."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rolecall.matching.cv.person import Person
from rolecall.matching.letters.claim_words import NUMBER_WORDS, folded
from rolecall.matching.letters.single_claims.place_claims import bases_of, head_line
from rolecall.models import Cv
from rolecall.text.words import fold

PART = re.compile(r"[,;:.()|•]\s|\s[-–—]\s|\s(?:and|und|et|y|e|sowie|then|puis|luego)\s|\n")


LINE = re.compile(r"\n|(?<=[.;])\s")


DIGITS = re.compile(r"\d{1,3}(?:[., ]\d{3})+(?!\d)|\d+(?:[.,]\d+)?")


ONES = frozenset(["one", "ein", "eins", "un", "une", "uno", "una", "mil", "score", "cent", "quarter"])


LINKING = frozenset([
    "and", "of", "the", "in", "for", "a", "an", "und", "der", "die", "das", "de", "la",
    "le", "et", "y", "du", "des", "senior", "junior", "city", "state", "company", "name", "-", "/",
])  # fmt: skip


SCHOOL = re.compile(
    r"\b(?:universit\w*|college|school|institut\w*|academy|hochschule\w*|fachhochschule|tu|fh|gymnasium|realschule|lycee|ecole|"
    r"cfa|ies|instituto|"
    r"universidad|\w*schule|kanzlei|iut|conservato\w+)\b"
)


TITLE = re.compile(
    r"\b(?:bachelor\w*|master\w*|b\.? ?s\.?c?|m\.? ?s\.?c?|b\.? ?a|m\.? ?a|bfa|mba|phd|doctor\w*|associate|diplom\w*|degree|nvq|"
    r"gcse\w*|abitur|"
    r"mittlere reife|ausbildung|lehre|bts|cap|licence|baccalaureat|grado|ciclo|licenciatura|master|maestria|tecnico|pgce|btech|"
    r"level \d|a-levels)\b"
)


MOST_ROLES, MOST_SKILLS, MOST_SCHOOLING, MOST_OF_A_ROLE, MOST_TEXT = 60, 1_000, 100, 10_000, 60_000
"""Roles, skills, lines about education, characters of a role's text and of the whole CV that are taken apart: what comes
after is not found."""


@dataclass(frozen=True)
class CvUnit:
    """One part of a CV: what kind, its words, its lines by words and numbers, and its time.

    :param kind: ``role``, ``education`` or ``rest``
    :param lines: each line's text, words and numbers; ``parts``: the same of what stands between its commas and its *and*
    """

    kind: str
    words: frozenset[str]
    lines: tuple[tuple[str, frozenset[str], frozenset[str]], ...]
    parts: tuple[tuple[str, frozenset[str], frozenset[str]], ...]
    numbers: frozenset[str]
    begin: str = ""
    end: str = ""
    length: float | None = None


@dataclass(frozen=True)
class UnitWords:
    """What may be said of a part of a CV.

    :param words: its own words, and of a role what stands in no part, other roles' names excepted
    :param named: the same where the sentence names the part: without what the CV says of another role
    :param head: its own name; ``foreign``: words of other roles' names, which it does not have
    """

    words: frozenset[str]
    named: frozenset[str]
    head: frozenset[str]
    foreign: frozenset[str]


class CvUnits:
    """A CV by its parts, for asking whether one of them carries all that a sentence says."""

    def __init__(self, person: Person) -> None:
        cv = _bounded(person.cv)
        self.person, self.plain = person, folded(person.text)
        self.about: dict[int, UnitWords] = {}
        taken: list[str] = []
        units: list[CvUnit] = []
        heads = [head_line(cv, number) for number in range(len(cv.roles))]
        for head, role in zip(heads, cv.roles, strict=True):
            about = f"{role.title} {role.company} {head}"
            units.append(_unit("role", f"{about}\n{role.text}", role.start or "", role.end or "9999", role.months))
            taken += [*role.text.splitlines(), *head.splitlines()]
        taken += cv.education
        units += [_unit("education", "\n".join(block)) for block in _schooling(cv.education)]
        whole = cv.text or " \n".join((cv.headline, cv.location, cv.summary, *cv.skills, *cv.languages))
        rest = whole
        for part in filter(None, map(str.strip, taken)):
            rest = rest.replace(part, "\n", 1)
        self.rest = _unit("rest", f"{rest}\n{cv.name}\n{cv.location}")
        self.all = [*units, self.rest]
        self.years = person.years
        self.schooled = any(unit.kind == "education" for unit in self.all)
        self.counted = {
            "languages": len(person.languages),
            "employers": len({fold(role.company) for role in cv.roles if role.company}),
            "degrees": sum(bool(TITLE.search(folded(line))) for line in cv.education),
        }
        self.heads = [frozenset(parts_of(bases_of(f"{role.title} {role.company}"))) - LINKING for role in cv.roles]
        called = frozenset[str]().union(*self.heads)
        in_roles = frozenset[str]().union(*(one.words for one in self.all if one.kind == "role"))
        for number, unit in enumerate(self.all):
            called_so = self.heads[number] if number < len(self.heads) else frozenset[str]()
            told = in_roles - unit.words
            free = self.rest.words - (called - called_so) if unit.kind != "education" else unit.words
            own = unit.words if unit.kind == "role" else free
            self.about[id(unit)] = UnitWords(
                own | free, own | (free - told), called_so - LINKING, called - (unit.words if unit.kind == "role" else LINKING)
            )

    def of(self, unit: CvUnit) -> UnitWords:
        """What may be said of a part."""
        return self.about[id(unit)]


def _bounded(cv: Cv) -> Cv:
    """As much of a CV as is taken apart."""
    roles = [role.model_copy(update={"text": role.text[:MOST_OF_A_ROLE]}) for role in cv.roles[:MOST_ROLES]]
    education, text = cv.education[:MOST_SCHOOLING], (cv.text or "")[:MOST_TEXT]
    return cv.model_copy(update={"roles": roles, "skills": cv.skills[:MOST_SKILLS], "education": education, "text": text})


def numbers_in(text: str) -> list[str]:
    """All numbers, words for numbers too, without separators; *one* and its like are articles."""
    digits = [re.sub(r"[., ](?=\d{3}(?!\d))", "", found).replace(",", ".") for found in DIGITS.findall(text)]
    said = []
    for base in bases_of(text):
        stem = base.partition("jahrig")[0].partition("fach")[0]
        parts = [part for part in stem.split("-") if part]
        if parts and all(part in NUMBER_WORDS for part in parts) and parts[0] not in ONES:
            said.append(str(sum(NUMBER_WORDS[part] for part in parts)))
    return digits + said


def _schooling(lines: list[str]) -> list[list[str]]:
    """Lines about education, those of one school together: a new one begins where a school or a degree comes a second time."""
    blocks: list[list[str]] = []
    has: set[str] = set()
    for line in lines:
        plain = folded(line)
        kinds = {kind for kind, pattern in (("school", SCHOOL), ("title", TITLE)) if pattern.search(plain)}
        if not blocks or kinds & has:
            blocks.append([])
            has = set()
        blocks[-1].append(line)
        has |= kinds
    return blocks


def _unit(kind: str, text: str, begin: str = "", end: str = "", months: int | None = None) -> CvUnit:
    lines = [line for line in LINE.split(text) if line.strip()]
    parts = [part for line in lines for part in PART.split(line) if part.strip()]
    words = frozenset(parts_of(bases_of(text)))
    return CvUnit(
        kind,
        words,
        tuple(map(_read, lines)),
        tuple(map(_read, parts)),
        frozenset(numbers_in(text)),
        begin,
        end,
        months / 12 if months else None,
    )


def _read(part: str) -> tuple[str, frozenset[str], frozenset[str]]:
    return folded(part), frozenset(parts_of(bases_of(part))), frozenset(numbers_in(part))


def parts_of(words: Iterable[str]) -> Iterator[str]:
    """Words, and the parts of those written with hyphens, apostrophes or slashes."""
    for word in words:
        yield word
        yield from (part for part in re.split(r"[-'/]", word) if len(part) > 1)


__all__ = ["CvUnit", "CvUnits", "numbers_in"]
