"""Numbers and times that a sentence tells of one part of a CV, and the part does not, or says of something else."""

from __future__ import annotations

import re

from rolecall.matching.letters.carrying.cv_units import CvUnit, CvUnits, numbers_in
from rolecall.matching.letters.carrying.same_words import carries, spelled
from rolecall.matching.letters.claim_words import COUNTED, NUMBER_WORDS
from rolecall.matching.letters.single_claims.overclaims import FRACTIONS
from rolecall.matching.letters.single_claims.place_claims import SLACK, bases_of

YEAR = re.compile(r"(?:19|20)\d\d")


DURATION = re.compile(
    r"\b(\d{1,2}|[^\W\d_]+)(?:[ -](?:full|whole|ganze|volle|and a half))?[ -](years?|months?|jahre?n?|monaten?|ans|annees|mois|"
    r"anos|meses)\b"
)


FROM = re.compile(r"\b(?:since|from|began|joined|started|seit|ab|von|depuis|des|desde|begann)\s+(?:[^\W\d]+\s+){0,2}((?:19|20)\d\d)\b")


TO = re.compile(r"\b(?:until|till|to|left|ended|bis|jusqu'?\s?(?:en|a)?|hasta|verliess)\s+(?:[^\W\d]+\s+){0,2}((?:19|20)\d\d)\b")


MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january januar janvier enero jan", "february februar fevrier febrero feb", "march marz mars marzo", "april avril abril apr",
            "may mai mayo", "june juni juin junio jun", "july juli juillet julio jul", "august aout agosto aug",
            "september septembre septiembre sep sept", "october oktober octobre octubre oct okt", "november novembre noviembre nov",
            "december dezember decembre diciembre dec dez",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip


AT_LEAST = re.compile(r"\b(?:more than|over|above|mehr als|uber|plus de|mas de)\b")


FRACTION_WORDS = frozenset(
    [
        "half",
        "halved",
        "halve",
        "halving",
        "doubled",
        "double",
        "tripled",
        "quarter",
        "third",
        "fifth",
        "twice",
        "halbiert",
        "verdoppelt",
        "moitie",
        "doble",
        "doubla",
        "double",
        "mitad",
    ]
)


def fraction_holds(plain: str, unit: CvUnit) -> bool:
    """Whether a part of the CV has the numbers of which a sentence tells the fraction: *halved* from 12 to 6."""
    for pattern, percents, left in FRACTIONS:
        if pattern.search(plain):
            numbers = [float(one) for one in unit.numbers if _is_float(one)]
            if any(abs(one - float(other)) <= 3 for one in numbers for other in percents):
                return True
            return any(one and abs(other / one - left) < 0.12 * max(1.0, left) for one in numbers for other in numbers if one != other)
    return False


def _is_float(text: str) -> bool:
    return text.count(".") < 2


def wrong_numbers(clause: str, plain: str, unit: CvUnit, units: CvUnits, telling: list[str], language: str) -> list[str]:
    """The numbers, durations, years and months of a sentence that a part of the CV does not have, or says of something else."""
    wrong = []
    said = plain
    for found in DURATION.finditer(plain):
        value = _value(found[1])
        if value is None:
            continue
        value += 0.5 if "and a half" in found[0] else 0
        long = value / 12 if found[2].startswith(("mon", "moi", "mes")) else value
        in_role = unit.kind == "role" and unit.length is not None and long <= unit.length + SLACK
        in_role = in_role and all(carries(word, unit.words, language) for word in telling)
        stated = unit.kind != "rest" and str(int(value)) in unit.numbers
        stated = stated or any(
            str(int(value)) in numbers
            and DURATION.search(text)
            and (not telling or any(carries(word, words, language) for word in telling))
            for text, words, numbers in units.rest.lines
        )
        in_all = unit.kind == "rest" and units.years is not None and long <= _years_of(units, telling)
        if not (in_role or stated or in_all):
            wrong.append(found[0])
        said = said.replace(found[0], " ", 1)
    first, last = unit.begin[:4], unit.end[:4]
    for pattern, year in ((FROM, first), (TO, last)):
        wrong += [found[0] for found in pattern.finditer(plain) if unit.kind == "role" and year and found[1] != year]
    for number in numbers_in(said):
        if YEAR.fullmatch(number):
            within = unit.kind == "role" and first and first <= number <= last
            if not within and number not in unit.numbers:
                wrong.append(number)
        elif number not in unit.numbers and not (unit.kind == "role" and number in units.rest.numbers):
            if not (_is_change(number, unit) or _is_counted(number, plain, units) or _is_passed(number, plain, unit)):
                wrong.append(number)
        elif telling and not wrong:
            wrong += [] if _is_quoted(number, plain, unit) else _of_another_line(number, unit, units, telling, language)
    if unit.kind == "role" and unit.begin:
        dates = {one[5:7].lstrip("0") for one in (unit.begin, unit.end)} | {str(MONTHS[word]) for word in unit.words if word in MONTHS}
        wrong += [
            word for word in bases_of(clause) if word in MONTHS and word not in ("may", "mars", "mai") and str(MONTHS[word]) not in dates
        ]
    return wrong


