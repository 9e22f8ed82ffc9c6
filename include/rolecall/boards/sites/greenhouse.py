"""Greenhouse: ``GET /v1/boards/{company}/jobs?content=true``, all postings of one employer in one answer, no key.

Format: https://developers.greenhouse.io/job-board.html (Job Board API). Not verified live. ``content`` is HTML with its markup escaped.
``updated_at`` is no posting date; ``first_published`` is, where given. Applying needs the employer's key: ``absolute_url`` is its form.
"""

from __future__ import annotations

from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import quote

from rolecall.boards.base import Board, Page, Request
from rolecall.boards.employers import company_of, company_wanted, lines
from rolecall.boards.jsonld import number as positive
from rolecall.models import JobPosting, SearchQuery
from rolecall.text.dates import believable, iso
from rolecall.text.html import as_dict, as_list, as_text, description_of, plain, safe_html
from rolecall.text.money import Salary
from rolecall.text.places import place


class Greenhouse(Board):
    """Employers' boards on Greenhouse."""

    name = "greenhouse"
    title = "Greenhouse"
    hosts = ("boards-api.greenhouse.io",)
    default_base_url = "https://boards-api.greenhouse.io"
    seconds_per_request = 1.0
    can = frozenset()
    complete = True
    rich_fields = ("company", "location", "description")

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """The one answer with all of a company's postings."""
        company = company_wanted(query, self.title)
        return (
            Request(f"{self.base(base_url)}/v1/boards/{quote(company, safe='')}/jobs?content=true&pay_transparency=true")
            if number == 0
            else None
        )

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads ``{jobs: […]}``."""
        company = company_of(url, "boards")
        return lines(text, "jobs", lambda job: self._posting(job, company, fetched_at))

    def _posting(self, job: dict[str, Any], company: str, fetched_at: datetime) -> JobPosting:
        html = unescape(as_text(job.get("content")))
        location = plain(as_text(as_dict(job.get("location")).get("name")))
        where = place(location)
        return JobPosting(
            board=self.name,
            external_id=as_text(job.get("id")),
            url=as_text(job.get("absolute_url")),
            title=plain(as_text(job.get("title"))),
            company=plain(as_text(job.get("company_name"))) or company,
            location=location,
            **where.fields(),
            remote=where.remote,
            posted_at=believable(iso(as_text(job.get("first_published"))), fetched_at),
            description=description_of(html),
            description_html=safe_html(html),
            apply_url=as_text(job.get("absolute_url")) or None,
            apply_kind="external",
            raw={name: value for name, value in job.items() if name != "content"},
            **pay([as_dict(one) for one in as_list(job.get("pay_input_ranges"))]).fields(),
        )


def pay(ranges: list[dict[str, Any]]) -> Salary:
    """``pay_input_ranges`` in cents, one for each place or level: from the lowest to the highest, where all are in one currency.

    Of what interval they are is not said: below 1,000 it is an hour, from 10,000 a year.
    """
    bounds = [(positive(one.get("min_cents")), positive(one.get("max_cents"))) for one in ranges]
    known = {as_text(one.get("currency_type")).upper() for one in ranges}
    low, high = min((low for low, _ in bounds if low), default=None), max((high for _, high in bounds if high), default=None)
    if len(known) != 1 or (low is None and high is None):
        return Salary()
    low, high = (None if bound is None else bound / 100 for bound in (low, high))
    most = high or low or 0
    return Salary(low, high, known.pop() or None, "hour" if most < 1_000 else "year" if most >= 10_000 else None)
