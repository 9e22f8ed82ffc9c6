"""Salaries as boards write them: "€50,000.00/yr - €60,000.00/yr", "$45 an hour", "60.000 € – 70.000 € pro Jahr", "$120K"."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from rolecall.models import SalaryInterval


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
    "hour": "hour", "hourly": "hour", "hr": "hour", "h": "hour", "stunde": "hour", "heure": "hour", "per-hour-wage": "hour",
    "day": "day", "daily": "day", "tag": "day", "jour": "day", "per-day-wage": "day",
    "week": "week", "weekly": "week", "wk": "week", "woche": "week", "semaine": "week", "per-week-salary": "week",
    "month": "month", "monthly": "month", "mo": "month", "mth": "month", "monat": "month", "mois": "month", "per-month-salary": "month",
    "year": "year", "yearly": "year", "yr": "year", "annum": "year", "annual": "year", "annually": "year", "annualized": "year",
    "jahr": "year", "an": "year", "per-year-salary": "year", "pa": "year",
}  # fmt: skip

SYMBOLS = {
    "€": "EUR",
    "£": "GBP",
    "₹": "INR",
    "¥": None,
    "$": None,
    "US$": "USD",
    "CA$": "CAD",
    "C$": "CAD",
    "A$": "AUD",
    "AU$": "AUD",
    "zł": "PLN",
    "Kč": "CZK",
}
"""``$`` and ``¥`` alone are several currencies: only the caller may know which."""

AMOUNT = r"(\d{1,3}(?:[.,'\u00a0\u202f ]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?)(?:\s*([kK]))?(?![\d%])"
MARK = r"(US\$|CA\$|AU\$|C\$|A\$|[€£₹¥$]|zł|Kč|\b(?:USD|EUR|GBP|CAD|AUD|CHF|INR|PLN|CZK|SEK|DKK|NOK|JPY|SGD|BRL|MXN)\b)"
PART = re.compile(rf"(?:{MARK}\s*)?{AMOUNT}(?:\s*{MARK})?")
PER = re.compile(r"(?:/\s*|\b(?:per|an?|pro|par|je|p\.)\s+)([a-zA-Z]+)")


def interval(text: Any) -> SalaryInterval | None:
    """``YEAR``, ``PER_HOUR``, ``yearly``, ``1 MONTH`` → the interval; anything else ``None``."""
    if not isinstance(text, str):
        return None
    word = re.sub(r"[\s_]+", " ", text).strip().lower().removeprefix("per ").removeprefix("1 ")
    return INTERVALS.get(word)


def amount(digits: str, thousands: str | None) -> float | None:
    """``50,000.00``, ``60.000``, ``1 234,50``, ``120`` with ``K``."""
    bare = re.sub(r"['\u00a0\u202f ]", "", digits)
    comma, dot = bare.rfind(","), bare.rfind(".")
    decimal = max(comma, dot)
    if decimal >= 0 and len(bare) - decimal - 1 in (1, 2):
        bare = re.sub(r"[.,]", "", bare[:decimal]) + "." + bare[decimal + 1 :]
    else:
        bare = re.sub(r"[.,]", "", bare)
    value = float(bare) * (1000 if thousands else 1)
    return value if 0 < value < 1e12 else None


def salary(text: str | None, *, dollars: str | None = None) -> Salary:
    """Reads a salary text; all ``None`` unless it has one or two amounts with a currency mark somewhere.

    :param dollars: which currency a bare ``$`` is on this page, where that is known
    """
    if not text or len(text) > 200:
        return Salary()
    parts = [part for part in PART.finditer(text) if part[1] or part[4] or part[3] or len(part[2]) > 1]
    marks = [mark for part in parts for mark in (part[1], part[4]) if mark]
    if not marks or not 1 <= len(parts) <= 2:
        return Salary()
    shared_k = parts[-1][3]
    values = [amount(part[2], part[3] or (shared_k if len(part[2]) <= 3 else None)) for part in parts]
    if any(value is None for value in values) or (len(values) == 2 and (values[0] or 0) > (values[1] or 0)):
        return Salary()
    mark = marks[0]
    currency = dollars if mark == "$" else SYMBOLS.get(mark, mark if mark.isalpha() and mark.isupper() else None)
    found = PER.search(text)
    per = INTERVALS.get(found[1].lower()) if found else interval(text.rsplit(maxsplit=1)[-1])
    low, high = values[0], values[-1]
    bound = text.strip().lower()
    if len(values) == 1 and bound.startswith(("up to", "bis zu", "jusqu")):
        low = None
    if len(values) == 1 and bound.startswith(("from", "ab ", "à partir", "starting")):
        high = None
    return Salary(low, high, currency, per)
