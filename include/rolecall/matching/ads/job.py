"""An open job, as the matcher sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from rolecall.errors import InvalidInput
from rolecall.models import Remote
from rolecall.text.dates import iso

MAX_TEXT = 60_000
"""Characters of an ad that are read; the rest of a longer one is not a description any more."""


@dataclass(frozen=True, slots=True)
class Job:
    """An open job as the matcher sees it. What is not known is ``None`` or empty.

    :param places: every place it is open in, with the fields of :class:`rolecall.models.JobPlace`; none: as ``location`` says
    """

    id: str
    title: str = ""
    company: str = ""
    location: str = ""
    description: str = ""
    source: str = ""
    city: str | None = None
    region: str | None = None
    country: str | None = None
    remote: Remote | None = None
    places: tuple[Mapping[str, Any], ...] = ()
    seniority: str | None = None
    employment_type: str | None = None
    salary_min: float | None = None
    salary_max: float | None = None
    salary_currency: str | None = None
    salary_interval: str | None = None
    posted_at: datetime | None = None
    url: str = ""
    apply_url: str | None = None
    apply_kind: str | None = None
    state: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Job:
        """A row of the catalog, or anything with an ``id`` and some of these keys; further keys are left out. Times may be ISO 8601.

        :raises InvalidInput: there is no ``id``
        """
        if row.get("id") in (None, ""):
            raise InvalidInput("id", "a job needs one", fix="give each job an id of its own")
        known = {field.name: row[field.name] for field in fields(cls) if row.get(field.name) is not None}
        for name in ("salary_min", "salary_max"):
            if name in known:
                known[name] = float(known[name])
        known["id"] = str(known["id"])
        if isinstance(known.get("posted_at"), str):
            known["posted_at"] = iso(known["posted_at"])
        known["places"] = tuple(known.get("places") or ())
        return cls(**known)

    @property
    def text(self) -> str:
        """What spans of reasons point into: the title, a line break, the description."""
        return f"{self.title}\n{self.description}"[:MAX_TEXT]