def _years_of(units: CvUnits, telling: list[str]) -> float:
    """Years of the roles that carry all that is told, by their titles or lines; of all work where nothing else is told."""
    if not telling:
        return units.years or 0.0
    about = [unit for unit in units.all if unit.kind == "role" and all(spelled(word, unit.words) for word in telling)]
    return min(sum(unit.length or 0.0 for unit in about) + SLACK, units.years or 0.0) if about else 0.0


def _is_counted(number: str, plain: str, units: CvUnits) -> bool:
    """``three languages`` of a CV that names three."""
    for what, pattern in COUNTED:
        for found in re.finditer(r"\b(\w+)(?= )", plain):
            value = _value(found[1])
            if value is not None and str(int(value)) == number and pattern.match(plain[found.end() :]):
                return value <= units.counted[what]
    return False


def _is_passed(number: str, plain: str, unit: CvUnit) -> bool:
    """``more than 300,000`` where the CV says 310,000."""
    if not _is_float(number) or not AT_LEAST.search(plain):
        return False
    return any(float(number) < float(one) <= 1.5 * float(number) for one in unit.numbers if _is_float(one))


def _is_change(number: str, unit: CvUnit) -> bool:
    """Whether it is the difference of two numbers of one line."""
    for _, _, numbers in unit.lines:
        values = [float(one) for one in numbers if _is_float(one)]
        if 1 < len(values) < 5 and any(
            abs(abs(one - other) - float(number)) < 0.01 for one in values for other in values if _is_float(number)
        ):
            return True
    return False


def _value(text: str) -> float | None:
    return float(text) if text.isdecimal() else float(NUMBER_WORDS[text]) if text in NUMBER_WORDS else None


def _is_quoted(number: str, plain: str, unit: CvUnit) -> bool:
    """Whether the sentence has a whole line with this number, word by word but for its first word, which a subject may change."""
    lines = (text.partition(" ")[2].strip(" .") for text, _, numbers in unit.lines if number in numbers)
    return any(len(line) > 20 and line in plain for line in lines)


def _of_another_line(number: str, unit: CvUnit, units: CvUnits, telling: list[str], language: str) -> list[str]:
    """A number whose own part of a line says less of the sentence than a part with another number, or nothing at all."""
    parts = [*unit.parts, *(units.rest.parts if unit.kind == "role" else ())]
    scored = [
        (sum(carries(word, words, language) for word in telling), number in numbers)
        for _, words, numbers in parts
        if any(not YEAR.fullmatch(one) for one in numbers)
    ]
    mine = max((score for score, has in scored if has), default=0)
    others = max((score for score, has in scored if not has), default=0)
    lines = [*unit.lines, *(units.rest.lines if unit.kind == "role" else ())]
    near = any(number in numbers and any(carries(word, words, language) for word in telling) for _, words, numbers in lines)
    return [number] if mine < others or (not near and len(telling) > 1) else []


__all__ = ["DURATION", "FRACTION_WORDS", "MONTHS", "fraction_holds", "wrong_numbers"]
