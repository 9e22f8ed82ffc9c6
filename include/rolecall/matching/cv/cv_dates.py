"""Periods as CVs write them, in eight languages: ``March 2019 – Present``, ``03/2019 – 12/2020``, ``01.02.2019 bis heute``, ``Jan '19``."""

from __future__ import annotations

import re
from datetime import date

from rolecall.text.dates import FURTHER_MONTHS, MONTHS
from rolecall.text.words import fold

CV_MONTHS = MONTHS | FURTHER_MONTHS
SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12, "fruhjahr": 3, "sommer": 6, "herbst": 9}
ACCENTS = {"a": "[aä]", "e": "[eéè]", "u": "[uûü]"}
MONTH = "|".join("".join(ACCENTS.get(letter, letter) for letter in name) for name in sorted(CV_MONTHS | SEASONS, key=len, reverse=True))
YEAR = r"(?:19[5-9]\d|20[0-4]\d)"
WORD_MONTH = rf"(?:\b(?:{MONTH})\b[.,]?[\s'’–-]{{0,3}}(?:(?:de|of)\s+)?)"
DAY = r"(?:\b\d{1,2}(?:st|nd|rd|th|er|\.)?\s+(?:(?:of|de)\s+)?)"
MOMENT = (
    rf"(?:(?:{DAY}?{WORD_MONTH}(?:\d{{1,2}}(?:st|nd|rd|th)?,?\s+)?|(?:\d{{1,2}}[./]\s?)?\d{{1,2}}[./-]\s?)?{YEAR}"
    rf"(?:[-/.](?:0[1-9]|1[0-2])(?:[-/.]\d{{2}})?(?!\d))?(?!\d)"
    rf"|(?:\b(?:{MONTH})\b\.?\s{{0,2}}['’]\s?\d{{2}}|(?:0[1-9]|1[0-2])/\d{{2}})(?![\d/]))"
)
NOW = (
    r"(?:(?:un)?till?\s+(?:now|date|today|present)|present(?:ly)?|now|current(?:ly)?|today|to\s?date|date|heute|jetzt|aktuell|laufend|dato"
    r"|aujourd['’]?hui|présent|actuel(?:lement)?|(?:à )?ce jour|en cours"
    r"|(?:la )?actualidad|la fecha|presente|hoy|ongoing|oggi|attuale|in corso|atual|heden|obecnie)"
)
DASH = r"(?:\s*+[-–—−‐‑~→]++\s*+|\s++(?:to|till|until|through|thru|up\s?to|bis(?:\s+zum?)?|à|au|a|al|hasta|tot|do)\s++(?:la\s++)?)"
YEAR_DIGITS = re.compile(rf"{YEAR}|['’]\s?\d\d|(?:0[1-9]|1[0-2])/\d\d")
"""What every date has: looked for first, since it is found much faster."""

PERIOD = re.compile(
    rf"[(\[]?(?<![\w/])(?P<start>{MOMENT})\s?{DASH}(?P<end>{MOMENT}|{NOW}\b)[)\]]?"
    rf"|(?<![\w/])(?P<month>\b(?:{MONTH})\b\.?)\s?{DASH}(?P<same_year>{WORD_MONTH}{YEAR})"
    rf"|\b(?:since|seit|ab|depuis|desde|dal|sinds)\s+(?P<since>{MOMENT})"
    rf"|(?<![\w/])(?P<left_open>{MOMENT})\s?[-–—]\s*(?=$|\s{{3}}|\t)",
    re.I,
)
ONE_MOMENT = re.compile(rf"(?:^|(?<!\s)\s{{3,}}|\t|[(|,•·–-]\s?)(?P<start>{MOMENT})(?=$|\s{{3}}|\t|\s?[)|•·:])", re.I)
"""A single date standing by itself: at an edge of the line, in brackets, behind a bar."""

HALF = re.compile(rf"^(?:{MOMENT})\s*(?:-|–|—|to|bis|à)\s*$", re.I)
"""A period whose end is on the next line of a narrow column."""

END_ALONE = re.compile(rf"^(?:{MOMENT}|{NOW})$", re.I)
DATE_ONLY = re.compile(rf"^[\s(\[]*+(?:{MOMENT}|{NOW})?(?:{DASH}|\s)?(?:{MOMENT}|{NOW})?[\s)\]]*$", re.I)


def moment(text: str) -> str | None:
    """``March 2019``, ``03/2019``, ``1.3.2019``, ``2019-03``, ``Mar '19`` → ``2019-03``; ``2019`` → ``2019``; a word for now → ``None``."""
    short = re.fullmatch(r"\s*(?:([^\W\d_]+)\.?\s{0,2}['’]\s?|(\d{2})/)(\d{2})\s*", text)
    if short:
        number = CV_MONTHS.get(fold(short[1])) if short[1] else int(short[2])
        year = int(short[3]) + (2000 if int(short[3]) < 50 else 1900)
        return f"{year}-{number:02d}" if number and 1 <= number <= 12 else str(year)
    year_found = re.search(YEAR, text)
    if year_found is None:
        return None
    names = [fold(part) for part in re.findall(r"[^\W\d_]+", text)]
    month = next((number for name in names if (number := CV_MONTHS.get(name) or SEASONS.get(name))), None)
    if month is None:
        number_found = re.search(r"(?<!\d)(\d{1,2})[./-]\s?(?=(?:19|20)\d{2})|(?<=\d{4}[-/.])(\d{2})(?!\d)", text)
        month = int(number_found[1] or number_found[2]) if number_found else None
    return f"{year_found[0]}-{month:02d}" if month and 1 <= month <= 12 else year_found[0]


def months_between(start: str | None, end: str | None, today: date) -> int | None:
    """Months from the first of ``start`` to the last of ``end`` (``None``: today). A year alone is the whole year."""
    if start is None:
        return None
    first = int(start[:4]) * 12 + (int(start[5:7]) if start[4:] else 1)
    if end is None:
        last = today.year * 12 + today.month
    else:
        last = int(end[:4]) * 12 + (int(end[5:7]) if end[4:] else 12)
        if not end[4:] and not start[4:] and end != start:
            last -= 11  # 2017 – 2019 is two years, not three
    months = last - first + (0 if end is None or (not end[4:] and not start[4:] and end != start) else 1)
    return months if months > 0 else None
