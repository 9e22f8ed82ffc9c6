"""Periods as CVs write them, in eight languages: ``March 2019 – Present``, ``03/2019 – 12/2020``, ``01.02.2019 bis heute``, ``Jan '19``."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

from rolecall.models import Cv, Role
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
    """Months from the first of ``start`` to the last of ``end`` (``None``: today), as :func:`span_between` counts them."""
    span = span_between(start, end, today)
    return span[1] - span[0] if span else None


def span_between(start: str | None, end: str | None, today: date) -> tuple[int, int] | None:
    """First month and the month after the last, counted from year 0, of what :func:`moment` gives; ``end`` ``None``: this month.

    A year alone is the whole year, but two of them are as far apart as they say: 2017 – 2019 is two years, not three.
    """
    began, ended = _year_and_month(start), _year_and_month(end) if end is not None else (today.year, today.month)
    if began is None or ended is None:
        return None
    first = began[0] * 12 + (began[1] or 1) - 1
    last = ended[0] * 12 + (ended[1] or 12)
    if not began[1] and not ended[1] and ended[0] > began[0]:
        last -= 12
    return (first, last) if last > first else None


DATED = re.compile(r"\W*(\d{4})(?![^\W_])(?:[\W_]+(\d{1,2})(?![^\W_]))?")


def _year_and_month(text: str | None) -> tuple[int, int] | None:
    """``2019-03``, ``2019-03-01`` → (2019, 3); ``2019`` → (2019, 0)."""
    found = DATED.match(text or "")
    if found is None:
        return None
    month = int(found[2] or 0)
    return int(found[1]), month if 1 <= month <= 12 else 0


# ── of a role, of all of them ───────────────────────────────────────────────────────────────────────────────

OPEN_END = frozenset(
    {"", "present", "now", "current", "today", "heute", "jetzt", "aktuell", "présent", "actuel", "actualidad", "actual", "ongoing", "date"}
)


def is_open(role: Role) -> bool:
    """Whether the role goes on."""
    return bool(role.start) and (role.end or "").strip().casefold() in OPEN_END


def worked(role: Role, today: date) -> tuple[int, int] | None:
    """When a role was held, as :func:`span_between` counts it."""
    return span_between(role.start, None if is_open(role) else role.end or "", today)


def years_of(cv: Cv, *, today: date | None = None) -> float | None:
    """Years of work: as the CV says, else from its roles (periods that overlap count once), else ``None``."""
    if cv.years is not None:
        return cv.years
    spans = sorted(span for span in (worked(role, today or datetime.now(UTC).date()) for role in cv.roles) if span)
    if spans:
        total, end = 0, 0
        for first, last in spans:
            total += max(0, last - max(first, end))
            end = max(end, last)
        return round(total / 12, 1)
    months = [role.months for role in cv.roles if role.months is not None]
    return round(sum(months) / 12, 1) if months else None
