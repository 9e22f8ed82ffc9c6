"""Reading a CV for matching: its text, skills with their places, titles, years, languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from include.catalog.words import listed, words
from include.matching import titles
from include.matching.languages import code_of
from include.matching.vocabulary import tokens, vocabulary
from include.models import Cv, Role

MAX_TEXT = 200_000
MAX_OWN = 60
"""Skills outside the vocabulary that are looked for in ads."""

EMPTY = listed(
    "and or of the a an in with for to experience skills skill knowledge work working team good strong excellent years year job role other "
    "various etc level basic advanced fluent native management services service support business company new high development quality"
)
"""A skill that is nothing but these is found in every ad and says nothing."""

RECENCY = (1.0, 0.95, 0.88, 0.8)
"""What the newest role's title counts, the one before, …; older ones as the last. A headline counts as the newest."""

OPEN_END = frozenset(
    {"", "present", "now", "current", "today", "heute", "jetzt", "aktuell", "présent", "actuel", "actualidad", "actual", "ongoing", "date"}
)


@dataclass(frozen=True, slots=True)
class Person:
    """A CV with everything the matcher read out of it.

    :param text: what spans of reasons point into, see :func:`cv_text`
    :param skills: skill → where the text names it first
    :param own: skills outside the vocabulary, as folded words → where
    :param titles: (how much it counts, title, where), newest first
    :param years: years of work, ``None`` where the CV does not tell
    :param rank: seniority that the newest title says, 0 to 7
    :param field: fields of work, from titles
    :param languages: ISO codes; empty where the CV names none
    """

    cv: Cv
    text: str
    skills: dict[str, tuple[int, int]]
    own: dict[tuple[str, ...], tuple[int, int]]
    titles: tuple[tuple[float, titles.Named, tuple[int, int] | None], ...]
    years: float | None
    rank: int | None
    fields: frozenset[str]
    languages: frozenset[str]


def cv_text(cv: Cv) -> str:
    """The CV's text, with a line for every stated fact (skill, role, education, language) that the text lacks. Spans point into this."""
    text = cv.text.rstrip()
    folded = text.casefold()
    roles = [line for role in cv.roles for line in (_headline(role, folded), *role.text.splitlines())]
    facts = [cv.name, cv.headline, cv.summary, cv.location, *cv.skills, *roles, *cv.education, *cv.languages]
    missing = [fact.strip() for fact in facts if fact.strip() and fact.strip().casefold() not in folded]
    return "\n".join([text, *missing] if text else missing)[:MAX_TEXT]


def _headline(role: Role, folded: str) -> str:
    """Title, company and period on a line, unless the text has title and company already."""
    if all(part.casefold() in folded for part in (role.title, role.company)):
        return ""
    period = " – ".join(part for part in (role.start, role.end) if part)
    return " · ".join(part for part in (role.title, role.company, period) if part)


def read_person(cv: Cv, *, today: date | None = None) -> Person:
    """Reads a CV once, for comparing it with any number of ads.

    :param today: up to when a role without an end counts, where neither ``years`` nor ``months`` say it (this month by default)
    """
    text = cv_text(cv)
    skills: dict[str, tuple[int, int]] = {}
    for hit in vocabulary().find(text):
        skills.setdefault(hit.skill, (hit.start, hit.end))
    own: dict[tuple[str, ...], tuple[int, int]] = {}
    for phrase in cv.skills:
        _add_skill(phrase, text, skills, own)
    named = tuple(_titles(cv, text))
    return Person(
        cv=cv,
        text=text,
        skills=skills,
        own=own,
        titles=named,
        years=years_of(cv, today=today),
        rank=next((title.rank for weight, title, _ in named if weight == RECENCY[0] and title.rank is not None), None),
        fields=frozenset(title.occupation.field for _, title, _ in named if title.occupation),
        languages=frozenset(code for code in map(code_of, cv.languages) if code),
    )


def _add_skill(phrase: str, text: str, skills: dict[str, tuple[int, int]], own: dict[tuple[str, ...], tuple[int, int]]) -> None:
    """A listed skill counts whatever its capitals: by its name in the vocabulary, else as words to look for."""
    start = text.casefold().find(phrase.strip().casefold()) if len(text.casefold()) == len(text) else text.find(phrase.strip())
    if start < 0 or not phrase.strip():
        return
    span = (start, start + len(phrase.strip()))
    name = vocabulary().named(phrase)
    if name:
        skills.setdefault(name, span)
        return
    wanted = tuple(words(phrase))
    if vocabulary().find(phrase) or len(own) >= MAX_OWN or not 1 <= len(wanted) <= 4:
        return
    if any(word not in EMPTY and len(word) > 2 for word in wanted):
        own.setdefault(wanted, span)


def _titles(cv: Cv, text: str) -> list[tuple[float, titles.Named, tuple[int, int] | None]]:
    found: list[tuple[float, titles.Named, tuple[int, int] | None]] = []
    headline = titles.BREAKS.split(cv.headline)[0].strip() if cv.headline else ""
    if headline and len(headline.split()) <= 8:
        found.append((RECENCY[0], titles.read(headline), _where(headline, text)))
    for place, role in enumerate(newest_first(cv.roles)):
        if role.title:
            found.append((RECENCY[min(place, len(RECENCY) - 1)], titles.read(role.title), _where(role.title, text)))
    return found


def newest_first(roles: list[Role]) -> list[Role]:
    """Roles that go on first, then by their end; as listed where the dates do not tell."""

    def ended(role: Role) -> tuple[bool, str]:
        return is_open(role), (role.end or "")[:7] if (role.end or "")[:4].isdecimal() else ""

    if not all(role.start or role.end for role in roles):
        return list(roles)
    return sorted(roles, key=ended, reverse=True)


def is_open(role: Role) -> bool:
    """Whether the role goes on."""
    return bool(role.start) and (role.end or "").strip().casefold() in OPEN_END


def _where(phrase: str, text: str) -> tuple[int, int] | None:
    start = text.find(phrase)
    return (start, start + len(phrase)) if start >= 0 else None


# ── years ───────────────────────────────────────────────────────────────────────────────────────────────────


def years_of(cv: Cv, *, today: date | None = None) -> float | None:
    """Years of work: as the CV says, else from its roles (periods that overlap count once), else ``None``."""
    if cv.years is not None:
        return cv.years
    spans = sorted(span for span in (_months(role, today or date.today()) for role in cv.roles) if span)
    if spans:
        total, end = 0, 0
        for first, last in spans:
            total += max(0, last - max(first, end))
            end = max(end, last)
        return round(total / 12, 1)
    months = [role.months for role in cv.roles if role.months is not None]
    return round(sum(months) / 12, 1) if months else None


def _months(role: Role, today: date) -> tuple[int, int] | None:
    """First month and the month after the last, counted from year 0. A year alone: from January; as an end: to its December."""
    first = _month(role.start, 1)
    last = today.year * 12 + today.month if is_open(role) else _month(role.end, 12)
    return (first, last) if first is not None and last is not None and last > first else None


def _month(text: str | None, otherwise: int) -> int | None:
    parts = [token.word for token in tokens(text or "")]
    if not parts or len(parts[0]) != 4 or not parts[0].isdecimal():
        return None
    month = int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() and 1 <= int(parts[1]) <= 12 else otherwise
    return int(parts[0]) * 12 + month - 1 + (otherwise == 12)
