"""USAJOBS: ``GET /api/search?Keyword=…&LocationName=…``; needs ``USAJOBS_API_KEY`` and ``USAJOBS_EMAIL``.

Format: https://developer.usajobs.gov/api-reference/get-api-search and …/tutorials/search-jobs. Not verified live. The service asks for the
e-mail address as the user agent and for the key in ``Authorization-Key``; both go over the wire only.
"""

from __future__ import annotations

import math
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import urlencode

from rolecall.boards.base import MILE, Board, Page, Request
from rolecall.boards.employers import lines
from rolecall.boards.jsonld import number as positive
from rolecall.errors import InvalidInput
from rolecall.models import JobPlace, JobPosting, SalaryInterval, SearchQuery
from rolecall.text.dates import believable, iso
from rolecall.text.html import as_dict, as_list, as_text, description_of, employment, plain, safe_html
from rolecall.text.money import Salary
from rolecall.text.places import Place, country

PER_PAGE = 100
INTERVALS: dict[str, SalaryInterval] = {
    "PA": "year", "PER YEAR": "year", "PH": "hour", "PER HOUR": "hour", "PD": "day", "PER DAY": "day", "PM": "month", "PER MONTH": "month",
}  # fmt: skip
"""Rate codes whose interval is ours, too; bi-weekly pay and the rest are left out."""


class UsaJobs(Board):
    """The United States' federal jobs."""

    name = "usajobs"
    title = "USAJOBS"
    hosts = ("data.usajobs.gov",)
    default_base_url = "https://data.usajobs.gov"
    seconds_per_request = 1.0
    wants_credential = True
    can = frozenset({"keywords", "location", "remote", "radius", "age"})
    rich_fields = ("company", "location", "posted_at", "description")

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """A hundred postings a page.

        :raises InvalidInput: no key is set
        """
        if seen % PER_PAGE or (number and not seen):
            return None
        if not all(self.credential):
            fix = "set USAJOBS_API_KEY and USAJOBS_EMAIL, or both in the connection board_usajobs"
            raise InvalidInput("USAJOBS_API_KEY", "USAJOBS answers nobody without a key", fix=fix)
        email, key = self.credential
        params = {"Keyword": query.keywords, "LocationName": query.location, "ResultsPerPage": str(PER_PAGE), "Page": str(number + 1)}
        params |= {"Radius": str(math.ceil(query.radius / MILE))} if query.radius else {}  # miles
        params |= {"DatePosted": str(min(query.max_age_days, 60))} if query.max_age_days else {}
        params |= {"RemoteIndicator": "True"} if query.remote else {}
        return Request(
            f"{self.base(base_url)}/api/search?{urlencode({key: value for key, value in params.items() if value})}",
            headers={"User-Agent": email, "Authorization-Key": key},
        )

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads ``{SearchResult: {SearchResultItems: […]}}``."""
        return lines(text, "SearchResult.SearchResultItems", lambda item: self._posting(item, fetched_at))

    def _posting(self, item: dict[str, Any], fetched_at: datetime) -> JobPosting:
        job = as_dict(item.get("MatchedObjectDescriptor"))
        details = as_dict(as_dict(job.get("UserArea")).get("Details"))
        places = [as_dict(one) for one in as_list(job.get("PositionLocation"))]
        every = [where for where in map(place_of, places) if where != Place()]
        where = every[0] if every else Place()
        schedule = [employment(as_text(as_dict(one).get("Name"))) for one in as_list(job.get("PositionSchedule"))]
        pay = as_dict(as_list(job.get("PositionRemuneration"))[0]) if as_list(job.get("PositionRemuneration")) else {}
        per = INTERVALS.get((as_text(pay.get("RateIntervalCode")) or as_text(pay.get("Description"))).upper())
        low, high = (positive(pay.get(name)) if per else None for name in ("MinimumRange", "MaximumRange"))
        apply = [one for one in as_list(job.get("ApplyURI")) if isinstance(one, str) and one.startswith(("http://", "https://"))]
        html = body_of(job, details)
        ends = iso(as_text(job.get("ApplicationCloseDate"))[:10])
        return JobPosting(
            board=self.name,
            external_id=as_text(item.get("MatchedObjectId")),
            url=as_text(job.get("PositionURI")).replace(":443/", "/"),
            title=plain(as_text(job.get("PositionTitle"))),
            company=plain(as_text(job.get("OrganizationName"))),
            location=plain(as_text(job.get("PositionLocationDisplay"))),
            **where.fields(),
            places=[JobPlace(**one._asdict()) for one in every],
            remote="remote" if details.get("RemoteIndicator") is True else None,
            posted_at=believable(iso(as_text(job.get("PublicationStartDate"))[:10]), fetched_at),
            description=description_of(html),
            description_html=safe_html(html),
            employment_type=schedule[0] if len(schedule) == 1 else None,
            apply_url=apply[0] if apply else None,
            apply_kind="external" if apply else None,
            expired=bool(ends and ends.date() < fetched_at.date()),
            raw={"position_id": job.get("PositionID"), "department": job.get("DepartmentName"), "closes": job.get("ApplicationCloseDate")},
            **Salary(low, high, "USD", per).fields(),
        )


def place_of(location: dict[str, Any]) -> Place:
    """One place; the city's name repeats its state ("Boise, Idaho")."""
    city = plain(as_text(location.get("CityName"))).split(",")[0].strip()
    return Place(
        city or None, plain(as_text(location.get("CountrySubDivisionCode"))) or None, country(as_text(location.get("CountryCode")))
    )


def body_of(job: dict[str, Any], details: dict[str, Any]) -> str:
    """Summary, duties and qualifications as HTML."""
    duties = "".join(f"<li>{escape(as_text(one))}</li>" for one in as_list(details.get("MajorDuties")))
    parts = (
        escape(as_text(details.get("JobSummary"))),
        f"<ul>{duties}</ul>" if duties else "",
        escape(as_text(job.get("QualificationSummary"))),
    )
    return "".join(part if part.startswith("<ul>") else f"<p>{part}</p>" for part in parts if part)
