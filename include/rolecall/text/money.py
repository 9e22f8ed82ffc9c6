"""Salaries as boards write them: "€50,000.00/yr - €60,000.00/yr", "CHF 95’000", "R$8.000,00/mês", "12 LPA", "$120,000+", "25-30K".

The first range of a text is its salary; ranges behind it in the same currency and interval (tiers by city or level) widen it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from html import unescape
from typing import Any, NamedTuple

import pycountry

from rolecall.models import SalaryInterval
from rolecall.text.words import mended

PER_YEAR = {"hour": 2080, "day": 260, "week": 52, "month": 12, "year": 1}
"""How many of an interval make a year of full-time work."""


class Salary(NamedTuple):
    """A salary range; what the text leaves open is ``None``. Amounts are in ``currency`` per ``interval``."""

    low: float | None = None
    high: float | None = None
    currency: str | None = None
    interval: SalaryInterval | None = None

    def fields(self) -> dict[str, Any]:
        """The posting's four salary fields; all ``None`` when there is no amount, or the bounds contradict each other."""
        if (self.low is None and self.high is None) or (self.low is not None and self.high is not None and self.low > self.high):
            return {"salary_min": None, "salary_max": None, "salary_currency": None, "salary_interval": None}
        return {"salary_min": self.low, "salary_max": self.high, "salary_currency": self.currency, "salary_interval": self.interval}


INTERVALS: dict[str, SalaryInterval] = {
    **dict.fromkeys(("hour", "hourly", "hr", "hrs", "h", "stunde", "std", "stündlich", "heure", "hora", "ora", "uur", "ph",
    "per-hour-wage"), "hour"),
    **dict.fromkeys(("day", "daily", "tag", "jour", "día", "dia", "giorno", "dag", "pd", "diem", "per-day-wage"), "day"),
    **dict.fromkeys(("week", "weekly", "wk", "woche", "semaine", "semana", "settimana", "pw", "per-week-salary"), "week"),
    **dict.fromkeys(
        ("month", "monthly", "mo", "mth", "monat", "mån", "monatlich", "mois", "mes", "mês", "mensual", "mensal", "mese", "maand",
        "miesiąc", "mies", "pcm",
         "pm", "per-month-salary"),
        "month",
    ),
    **dict.fromkeys(
        ("year", "yearly", "yr", "annum", "annual", "annually", "annualized", "jahr", "jährlich", "an", "année", "año", "ano", "anno",
        "jaar", "rok",
         "pa", "per-year-salary"),
        "year",
    ),
}  # fmt: skip

SYMBOLS = {
    "€": "EUR", "£": "GBP", "₹": "INR", "¥": None, "$": None, "US$": "USD", "U$S": "USD", "CA$": "CAD", "C$": "CAD", "A$": "AUD",
    "AU$": "AUD", "NZ$": "NZD",
    "S$": "SGD", "SG$": "SGD", "HK$": "HKD", "NT$": "TWD", "MX$": "MXN", "R$": "BRL", "zł": "PLN", "Kč": "CZK", "₱": "PHP", "₺": "TRY",
    "₪": "ILS", "₩": "KRW",
    "₫": "VND", "฿": "THB", "₦": "NGN", "₴": "UAH", "₽": "RUB", "₨": "PKR", "₸": "KZT", "د.إ": "AED", "SFr.": "CHF", "Fr.": "CHF",
    "Rs.": None, "Rs": None,
    "RM": "MYR", "Rp": "IDR", "Ft": "HUF", "лв": "BGN", "lei": "RON", "KSh": "KES", "kr": None, "R": "ZAR",
}  # fmt: skip
"""``$``, ``¥``, ``Rs`` and ``kr`` alone are several currencies: only the caller may know which."""
NAMED = {
    "euro": "EUR", "euros": "EUR", "eur": "EUR", "pounds": "GBP", "sterling": "GBP", "dollars": None, "rupees": None, "inr": "INR",
    "dirhams": "AED", "dirham": "AED",
    "dhs": "AED", "francs": None, "zloty": "PLN", "złotych": "PLN", "reais": "BRL", "yen": "JPY", "rand": "ZAR", "naira": "NGN",
    "pesos": None,
}  # fmt: skip
INDIAN = ("lakhs", "lakh", "lacs", "lac", "lpa", "crores", "crore", "cr")
SCALE = {"k": 1e3, "m": 1e6, "mio": 1e6, "mn": 1e6, "tys": 1e3, **dict.fromkeys(INDIAN[:5], 1e5), **dict.fromkeys(INDIAN[5:], 1e7)}

