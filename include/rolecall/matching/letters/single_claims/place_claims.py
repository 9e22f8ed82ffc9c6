"""Claims that are true of the CV, and not of what they are made about: another employer's work, a role held longer or since another
year, a position above the CV's own, a language above its level, a subject or a prize that nobody gave.

A section is one role, or one line of education: whatever a sentence says of one section must not stand in another one alone.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache

from rolecall.matching.cv.person import Person
from rolecall.matching.letters.claim_words import NUMBER_WORDS, PLAIN, SMALL_WORDS, STARTERS, folded
from rolecall.matching.letters.common_words import COMMON
from rolecall.matching.skills.bags import weight_of
from rolecall.matching.skills.thesaurus import is_said_by
from rolecall.models import Cv
from rolecall.text.words import fold, listed

WORD = re.compile(r"[^\W_]+(?:['’+#-][^\W_]+)*")
QUOTED = re.compile(r"“[^“”]*”|„[^„“]*“|«[^«»]*»|\"[^\"\n]*\"")
"""The ad's own words, which are no claim."""

LEGAL = listed(
    "ltd limited inc llc plc gmbh ag kg se sa sas sarl sl bv nv oy ab co company group holding the and und et y of de der die das la le el"
    " hotel restaurant restaurante clinic klinik school university college hospital home"
)
SMALL = STARTERS.union(*SMALL_WORDS.values())
RARE, RARER = 30, 55
"""Rarity in tenths from which on a word that two sections do not share tells them apart, and from which on a line is called by it."""

SLACK = 0.7
"""Years by which people round up."""


@dataclass(frozen=True)
class CvSection:
    """One role or line of education.

    :param names: words that stand for it and for no other section
    :param words: all of its words, folded; ``numbers`` as digits
    :param years: of the role's beginning and end; ``None``: not said
    """

    label: str
    names: frozenset[str]
    words: frozenset[str]
    numbers: frozenset[str]
    years: tuple[int, int] | None = None
    length: float | None = None


class CvSections:
    """A CV by its sections, for asking of which one something is said."""

    def __init__(self, person: Person, *, today: date | None = None) -> None:
        cv, end = person.cv, (today or datetime.now(UTC).date()).year
        self.all: list[CvSection] = []
        heads = [head_line(cv, number) for number in range(len(cv.roles))]
        bodies = [f"{head} {role.text}" for head, role in zip(heads, cv.roles, strict=True)] + list(cv.education)
        said = [frozenset(bases_of(body)) for body in bodies]
        whole = cv.text or " ".join((cv.headline, cv.location, cv.summary, *cv.skills, *cv.languages))
        rest = _without(whole, [part for role in cv.roles for part in role.text.splitlines()] + heads + list(cv.education))
        self.rest, self.rest_numbers = frozenset(bases_of(rest)), frozenset(numbers_of(rest))
        for number, body in enumerate(bodies):
            last = (
                len(cv.roles) if number < len(cv.roles) else len(said)
            )  # a school may be called like an employer, and is asked about last
            others = frozenset[str]().union(*(words for other, words in enumerate(said[:last]) if other != number))
            role = cv.roles[number] if number < len(cv.roles) else None
            names = _names(role.company or role.title, 0) if role else _names(body, RARER)
            begin = _year(role.start) if role else None
            self.all.append(
                CvSection(
                    (role.company or role.title) if role else body[:40],
                    frozenset(name for name in names if name not in others),
                    said[number],
                    frozenset(numbers_of(body)),
                    (begin, _year(role.end) or end) if role and begin else None,
                    role.months / 12 if role and role.months else None,
                )
            )

    def named(self, bases: frozenset[str]) -> list[CvSection]:
        """The sections that a sentence names."""
        return [section for section in self.all if section.names & bases]


def misplaced(sentence: str, sections: CvSections) -> Iterator[str]:
    """What a sentence says of one section of the CV and another one says alone, or no section at all."""
    text = QUOTED.sub(" ", sentence)
    if DENIED.search(folded(text)):
        return
    bases = frozenset(bases_of(text))
    about = sections.named(bases)
    if len(about) != 1:
        return
    here, others = about[0], [one for one in sections.all if one is not about[0]]
    for number in numbers_of(YEARS.sub(" ", folded(text))):
        if number in here.numbers or number in sections.rest_numbers:
            continue
        if any(number in one.numbers for one in others):
            yield f"place: {number} is not said of {here.label}"
            return
    telling = [
        base for base in dict.fromkeys(bases_of(text)) if _is_telling(base) and base not in here.names and not among(base, sections.rest)
    ]
    mine = [base for base in telling if among(base, here.words) or is_said_by(base, here.words)]
    for one in others:
        theirs = [base for base in telling if among(base, one.words)]
        alone = [base for base in theirs if base not in mine]
        if alone and len(theirs) > len(mine):
            yield f"place: {alone[0]} is not said of {here.label}"
            return


