"""What somebody is or is said to be: positions, degrees, papers, languages, lead over people, achievements, things known by name."""

from __future__ import annotations

import re
from functools import lru_cache

from rolecall.matching.ads.languages import CODES, COMPOUNDS
from rolecall.matching.cv.person import Person
from rolecall.matching.letters.claim_words import (
    DEGREES,
    FEATS,
    FURTHER_LANGUAGES,
    KNOWS,
    LEADS_BY_TITLE,
    LED_COUNT,
    NATIVE,
    NUMBER_WORDS,
    PLAIN,
    folded,
)
from rolecall.matching.letters.cv_words import ELISION, CvWords
from rolecall.matching.letters.single_claims.leading import leads
from rolecall.matching.letters.single_claims.number_claims import says_number, value_of
from rolecall.matching.skills import titles
from rolecall.matching.skills.vocabulary import vocabulary
from rolecall.text.words import WORD, fold, listed, words


def skills(text: str, person: Person, cv: CvWords) -> list[str]:
    """Skills that the text names and the person does not have."""
    known = vocabulary().skills
    implied = frozenset(name for had in person.skills for name in known[had].implies)
    apart = ELISION.sub("  ", text)  # "m'a" is no M&A
    found = {
        hit.skill: text[hit.start : hit.end]
        for hit in vocabulary().find(apart)
        if hit.skill not in person.skills and hit.skill not in implied
    }
    return [f"skill: {name}" for name, said in found.items() if not (said.islower() and said.isalpha() and cv.carried.carry(fold(said)))]


def known_things(plain: str, cv: CvWords) -> list[str]:
    """``proficient in glassblowing``: what is said to be known must be in the CV, also where it is no skill we know by name."""
    wrong = []
    for found in KNOWS.finditer(plain):
        what = [
            word
            for word in words(found["what"])
            if word not in PLAIN and not word.isdecimal() and word not in NUMBER_WORDS and len(word) > 2
        ]
        if what and not any(_has(word, cv) for word in what[:3]):
            wrong.append(f"knowledge: {found['what'].strip()}")
    return wrong


def _means(word: str) -> bool:
    return word not in PLAIN and word not in NUMBER_WORDS and not word.isdecimal() and len(word) > 2


def _has(word: str, cv: CvWords) -> bool:
    return word in cv.words or (len(word) > 5 and any(other.startswith(word[:-2]) for other in cv.words))


SPEAKERS = listed("i ich je yo habe bin have am was war ai suis soy he my mein meine mon ma mi im in bei at dans chez")
"""Words of a sentence, and of no occupation."""


@lru_cache(maxsize=65_536)
def _occupation(phrase: str) -> str | None:
    found = titles.occupations().find(phrase)
    return found.name if found else None


def positions(text: str, cv: CvWords) -> list[str]:
    """Occupations that the letter names and the CV does not: two words and more anywhere, one behind ``as`` and the like."""
    wrong = []
    for clause in re.split(r"[.,;:!?\n_()]", text):
        said = WORD.findall(clause)
        names = [fold(word) for word in said]
        for start in range(len(said)):
            lone = start > 0 and names[start - 1] in ("as", "als", "comme", "que", "como", "a", "an", "former", "experienced", "de")
            for length in (1, 2, 3, 4) if lone else (2, 3, 4):
                phrase = " ".join(names[start : start + length])
                if start + length > len(said) or f" {phrase} " in cv.said or names[start] in PLAIN or names[start + length - 1] in PLAIN:
                    continue
                if any(name in SPEAKERS for name in names[start : start + length]):
                    continue
                occupation = _occupation(phrase)
                if occupation and not _is_in(phrase, occupation, cv):
                    wrong.append(f"position: {' '.join(said[start : start + length])}")
    return wrong[:1]


def _is_in(phrase: str, occupation: str, cv: CvWords) -> bool:
    if f" {occupation} " in cv.said or occupation in cv.occupations:
        return True
    head = phrase.split()
    return all(word in cv.words for word in head)


def degrees(plain: str, cv: CvWords) -> list[str]:
    """Degrees and certificates of a kind that the CV has none of."""
    wrong = []
    said, backed = re.sub(r"[^\w\s'-]", " ", plain), re.sub(r"[^\w\s'-]", " ", cv.plain)
    held = {kind for kind, pattern in DEGREES.items() if pattern.search(backed)} | cv.abbreviated
    for kind, pattern in DEGREES.items():
        found = pattern.search(said)
        if found and kind not in held and not (kind == "degree" and held - {"certificate"}):
            wrong.append(f"{'certificate' if kind == 'certificate' else 'degree'}: {found[0]}")
    return wrong


def spoken_languages(text: str, plain: str, person: Person, cv: CvWords) -> list[str]:
    """Languages that the CV does not name, and a mother tongue where it names none."""
    wrong = []
    for word in dict.fromkeys(fold(found) for found in WORD.findall(text)):
        compound = next((ending for ending in COMPOUNDS if word.endswith(ending)), "")
        base = word.removesuffix(compound) if compound else word
        code = CODES.get(base)
        if (code and code not in person.languages and base not in cv.words) or (base in FURTHER_LANGUAGES and base not in cv.words):
            wrong.append(f"language: {word}")
    if NATIVE.search(plain) and not NATIVE.search(cv.plain):
        wrong.append("language: native")
    return wrong


def people(plain: str, person: Person) -> list[str]:
    """A lead over people, or over so many, that no line of the CV has."""
    lines = [folded(line) for line in person.text.splitlines()]
    for found in LED_COUNT.finditer(plain):
        value, _ = value_of(found["many"] or found["many2"])
        who = (found["who"] or found["who2"])[:5]
        if value and value >= 2 and not any(says_number(value, line) for line in lines if leads(line) or who in line):
            return [f"people: {found[0]}"]
    claim = leads(plain)
    if claim and re.match(r"hired|recruit", claim) and re.search(r"\b(?:hir|recruit)", folded(person.text)):
        return []
    if claim is None or any(leads(folded(line)) for line in person.text.splitlines()):
        return []
    if any(LEADS_BY_TITLE.search(folded(role.title)) for role in person.cv.roles):
        return []
    return [f"people: {claim}"]


def feats(plain: str, cv: CvWords) -> list[str]:
    """Achievements of a kind that the CV names none of."""
    said = ((kind, pattern.search(plain), pattern) for kind, pattern in FEATS.items())
    return [f"{kind}: {found[0]}" for kind, found, pattern in said if found and not pattern.search(cv.plain)]


__all__ = ["degrees", "feats", "known_things", "people", "positions", "skills", "spoken_languages"]
