"""The Muse: ``GET /api/public/jobs?page=…``, no key for 500 requests an hour.

Format: https://www.themuse.com/developers/api/v2. Not verified live. There is no free-text search: a search's keywords name a category
("Data and Analytics"), its location a place as The Muse writes it ("Berlin, Germany", "Flexible / Remote"). Pages count from 1.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from rolecall.boards.base import Board, Page, Request
from rolecall.boards.employers import lines
from rolecall.models import JobPlace, JobPosting, SearchQuery
from rolecall.text.dates import believable, iso
from rolecall.text.html import as_dict, as_list, as_text, description_of, plain, safe_html
from rolecall.text.places import Place
from rolecall.text.places import places as read_places

LAST_PAGE = 99


class TheMuse(Board):
    """The Muse's public API."""

    name = "themuse"
    title = "The Muse"
    hosts = ("themuse.com",)
    default_base_url = "https://www.themuse.com"
    seconds_per_request = 7.5
    can = frozenset()
    everything = 200
    rich_fields = ("company", "location", "posted_at", "description")

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """Twenty postings a page, at most 99 pages."""
        if number >= LAST_PAGE or (number and not seen):
            return None
        params = {"category": query.keywords, "location": query.location, "page": str(number + 1)}
        return Request(f"{self.base(base_url)}/api/public/jobs?{urlencode({key: value for key, value in params.items() if value})}")

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads ``{results: […]}``."""
        return lines(text, "results", lambda job: self._posting(job, fetched_at))

    def _posting(self, job: dict[str, Any], fetched_at: datetime) -> JobPosting:
        places = [plain(as_text(as_dict(one).get("name"))).strip(" ,") for one in as_list(job.get("locations"))]
        towns = [one for one in places if "remote" not in one.lower()]
        every = [found for one in places for found in read_places(one)]
        where = next((one for one in every if one.remote != "remote"), Place())
        levels = [plain(as_text(as_dict(one).get("name"))) for one in as_list(job.get("levels"))]
        html = as_text(job.get("contents"))
        return JobPosting(
            board=self.name,
            external_id=as_text(job.get("id")),
            url=as_text(as_dict(job.get("refs")).get("landing_page")),
            title=plain(as_text(job.get("name"))),
            company=plain(as_text(as_dict(job.get("company")).get("name"))),
            location="; ".join(places),
            **where.fields(),
            remote="remote" if places and not towns else None,
            places=[JobPlace(**one._asdict()) for one in sorted(every, key=lambda one: one != where)],
            posted_at=believable(iso(as_text(job.get("publication_date"))), fetched_at),
            description=description_of(html),
            description_html=safe_html(html),
            employment_type="internship" if levels == ["Internship"] else None,
            seniority=levels[0] if len(levels) == 1 and levels != ["Internship"] else None,
            raw={name: value for name, value in job.items() if name != "contents"},
        )
