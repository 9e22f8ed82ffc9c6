"""Criteria travel in one list with everybody's: what such a list cannot carry is refused where it comes in."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from rolecall.applying.webhook import ApplyRequest
from rolecall.criteria import MAX_LEVELS, transport_problem
from rolecall.models import ApplyOrder
from rolecall.people.preferences import problems_by_name


def nested(levels: int) -> Any:
    value: Any = "python"
    for _ in range(levels):
        value = [value]
    return value


TOO_MUCH = [{"foo": 2**70}, {"foo": 1e300}, {"foo": float("inf")}, {"limit": -(2**64)}, {"keywords": nested(250)}, {"foo": "x" * 70_000}]


@pytest.mark.parametrize("criteria", TOO_MUCH, ids=["integer", "float", "infinity", "negative", "levels", "length"])
def test_what_the_list_of_everybodys_cannot_carry_is_refused_at_every_door(criteria: dict[str, Any]) -> None:
    assert transport_problem(criteria)
    assert "criteria" in problems_by_name({"criteria": criteria})
    with pytest.raises(ValidationError, match="criteria"):
        ApplyOrder.model_validate({"cvId": "c", "userId": "p", "userEmail": "p@mail.example", "criteria": criteria})
    with pytest.raises(ValidationError, match="criteria"):
        ApplyRequest.model_validate({"cvId": "c", "userId": "p", "userEmail": "p@mail.example", "criteria": criteria})


def test_what_people_wish_is_carried() -> None:
    wishes = {"keywords": ["python"] * 200, "salaryMin": 60_000, "remote": True, "locations": ["Köln"], "other": nested(MAX_LEVELS - 2)}
    assert transport_problem(wishes) is None
