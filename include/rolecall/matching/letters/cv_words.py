"""A CV's words, read once, for asking what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rolecall.matching.cv.person import Person
from rolecall.matching.letters.carrying.carried import CarriedWords
from rolecall.matching.letters.carrying.cv_units import CvUnits
from rolecall.matching.letters.claim_words import ABBREVIATED, DEGREES, NUMBER_WORDS, folded
from rolecall.matching.letters.single_claims.line_claims import CvLines
from rolecall.matching.letters.single_claims.place_claims import CvSections
from rolecall.matching.letters.single_claims.title_claims import TitledRoles
from rolecall.matching.skills.vocabulary import vocabulary
from rolecall.text.words import WORD, fold, words

NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
TOKEN = re.compile(r"[^\W_][\w&'’+#-]*(?:\.(?=\w)[\w]+)*")
ELISION = re.compile(r"\b(?:[cdjlmnst]|qu)['’](?=\w)", re.I)
CHANGED = re.compile(r"(?<!\d)(\d++(?:[.,]\d++)?)[^\d\n.;]{0,24}?\b(?:to|auf|a|al) \D{0,2}(\d+(?:[.,]\d+)?)")
"""From one number to another, which tells their difference too."""


class CvWords:
    """A CV's words, for asking what it says."""

    def __init__(self, person: Person) -> None:
        self.plain = folded(person.text)
        self.sections, self.lines, self.units = CvSections(person), CvLines(person), CvUnits(person)
        self.carried = CarriedWords(part for word in self.lines.words for part in (word, *re.split(r"[-'/]", word)))
        self.roles = TitledRoles(person, self.sections.rest, self.sections.rest_numbers)
        self.counted = {
            "languages": len(person.languages),
            "employers": len({fold(role.company) for role in person.cv.roles if role.company}),
            "degrees": sum(any(pattern.search(folded(one)) for pattern in DEGREES.values()) for one in person.cv.education),
        }
        found = re.findall(r"\d{1,3}(?:[., ]\d{3})+|\d+(?:[.,]\d+)?", person.text)
        self.amounts = {float(re.sub(r"[., ](?=\d{3}\b)", "", one).replace(",", ".")) for one in found}
        self.changes = {
            round(abs(float(one.replace(",", ".")) - float(two.replace(",", "."))), 2) for one, two in CHANGED.findall(folded(person.text))
        }
        self.abbreviated = {kind for kind, pattern in ABBREVIATED if pattern.search(person.text)}
        self.words = frozenset(_bases(person.text))
        self.names = frozenset(_bases(without_skills(person.text)))
        self.occupations = {named.occupation.name for _, named, _ in person.titles if named.occupation}
        self.said = f" {' '.join(words(person.text))} "
        self.numbers = frozenset(NUMBER.findall(person.text)) | {str(NUMBER_WORDS[word]) for word in self.words if word in NUMBER_WORDS}


def without_skills(text: str) -> str:
    """The text with named skills blanked: who knows Google Analytics has not worked at Google for that."""
    for hit in reversed(vocabulary().find(ELISION.sub("  ", text))):
        text = text[: hit.start] + "_" * (hit.end - hit.start) + text[hit.end :]
    return text


def _bases(text: str) -> Iterator[str]:
    """Folded words, and the parts of those written with hyphens, dots or apostrophes."""
    for word in WORD.findall(text):
        yield fold(word)
    for token in TOKEN.findall(text):
        yield fold(token)


__all__ = ["ELISION", "TOKEN", "CvWords", "without_skills"]
