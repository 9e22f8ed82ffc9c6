"""SmartRecruiters: ``GET /v1/companies/{company}/postings?limit=100&offset=…``, no key; the text of one at ``…/postings/{id}``.

Format: https://developers.smartrecruiters.com/reference/v1listpostings and …/v1getposting. Not verified live. The description is in
``jobAd.sections``; ``location.country`` is an ISO code in lower case.
"""

from __future__ import annotations

from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import quote

from rolecall.boards.base import Board, Page, Request, Unreadable, json_document
from rolecall.boards.employers import company_of, company_wanted, lines
from rolecall.models import JobPosting, Remote, SearchQuery
from rolecall.text.dates import believable, iso
from rolecall.text.html import as_dict, as_text, description_of, employment, plain, safe_html
from rolecall.text.places import country

PER_PAGE = 100
SECTIONS = ("companyDescription", "jobDescription", "qualifications", "additionalInformation")


class SmartRecruiters(Board):
    """Employers' boards on SmartRecruiters."""

    name = "smartrecruiters"
    title = "SmartRecruiters"
    hosts = ("api.smartrecruiters.com",)
    default_base_url = "https://api.smartrecruiters.com"
    seconds_per_request = 1.0
    can = frozenset()
    has_details = True

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """A hundred postings a page."""
        if seen % PER_PAGE or (number and not seen):
            return None
        company = quote(company_wanted(query, self.title), safe="")
        return Request(f"{self.base(base_url)}/v1/companies/{company}/postings?limit={PER_PAGE}&offset={seen}")

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads ``{content: […]}``."""
        company = company_of(url, "companies")
        return lines(text, "content", lambda job: self._posting(job, company, fetched_at))

    def _posting(self, job: dict[str, Any], company: str, fetched_at: datetime) -> JobPosting:
        at, employer = as_dict(job.get("location")), as_dict(job.get("company"))
        token, identity = as_text(employer.get("identifier")) or company, as_text(job.get("id"))
        city, region = (plain(as_text(at.get(name))) or None for name in ("city", "region"))
        nation = country(as_text(at.get("country")), code=True)
        apply_url = as_text(job.get("applyUrl"))
        return JobPosting(
            board=self.name,
            external_id=identity,
            url=as_text(job.get("postingUrl")) or f"https://jobs.smartrecruiters.com/{quote(token, safe='')}/{quote(identity, safe='')}",
            title=plain(as_text(job.get("name"))),
            company=plain(as_text(employer.get("name"))) or company,
            location=plain(as_text(at.get("fullLocation"))) or ", ".join(part for part in (city, region, nation) if part),
            city=city,
            region=region,
            country=nation,
            remote=remote_of(at),
            posted_at=believable(iso(as_text(job.get("releasedDate"))), fetched_at),
            employment_type=employment(as_text(as_dict(job.get("typeOfEmployment")).get("label"))),
            seniority=plain(as_text(as_dict(job.get("experienceLevel")).get("label"))) or None,
            apply_url=apply_url or None,
            apply_kind="external" if apply_url else None,
            raw={"company": token, "department": job.get("department"), "function": job.get("function")},
        )

    def detail_request(self, external_id: str, url: str, *, base_url: str | None = None) -> Request | None:
        """The posting's own answer; its public address names the company."""
        company = url.split("jobs.smartrecruiters.com/", 1)[-1].split("/", 1)[0]
        return Request(f"{self.base(base_url)}/v1/companies/{company}/postings/{quote(external_id, safe='')}")

    def detail_of(self, text: str, *, url: str | None, fetched_at: datetime) -> JobPosting:
        """Reads one posting with its text."""
        job = as_dict(json_document(text))
        sections = as_dict(as_dict(job.get("jobAd")).get("sections"))
        if not job.get("id") or not sections:
            raise Unreadable("LayoutChanged", "JSON without an id and jobAd.sections")
        posting = self._posting(job, company_of(url, "companies"), fetched_at)
        html = "".join(section(as_dict(sections.get(name))) for name in SECTIONS)
        return posting.model_copy(
            update={"description": description_of(html), "description_html": safe_html(html), "expired": job.get("active") is False}
        )


def section(part: dict[str, Any]) -> str:
    """One section as HTML with its heading; empty for one without text."""
    text = as_text(part.get("text"))
    return f"<h3>{escape(as_text(part.get('title')))}</h3>{text}" if text else ""


def remote_of(at: dict[str, Any]) -> Remote | None:
    """``remote`` and ``hybrid`` are two flags of a place."""
    if at.get("hybrid") is True:
        return "hybrid"
    return "remote" if at.get("remote") is True else None
