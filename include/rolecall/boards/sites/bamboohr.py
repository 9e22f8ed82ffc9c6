"""BambooHR: ``GET https://{company}.bamboohr.com/careers/list``, all open positions of one employer; the text of one at ``…/{id}/detail``.

No key. Format: as the careers pages themselves ask for it, read in public code; one answer's fields compared with a recorded one (2024).
Not verified live. The list has neither dates nor texts. Ids count anew at each employer: ours are ``{company}/{id}``. ``locationType`` is
``0`` on site, ``1`` remote, ``2`` hybrid. Pay is a text; one without a currency is nobody's. The employer is called as its address does.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from rolecall.boards.base import BadCard, Board, Page, Request, Unreadable, json_document
from rolecall.boards.employers import company_at, company_wanted, lines, sub_domain
from rolecall.models import JobPosting, Remote, SearchQuery
from rolecall.text.dates import believable, iso
from rolecall.text.html import as_dict, as_text, description_of, employment, plain, safe_html
from rolecall.text.money import salary
from rolecall.text.places import country

REMOTE: dict[str, Remote] = {"0": "onsite", "1": "remote", "2": "hybrid"}


class BambooHr(Board):
    """Employers' boards on BambooHR."""

    name = "bamboohr"
    title = "BambooHR"
    hosts = ("bamboohr.com",)
    default_base_url = "https://bamboohr.com"
    seconds_per_request = 1.0
    can = frozenset()
    complete = True
    has_details = True
    rich_fields = ("company", "location")

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """The one answer with all of a company's positions."""
        company = company_wanted(query, self.title)
        return Request(f"{sub_domain(company, self.hosts[0], base_url)}/careers/list") if number == 0 else None

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads ``{result: […]}``."""
        company = company_at(url, self.hosts[0], "careers")
        return lines(text, "result", lambda job: self._posting(job, as_text(job.get("id")), company, fetched_at))

    def _posting(self, job: dict[str, Any], number: str, company: str, fetched_at: datetime) -> JobPosting:
        if not company or not number.isdecimal():
            raise BadCard("nothing tells it from other employers' postings: no company in the address, or no number")
        at, office = as_dict(job.get("location")), as_dict(job.get("atsLocation"))
        city = plain(as_text(at.get("city")) or as_text(office.get("city"))) or None
        region = plain(as_text(at.get("state")) or as_text(office.get("state") or office.get("province"))) or None
        nation = country(as_text(at.get("addressCountry")) or as_text(office.get("country")), code=True)
        return JobPosting(
            board=self.name,
            external_id=f"{company}/{number}",
            url=f"https://{quote(company, safe='')}.bamboohr.com/careers/{number}",
            title=plain(as_text(job.get("jobOpeningName"))),
            company=company,
            location=", ".join(dict.fromkeys(part for part in (city, region, nation) if part)),
            city=city,
            region=region if region != nation else None,
            country=nation,
            remote="remote" if job.get("isRemote") is True else REMOTE.get(as_text(job.get("locationType"))),
            posted_at=believable(iso(as_text(job.get("datePosted"))), fetched_at),
            employment_type=employment(as_text(job.get("employmentStatusLabel"))),
            seniority=plain(as_text(job.get("minimumExperience"))) or None,
            apply_url=f"https://{quote(company, safe='')}.bamboohr.com/careers/{number}",
            apply_kind="external",
            raw={"department": job.get("departmentLabel"), "compensation": job.get("compensation")},
            **salary(as_text(job.get("compensation"))).fields(),
        )

    def detail_request(self, external_id: str, url: str, *, base_url: str | None = None) -> Request | None:
        """The position's own answer."""
        company, _, number = external_id.partition("/")
        return Request(f"{sub_domain(company, self.hosts[0], base_url)}/careers/{quote(number, safe='')}/detail")

    def detail_of(self, text: str, *, url: str | None, fetched_at: datetime) -> JobPosting:
        """Reads one position with its text; the number is in its address only."""
        job = as_dict(as_dict(as_dict(json_document(text)).get("result")).get("jobOpening"))
        number = (url or "").rstrip("/").removesuffix("/detail").rpartition("/")[2]
        if not job.get("jobOpeningName"):
            raise Unreadable("LayoutChanged", "JSON without result.jobOpening")
        posting = self._posting(job, number, company_at(url, self.hosts[0], "careers"), fetched_at)
        html, status = as_text(job.get("description")), as_text(job.get("jobOpeningStatus"))
        return posting.model_copy(
            update={
                "description": description_of(html),
                "description_html": safe_html(html),
                "expired": bool(status) and status.lower() != "open",
            }
        )
