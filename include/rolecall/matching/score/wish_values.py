"""Criteria as people and services send them, checked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from rolecall.criteria import SPELLINGS
from rolecall.errors import InvalidInput, kind_of
from rolecall.models import Remote

RANKS = {
    "intern": (0,), "junior": (0, 1), "entry": (0, 1), "mid": (2,), "senior": (3,), "lead": (4, 5), "staff": (4,), "principal": (5,),
    "manager": (4, 5), "director": (6,), "executive": (7,),
}  # fmt: skip
"""Names of seniority → ranks, see :mod:`rolecall.text.job_titles`."""


def _split(value: Any) -> Any:
    return [one.strip() for one in value.split(",") if one.strip()] if isinstance(value, str) else _stripped(value)


def _whole(value: Any) -> Any:
    return [value.strip()] if isinstance(value, str) and value.strip() else _stripped(value)


def _stripped(value: Any) -> Any:
    if not isinstance(value, (list, tuple, set, frozenset)):
        return value
    return [one.strip() if isinstance(one, str) else one for one in value if not isinstance(one, str) or one.strip()]


def _places_of_work(value: Any) -> Any:
    if isinstance(value, bool):
        return ["remote"] if value else ["onsite", "hybrid"]
    kinds = _split(value)
    return (
        [kind.lower().replace("-", "").replace(" ", "") if isinstance(kind, str) else kind for kind in kinds]
        if isinstance(kinds, list)
        else kinds
    )


def _levels(value: Any) -> Any:
    found = _split(value)
    return [one.lower() if isinstance(one, str) else one for one in found] if isinstance(found, list) else found


MOST = 500
"""Values of one criterion. Each is held against every open job."""

List = Annotated[list[str], BeforeValidator(_split), Field(max_length=MOST)]
Places = Annotated[list[str], BeforeValidator(_whole), Field(max_length=MOST)]
Amount = Annotated[float, Field(ge=0, lt=1e12, strict=True)]
Level = Literal["intern", "junior", "entry", "mid", "senior", "lead", "staff", "principal", "manager", "director", "executive"]


class WishValues(BaseModel):
    """Criteria as people and services send them: lists, or one text with commas. Unknown names are left alone."""

    model_config = ConfigDict(extra="ignore", allow_inf_nan=False)

    keywords: List = []
    exclude: List = []
    companies: List = []
    blacklist: List = []
    current_employer: Places = []
    locations: Places = []
    remote: Annotated[list[Remote], BeforeValidator(_places_of_work)] = []
    salary_min: Amount | None = None
    salary_currency: Annotated[str, Field(pattern=r"^[A-Za-z]{3}$")] | None = None
    employment_types: List = []
    max_age_days: Amount | None = None
    languages: List = []
    seniority: Annotated[list[Level], BeforeValidator(_levels)] = []

    @classmethod
    def of(cls, criteria: Mapping[str, Any]) -> WishValues:
        """Reads them under any of their names (:data:`SPELLINGS`).

        :raises InvalidInput: one has the wrong kind of value; it names the first
        """
        named = {name: next((criteria[key] for key in keys if criteria.get(key) is not None), None) for name, keys in SPELLINGS.items()}
        try:
            return cls.model_validate({name: value for name, value in named.items() if value is not None})
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            name = str(first["loc"][0])
            raise InvalidInput(
                f"criteria.{name}", f"{kind_of(named[name])}: {first['msg']}", fix=FIXES.get(name, 'send a list of texts: ["…", "…"]')
            ) from None


FIXES = {
    "salary_min": "send a number of 0 or more, a year's pay",
    "max_age_days": "send a number of days, 0 or more",
    "salary_currency": "send three letters: EUR",
    "remote": "use remote, hybrid or onsite, or true or false",
    "seniority": "use " + ", ".join(RANKS),
}
