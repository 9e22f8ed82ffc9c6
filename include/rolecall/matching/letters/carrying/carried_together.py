"""The burden of proof is the sentence's: what it says of its writer passes only where one part of the CV carries all of it together.

A part is one role with its heading, the lines of one school, or what stands in neither (profile, skills, certificates, languages). Every
word that says something must be in that part, in another form or in other words; numbers and times must be that part's, and of its line;
what a line only helped with, has begun or does at some level, the sentence must not raise.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rolecall.matching.cv.person import Person
from rolecall.matching.letters.carrying.cv_units import CvUnit, CvUnits
from rolecall.matching.letters.carrying.no_claims import without_ad_talk
from rolecall.matching.letters.carrying.plain_words import free_words
from rolecall.matching.letters.carrying.same_words import carries, spelled
from rolecall.matching.letters.carrying.told_numbers import DURATION, FRACTION_WORDS, MONTHS, fraction_holds, wrong_numbers
from rolecall.matching.letters.claim_words import NUMBER_WORDS, folded
from rolecall.matching.letters.single_claims.line_claims import BEGUN, HELPED
from rolecall.matching.letters.single_claims.place_claims import LEVEL_OF, QUOTED, bases_of
from rolecall.matching.skills.vocabulary import vocabulary

DONE = re.compile(
    r"\b(?:completed?|finished|graduat\w+|hold|holder|earned|obtained|have an?|abgeschlossen|absolviert|beendet|erworben|habe einen|"
    r"titulaire|obtenu\w*|diplome\w*|ai une?|termin\w+|obtuve|titulad[oa]|tengo|me gradue|licenciad[oa])\b"
)


UNDONE = re.compile(
    BEGUN.pattern
    + r"|\b(?:currently attend|enrolled|unable|aim to|to present|- ?present|beginn\b|teilzeit|heute|candidate|undeclared)\b|^\W*"
    r"(?:present|20\d\d ?[-–] ?(?:\D|$))"
)


GOING_ON = re.compile(
    BEGUN.pattern
    + r"|\b(?:towards?|studying|attend|attended|studied|took|taking|begun|began|started|enrolled|courses?|spent|begonnen|angefangen|"
    r"besuche\w*|mache|"
    r"prepare|suis|suivi|cursando|estudiando|haciendo|curs[oe]|estudio|estudie|not|nicht|pas|no)\b"
)


LONGEST = 1_000
"""Characters of a sentence that is read: what it costs grows with its words times those of the CV."""


HIGH = {"expert": 5, "experte": 5, "expertin": 5, "experto": 5, "experta": 5, "specialist": 4, "advanced": 4, "proficient": 4,
        "profundo": 4,
        "profound": 4, "fortgeschritten": 4, "avance": 4, "avanzado": 4, "avanzada": 4, "excellent": 4, "deep": 4, "mastered": 4,
        "perfectly": 5, "perfekt": 5, "parfaitement": 5, "maitrise": 4, "fluently": 5, "fluidez": 5, "couramment": 5,
        "fliessend": 5}  # fmt: skip


def uncarried_together(sentence: str, units: CvUnits, language: str, ad: str = "", allowed: frozenset[str] = frozenset()) -> list[str]:
    """What no part of the CV carries together; empty where one does.

    :param ad: the ad's text in folded words: what is quoted from it, or from the CV, claims nothing
    :param allowed: words that the sentence may have beside
    """
    if len(sentence) > LONGEST:
        return [f"{len(sentence):,} characters without an end"]
    text = without_ad_talk(
        HALF_A_YEAR.sub(
            "6 months",
            QUOTED.sub(lambda found: " " if folded(found[0][1:-1]).strip(" .,;") in f"{ad} {units.plain}" else found[0], sentence),
        ),
        language,
    )
    best: list[str] | None = None
    for clauses in _readings(text):
        missing: list[str] = []
        for clause in clauses:
            skills = _skills(clause, units.person)
            found = min((_missing(clause, unit, units, language, skills, allowed) for unit in units.all), key=len)
            missing += found
            if best is not None and len(missing) >= len(best):
                break
        if best is None or len(missing) < len(best):
            best = missing
        if not best:
            break
    return best or []


SCHOOLED = re.compile(
    r"\b(?:degree|diploma|bachelor\w*|master'?s|graduated|thesis|phd|doctorate|(?:i|my) (?:\w+ ){0,2}stud(?:ied|ies in)|"
    r"studiert\w*|studium|diplome d\w*|licence (?:de|en)|"
    r"licenciatura|grado en|estudie)\b"
)
"""What was studied, which no job tells."""


HALF_A_YEAR = re.compile(r"\bhalf a year\b|\bein(?:em)? halbe[sn] Jahr\b|\bmedio año\b", re.I)


SPLITS = re.compile(
    r"[;:]\s|,\s(?:and|but|where|while|then|now|before|after|und|aber|wo|danach|et|mais|puis|y|pero|donde)\s|\s(?:but|while|"
    r"then|aber|bevor|"
    r"nachdem|danach|mais|puis|pero|luego)\s|\s(?:before|after)\s(?=(?:that|i|my|\w+ing)\b)|\s(?:and|und|et|y)\s(?=(?:i|ich|je|"
    r"j'|now|then|jetzt|heute|have|habe|am|bin)\b)|\s[-–—]\s",
    re.I,
)


def _readings(text: str) -> Iterator[list[str]]:
    """The sentence as one claim, and as several that stand side by side."""
    yield [text]
    parts = [part for part in SPLITS.split(text) if part.strip()]
    if len(parts) > 1:
        yield parts


def _missing(clause: str, unit: CvUnit, units: CvUnits, language: str, skills: frozenset[str], allowed: frozenset[str]) -> list[str]:
    plain = folded(clause)
    free, about = free_words(language), units.of(unit)
    said = list(dict.fromkeys(bases_of(clause)))
    words = about.named if any(word in about.head and word not in free for word in said) else about.words
    missing: list[str] = []
    telling: list[str] = []
    timed = frozenset(word for found in DURATION.finditer(plain) for word in found[0].replace("-", " ").split())
    for word in said:
        if word in free or word in timed or not word[:1].isalpha() or word in allowed or word in NUMBER_WORDS or word in MONTHS:
            continue
        if HELPED.fullmatch(word) and not (language == "en" and word == "half"):
            continue
        if word in about.foreign and not spelled(word, unit.words if unit.kind == "role" else about.words):
            missing.append(word)
        elif (word in skills and unit.kind != "education") or carries(word, words, language):
            telling.append(word)
        elif len(word) > 1 and not (word in FRACTION_WORDS and fraction_holds(plain, unit)):
            missing.append(word)
    if unit.kind != "education" and units.schooled and SCHOOLED.search(plain) and not HELPED.search(plain):
        missing.append("school")
    missing += wrong_numbers(clause, plain, unit, units, telling, language)
    if not missing:
        missing += _raised(plain, unit, units, telling, language)
    return missing


def _skills(clause: str, person: Person) -> frozenset[str]:
    """Words by which the sentence names a skill that the CV has in whatever words."""
    return frozenset(
        word for hit in vocabulary().find(clause) if hit.skill in person.skills for word in bases_of(clause[hit.start : hit.end])
    )


def _raised(plain: str, unit: CvUnit, units: CvUnits, telling: list[str], language: str) -> list[str]:
    """What a sentence says more of a line than the line does: without its help, its level or its being unfinished."""
    if not telling:
        return []
    lines = [*unit.lines, *unit.parts]
    if unit.kind == "role":
        lines += [*units.rest.lines, *units.rest.parts]
    scored = [(sum(carries(word, words, language) for word in telling), text) for text, words, _ in lines]
    most = max((score for score, _ in scored), default=0)
    near = [text for score, text in scored if score == most] if most else []
    if near and not HELPED.search(plain) and all(HELPED.search(text) for text in near) and (most > 1 or len(telling) == 1):
        return ["helped"]
    level = max((max(HIGH.get(word, 0), LEVEL_OF.get(word, 0)) for word in bases_of(plain)), default=0)
    if level >= 4 and near:
        there = max((max(HIGH.get(word, 0), LEVEL_OF.get(word, 0)) for text in near for word in bases_of(text)), default=0)
        if there < level:
            return ["level"]
    if near and DONE.search(plain) and not GOING_ON.search(plain):
        undone = (
            any(UNDONE.search(text) for text, _, _ in unit.lines) if unit.kind == "education" else all(UNDONE.search(one) for one in near)
        )
        if undone:
            return ["unfinished"]
    return []


__all__ = ["uncarried_together"]
