"""Remotive: ``GET /api/remote-jobs?search=…&limit=…``, no key; at most two requests a minute, a link back and its name shown.

Format: https://github.com/remotive-com/remote-jobs-api. Not verified live. ``candidate_required_location`` says from where one may work;
every posting is remote: that is what the board is for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from rolecall.boards.base import Board, Page, Request
from rolecall.boards.employers import lines
from rolecall.models import JobPosting, SearchQuery
from rolecall.text.dates import believable, iso
from rolecall.text.html import as_list, as_text, description_of, employment, plain, safe_html
from rolecall.text.money import salary
from rolecall.text.places import country


class Remotive(Board):
    """Remotive's public API."""

    name = "remotive"
    title = "Remotive"
    hosts = ("remotive.com",)
    default_base_url = "https://remotive.com"
    seconds_per_request = 30.0
    can = frozenset()
    everything = 2000
    rich_fields = ("company", "location", "posted_at", "description")

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """The one answer to a search."""
        params = {"search": query.keywords, "limit": str(query.max_results)}
        return Request(f"{self.base(base_url)}/api/remote-jobs?{urlencode(params)}") if number == 0 else None

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads ``{jobs: […]}``."""
        return lines(text, "jobs", lambda job: self._posting(job, fetched_at))

    def _posting(self, job: dict[str, Any], fetched_at: datetime) -> JobPosting:
        location = plain(as_text(job.get("candidate_required_location")))
        html, kind = as_text(job.get("description")), as_text(job.get("job_type"))
        return JobPosting(
            board=self.name,
            external_id=as_text(job.get("id")),
            url=as_text(job.get("url")),
            title=plain(as_text(job.get("title"))),
            company=plain(as_text(job.get("company_name"))),
            location=location,
            country=country(location),
            remote="remote",
            posted_at=believable(iso(as_text(job.get("publication_date"))), fetched_at),
            description=description_of(html),
            description_html=safe_html(html),
            employment_type=employment(kind),
            raw={"category": job.get("category"), "tags": as_list(job.get("tags")), "salary": job.get("salary")},
            **salary(as_text(job.get("salary"))).fields(),
        )