def _is_telling(base: str) -> bool:
    return (
        len(base) > 3
        and base not in SMALL
        and base not in LEGAL
        and base not in PLAIN
        and base not in COMMON
        and not base.isdecimal()
        and base not in NUMBER_WORDS
        and weight_of(base) >= RARE
    )


SINCE = re.compile(r"\b(?:since|seit|depuis|desde|as of|ab)\s+(?:[^\W\d_]+\s+)?((?:19|20)\d\d)\b")
YEARS = re.compile(r"\b(\d{1,2}|[^\W\d_]+)\s+(?:full |whole |ganze |volle )?(?:years?|jahre?n?|ans|anos)\b")
HALF = re.compile(r"\band a half years?\b|\beinhalb jahre|\bans et demi|\banos y medio")


def mistimed(clause: str, sections: CvSections) -> Iterator[str]:
    """A time that is not the role's: since another year, or longer than it lasted.

    :param clause: without a comma: what follows one may be about all of the CV
    """
    sentence = clause
    plain = folded(QUOTED.sub(" ", sentence))
    about = [one for one in sections.named(frozenset(bases_of(sentence))) if one.years]
    if len(about) != 1 or about[0].years is None:
        return
    here = about[0]
    for found in SINCE.finditer(plain):
        if int(found[1]) != here.years[0] and found[1] not in here.numbers:  # type: ignore[index]
            yield f"date: {found[0]}"
    for year in re.findall(r"\b(?:19|20)\d\d\b", plain):
        if not here.years[0] <= int(year) <= here.years[1] and year not in here.numbers:  # type: ignore[index]
            yield f"date: {year}"
    if here.length is None or HALF.search(plain):
        return
    for found in YEARS.finditer(plain):
        value = int(found[1]) if found[1].isdecimal() else NUMBER_WORDS.get(found[1], 0)
        if value > here.length + SLACK:
            yield f"years: {found[0]} of {here.label}"


HEADS = listed(
    "supervisor manager director head chief lead leader specialist engineer architect consultant coordinator foreman forewoman president"
    " partner principal officer executive inspector controller owner superintendent administrator scientist"
    " leiter leiterin chef chefin meister meisterin direktor direktorin"
    " directeur directrice responsable directora jefe jefa encargado encargada gerente"
)
ENDS = re.compile(r"(?:leiter|leiterin|chef|chefin|meister|meisterin|direktor|direktorin)$")
CLAIMED = re.compile(
    r"\b(?:i am|i'm|i was|i became|i have been|as|als|ich bin|ich war|ich wurde|je suis|j'etais|en tant que|comme|soy|fui|era|como)\s+"
    r"(?:(?:an?|the|our|ein(?:e[rmn]?)?|die|der|une?|la?|le|el|una?|[^\W\d_]+'s)\s+)?((?:[^\W\d_][\w'-]*\s?){1,5})"
)


def promoted(sentence: str, person: Person) -> Iterator[str]:
    """A position in other words than any of the CV's roles: ``operations manager`` of a warehouse supervisor."""
    plain = folded(QUOTED.sub(" ", sentence))
    titles: list[frozenset[str]] = []
    said = ""
    for found in CLAIMED.finditer(plain):
        words = bases_of(found[1])
        for end, word in enumerate(words):
            if word in HEADS or ENDS.search(word):
                titles = titles or [frozenset(bases_of(one)) for one in (*(role.title for role in person.cv.roles), person.cv.headline)]
                said = said or f" {' '.join(bases_of(person.text))} "
                claim = words[max(0, end - 2) : end + 1]
                claim = [one for one in claim if one not in PLAIN and one not in BECAME]
                stated = len(claim) > 1 and f" {' '.join(claim)} " in said
                if not stated and not any(all(among(one, title) for one in claim) for title in titles):
                    yield f"position: {' '.join(claim)}"
                break
            if word in STOPS:
                break


BECAME = listed("made appointed promoted named acting now also currently later still just zum zur promu nommee ascendido")
STOPS = listed("of at in for with from on to and or who where bei im in fur von und der chez dans pour de du et en del y con para our my")

