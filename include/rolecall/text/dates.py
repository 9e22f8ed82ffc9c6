"""Dates as boards write them. A relative text counts back from when the page was fetched."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any

UNITS: dict[str, tuple[str, ...]] = {
    "minute": ("minute", "min", "minuto", "minuut", "minuten", "minut", "minuta", "minuty", "minutter", "dakika"),
    "hour": (
        "hour", "hr", "h", "stunde", "stunden", "std", "heure", "hora", "ora", "ore", "uur", "godzin", "godzina", "godziny",
        "hodina", "hodiny", "hodin", "hodinami", "timme", "timmar", "time", "timer", "saat",
    ),
    "day": (
        "day", "d", "tag", "tage", "tagen", "jour", "j", "día", "dia", "giorno", "giorni", "dag", "dagen", "dzień", "dni", "dzien",
        "den", "dny", "dnem", "dnů", "dagar", "dage", "dager", "gün",
    ),
    "week": (
        "week", "w", "wk", "woche", "wochen", "semaine", "sem", "semana", "settimana", "settimane", "weken", "tydzień", "tygodnie",
        "tygodni", "týden", "týdny", "týdnem", "týdnů", "vecka", "veckor", "uge", "uger", "uke", "uker", "hafta",
    ),
    "month": (
        "month", "mo", "monat", "monate", "monaten", "mois", "mes", "meses", "mese", "mesi", "mês", "maand", "maanden", "miesiąc",
        "miesiące", "miesięcy", "měsíc", "měsíce", "měsícem", "měsíců", "månad", "månader", "måned", "måneder", "ay",
    ),
    "year": (
        "year", "yr", "y", "jahr", "jahre", "jahren", "an", "ans", "année", "año", "anno", "anni", "ano", "jaar", "rok", "lata",
        "lat", "roky", "rokem", "let", "år", "yıl",
    ),
}  # fmt: skip
UNIT_BY_WORD = {word: unit for unit, words in UNITS.items() for word in words}
LONGEST = 3650
"""Days an age may name; more is no age of a posting."""

DAYS = {"minute": 0, "hour": 0, "day": 1, "week": 7, "month": 30, "year": 365}

NOW_WORDS = re.compile(
    r"\b(just now|just posted|moments? ago|seconds? ago|today|"
    r"heute|gerade|aujourd.hui|hoy|oggi|hoje|vandaag|dziś|dzisiaj|dnes|idag|i dag|bugün)\b",
    re.I,
)
YESTERDAY_WORDS = re.compile(r"\b(yesterday|gestern|hier|ayer|ieri|ontem|gisteren|wczoraj|včera|igår|i går|dün)\b", re.I)
COUNT = re.compile(r"(?<![\d.,])(\d{1,4})\s*(?:\+\s*)?([^\W\d_]+)")
ONE = re.compile(r"\b(?:an?|one|eine?[mnr]?|une?|un[oa]?|um|uma|een|en|ett|et|jeden)(?=\s+([^\W\d_]+))")
CUT = re.compile(r"\d\s*(?:[^\W\d_]+\s*)?\+")


def _by_name(*names: str) -> dict[str, int]:
    return {name: number for number, same in enumerate(names, 1) for name in same.split()}


MONTHS = _by_name(
    "jan january januar janvier janv enero ene", "feb february februar fevrier fevr febrero", "mar march maerz mrz mars marzo",
    "apr april avril avr abril abr", "may mai mayo", "jun june juni juin junio", "jul july juli juillet juil julio",
    "aug august aout agosto ago", "sep sept september septembre septiembre", "oct october oktober okt octobre octubre",
    "nov november novembre noviembre", "dec december dezember dez decembre diciembre dic",
)  # fmt: skip
"""Numbers of months by their folded names and short forms in English, German, French and Spanish."""

FURTHER_MONTHS = _by_name(
    "gennaio gen janeiro januari stycznia", "fev febbraio fevereiro februari", "marz marco maart", "aprile", "maggio mag maio mei",
    "giugno giu junho", "luglio lug julho", "augustus", "settembre set setembro", "ottobre ott outubro out", "novembro",
    "dicembre dezembro",
)  # fmt: skip
"""In Italian, Portuguese, Dutch and Polish: ``set`` and ``out`` are words of English prose too, so they are read where a date must be."""


def relative(text: str | None, fetched_at: datetime) -> datetime | None:
    """The day that "3 days ago" means, as midnight UTC; ``None`` where it is not certain.

    Understands English, German, French, Spanish, Italian, Portuguese, Dutch, Polish, Czech, Swedish, Danish, Norwegian and Turkish.
    "30+ days ago" says only "before": that is not a date.
    """
    low = (text or "").lower().strip()
    if not low or CUT.search(low):
        return None
    found = COUNT.search(low)
    count, word = (int(found[1]), found[2]) if found else (0, "")
    if not found:
        if NOW_WORDS.search(low):
            return midnight(fetched_at)
        if YESTERDAY_WORDS.search(low):
            return midnight(fetched_at - timedelta(days=1))
        count, word = 1, next((word for word in ONE.findall(low) if unit_of(word)), "")
    unit = unit_of(word)
    if unit is None or count * DAYS[unit] > LONGEST:
        return None
    if unit in ("minute", "hour"):
        return midnight(fetched_at - timedelta(**{f"{unit}s": count}))
    return midnight(fetched_at - timedelta(days=count * DAYS[unit]))


@lru_cache(maxsize=256)
def unit_of(word: str) -> str | None:
    """The unit a word names, in singular or with a plural s."""
    return UNIT_BY_WORD.get(word) or UNIT_BY_WORD.get(word.removesuffix("s")) or UNIT_BY_WORD.get(word.removesuffix("es"))


def midnight(moment: datetime) -> datetime:
    """The day's beginning in UTC."""
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)


def believable(moment: datetime | None, fetched_at: datetime) -> datetime | None:
    """A posting date, unless it is from before the web's job boards or more than two days ahead."""
    return moment if moment is not None and EARLIEST <= moment <= fetched_at + timedelta(days=2) else None


@lru_cache(maxsize=4096)
def iso(text: str | None) -> datetime | None:
    """An ISO 8601 date or date-time as aware UTC; one without a zone is taken as UTC; ``None`` if it is none."""
    if not text:
        return None
    try:
        if len(text) == 10:
            day = date.fromisoformat(text)
            return datetime(day.year, day.month, day.day, tzinfo=UTC)
        moment = datetime.fromisoformat(text.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def epoch(value: Any) -> datetime | None:
    """Seconds or milliseconds since 1970 as aware UTC; 0, negative and absurd values are ``None``."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
        return None
    try:
        return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def mail_date(text: str) -> datetime | None:
    """An RFC 822 date, as mails, RSS and HTTP have it, in UTC; one without a zone (``-0000``) is taken as UTC, not as the machine's."""
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
