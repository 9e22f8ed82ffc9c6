"""Reed: ``GET /api/1.0/search?keywords=…`` and ``GET /api/1.0/jobs/{id}``; needs ``REED_API_KEY``.

Format: https://www.reed.co.uk/developers/jobseeker, and public code that uses it. Not verified live. The key is the user name of HTTP's
basic authentication, without a password. Distances are miles, dates day/month/year. The list shortens the text and does not say what
period pay is for: both come with the posting's own answer.
"""

from __future__ import annotations

import base64
import math
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from rolecall.boards.base import MILE, Board, Page, Request, Unreadable, json_document
from rolecall.boards.employers import lines
from rolecall.boards.jsonld import number as positive
from rolecall.errors import InvalidInput
from rolecall.models import JobPosting, SalaryInterval, SearchQuery
from rolecall.text.dates import believable
from rolecall.text.html import as_dict, as_text, description_of, plain, safe_html
from rolecall.text.money import Salary
from rolecall.text.places.place_wishes import nation_of

PER_PAGE = 100
CONTRACTS = {"full-time": "fullTime", "part-time": "partTime", "contract": "contract", "temporary": "temp"}
"""Ours → Reed's parameter."""

INTERVALS: dict[str, SalaryInterval] = {
    "per annum": "year", "per month": "month", "per week": "week", "per day": "day", "per hour": "hour",
}  # fmt: skip


class Reed(Board):
    """Reed's search service: the United Kingdom."""

    name = "reed"
    title = "Reed"
    hosts = ("www.reed.co.uk",)
    default_base_url = "https://www.reed.co.uk"
    seconds_per_request = 2.0
    wants_credential = True
    wants_login = False
    can = frozenset({"keywords", "location", "radius", "contract"})
    has_details = True

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """A hundred postings a page.

        :raises InvalidInput: no key is set
        """
        if seen % PER_PAGE or (number and not seen):
            return None
        params = {"keywords": query.keywords, "locationName": query.location, "resultsToTake": str(PER_PAGE), "resultsToSkip": str(seen)}
        params |= {"distanceFromLocation": str(math.ceil(query.radius / MILE))} if query.radius else {}
        params |= {CONTRACTS[query.contract]: "true"} if query.contract in CONTRACTS else {}
        asked = urlencode({key: value for key, value in params.items() if value})
        return Request(f"{self.base(base_url)}/api/1.0/search?{asked}", headers=self._key())

    def serves(self, query: SearchQuery) -> bool:
        """A place that is, or may be, in the United Kingdom."""
        return not query.location or nation_of(query.location) in ("", "GB")

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads ``{results: […]}``."""
        return lines(text, "results", lambda job: self._posting(job, fetched_at))

    def detail_request(self, external_id: str, url: str, *, base_url: str | None = None) -> Request | None:
        """The posting's own answer."""
        return Request(f"{self.base(base_url)}/api/1.0/jobs/{quote(external_id, safe='')}", headers=self._key())

    def detail_of(self, text: str, *, url: str | None, fetched_at: datetime) -> JobPosting:
        """Reads one posting with its text and pay."""
        job = as_dict(json_document(text))
        if not job.get("jobId") or not job.get("jobDescription"):
            raise Unreadable("LayoutChanged", "JSON without jobId and jobDescription")
        html = as_text(job.get("jobDescription"))
        per = INTERVALS.get(as_text(job.get("salaryType")).strip().lower())
        low, high = (positive(job.get(name)) if per else None for name in ("minimumSalary", "maximumSalary"))
        kinds = [kind for kind, name in (("full-time", "fullTime"), ("part-time", "partTime")) if job.get(name) is True]
        outside = as_text(job.get("externalUrl"))
        leads = outside if outside.startswith(("http://", "https://")) else None
        return self._posting(job, fetched_at).model_copy(
            update={
                "description": description_of(html),
                "description_html": safe_html(html),
                "employment_type": kinds[0] if len(kinds) == 1 else None,
                "apply_url": leads,
                "apply_kind": "external" if leads else None,
                **Salary(low, high, as_text(job.get("currency")) or None, per).fields(),
            }
        )

    def _posting(self, job: dict[str, Any], fetched_at: datetime) -> JobPosting:
        identity = as_text(job.get("jobId"))
        ends = british(as_text(job.get("expirationDate")))
        return JobPosting(
            board=self.name,
            external_id=identity,
            url=(as_text(job.get("jobUrl")) or as_text(job.get("url"))).split("?", 1)[0] or f"https://www.reed.co.uk/jobs/{identity}",
            title=plain(as_text(job.get("jobTitle"))),
            company=plain(as_text(job.get("employerName"))),
            location=plain(as_text(job.get("locationName"))),
            country="United Kingdom",
            posted_at=believable(british(as_text(job.get("date")) or as_text(job.get("datePosted"))), fetched_at),
            expired=bool(ends and ends.date() < fetched_at.date()),
            raw={"employer": job.get("employerId"), "closes": job.get("expirationDate"), "contract_type": job.get("contractType")},
        )

    def _key(self) -> dict[str, str]:
        if not self.credential[1]:
            raise InvalidInput("REED_API_KEY", "Reed answers nobody without a key", fix="set REED_API_KEY, or the connection board_reed")
        return {"Authorization": f"Basic {base64.b64encode(f'{self.credential[1]}:'.encode()).decode()}"}


def british(text: str) -> datetime | None:
    """ "27/02/2026" as a day in UTC; ``None`` where it is none."""
    try:
        return datetime.strptime(text.strip(), "%d/%m/%Y").replace(tzinfo=UTC)
    except ValueError:
        return None