LEVELS = {
    6: "native mother muttersprache muttersprachler muttersprachlerin maternelle nativo nativa materna bilingual zweisprachig bilingue",
    5: "fluent fluently fliessend verhandlungssicher courant couramment fluido fluida c1 c2",
    4: "advanced b2 fortgeschritten avance avanzado alto professional",
    3: "conversational b1 intermediate good gut gute bon intermedio moyen",
    2: "a2 basics grundkenntnisse",
    1: "basic a1 beginner notions basico elementary",
}
LEVEL_OF = {word: level for level, words in LEVELS.items() for word in words.split()}
DENIED = re.compile(r"\b(?:not|no|nor|never|without|cannot|don't|nicht|kein\w*|ohne|nie|pas|sans|jamais|ni|sin|nunca)\b")


def overspoken(sentence: str, person: Person, languages: dict[str, str]) -> Iterator[str]:
    """A language above the level that the CV gives it.

    :param languages: a language's name in any language → its code
    """
    plain = folded(QUOTED.sub(" ", sentence))
    if DENIED.search(plain):
        return
    if not any(word in LEVEL_OF for word in bases_of(plain)):
        return
    cv = bases_of(person.text)
    for part in TOGETHER.split(plain):
        words = bases_of(part)
        claimed = max((LEVEL_OF[word] for word in words if word in LEVEL_OF), default=0)
        for name in words if claimed >= 4 else ():
            code = languages.get(name)
            stated = [
                LEVEL_OF[near]
                for place, word in enumerate(cv)
                if word == name or (code and languages.get(word) == code)
                for near in cv[place + 1 : place + 3]
                if near in LEVEL_OF
            ]
            if name not in LEVEL_OF and stated and claimed > max(stated):
                yield f"language: {name}"


TOGETHER = re.compile(r",|;|\band\b|\bund\b|\bet\b|\by\b|\bbut\b|\baber\b|\bmais\b|\bpero\b")

SUBJECT = re.compile(
    r"\b(?:degree|bachelor(?:'s)?|master(?:'s)?|masters|msc|bsc|ba|ma|doctorate|phd|diploma|majored|double-majored|studied|studium|studiert|"
    r"abschluss|master|licence|licenciatura|grado|titulo|diplome)\s+(?:degree\s+)?(?:in|of|der|des|en|de)\s+(?P<what>[^.,;:!?()]{3,50})"
)
BEFORE = re.compile(r"\b(?P<what>[a-z]{5,})\s+(?:degree|diploma)\b")
DEGREE_WORDS = listed(
    "university college honours honors first second foundation associate higher bachelor bachelors master masters doctoral academic science"
    " arts relevant formal full same level local"
)


def unstudied(sentence: str, person: Person) -> Iterator[str]:
    """A degree in something that the CV does not name."""
    plain = folded(QUOTED.sub(" ", sentence))
    if DENIED.search(plain):
        return
    if not SUBJECT.search(plain) and not BEFORE.search(plain):
        return
    known = frozenset(bases_of(person.text))
    for pattern in (SUBJECT, BEFORE):
        for found in pattern.finditer(plain):
            what = [word for word in bases_of(found["what"])[:3] if word not in PLAIN and word not in DEGREE_WORDS and len(word) > 3]
            if what and not any(among(word, known) for word in what):
                yield f"degree: {found[0].strip()}"
                return


WON = re.compile(
    r"\b(?:won|winner|winning|received|awarded|named me|gewonnen|gewann|erhielt|gewinner\w*|remporte|laureate?|gane|ganador\w*|recibi)\b"
)
NEARLY = re.compile(r"\b(?:shortlist\w*|nomin\w+|finalist\w*|runner-up|finaliste|finalista)\b")
OF_THE_YEAR = re.compile(r"\b([^\W\d_]+) (?:of the (?:year|month)|des jahres|de l'annee|del ano)\b")


def unwon(sentence: str, person: Person) -> Iterator[str]:
    """A prize that the CV was only near to, or a title of the year that nobody gave."""
    plain, cv = folded(QUOTED.sub(" ", sentence)), folded(person.text)
    if DENIED.search(plain) or NEARLY.search(plain):
        return
    if (
        (found := WON.search(plain))
        and NEARLY.search(cv)
        and not WON.search(cv)
        and re.search(r"\b(?:award|prize|prix|preis|premio|concurso|competition)", plain)
    ):
        yield f"award: {found[0]}"
    for title in OF_THE_YEAR.finditer(plain):
        if title[0] not in cv:
            yield f"award: {title[0]}"


NOT_HELD = re.compile(
    r"\b(?:no|not an?|without|kein\w*|ohne|pas de|sans|sin|noch nicht|not yet)\s+(?:an?\s+)?([A-Z][\w.]+)"
    r"|\b([A-ZÄÖÜ]\w+)[^\n,;:]{0,30}:\s*(?:nein|no|non)\b"
)


