"""Ashby: ``GET /posting-api/job-board/{company}?includeCompensation=true``, all postings of one employer in one answer, no key.

Format: https://developers.ashbyhq.com/docs/public-job-posting-api; read off recorded answers (2025). The answer does not name the
employer: it is called as its board's address calls it. Traps: ``isRemote`` beside a place called hybrid says neither; several salary
tiers are one range only in the summary; unlisted postings are not for the public.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from rolecall.boards.base import BadCard, Board, Page, Request
from rolecall.boards.employers import company_of, company_wanted, lines
from rolecall.boards.jsonld import number as positive
from rolecall.models import JobPosting, Remote, SearchQuery
from rolecall.text.dates import believable, iso
from rolecall.text.html import as_dict, as_list, as_text, employment, plain, safe_html, text_of_html, tidy
from rolecall.text.money import Salary, interval
from rolecall.text.places import Place, country, place, remote_kind

KINDS: dict[str, str] = {"Intern": "internship"}


class Ashby(Board):
    """Employers' boards on Ashby."""

    name = "ashby"
    title = "Ashby"
    hosts = ("api.ashbyhq.com",)
    default_base_url = "https://api.ashbyhq.com"
    seconds_per_request = 1.0
    can = frozenset()
    complete = True
    rich_fields = ("company", "location", "posted_at", "description")

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """The one answer with all of a company's postings."""
        company = quote(company_wanted(query, self.title), safe="")
        return Request(f"{self.base(base_url)}/posting-api/job-board/{company}?includeCompensation=true") if number == 0 else None

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads ``{jobs: […]}``."""
        company = company_of(url, "job-board")
        return lines(text, "jobs", lambda job: self._posting(job, company, fetched_at))

    def _posting(self, job: dict[str, Any], company: str, fetched_at: datetime) -> JobPosting:
        if job.get("isListed") is False:
            raise BadCard("not listed: it is not for the public")
        address = as_text(job.get("jobUrl"))
        location = plain(as_text(job.get("location")))
        others = [plain(as_text(as_dict(one).get("location"))) for one in as_list(job.get("secondaryLocations"))]
        where = place_of(job, location) if not others else Place(remote=place(location).remote)
        kind = as_text(job.get("employmentType"))
        html = as_text(job.get("descriptionHtml"))
        return JobPosting(
            board=self.name,
            external_id=as_text(job.get("id")),
            url=address,
            title=plain(as_text(job.get("title"))),
            company=company or unquote(urlsplit(address).path.split("/")[1] if "/" in urlsplit(address).path else ""),
            location="; ".join(dict.fromkeys(part for part in (location, *others) if part)),
            city=where.city,
            region=where.region,
            country=where.country,
            remote=remote_of(job, [location, *others]) or where.remote,
            posted_at=believable(iso(as_text(job.get("publishedAt"))), fetched_at),
            description=tidy(as_text(job.get("descriptionPlain"))) or text_of_html(html),
            description_html=safe_html(html),
            employment_type=KINDS.get(kind) or employment(kind),
            apply_url=as_text(job.get("applyUrl")) or None,
            apply_kind="external",
            raw={name: value for name, value in job.items() if not name.startswith("description")},
            **pay(as_dict(job.get("compensation"))).fields(),
        )


def place_of(job: dict[str, Any], location: str) -> Place:
    """City, region and country as the posting's postal address gives them; a postcode is no city."""
    at = as_dict(as_dict(job.get("address")).get("postalAddress"))
    city, region = (plain(as_text(at.get(name))) or None for name in ("addressLocality", "addressRegion"))
    nation = country(as_text(at.get("addressCountry")), code=True)
    if city and re.fullmatch(r"[\d\s-]{3,12}", city):
        city = None
    return Place(city, region, nation) if city or region or nation else place(location, states=True)


def remote_of(job: dict[str, Any], locations: list[str]) -> Remote | None:
    """``workplaceType`` where given; else remote only if nothing beside ``isRemote`` speaks of a hybrid place."""
    if workplace := remote_kind(as_text(job.get("workplaceType"))):
        return workplace
    hybrid = any("hybrid" in location.lower() for location in locations)
    if job.get("isRemote") is True:
        return None if hybrid else "remote"
    return "hybrid" if hybrid else None


def pay(compensation: dict[str, Any]) -> Salary:
    """The one salary range the summary states; several of them (two currencies) are none."""
    parts = [as_dict(one) for one in as_list(compensation.get("summaryComponents")) if as_dict(one).get("compensationType") == "Salary"]
    if len(parts) != 1:
        return Salary()
    salary = parts[0]
    low, high = positive(salary.get("minValue")), positive(salary.get("maxValue"))
    return Salary(low, high, as_text(salary.get("currencyCode")) or None, interval(salary.get("interval")))