MOST = 400
GAP = "[.,'’\u00a0\u202f ]"
NUMBER = rf"(\d{{1,3}}(?:{GAP}\d{{2,3}}){{1,4}}(?:[.,]\d{{1,2}})?|\d{{1,9}}(?:[.,]\d{{1,2}})?)(?![\d%])"
OWN = "|".join(re.escape(mark) for mark in sorted(SYMBOLS, key=len, reverse=True) if not mark[0].isalpha() or len(mark) > 2 or "$" in mark)
LETTERS = "|".join(
    re.escape(mark) for mark in sorted(SYMBOLS, key=len, reverse=True) if mark[0].isalpha() and "$" not in mark and len(mark) <= 2
)
MARK = rf"({OWN}|(?<![A-Za-z])(?:{LETTERS})(?![A-Za-z])|\b[A-Z]{{3}}\b|\b(?:{'|'.join(NAMED)})\b)"
PART = re.compile(
    rf"(?:{MARK}\s?)?(?<![\d.,]){NUMBER}"
    r"(?:\s?(k|K|m|M|Mio|mn|tys|[Ll]akhs?|[Ll]acs?|lpa|LPA|[Cc]rores?|[Cc]r)\b\.?)?"
    rf"(?:\s?{MARK})?"
)
PER = re.compile(
    r"(?:/\s?|\b(?:per|an?|pro|par|por|al|à l['’]|je|p\.|na|all['’]|per l['’])\s{0,2})([a-zäéêíñąA-Z]{1,12})\b"
    r"|\b(p\.?\s?a\.?|p/?h|pd|pw|pcm|hourly|daily|weekly|monthly|annual(?:ly)?|yearly|mensual|mensal|monatlich|j[äa]hrlich|LPA)(?![a-z])",
    re.I,
)
BETWEEN = re.compile(
    r"[^\d–—-]{0,14}?\s?(?:-|–|—|~|\||\b(?:to|bis|à|a|do|al|hasta|até|until|and|et|und|tot|t/m)\b)\s?\(?(?:up to\s)?", re.I
)
UNTIL = re.compile(r"\b(?:up ?to|upto|bis(?: zu)?|jusqu['’]?[àa]?|max(?:imum|\.)?|hasta|fino a|tot|to|under)\W{0,4}$", re.I)
SINCE = re.compile(
    r"\b(?:from|ab|starting(?: at| from)?|start(?:s|ing)? at|min(?:imum|\.)?|mindestens|at least|desde"
    r"|a partir d[eo]|à partir de|od|vanaf|von)\W{0,4}$",
    re.I,
)
NO_MONEY = re.compile(r"\s?(?:hours?|hrs?|days?|weeks?|months?|years?|Stunden|Tage|jours|heures|%|x)\b(?!\s?(?:rate|wage))|\s?%", re.I)
ASIDE = re.compile(r"\b(?:ote|bonus|commission|tips|sign[- ]?on|equity|relocation|budget|allowance)\b", re.I)


@cache
def currencies() -> frozenset[str]:
    """ISO 4217."""
    return frozenset(one.alpha_3 for one in pycountry.currencies)


def interval(text: Any) -> SalaryInterval | None:
    """``YEAR``, ``PER_HOUR``, ``yearly``, ``1 MONTH`` → the interval; anything else ``None``."""
    if not isinstance(text, str):
        return None
    word = re.sub(r"[\s_]+", " ", text).strip().lower().removeprefix("per ").removeprefix("1 ")
    return INTERVALS.get(word)


def amount(digits: str, scale: str | None) -> float | None:
    """``50,000.00``, ``60.000``, ``95’000``, ``1 234,50``, ``12,00,000``; ``scale``: ``K``, ``lakh``, …"""
    bare = re.sub(r"['’\u00a0\u202f ]", "", digits)
    comma, dot = bare.rfind(","), bare.rfind(".")
    decimal = max(comma, dot)
    if decimal >= 0 and len(bare) - decimal - 1 in (1, 2):
        bare = re.sub(r"[.,]", "", bare[:decimal]) + "." + bare[decimal + 1 :]
    else:
        bare = re.sub(r"[.,]", "", bare)
    value = float(bare) * SCALE.get((scale or "").lower(), 1)
    return value if 0 < value < 1e12 else None


