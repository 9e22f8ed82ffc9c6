"""Lever: ``GET /v0/postings/{company}?mode=json&skip=…&limit=…``, no key.

Format: https://github.com/lever/postings-api. Not verified live. ``createdAt`` is in milliseconds; ``workplaceType`` is ``unspecified``,
``on-site``, ``remote`` or ``hybrid``; the description is in parts (``descriptionPlain``, ``lists``, ``additionalPlain``). More than two
POSTs a second are refused; applying needs the employer's key: ``applyUrl`` is its form. ``eu/acme`` is an employer whose
board is at jobs.eu.lever.co.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from rolecall.boards.base import Board, Page, Request
from rolecall.boards.employers import company_of, company_wanted, lines, name_written, texts_of
from rolecall.boards.jsonld import number as positive
from rolecall.models import JobPlace, JobPosting, SearchQuery
from rolecall.text.dates import believable, epoch
from rolecall.text.html import as_dict, as_list, as_text, description_of, employment, plain, safe_html
from rolecall.text.money import Salary, interval
from rolecall.text.places import Place, country, places, remote_kind

PER_PAGE = 100


class Lever(Board):
    """Employers' boards on Lever."""

    name = "lever"
    title = "Lever"
    hosts = ("api.lever.co", "api.eu.lever.co")
    default_base_url = "https://api.lever.co"
    seconds_per_request = 1.0
    can = frozenset()
    rich_fields = ("company", "location", "posted_at", "description")

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """A hundred postings a page."""
        if seen % PER_PAGE or (number and not seen):
            return None
        region, _, company = company_wanted(query, self.title).rpartition("/")
        base = self.base(base_url or (f"https://api.{region}.lever.co" if region == "eu" else None))
        return Request(f"{base}/v0/postings/{quote(company, safe='')}?mode=json&skip={seen}&limit={PER_PAGE}")

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads the list of postings."""
        company = name_written(company_of(url, "postings"), texts_of(text, None, "descriptionPlain"))
        return lines(text, None, lambda job: self._posting(job, company, fetched_at))

    def _posting(self, job: dict[str, Any], company: str, fetched_at: datetime) -> JobPosting:
        about = as_dict(job.get("categories"))
        location = plain(as_text(about.get("location")))
        nation = country(as_text(job.get("country")), code=True)
        names = list(dict.fromkeys([location, *(plain(as_text(one)) for one in as_list(about.get("allLocations")))]))
        every = [found for name in names for found in places(name, country=nation)]
        where = every[0] if every else Place()
        html = body_of(job)
        return JobPosting(
            board=self.name,
            external_id=as_text(job.get("id")),
            url=as_text(job.get("hostedUrl")),
            title=plain(as_text(job.get("text"))),
            company=company,
            location="; ".join(name for name in names if name),
            city=where.city,
            region=where.region,
            country=where.country or (nation if not where.zone else None),
            remote=remote_kind(as_text(job.get("workplaceType"))) or (where.remote if len(every) == 1 else None),
            places=[JobPlace(**one._asdict()) for one in every] if len(every) > 1 else [],
            posted_at=believable(epoch(job.get("createdAt")), fetched_at),
            description=description_of(html),
            description_html=safe_html(html),
            employment_type=employment(as_text(about.get("commitment"))),
            apply_url=as_text(job.get("applyUrl")) or None,
            apply_kind="external",
            raw={"categories": about, "workplaceType": job.get("workplaceType"), "salaryRange": job.get("salaryRange")},
            **pay(as_dict(job.get("salaryRange"))).fields(),
        )


def body_of(job: dict[str, Any]) -> str:
    """The description put together: opening, lists with their headings, closing."""
    sections = map(as_dict, as_list(job.get("lists")))
    lists = (f"<h3>{as_text(one.get('text'))}</h3><ul>{as_text(one.get('content'))}</ul>" for one in sections)
    return "".join([as_text(job.get("description")), *lists, as_text(job.get("additional"))])


def pay(compensation: dict[str, Any]) -> Salary:
    """``salaryRange`` with intervals like ``per-year-salary``."""
    return Salary(
        positive(compensation.get("min")),
        positive(compensation.get("max")),
        as_text(compensation.get("currency")) or None,
        interval(compensation.get("interval")),
    )