def denied(sentence: str, person: Person) -> Iterator[str]:
    """What the CV says that its owner has not."""
    if DENIED.search(folded(sentence)):
        return
    said = frozenset(bases_of(QUOTED.sub(" ", sentence)))
    for found in NOT_HELD.finditer(person.text):
        name = fold(found[1] or found[2]).strip(".")
        if len(name) > 2 and name in said:
            yield f"certificate: {found[1] or found[2]}"


def head_line(cv: Cv, number: int) -> str:
    """The line that names a role."""
    role = cv.roles[number]
    span = next((span for name in ("title", "company") if (span := cv.spans.get(f"roles[{number}].{name}"))), None)
    if span is None or not cv.text:
        return f"{role.title} {role.company} {role.start or ''} {role.end or ''}"
    start, end = cv.text.rfind("\n", 0, span[0]) + 1, cv.text.find("\n", span[1])
    return cv.text[start : end if end >= 0 else len(cv.text)]


def _names(text: str, least: int) -> list[str]:
    """What somebody would call it by: written with a capital, longer than three letters, and no ordinary word."""
    capital = [word for word in WORD.findall(text) if word[:1].isupper()]
    return [
        base
        for base in map(fold, capital)
        if len(base) > 3 and base not in LEGAL and base not in PLAIN and weight_of(base) >= least and not base.isdecimal()
    ]


def _without(text: str, parts: list[str]) -> str:
    for part in filter(None, map(str.strip, parts)):
        text = text.replace(part, " ", 1)
    return text


IRREGULAR = {
    past: base
    for base, pasts in {
        "teach": "taught", "lead": "led", "build": "built", "write": "wrote written", "run": "ran", "hold": "held", "keep": "kept",
        "sell": "sold", "buy": "bought", "bring": "brought", "make": "made",
        "drive": "drove driven", "draw": "drew drawn", "give": "gave given",
        "take": "took taken", "grow": "grew grown", "speak": "spoke spoken", "oversee": "oversaw overseen", "learn": "learnt",
        "feed": "fed",
        "meet": "met", "find": "found", "choose": "chose chosen", "begin": "began begun", "spend": "spent", "rebuild": "rebuilt",
        "rewrite": "rewrote rewritten", "wind": "wound", "lay": "laid", "weave": "wove", "sew": "sewn", "think": "thought",
    }.items()
    for past in pasts.split()
}  # fmt: skip
"""Verbs whose past has other letters: ``taught`` is what ``teach`` says."""

ELISION = re.compile(r"\b(?:[cdjlmnst]|qu)['’](?=\w)", re.I)


def bases_of(text: str) -> list[str]:
    """Folded words, verbs with an irregular past by their base; without an article that French ties to them."""
    return list(_bases_of(text) if len(text) <= LINE else _bases_of.__wrapped__(text))


LINE = 600
"""Characters of a text whose words are kept: a CV's lines are asked about for every sentence of a letter."""


@lru_cache(maxsize=4_096)
def _bases_of(text: str) -> tuple[str, ...]:
    found = (fold(word.replace("’", "'")) for word in WORD.findall(ELISION.sub("", text)))
    return tuple(IRREGULAR.get(word, word) for word in found)


def numbers_of(text: str) -> list[str]:
    """The numbers of a text as digits without separators, words for numbers too; 1 and 2 are left out: they say little."""
    found = re.findall(r"\b\d{1,3}(?:[., ]\d{3})+\b|\d+(?:[.,]\d+)?", text)
    digits = [re.sub(r"[., ](?=\d{3}\b)", "", one) for one in found]
    words = [str(NUMBER_WORDS[base]) for base in bases_of(text) if NUMBER_WORDS.get(base, 0) > 2]
    return [one for one in (*digits, *words) if one not in ("1", "2")]


def _year(text: str | None) -> int | None:
    return int(text[:4]) if text and text[:4].isdecimal() else None


def among(word: str, words: frozenset[str]) -> bool:
    """Whether a word is one of them, in another form too: with the same beginning of five letters and more."""
    if word in words:
        return True
    if len(word) <= 5:
        return False
    beginning, ordered = word[: max(5, len(word) - 3)], _in_order(words)
    place = bisect_left(ordered, beginning)
    return place < len(ordered) and ordered[place].startswith(beginning)


@lru_cache(maxsize=1_024)
def _in_order(words: frozenset[str]) -> tuple[str, ...]:
    """Words in order: those that begin alike stand together, and take no more memory than they are long.

    A letter's sentences ask the same lines of a CV again and again.
    """
    return tuple(sorted(words))
