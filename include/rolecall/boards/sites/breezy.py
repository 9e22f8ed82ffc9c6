"""Breezy HR: ``GET https://{company}.breezy.hr/json?verbose=true``, all published positions of one employer with their texts, no key.

Format: as Breezy's own jobs widget asks for it, read in public code (https://developer.breezy.hr documents only the interface with a key).
Not verified live. A position has one ``location`` or several (``locations``); ``is_remote`` false does not say "on site". Pay is a text.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from rolecall.boards.base import Board, Page, Request
from rolecall.boards.employers import board_origin, company_at, company_wanted, lines
from rolecall.models import JobPosting, SearchQuery
from rolecall.text.dates import believable, iso
from rolecall.text.html import as_dict, as_list, as_text, description_of, employment, plain, safe_html
from rolecall.text.money import salary
from rolecall.text.places import Place, country


class Breezy(Board):
    """Employers' boards on Breezy HR."""

    name = "breezy"
    title = "Breezy HR"
    hosts = ("breezy.hr",)
    default_base_url = "https://breezy.hr"
    seconds_per_request = 1.0
    can = frozenset()
    on_own_hosts = True
    complete = True
    rich_fields = ("company", "location", "posted_at", "description")

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """The one answer with all of a company's positions."""
        company = company_wanted(query, self.title)
        return Request(f"{board_origin(company, self.hosts[0], base_url)}/json?verbose=true") if number == 0 else None

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads the list of positions."""
        company = company_at(url, self.hosts[0], "json")
        return lines(text, None, lambda job: self._posting(job, company, fetched_at))

    def _posting(self, job: dict[str, Any], company: str, fetched_at: datetime) -> JobPosting:
        places = [as_dict(one) for one in as_list(job.get("locations"))] or [as_dict(job.get("location"))]
        found = [place_of(one) for one in places]
        where = found[0][1] if len(found) == 1 else Place()
        nations = {one.country for _, one in found}
        html, link = as_text(job.get("description")), as_text(job.get("url"))
        return JobPosting(
            board=self.name,
            external_id=as_text(job.get("id")),
            url=link,
            title=plain(as_text(job.get("name"))),
            company=plain(as_text(as_dict(job.get("company")).get("name"))) or company,
            location="; ".join(dict.fromkeys(words for words, _ in found if words)),
            city=where.city,
            region=where.region,
            country=nations.pop() if len(nations) == 1 else None,
            remote="remote" if all(one.get("is_remote") is True for one in places) else None,
            posted_at=believable(iso(as_text(job.get("published_date"))), fetched_at),
            description=description_of(html),
            description_html=safe_html(html),
            employment_type=employment(as_text(as_dict(job.get("type")).get("name"))),
            apply_url=f"{link.rstrip('/')}/apply" if link else None,
            apply_kind="external",
            raw={"department": job.get("department"), "salary": job.get("salary"), "location": job.get("location")},
            **salary(as_text(job.get("salary"))).fields(),
        )


def place_of(at: dict[str, Any]) -> tuple[str, Place]:
    """One place: its words and parts; country and state are objects with an id and a name."""
    city = plain(as_text(at.get("city"))) or None
    state, nation = as_dict(at.get("state")), as_dict(at.get("country"))
    region = plain(as_text(state.get("name"))) or None
    land = country(as_text(nation.get("id")), code=True) or country(as_text(nation.get("name")))
    return plain(as_text(at.get("name"))) or ", ".join(filter(None, (city, region, land))), Place(city, region, land)
