"""Money: pay as advertisers wrote it, against the yearly figure that somebody else took it for, and against its own digits."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from judge.measure import Row, Skipped, developed_on, share
from rolecall.text.money import Salary, salary

ADZUNA = {"hour": 1920, "day": 240, "week": 48, "month": 12, "year": 1}
"""What Adzuna made a year of: its own figures say so ("$12 to $12 per hour" is 23,040)."""
NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


def rows(shared: Path, *, short: bool) -> Iterator[Row | Skipped]:
    """Both sets, the half whose errors are not looked at."""
    for name, path, right in (
        ("adzuna_cut", "realdata/adzuna_cut/salary_dev.tsv", adzuna),
        ("reed_uk", "realdata/reed_uk/dev.csv", reed),
    ):
        if not (shared / path).exists():
            yield Skipped(f"money: {name}", f"{path} is not in {shared.name}")
            continue
        found = list(right(shared / path))[: 2_000 if short else None]
        figure = share([float(ours) for ours, _ in found])
        naive = sum(other for _, other in found) / len(found)
        yield Row(f"{name}, held half", "pay read right", *figure, "first and last number, a year", naive, len(found), 0.98, True)


def adzuna(path: Path) -> Iterator[tuple[bool, bool]]:
    """Adzuna's raw pay (its currency sign was lost: pounds) → the middle of what we read, a year by Adzuna's own factors, within 1 %
    of Adzuna's yearly figure."""
    with path.open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if not developed_on(row["SalaryRaw"]):
                gold = float(row["SalaryNormalized"])
                yield near(middle(read(row["SalaryRaw"])), gold), near(naive_middle(row["SalaryRaw"]), gold)


def reed(path: Path) -> Iterator[tuple[bool, bool]]:
    """Reed's pay strings, each once: the bounds, the currency and the interval that the site's own fixed form states."""
    with path.open(encoding="utf-8") as file:
        texts = dict.fromkeys(row["salary_offered"].strip() for row in csv.DictReader(file))
    for text in texts:
        numbers = [float(one.replace(",", "")) for one in NUMBER.findall(text)]
        stated = re.search(r"per (annum|hour|day|week|month)", text)
        if developed_on(text) or not numbers or not stated:
            continue
        low, high = (None if text.lower().startswith("up to") else numbers[0]), numbers[min(1, len(numbers) - 1)]
        currency = "GBP" if "£" in text else "EUR" if "€" in text or "‚¬" in text else None
        gold = Salary(low, high, currency, "year" if stated[1] == "annum" else stated[1])  # type: ignore[arg-type]
        yield salary(text) == gold, gold == Salary(numbers[0], numbers[-1], "GBP", "year")


def read(text: str) -> Salary:
    try:
        return salary(text, currency="GBP", dollars="USD")
    except TypeError:  # before the currency of a field could be said
        return salary(f"£{text}", dollars="USD")


def middle(found: Salary) -> float:
    known = [bound for bound in (found.low, found.high) if bound is not None]
    return sum(known) / len(known) * ADZUNA[found.interval or "year"] if known else 0.0


def naive_middle(text: str) -> float:
    numbers = [float(one.replace(",", "")) for one in NUMBER.findall(text)]
    return (numbers[0] + numbers[-1]) / 2 if numbers else 0.0


def near(ours: float, gold: float) -> bool:
    return abs(ours - gold) <= max(1.0, 0.01 * gold)
