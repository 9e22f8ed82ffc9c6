"""Whose CV it is: a name only where something besides its place speaks for it; unsure is empty, and asked.

What speaks for a name: a label (``Name:``), the person's own address (``jo.park@…``, ``github.com/jopark``), a given name that is known,
or, weakest, its place right above the contact details. What speaks against it: any word of work, of headings, of places or of companies.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from rolecall.matching.cv.heading_parts import EMPLOYERS, ENDINGS, POSITIONS, Placed, is_place
from rolecall.matching.cv.headings import TITLES_OF_PAGES, is_heading_word, unspaced
from rolecall.matching.skills import titles
from rolecall.matching.skills.lexicon import lexicon
from rolecall.matching.skills.vocabulary import vocabulary
from rolecall.text.words import fold, listed, one_line, words

FILE = Path(__file__).parent / "given_names.txt.gz"
"""Given names of some seventy countries, folded, from the person providers of Faker 40 (MIT): see ATTRIBUTION.md beside it."""

PARTICLES = listed("von vom van de der den del della di da do dos das du la le el al bin ibn binti zu zur ten ter af y e st")
HONORIFICS = listed("dr prof mr mrs ms miss herr frau mme m sr sra ing dipl mag")
CREDENTIALS = re.compile(
    r"(?:,\s{0,2}|(?<!\s)\s{1,2}(?:[–—|-]\s{1,2})?)(?:(?:Ph\.?D|M\.?D|M\.?B\.?A|M\.?Sc|B\.?Sc|M\.?S|B\.?A|M\.?A|R\.?N|B\.?S\.?N|M\.?S\.?N|CPA|CFA|PMP|CNA|LPN|ACCA|PE|Esq"
    r"|SPHR|PHR|SHRM-CP|CISSP|LCSW|Ed\.?D|J\.?D|LL\.?M|DDS|PharmD)\b\.?(?:\s{0,2},\s{0,2})?){1,6}\s{0,2}$"
)
LETTERS = re.compile(r"(?:[A-Z]\.?[a-z]?[\w.-]{0,7}[A-Z]\.?)(?:\(\w+\))?")
"""Letters of a degree or a licence that we need not know: ``MSW``, ``CCRN``."""
LABELLED = re.compile(r"(?i)^(?:(?:full |candidate |vor- und )?name|nom(?: et prénom)?|nombre(?: completo)?)\s*[:–-]\s*")
TITLED = re.compile(r"(?i)^(?:curriculum\s+vitae|lebenslauf|résumé|resume|cv)\s*(?:of\b|von\b|de\b|for\b|[:|–—-])?\s+(?=\S)")
JOINTS = re.compile(r"\s[-–—|·•]\s|\s{3,}|\t|\s*[|·•]\s*|\(")
SHAPE = re.compile(r"[^\W\d_](?:[^\W\d_]|['’.-])*")
MASKED = re.compile(r"([a-z*#_])\1+", re.I)
KNOWN_BELOW = 58
"""Rarity, in tenths, below which a word belongs to work (``sales`` 37, ``advocate`` 55) and not to a name (``harvey`` 70)."""

MAX_LINE = 300
SEARCHED = 12
"""Lines at the top that are looked at."""

LABEL, ADDRESS, GIVEN, PLACE = 0.99, 0.97, 0.9, 0.7
"""How sure a name is by what speaks for it."""


class Name(NamedTuple):
    """A name: as it is shown, what stands beside it on its line, and where it stands.

    :param sure: 0 to 1
    """

    text: str
    span: tuple[int, int]
    sure: float
    line: int
    behind: str


@cache
def given_names() -> frozenset[str]:
    """Folded given names."""
    return frozenset(gzip.decompress(FILE.read_bytes()).decode().split())


def find_name(top: Sequence[Placed], sizes: dict[int, float], addresses: str, near: Sequence[bool]) -> Name | None:
    """The name among the lines above the first heading, or ``None``.

    :param top: those lines, none of them empty
    :param sizes: where a line starts → the height of its letters
    :param addresses: the person's e-mail address and links in small letters
    :param near: for each line, whether contact details stand on it or on the three below
    """
    found: list[Name] = []
    for number, line in enumerate(top[:SEARCHED]):
        text, behind = _cut(line.text)
        if not _has_shape(text):
            continue
        sure = _sure(text, line.text, number, addresses, contact=near[number])
        if sure:
            shown = one_line(text, 200)
            begin = line.start + max(line.text.find(text), 0)
            end = begin + (len(text) if text in line.text else len(line.text))
            found.append(Name(_capitals(shown), (begin, end), sure, number, behind))
    if not found:
        return None
    largest = max(sizes.get(top[one.line].start, 0.0) for one in found)
    return max(found, key=lambda one: (one.sure >= ADDRESS, sizes.get(top[one.line].start, 0.0) >= largest - 0.1, one.sure, -one.line))


def can_be_name(line: str) -> bool:
    """Whether a line has the shape of a name and no word of work in it."""
    return _has_shape(_cut(line)[0])


def is_masked(text: str) -> bool:
    """Letters that stand for what somebody took out: ``xxxxx xxx``."""
    said = text.split()
    if re.fullmatch(r"\[[^\]]{2,30}\]", text.strip()):
        return True
    return bool(said) and 2 * sum(bool(MASKED.fullmatch(word.strip(".,:;()"))) for word in said) >= len(said)


def _cut(line: str) -> tuple[str, str]:
    """What may be the name on a line, and what stands behind it."""
    said = TITLED.sub("", LABELLED.sub("", unspaced(line[:MAX_LINE])))
    joint = JOINTS.search(said)
    head, behind = (said[: joint.start()], said[joint.end() :]) if joint else (said, "")
    head = CREDENTIALS.sub("", head).strip(" ,")
    first, comma, rest = head.partition(", ")
    if comma and len(first.split()) > 1:
        head, behind = first, "" if all(LETTERS.fullmatch(part) and fold(part) not in POSITIONS for part in rest.split(", ")) else rest
    return head, behind.strip(" )")


def _has_shape(text: str) -> bool:
    said = text.replace(",", "").split()
    named = [word for word in said if fold(word.strip(".")) not in HONORIFICS]
    if not 2 <= len(named) <= 5 or len(text) > 60 or TITLES_OF_PAGES.match(text) or is_masked(text):
        return False
    if any(not SHAPE.fullmatch(word) or (MASKED.fullmatch(word.strip(".")) and len(word) > 2) for word in named):
        return False
    capitals = [word for word in named if fold(word) not in PARTICLES]
    if len(capitals) < 2 or any(word[:1].islower() for word in capitals) or max(map(len, map(str, capitals))) < 2:
        return False
    return not _is_of_work(text, capitals)


def _is_of_work(text: str, said: Sequence[str]) -> bool:
    for word in said:
        for part in words(word):
            if part in POSITIONS or part in EMPLOYERS or is_heading_word(part) or (len(part) > 8 and part.endswith(ENDINGS)):
                return True
            if len(part) > 1 and lexicon().weight(part) < KNOWN_BELOW and part not in given_names():
                return True
    if titles.occupations().find(text) is not None or is_place(text):
        return True
    known = [part for word in said for part in words(word)]
    return bool(vocabulary().named(text)) or " ".join(known) in lexicon().names or all(_is_known_name_of_a_thing(word) for word in said)


def _is_known_name_of_a_thing(word: str) -> bool:
    return bool(vocabulary().named(word)) or fold(word) in lexicon().names


def _sure(text: str, line: str, number: int, addresses: str, *, contact: bool) -> float:
    if LABELLED.match(line.strip()):
        return LABEL
    parts = [part for word in text.split() for part in words(word) if part not in PARTICLES and part not in HONORIFICS]
    long = [part for part in parts if len(part) > 2]
    if any(part in addresses for part in long) and (len(long) > 1 or number < 3):
        return ADDRESS
    rare = all(lexicon().weight(part) >= KNOWN_BELOW for part in parts if len(part) > 1)
    if not (parts[0] in given_names() or parts[-1] in given_names()):
        short = any(len(word) < 4 and word.isupper() for word in text.split()) and not text.isupper()
        things = short or any(_is_known_name_of_a_thing(word) for word in text.split())
        return PLACE if contact and number < 3 and rare and len(parts) <= 4 and not things else 0.0
    return GIVEN if (number < 3 and (rare or contact)) or contact else 0.0


def _capitals(name: str) -> str:
    return name.title() if name.isupper() and len(name) > 3 else name
