"""Workable: ``GET /api/accounts/{company}?details=true``, all published postings of one employer, no key; 10 requests in 10 seconds.

Format: https://help.workable.com/hc/en-us/articles/115012771647 (careers page widget). Not verified live. Ids are the ``shortcode`` of the
posting's address. ``telecommuting`` is the older flag for remote, ``workplace_type`` the newer one (``remote``, ``hybrid``, ``on_site``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from rolecall.boards.base import Board, Page, Request, json_document
from rolecall.boards.employers import company_of, company_wanted, lines
from rolecall.models import JobPosting, SearchQuery
from rolecall.text.dates import believable, iso
from rolecall.text.html import as_dict, as_text, description_of, employment, plain, safe_html
from rolecall.text.places import country, remote_kind


class Workable(Board):
    """Employers' boards on Workable."""

    name = "workable"
    title = "Workable"
    hosts = ("apply.workable.com", "www.workable.com")
    default_base_url = "https://www.workable.com"
    seconds_per_request = 1.0
    can = frozenset()
    complete = True
    rich_fields = ("company", "location", "posted_at", "description")

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """The one answer with all of a company's postings."""
        company = quote(company_wanted(query, self.title), safe="")
        return Request(f"{self.base(base_url)}/api/accounts/{company}?details=true") if number == 0 else None

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads ``{name, jobs: […]}``."""
        company = plain(as_text(as_dict(json_document(text)).get("name"))) or company_of(url, "accounts")
        return lines(text, "jobs", lambda job: self._posting(job, company, fetched_at))

    def _posting(self, job: dict[str, Any], company: str, fetched_at: datetime) -> JobPosting:
        city, region = (plain(as_text(job.get(name))) or None for name in ("city", "state"))
        nation = country(as_text(job.get("country")), code=True)
        html = as_text(job.get("description"))
        kind = remote_kind(as_text(job.get("workplace_type")).replace("_", " "))
        return JobPosting(
            board=self.name,
            external_id=as_text(job.get("shortcode")),
            url=as_text(job.get("url")) or as_text(job.get("shortlink")),
            title=plain(as_text(job.get("title"))),
            company=company,
            location=", ".join(part for part in (city, region, nation or plain(as_text(job.get("country")))) if part),
            city=city,
            region=region,
            country=nation,
            remote=kind or ("remote" if job.get("telecommuting") is True else None),
            posted_at=believable(iso(as_text(job.get("published_on")) or as_text(job.get("created_at"))), fetched_at),
            description=description_of(html),
            description_html=safe_html(html),
            employment_type=employment(as_text(job.get("employment_type"))),
            seniority=plain(as_text(job.get("experience"))) or None,
            apply_url=as_text(job.get("application_url")) or None,
            apply_kind="external",
            raw={name: value for name, value in job.items() if name != "description"},
        )