def salary(text: str | None, *, dollars: str | None = None, currency: str | None = None) -> Salary:
    """Reads a salary text; all ``None`` unless it has an amount with a currency mark somewhere.

    :param dollars: which currency a bare ``$`` is on this page, where that is known
    :param currency: what amounts without a mark are in, in a field that holds nothing but pay
    """
    if not text or len(text) > 2 * MOST:
        return Salary()
    line = unescape(mended(text.replace("‚¬", "€")))[:MOST]
    ranges = list(_ranges(line, dollars, currency))
    if not ranges:
        return Salary()
    first, aside = ranges[0]
    if first.low is not None and first.high is not None and first.low > first.high:
        return Salary()
    for other, told_aside in ranges[1:]:
        if told_aside or aside or other.currency != first.currency or other.interval not in (None, first.interval):
            continue
        if other.low and other.high and first.low and first.high and other.low <= other.high and 0.2 < other.low / first.low < 5:
            first = first._replace(low=min(first.low, other.low), high=max(first.high, other.high))
    return first


def _ranges(line: str, dollars: str | None, currency: str | None) -> Iterator[tuple[Salary, bool]]:
    """The ranges of a line in its order, each with whether it is told in passing; those without a mark only where ``currency`` says it."""
    parts = [one for one in PART.finditer(line) if _is_money(line, one)]
    at = 0
    while at < len(parts):
        group = [parts[at]]
        if at + 1 < len(parts) and BETWEEN.fullmatch(line[parts[at].end() : parts[at + 1].start()]):
            group.append(parts[at + 1])
        at += len(group)
        marks = [mark for one in group for mark in (one[1], one[4]) if mark and _is_mark(mark)]
        if any((one[3] or "").lower() == "lpa" for one in group):  # lakhs per annum
            marks = marks or ["INR"]
        if not marks and not currency:
            continue
        start, end = group[0].start(), group[-1].end()
        behind = line[end : parts[at].start() if at < len(parts) else end + 40]
        inner = line[group[0].end() : group[-1].start()] if len(group) > 1 else ""
        per = (
            _per(inner) or _per(behind) or _per(line[max(0, start - 30) : start]) or ("year" if "lpa" in line[start:end].lower() else None)
        )
        low, high = _bounds(group)
        if low is None or high is None:
            continue
        before = line[max(0, start - 24) : start]
        if len(group) == 1 and UNTIL.search(before):
            found = Salary(None, high, None, per)
        elif len(group) == 1 and (SINCE.search(before) or line[end : end + 1] == "+"):
            found = Salary(low, None, None, per)
        else:
            found = Salary(low, high, None, per)
        if not marks and per is None and (high < 1000 or (group[0][3] is None is group[-1][3] and high < 5000)):
            continue
        yield found._replace(currency=_currency(marks, dollars, currency)), bool(ASIDE.search(before))


def _is_money(line: str, part: re.Match[str]) -> bool:
    if part[2] == "401" and (part[3] or "").lower() == "k":
        return False
    marked = any(mark and _is_mark(mark) for mark in (part[1], part[4]))
    return marked or not NO_MONEY.match(line, part.end())


def _is_mark(mark: str) -> bool:
    return mark in SYMBOLS or mark.lower() in NAMED or mark in currencies()


def _currency(marks: list[str], dollars: str | None, currency: str | None) -> str | None:
    codes = [SYMBOLS.get(mark, NAMED.get(mark.lower(), mark if mark in currencies() else None)) for mark in marks]
    known = next((code for code in codes if code), None)
    return known or (dollars if "$" in marks else None) or (currency if not marks or marks[0] not in ("$", "kr") else None)


def _bounds(group: list[re.Match[str]]) -> tuple[float | None, float | None]:
    """Lowest and highest; "25-30K" and "21 - 23,000" share their thousands."""
    shared = group[-1][3]
    values = [amount(one[2], one[3] or (shared if len(one[2]) <= 4 else None)) for one in group]
    low, high = values[0], values[-1]
    if low and high and low < 1000 <= high and low * 100 < high and not group[0][3]:
        low *= 1000
    return low, high


def _per(text: str) -> SalaryInterval | None:
    for found in PER.finditer(text[:60]):
        word = (found[1] or re.sub(r"[\s./]", "", found[2])).lower()
        if word == "lpa":
            return "year"
        if word.startswith(("annual", "hourly", "daily", "weekly", "monthly")) or word in INTERVALS:
            return INTERVALS.get(word) or INTERVALS[word.removesuffix("ly")]
    last = re.sub(r"[\s_]+", " ", text).strip(" .,;)").rpartition(" ")[2].lower()
    return INTERVALS.get(last) if len(last) > 3 else None
