"""The names of criteria: what ``auto_apply``, the webhook and preferences may say, and what the bundled AI service reads.

Values are read where they are used (:mod:`rolecall.matching.score.wish_values`); this is light enough for whoever only checks names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rolecall.errors import InvalidInput, suggesting

SPELLINGS = {
    "keywords": ("keywords",),
    "exclude": ("exclude", "excluded_words", "excludedWords"),
    "companies": ("companies", "whitelist"),
    "blacklist": ("blacklist", "excluded_companies", "excludedCompanies"),
    "current_employer": ("current_employer", "currentEmployer"),
    "locations": ("locations", "location"),
    "remote": ("remote",),
    "salary_min": ("salary_min", "salaryMin", "salary_floor", "salaryFloor"),
    "salary_currency": ("salary_currency", "salaryCurrency"),
    "employment_types": ("employment_types", "employmentTypes", "employment_type", "employmentType", "contract"),
    "max_age_days": ("max_age_days", "maxAgeDays"),
    "languages": ("languages",),
    "seniority": ("seniority", "level"),
}
"""Criterion → the names it goes by. Others are left alone: they may belong to somebody else."""

LIMITS = frozenset({"threshold", "minScore", "min_score", "limit", "maxResults", "max_results", "atLeast", "at_least"})
"""What criteria say besides wishes: how many matches, and how good."""

THRESHOLD = 0.7
"""The seed's: 70 % match or higher."""

NAMES = LIMITS | {name for names in SPELLINGS.values() for name in names}
"""Everything the bundled AI service reads."""

EXAMPLE = {
    "keywords": ["data engineer"],
    "locations": ["Berlin"],
    "remote": ["remote", "hybrid"],
    "salaryMin": 60000,
    "exclude": ["intern"],
}


MAX_LEVELS = 20
MOST_NUMBER = 2**53
MAX_SIZE = 64 * 1024


def transport_problem(value: Any) -> str | None:
    """Why criteria cannot travel: Airflow carries those of everybody in one list (as msgpack: 64 bits a number, 250 levels), and one value
    that it cannot carry stops the list. ``None``: they can."""
    layer, size = [value], 0
    for _ in range(MAX_LEVELS + 1):
        for one in layer:
            if isinstance(one, int | float) and not -MOST_NUMBER <= one <= MOST_NUMBER:
                return "hold a number beyond 2^53"
            size += len(one) if isinstance(one, str) else sum(map(len, one)) if isinstance(one, Mapping) else 8
        if size > MAX_SIZE:
            return f"are longer than {MAX_SIZE:,} characters"
        layer = [inner for one in layer if isinstance(one, Mapping | list) for inner in (one.values() if isinstance(one, Mapping) else one)]
        if not layer:
            return None
    return f"nest more than {MAX_LEVELS} deep"


def check_transport(value: dict[str, Any]) -> dict[str, Any]:
    """Criteria that can travel, as they are: a validator of models.

    :raises ValueError: they cannot, and why
    """
    if problem := transport_problem(value):
        raise ValueError(problem)
    return value


def threshold(criteria: Any, otherwise: float = THRESHOLD) -> float:
    """From which score on a match counts for whoever says this; as ``match_threshold`` of the database reads it."""
    said = [criteria.get(name) for name in ("threshold", "minScore", "min_score")] if isinstance(criteria, Mapping) else []
    return next((float(one) for one in said if isinstance(one, int | float) and not isinstance(one, bool) and 0 <= one <= 1), otherwise)


SEARCHED = frozenset(SPELLINGS["keywords"])


def hiding(criteria: Any) -> Any:
    """A person's criteria without what only searches: "frontend developer" does not hide "Web Developer – Svelte". Keywords of a request
    narrow it, as whoever sends it asks.
    """
    return {name: value for name, value in criteria.items() if name not in SEARCHED} if isinstance(criteria, Mapping) else criteria


def problem(criteria: Iterable[str]) -> tuple[str, str] | None:
    """What the bundled AI service does not know, with what was probably meant, and what it does know; ``None``: it knows all."""
    strange = unknown(criteria)
    return (suggesting(strange, NAMES)[:500], f"use {', '.join(sorted(NAMES))}") if strange else None


def refuse_unknown(criteria: Iterable[str]) -> None:
    """Nothing, where the bundled AI service knows every name.

    :raises InvalidInput: it does not; what was probably meant is said
    """
    if wrong := problem(criteria):
        raise InvalidInput("criteria", f"unknown: {wrong[0]}", fix=wrong[1])


def unknown(criteria: Iterable[str]) -> list[str]:
    """The names that the bundled AI service does not know."""
    return sorted(set(criteria) - NAMES)


def known(criteria: Mapping[str, Any]) -> dict[str, Any]:
    """The criteria that the bundled AI service reads."""
    return {name: value for name, value in criteria.items() if name in NAMES}
