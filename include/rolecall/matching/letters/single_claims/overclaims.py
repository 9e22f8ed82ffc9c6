"""Claims beyond what a CV counts: that something never failed, that it halved or doubled, that nobody was better; what was said of one
employer and told of another; who named somebody what. English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from rolecall.matching.cv.person import Person
from rolecall.matching.letters.carrying.carried import is_ordinary, is_telling
from rolecall.matching.letters.claim_words import folded
from rolecall.matching.letters.single_claims.place_claims import DENIED, QUOTED, among, bases_of, numbers_of
from rolecall.matching.skills.thesaurus import is_said_by
from rolecall.text.words import fold

NEVER = re.compile(
    r"\bnever (?:once )?(?:miss\w*|los\w+|fail\w*|late|been late|had (?:an?|one|any)|made (?:an?|one|any)|broke\w*|"
    r"drop\w*|fell|turned|exceed\w*|"
    r"caus\w+|receiv\w+|got an?|found (?:an?|any|one)|refus\w+|return\w*|a (?:cent|penny|day)|ha[ds] to)|"
    r"\b(?:not|without) (?:a single|one|any|an?) (?:\w+ )?(?:accident|error|mistake|complaint|defect|incident|injury|delay|absence|of)\b|"
    r"\bnot (?:a|one) (?:single )?\w+ (?:was|were|has|had|went|of)\b|\b(?:zero|no) (?:accidents|errors|mistakes|"
    r"complaints|defects|incidents|"
    r"injuries|absences)\b|\b(?:every single|flawless\w*|faultless\w*|impeccable|spotless|error-free|accident-free|unbroken|perfect "
    r"(?:record|attendance|score))\b|\bclean (?:\w+ )?record\b"
)
"""That it went well each time."""

FRACTIONS = (
    (re.compile(r"\bhal(?:f|v)\w*\b|\bby half\b|\bfifty percent\b"), ("50",), 0.5),
    (re.compile(r"\bdoubl\w+|\btwofold\b|\btwice (?:as|the)\b"), ("100", "200"), 2.0),
    (re.compile(r"\btripl\w+|\bthreefold\b|\bthree times (?:as|the)\b"), ("300", "200"), 3.0),
    (
        re.compile(r"\bby (?:almost |nearly |over |about |more than )?(?:a|one) quarter\b|\bfourfold\b|\bquadrupl\w+"),
        ("25", "400", "300"),
        0.75,
    ),
    (re.compile(r"\bby (?:almost |nearly |over |about |more than )?(?:a|one) third\b"), ("33", "30", "34"), 0.67),
    (re.compile(r"\bby (?:almost |nearly |over |about |more than )?two thirds\b"), ("66", "67"), 0.33),
    (re.compile(r"\bby (?:almost |nearly |over |about |more than )?(?:a|one) fifth\b"), ("20",), 0.8),
)
"""How much less or more, by words; percentages that say the same; what it leaves."""

CHANGE = re.compile(r"(?<!\d)(\d++(?:[.,]\d++)?)\D{1,24}?\b(?:to|down to|auf|a|al)\s+(?:[^\W\d]+\s)?\D{0,2}(\d+(?:[.,]\d+)?)")

BEST = re.compile(
    r"\b(?:highest|lowest|fastest|youngest|largest|biggest|number one|first (?:prize|place)|champion\w*|worldwide|"
    r"record[- ]breaking|best[- ]selling|"
    r"top[- ]selling|best (?:\w+ )?(?:in|of) (?:the|my|our)|most successful|sold out|of the (?:year|month|week)|hall of fame)\b"
)
NAMED = re.compile(
    r"\b(?:voted|elected|crowned|nominated|shortlisted|knighted)\b(?:[^.]{0,30}\bme\b)?|\b(?:named|chose|picked|selected|made) me\b|"
    r"\b(?:was|been|were) (?:named|chosen|picked|selected) (?:as |the |to |for )?"
)
"""Who gave somebody a title."""

AT = re.compile(r"\b(?:[Aa]t|for|with|by|of|from|joined)\s+((?:(?:the|The)\s+)?[A-Z][\w&'’.-]*(?:\s+(?:[A-Z&][\w&'’.-]*|of|and))*)")


def absolute(sentence: str, person: Person) -> Iterator[str]:
    """That something never failed, or that nobody was better: only where the CV says so in such words."""
    plain = folded(QUOTED.sub(" ", sentence))
    if (found := NEVER.search(plain)) and not NEVER.search(folded(person.text)):
        yield f"scope: {found[0]}"
    if (best := BEST.search(plain)) and best[0] not in folded(person.text):
        yield f"award: {best[0]}"
    if (named := NAMED.search(plain)) and not NAMED.search(folded(person.text)):
        yield f"award: {named[0].strip()}"


def fractions(sentence: str, person: Person) -> Iterator[str]:
    """Halved, doubled, by a third: where the CV says it so, as a percentage, or by two numbers."""
    plain = folded(QUOTED.sub(" ", sentence))
    if not any(pattern.search(plain) for pattern, _, _ in FRACTIONS):
        return
    cv, numbers = folded(person.text), set(numbers_of(person.text))
    said = [(_number(found[1]), _number(found[2])) for found in CHANGE.finditer(cv)]
    for pattern, percents, left in FRACTIONS:
        found = pattern.search(plain)
        if not found or pattern.search(cv) or any(abs(float(one) - float(other)) <= 3 for one in numbers for other in percents):
            continue
        if "year" in plain[found.end() : found.end() + 8] or (plain[found.end() :].startswith((" of", " an hour", " a")) and left == 0.5):
            continue
        if plain[: found.start()].endswith((" a ", "and a ", "first ", "second ")) and left == 0.5:
            continue
        if not any(before and abs(after / before - left) < 0.12 * max(1.0, left) for before, after in said):
            yield f"number: {found[0]}"
            return


PAPER = re.compile(r"\b(?:certif\w+|licen[cs]\w+|registered|accredit\w+|chartered|registr\w+)\b")
"""How a sentence or a line names a paper that somebody holds."""

BELOW = 6
"""Lines below a heading of papers that are read as papers."""


def uncertified(sentence: str, person: Person) -> Iterator[str]:
    """A paper for something that no line about papers speaks of."""
    plain = folded(QUOTED.sub(" ", sentence))
    found = PAPER.search(plain)
    if not found or DENIED.search(plain):
        return
    lines = [folded(line) for line in person.text.splitlines() if line.strip()]
    near: set[int] = set()
    for number, line in enumerate(lines):
        if PAPER.search(line):
            near.update(range(number - 1, number + (BELOW if len(line.split()) < 4 else 1) + 1))
    papers = frozenset(base for number in near if 0 <= number < len(lines) for base in bases_of(lines[number]))
    clause = next((part for part in re.split(r"[,;:]\s", plain) if PAPER.search(part)), plain)
    words = [
        word for word in bases_of(clause) if len(word) > 2 and not PAPER.fullmatch(word) and not is_ordinary(word) and is_telling(word)
    ]
    if words and near and not any(among(word, papers) or is_said_by(word, papers) for word in words):
        yield f"certificate: {found[0]} {words[0]}"


def of_another(sentence: str, person: Person) -> Iterator[str]:
    """A number that every line of the CV which has it gives to another employer than the sentence does."""
    text = QUOTED.sub(" ", sentence)
    told = [number for number in numbers_of(text) if len(number) < 4 or not number.startswith(("19", "20"))]
    at = [found for found in AT.finditer(text) if found[0][:2].lower() == "at"] or list(AT.finditer(text))
    names = [name for found in at if (name := _first(found[1]))]
    if not told or len(set(names)) != 1 or names[0] not in folded(person.text):
        return
    lines = [line for line in person.text.splitlines() if line.strip()]
    heads = [fold(role.company) for role in person.cv.roles if any(number in numbers_of(role.text) for number in told)]
    if any(names[0] in head for head in heads):
        return
    for number in told:
        having = [line for line in lines if number in numbers_of(line)]
        parts = [part for line in having for part in re.split(r"[;.]\s", line) if number in numbers_of(part)]
        others = [{name for found in AT.finditer(part) if found[0][:2].lower() == "at" and (name := _first(found[1]))} for part in parts]
        if parts and all(other and names[0] not in fold(part) for other, part in zip(others, parts, strict=True)):
            yield f"place: {number} is not said of {names[0]}"
            return


def _first(name: str) -> str:
    words = [fold(word).removesuffix("'s") for word in name.replace("’", "'").split() if word.lower() != "the"]
    return words[0] if words else ""


def _number(text: str) -> float:
    return float(text.replace(",", "."))
