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
from rolecall.boards.employers import company_of, company_wanted, lines, name_written, texts_of
from rolecall.boards.jsonld import number as positive
from rolecall.models import JobPlace, JobPosting, Remote, SearchQuery
from rolecall.text.dates import believable, iso
from rolecall.text.html import as_dict, as_list, as_text, description_of, employment, plain, safe_html, tidy
from rolecall.text.money import Salary, interval
from rolecall.text.places import Place, country, place, places, remote_kind

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
        company = name_written(company_of(url, "job-board"), texts_of(text, "jobs", "descriptionPlain"))
        return lines(text, "jobs", lambda job: self._posting(job, company, fetched_at))

    def _posting(self, job: dict[str, Any], company: str, fetched_at: datetime) -> JobPosting:
        if job.get("isListed") is False:
            raise BadCard("not listed: it is not for the public")
        address = as_text(job.get("jobUrl"))
        others = [as_dict(one) for one in as_list(job.get("secondaryLocations"))]
        where = list(dict.fromkeys(found for one in (job, *others) for found in places_of(one)))
        names = list(dict.fromkeys(name for one in (job, *others) if (name := plain(as_text(one.get("location"))))))
        kind = as_text(job.get("employmentType"))
        html = as_text(job.get("descriptionHtml"))
        return JobPosting(
            board=self.name,
            external_id=as_text(job.get("id")),
            url=address,
            title=plain(as_text(job.get("title"))),
            company=company or unquote(urlsplit(address).path.split("/")[1] if "/" in urlsplit(address).path else ""),
            location="; ".join(names),
            city=where[0].city if where else None,
            region=where[0].region if where else None,
            country=where[0].country if where else None,
            remote=remote_of(job, names) or said_of_all(where),
            places=[JobPlace(**one._asdict()) for one in where],
            posted_at=believable(iso(as_text(job.get("publishedAt"))), fetched_at),
            description=tidy(as_text(job.get("descriptionPlain"))) or description_of(html),
            description_html=safe_html(html),
            employment_type=KINDS.get(kind) or employment(kind),
            apply_url=as_text(job.get("applyUrl")) or None,
            apply_kind="external",
            raw={name: value for name, value in job.items() if not name.startswith("description")},
            **pay(as_dict(job.get("compensation"))).fields(),
        )


def places_of(told: dict[str, Any]) -> list[Place]:
    """Where one location is: what its name says, and what its postal address says where the name says less ("Headquarters", "Remote")."""
    name, given = plain(as_text(told.get("location"))), as_dict(told.get("address"))
    at = as_dict(given.get("postalAddress")) or given
    city, region = (plain(as_text(at.get(field))) or None for field in ("addressLocality", "addressRegion"))
    nation = country(as_text(at.get("addressCountry")), code=True)
    if city and (country(city) or re.fullmatch(r"[\d\s-]{3,12}", city)):  # a postcode, the country once more
        city = None
    read = places(name, country=nation)
    address = place(", ".join(part for part in (city, region, nation) if part)) if city or region or nation else Place()
    if len(read) > 1 or (read and (read[0].city or read[0].region)):
        same = len(read) == 1 and read[0].country in (None, nation) and read[0].city is not None
        return [
            one._replace(region=one.region or (region if same else None), country=one.country or (None if one.zone else nation))
            for one in read
        ]
    kind = read[0].remote if read else None
    if read and (read[0].country or read[0].zone):
        return [read[0] if read[0].country != address.country or kind == "remote" else address._replace(remote=kind)]
    return [address._replace(remote=kind)] if address.known or kind else []


def said_of_all(where: list[Place]) -> Remote | None:
    """How one works, where every place says the same."""
    kinds = {one.remote for one in where}
    return kinds.pop() if len(kinds) == 1 else None


def remote_of(job: dict[str, Any], locations: list[str]) -> Remote | None:
    """``workplaceType`` where given; else remote only if nothing beside ``isRemote`` speaks of a hybrid place."""
    if workplace := remote_kind(as_text(job.get("workplaceType"))):
        return workplace
    hybrid = any("hybrid" in location.lower() for location in locations)
    if job.get("isRemote") is True:
        return None if hybrid else "remote"
    return "hybrid" if hybrid else None


def pay(compensation: dict[str, Any]) -> Salary:
    """The salary the summary states; without one, from the lowest to the highest of the tiers. Several currencies or intervals are none."""
    tiers = [as_dict(one) for one in as_list(compensation.get("compensationTiers"))]
    summary = [as_dict(one) for one in as_list(compensation.get("summaryComponents"))]
    parts = [one for one in summary if one.get("compensationType") == "Salary"] or [
        part for tier in tiers for one in as_list(tier.get("components")) if (part := as_dict(one)).get("compensationType") == "Salary"
    ]
    terms = {(as_text(one.get("currencyCode")), interval(one.get("interval"))) for one in parts}
    if len(terms) != 1:
        return Salary()
    [(currency, per)] = terms
    bounds = [(positive(one.get("minValue")), positive(one.get("maxValue"))) for one in parts]
    low, high = min((low for low, _ in bounds if low), default=None), max((high for _, high in bounds if high), default=None)
    return Salary(low, high, currency or None, per)
