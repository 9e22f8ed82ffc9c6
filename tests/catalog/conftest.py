"""Postings, landed as a board would."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rolecall.boards.landing import land
from rolecall.models import JobPosting
from rolecall.store import Connection

Land = Callable[..., JobPosting]

LONG = (
    "Crumb & Co runs forty bakeries. You keep the warehouse system of all of them going: orders come in at night, vans leave at four in "
    "the morning, and your reports say what was baked and what was sold."
)


def posting(**changed: Any) -> JobPosting:
    """A posting; give what matters to the test."""
    fields: dict[str, Any] = {
        "board": "linkedin",
        "external_id": "100",
        "title": "Data Engineer",
        "company": "Crumb & Co",
        "location": "Graz, Styria, Austria",
        "description": LONG,
    }
    fields.update(changed)
    fields.setdefault("url", f"https://{fields['board']}.example/jobs/{fields['external_id']}")
    return JobPosting(**fields)


@pytest.fixture
def landed(db: Connection) -> Land:
    """Lands one posting, given what matters."""

    def one(**changed: Any) -> JobPosting:
        made = posting(**changed)
        land(db, [made])
        return made

    return one


def jobs(db: Connection) -> list[dict[str, Any]]:
    """The open catalog: jobs that are not merged into another, by id."""
    return db.execute("select * from job where merged_into is null order by id").fetchall()


def sources(db: Connection) -> dict[str, set[str]]:
    """Job → its postings."""
    found: dict[str, set[str]] = {}
    for row in db.execute("select job_id, board || '|' || external_id as name from posting where job_id is not null"):
        found.setdefault(row["job_id"], set()).add(row["name"])
    return found
