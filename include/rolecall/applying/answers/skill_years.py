"""Years of work with a skill, out of a CV: the months of roles whose own words name it, none counted twice."""

from __future__ import annotations

import re
from datetime import date

from rolecall.applying.forms.form_wording import folded
from rolecall.models import Cv, Role

BEGINNINGS = ("how many years", "how many yrs", "number of years", "years of", "yrs of", "total years", "years", "wie viele jahre")
LEAST = re.compile(
    r"(?:do you have|have you got|haben sie|hast du|i have) (?:at least |a minimum of |minimum |mindestens |more than )?(?P<years>\d{1,2})"
    r"(?: or more)? (?:years?|yrs|jahre)(?: or more)? (?P<rest>.+)"
)
"""``do you have at least 5 years of professional experience with java``; "more than" asks for a year more."""
BEFORE = frozenset(
    [
        "of",
        "work",
        "working",
        "professional",
        "relevant",
        "hands",
        "on",
        "practical",
        "total",
        "experience",
        "exp",
        "do",
        "you",
        "have",
        "got",
        "with",
        "w",
        "in",
        "using",
        "erfahrung",
        "berufserfahrung",
        "haben",
        "sie",
        "hast",
        "du",
        "mit",
    ]
)
BEHIND = frozenset(["experience", "do", "you", "have", "got", "erfahrung", "haben", "sie", "hast", "du"])


def skill_asked(label: str) -> str:
    """The skill whose years a label asks for, as folded words; whatever else it says belongs to them, and then they are no skill."""
    words = folded(label)
    beginning = next((one for one in BEGINNINGS if words.startswith(f"{one} ")), "")
    left = words.removeprefix(beginning).split() if beginning else []
    while left and left[0] in BEFORE:
        left.pop(0)
    while left and left[-1] in BEHIND:
        left.pop()
    return " ".join(left) if len(left) < 5 else ""


def least_years_asked(label: str) -> tuple[int, str] | None:
    """How many years with which skill a yes or no is asked about; ``None``: it asks something else, or more than that."""
    found = LEAST.fullmatch(folded(label))
    if found is None:
        return None
    skill = skill_asked(f"years {found['rest']}")
    more = "more than" in folded(label)[: found.start("years")]
    return (int(found["years"]) + more, skill) if skill else None


def years_with(cv: Cv, skill: str, today: date) -> int | None:
    """Whole years of work with a skill, rounded down; ``None`` where no role names it, or one has no dates."""
    wanted = f" {folded(skill)} "
    if not skill or folded(skill) not in {folded(one) for one in cv.skills}:
        return None
    months: set[int] = set()
    for role in cv.roles:
        if wanted in f" {folded(f'{role.title} {role.text}')} ":
            span = months_of(role, today)
            if span is None:
                return None  # a role that counts, and nobody can say how long it was
            months |= span
    return len(months) // 12 if months else None


def months_of(role: Role, today: date) -> set[int] | None:
    """The months of a role, counted from year 0; ``None`` where its beginning or its end is not said to the month."""
    begun = _month(role.start)
    if begun is None:
        return None
    ended = today.year * 12 + today.month if goes_on(role) else _month(role.end)
    return None if ended is None or ended < begun else set(range(begun, min(ended, today.year * 12 + today.month)))


def goes_on(role: Role) -> bool:
    """Whether a role has no end yet."""
    return not role.end or folded(role.end) in ("present", "now", "today", "heute")


def _month(text: str | None) -> int | None:
    found = re.match(r"(\d{4})-(\d{2})", text or "")
    return int(found[1]) * 12 + int(found[2]) if found and 1 <= int(found[2]) <= 12 else None


RANGE = re.compile(r"\d{1,2}(?:[.,]\d)?")


def option_of(years: int, options: tuple[str, ...]) -> str | None:
    """The one option whose range holds so many years; ``None`` where none does, or several, or one cannot be read."""
    fitting = []
    for option in options:
        words = option.casefold().replace("–", "-").replace("—", "-")
        numbers = [float(one.replace(",", ".")) for one in RANGE.findall(words)]
        if re.search(r"none|no experience|keine", words) and not numbers:
            low, high = -1.0, -1.0
        elif len(numbers) == 2:
            low, high = numbers
        elif len(numbers) == 1 and re.search(r"less than|under|below|<|weniger", words):
            low, high = 0.0, numbers[0] - 0.5
        elif len(numbers) == 1 and re.search(r"more than|over|>|mehr als", words) and "=" not in words:
            low, high = numbers[0] + (0.5 if not words.strip().endswith("+") else 0), 99.0
        elif len(numbers) == 1 and re.search(r"\+|at least|or more|and more|mindestens", words):
            low, high = numbers[0], 99.0
        elif len(numbers) == 1:
            low = high = numbers[0]
        else:
            return None
        if low <= years <= high:
            fitting.append(option)
    return fitting[0] if len(fitting) == 1 else None
