"""The ``criteria`` of ``POST /api/job-match``: how many, how good, and the person's wishes."""

from __future__ import annotations

from typing import Any

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from rolecall import criteria

DEFAULT_LIMIT = 100
MAX_LIMIT = 1_000


class Criteria(BaseModel):
    """What an answer should hold.

    :param threshold: lowest score to answer and to write a letter for, 0 to 1; unset: all are answered, letters from 0.7
    :param limit: matches to answer, best first; those already applied for come on top
    :param at_least: so many of the best are answered whatever their score, without a letter
    """

    model_config = ConfigDict(extra="allow", allow_inf_nan=False)

    threshold: float | None = Field(default=None, ge=0, le=1, validation_alias=AliasChoices("threshold", "minScore", "min_score"))
    limit: int = Field(default=DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, validation_alias=AliasChoices("limit", "maxResults", "max_results"))

    at_least: int = Field(default=0, ge=0, le=DEFAULT_LIMIT, validation_alias=AliasChoices("atLeast", "at_least"))

    @property
    def wishes(self) -> dict[str, Any]:
        """Everything else, for :class:`rolecall.matching.Wishes`."""
        return self.model_extra or {}

    @property
    def ignored(self) -> list[str]:
        """Names nobody reads; they are answered, so that a typing mistake is noticed."""
        return criteria.unknown(self.wishes)
