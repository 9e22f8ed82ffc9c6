"""The names of criteria: what ``auto_apply``, the webhook and preferences may say, and what the bundled AI service reads.

Values are read where they are used (:mod:`rolecall.matching.score.criteria`); this is light enough for whoever only checks names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

SPELLINGS = {
    "keywords": ("keywords",),
    "exclude": ("exclude", "excluded_words", "excludedWords"),
    "companies": ("companies", "whitelist"),
    "blacklist": ("blacklist", "excluded_companies", "excludedCompanies"),
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

LIMITS = frozenset({"threshold", "minScore", "min_score", "limit", "maxResults", "max_results"})
"""What criteria say besides wishes: how many matches, and how good."""

NAMES = LIMITS | {name for names in SPELLINGS.values() for name in names}
"""Everything the bundled AI service reads."""

EXAMPLE = {
    "keywords": ["data engineer"],
    "locations": ["Berlin"],
    "remote": ["remote", "hybrid"],
    "salaryMin": 60000,
    "exclude": ["intern"],
}


def unknown(criteria: Iterable[str]) -> list[str]:
    """The names that the bundled AI service does not know."""
    return sorted(set(criteria) - NAMES)


def known(criteria: Mapping[str, Any]) -> dict[str, Any]:
    """The criteria that the bundled AI service reads."""
    return {name: value for name, value in criteria.items() if name in NAMES}
