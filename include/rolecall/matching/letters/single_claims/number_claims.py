"""Numbers that a CV does not have, and more years than it has."""

from __future__ import annotations

import re

from rolecall.matching.cv.person import Person
from rolecall.matching.letters.claim_words import ARTICLES, AT_LEAST, COUNTED, LONG_TIMES, NUMBER_WORDS, YEAR_UNITS
from rolecall.matching.letters.cv_words import CvWords
from rolecall.text.words import fold


def numbers(plain: str, person: Person, cv: CvWords) -> list[str]:
    """Years of work up to those of the CV; any other number, in digits or words, only as the CV has it."""
    wrong: list[str] = []
    for found in re.finditer(r"\d+(?:[.,]\d+)*|[^\W\d_]+(?:-[^\W\d_]+)?", plain):
        value, said = value_of(found[0])
        if value is None:
            continue
        behind = re.sub(r"^[\s+-]*(?:d'|de |of )?", "", plain[found.end() : found.end() + 60])
        if YEAR_UNITS.match(behind) or _is_of_years(found[0]):
            if not _years_hold(value, person):
                wrong.append(f"years: {found[0]} {behind.split(' ')[0]}".strip())
        elif found[0] not in ARTICLES and said not in cv.numbers and found[0] not in cv.words:
            before = plain[max(0, found.start() - 30) : found.start()]
            derived = value in cv.changes or (behind.startswith(("in ten", "out of ten", "von zehn")) and _is_near_tenths(value, cv))
            if not (
                derived
                or _is_counted(value, behind, cv)
                or _is_exceeded(value, before, cv)
                or (before.endswith(("in ", "of ")) and value == 10)
            ):
                wrong.append(f"number: {found[0]}")
    for pattern, years in LONG_TIMES:
        if (long := pattern.search(plain)) and not _years_hold(years, person):
            wrong.append(f"years: {long[0]}")
            break
    return wrong


def _is_near_tenths(value: float, cv: CvWords) -> bool:
    """``nine in ten`` where the CV says 88 %."""
    return any(10 * value - 6 <= one <= 10 * value + 4 for one in cv.amounts)


def _is_counted(value: float, behind: str, cv: CvWords) -> bool:
    """``three languages`` of a CV that names three."""
    return any(value <= cv.counted[what] for what, pattern in COUNTED if pattern.match(behind))


def _is_exceeded(value: float, before: str, cv: CvWords) -> bool:
    """``more than a hundred`` where the CV says 140."""
    return bool(AT_LEAST.search(before)) and any(value < one <= 1.5 * value for one in cv.amounts)


def value_of(text: str) -> tuple[float | None, str]:
    """The number that a word or digits say, and how it would stand in digits; ``None``: none."""
    if text[0].isdecimal():
        try:
            return float(re.sub(r"[.,](?=\d{3}\b)", "", text).replace(",", ".")), text
        except ValueError:
            return 0.0, text  # 1.200.000: no years, and to be found as it stands
    parts = text.split("-")
    stem = parts[0].partition("jahrig")[0].partition("fach")[0]
    if all(part in NUMBER_WORDS for part in (stem, *parts[1:2])) and stem:
        number = NUMBER_WORDS[stem] + (NUMBER_WORDS.get(parts[1], 0) if len(parts) > 1 and parts[1] != stem else 0)
        return float(number), str(number)
    if stem in NUMBER_WORDS:
        return float(NUMBER_WORDS[stem]), str(NUMBER_WORDS[stem])
    return None, ""


def _is_of_years(text: str) -> bool:
    return bool(re.search(r"jahrig|-years?$|-yrs?$", text))


def _years_hold(years: float, person: Person) -> bool:
    if person.years is not None and years <= person.years:
        return True
    stated = re.finditer(
        r"((?<!\d)\d+|(?<![^\W\d_])[^\W\d_]+)(?:\s*\+)?[\s-]*(?:years?|yrs|jahre\w*|ans|ann[ée]es|a[ñn]os)\b", person.text, re.I
    )
    return any(value_of(fold(found[1]))[0] == years for found in stated)


def says_number(value: float, line: str) -> bool:
    """Whether a line says a number, in digits or in words."""
    return any(value_of(one)[0] == value for one in re.findall(r"\d+(?:[.,]\d+)*|[^\W\d_]+", line))


__all__ = ["numbers", "says_number", "value_of"]
