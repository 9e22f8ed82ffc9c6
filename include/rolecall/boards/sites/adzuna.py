"""Adzuna: ``GET /v1/api/jobs/{country}/search/{page}``; needs ``ADZUNA_APP_ID`` and ``ADZUNA_APP_KEY``; 25 requests a minute, 250 a day.

Format: https://developer.adzuna.com/docs/search and …/docs/terms_of_service. Not verified live. A search goes to one country, which its
location must end with ("Leeds, United Kingdom"). Descriptions are shortened by Adzuna; salaries marked ``salary_is_predicted`` are its
guess.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from rolecall.boards.base import Board, Page, Request
from rolecall.boards.employers import lines
from rolecall.boards.jsonld import number as positive
from rolecall.errors import InvalidInput
from rolecall.models import JobPosting, SearchQuery
from rolecall.text.dates import believable, iso
from rolecall.text.html import as_dict, as_list, as_text, description_of, employment, plain
from rolecall.text.money import Salary
from rolecall.text.places import country
from rolecall.text.places.place_wishes import nation_of

PER_PAGE = 50
COUNTRIES = {
    "at": "EUR", "au": "AUD", "be": "EUR", "br": "BRL", "ca": "CAD", "ch": "CHF", "de": "EUR", "es": "EUR", "fr": "EUR", "gb": "GBP",
    "in": "INR", "it": "EUR", "mx": "MXN", "nl": "EUR", "nz": "NZD", "pl": "PLN", "sg": "SGD", "us": "USD", "za": "ZAR",
}  # fmt: skip
"""Countries Adzuna serves and the currency it gives their salaries in."""

CONTRACTS = {"full-time": "full_time", "part-time": "part_time", "contract": "contract"}
"""Ours → Adzuna's parameter."""


def site_of(query: SearchQuery) -> tuple[str | None, str]:
    """The country whose site is asked, and the place there; ``None`` where no country is known, or it is none of Adzuna's."""
    place, _, last = query.location.rpartition(",")
    if code := code_of(last):
        return code, place.strip()
    code = nation_of(query.location).lower() if query.location else ""
    return (code if code in COUNTRIES else None), query.location


class Adzuna(Board):
    """Adzuna's search service."""

    name = "adzuna"
    title = "Adzuna"
    hosts = ("api.adzuna.com",)
    default_base_url = "https://api.adzuna.com"
    seconds_per_request = 2.5
    wants_credential = True
    can = frozenset({"keywords", "location", "radius", "age", "contract", "nation"})
    rich_fields = ("company", "location", "posted_at", "description")

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """Fifty postings a page.

        :raises InvalidInput: no key is set, or the location does not end with a country Adzuna serves
        """
        if seen % PER_PAGE or (number and not seen):
            return None
        if not all(self.credential):
            fix = "set ADZUNA_APP_ID and ADZUNA_APP_KEY, or both in the connection board_adzuna"
            raise InvalidInput("ADZUNA_APP_ID", "Adzuna answers nobody without a key", fix=fix)
        app_id, app_key = self.credential
        code, place = site_of(query)
        if code is None:
            raise InvalidInput("location", f"{query.location!r} ends with no country Adzuna serves", fix="write “Leeds, United Kingdom”")
        params = {"what": query.keywords, "where": place, "results_per_page": str(PER_PAGE)}
        params |= {"distance": str(query.radius)} if query.radius else {}  # kilometres
        params |= {"max_days_old": str(query.max_age_days)} if query.max_age_days else {}
        params |= {CONTRACTS[query.contract]: "1"} if query.contract in CONTRACTS else {}
        asked = urlencode({key: value for key, value in params.items() if value})
        return Request(
            f"{self.base(base_url)}/v1/api/jobs/{code}/search/{number + 1}?{asked}",
            secret_params={"app_id": app_id, "app_key": app_key},
        )

    def serves(self, query: SearchQuery) -> bool:
        """A place that ends with a country Adzuna has a site for, or is in one."""
        return site_of(query)[0] is not None

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads ``{results: […]}``."""
        segments = urlsplit(url or "").path.split("/")
        code = segments[segments.index("jobs") + 1] if "jobs" in segments[:-1] else ""
        return lines(text, "results", lambda job: self._posting(job, code, fetched_at))

    def _posting(self, job: dict[str, Any], code: str, fetched_at: datetime) -> JobPosting:
        at = as_dict(job.get("location"))
        area = [plain(as_text(one)) for one in as_list(at.get("area"))]
        link = urlsplit(as_text(job.get("redirect_url")))
        address = f"{link.scheme}://{link.netloc}{link.path}"
        guess = as_text(job.get("salary_is_predicted")) == "1"
        low, high = (None, None) if guess else (positive(job.get("salary_min")), positive(job.get("salary_max")))
        return JobPosting(
            board=self.name,
            external_id=as_text(job.get("id")),
            url=address,
            title=plain(as_text(job.get("title"))),
            company=plain(as_text(as_dict(job.get("company")).get("display_name"))),
            location=plain(as_text(at.get("display_name"))),
            country=(country(area[0], code=True) if area else None) or country(code, code=True),
            posted_at=believable(iso(as_text(job.get("created"))), fetched_at),
            description=description_of(as_text(job.get("description"))),
            employment_type=employment(as_text(job.get("contract_time"))),
            raw={"area": area, "category": as_dict(job.get("category")).get("tag"), "contract_type": job.get("contract_type")},
            **Salary(low, high, COUNTRIES.get(code), "year").fields(),
        )


def code_of(nation: str) -> str | None:
    """Adzuna's code of a country it has a site for."""
    name = country(nation, code=True)
    return next((one for one in COUNTRIES if name and country(one, code=True) == name), None)
