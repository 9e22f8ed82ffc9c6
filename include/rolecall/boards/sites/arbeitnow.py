"""Arbeitnow: ``GET /api/job-board-api?page=…``, no key.

Format: https://www.arbeitnow.com/blog/job-board-api. Not verified live. There is no search: everything comes, newest first. ``remote:
false`` does not say "on site": it stays unknown.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rolecall.boards.base import Board, Page, Request
from rolecall.boards.employers import lines
from rolecall.models import JobPosting, SearchQuery
from rolecall.text.dates import believable, epoch
from rolecall.text.html import as_list, as_text, description_of, employment, plain, safe_html
from rolecall.text.places import place


class Arbeitnow(Board):
    """Arbeitnow's public API."""

    name = "arbeitnow"
    title = "Arbeitnow"
    hosts = ("arbeitnow.com",)
    default_base_url = "https://www.arbeitnow.com"
    seconds_per_request = 3.0
    can = frozenset()
    everything = 500
    rich_fields = ("company", "location", "posted_at", "description")

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """A hundred postings a page, newest first."""
        return Request(f"{self.base(base_url)}/api/job-board-api?page={number + 1}") if number == 0 or seen else None

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads ``{data: […]}``."""
        return lines(text, "data", lambda job: self._posting(job, fetched_at))

    def _posting(self, job: dict[str, Any], fetched_at: datetime) -> JobPosting:
        location = plain(as_text(job.get("location")))
        where = place(location)
        kinds = [kind for kind in map(employment, map(as_text, as_list(job.get("job_types")))) if kind]
        html = as_text(job.get("description"))
        return JobPosting(
            board=self.name,
            external_id=as_text(job.get("slug")),
            url=as_text(job.get("url")),
            title=plain(as_text(job.get("title"))),
            company=plain(as_text(job.get("company_name"))),
            location=location,
            **where.fields(),
            remote="remote" if job.get("remote") is True else where.remote,
            posted_at=believable(epoch(job.get("created_at")), fetched_at),
            description=description_of(html),
            description_html=safe_html(html),
            employment_type=kinds[0] if len(kinds) == 1 else None,
            raw={"tags": as_list(job.get("tags")), "job_types": as_list(job.get("job_types"))},
        )
