"""Jooble: ``POST /api/{key}`` with ``{keywords, location, radius, page, ResultOnPage}``; needs ``JOOBLE_API_KEY``.

Format: https://jooble.org/api/about, and public code that uses it. Not verified live. The key is the last part of the path, and goes over
the wire only. Texts are snippets; pay is a text. An ad's own board is in ``source``.
"""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from rolecall.boards.base import Board, Page, Request
from rolecall.boards.employers import lines
from rolecall.errors import InvalidInput
from rolecall.models import JobPosting, SearchQuery
from rolecall.text.dates import believable, iso
from rolecall.text.html import as_text, description_of, employment, plain
from rolecall.text.money import salary

PER_PAGE = 50
RADII = (0, 4, 8, 16, 26, 40, 80)
"""Kilometres Jooble takes."""


class Jooble(Board):
    """Jooble's search service."""

    name = "jooble"
    title = "Jooble"
    hosts = ("jooble.org",)
    default_base_url = "https://jooble.org"
    seconds_per_request = 2.0
    wants_credential = True
    wants_login = False
    can = frozenset({"keywords", "location", "radius"})

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """Fifty postings a page.

        :raises InvalidInput: no key is set
        """
        if seen % PER_PAGE or (number and not seen):
            return None
        if not self.credential[1]:
            fix = "set JOOBLE_API_KEY, or the connection board_jooble"
            raise InvalidInput("JOOBLE_API_KEY", "Jooble answers nobody without a key", fix=fix)
        body = {"keywords": query.keywords, "location": query.location, "page": str(number + 1), "ResultOnPage": str(PER_PAGE)}
        if query.radius:
            body["radius"] = str(next((one for one in RADII if one >= math.ceil(query.radius)), RADII[-1]))
        return Request(f"{self.base(base_url)}/api/", secret_path=self.credential[1], json=body)

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads ``{jobs: […]}``."""
        return lines(text, "jobs", lambda job: self._posting(job, fetched_at))

    def _posting(self, job: dict[str, Any], fetched_at: datetime) -> JobPosting:
        return JobPosting(
            board=self.name,
            external_id=as_text(job.get("id")),
            url=as_text(job.get("link")).split("?", 1)[0],
            title=plain(as_text(job.get("title"))),
            company=plain(as_text(job.get("company"))),
            location=plain(as_text(job.get("location"))),
            posted_at=believable(iso(as_text(job.get("updated"))[:19]), fetched_at),
            description=description_of(as_text(job.get("snippet"))),
            employment_type=employment(as_text(job.get("type"))),
            raw={"source": job.get("source"), "pay": job.get("salary")},
            **salary(as_text(job.get("salary"))).fields(),
        )
