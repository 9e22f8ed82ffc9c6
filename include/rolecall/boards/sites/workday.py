"""Workday: ``POST https://{tenant}.{wdN}.myworkdayjobs.com/wday/cxs/{tenant}/{site}/jobs``, twenty a page, texts one by one, no key.

Format: as the careers pages themselves ask for it, **as read in public code**: there is no documentation. Not verified live. An employer is
``acme.wd5/External``: tenant, data centre, site, as its address has them. Cards know a place only where it is one ("2 Locations" is none)
and a relative date; the posting's own answer has the day it was posted (``startDate``), the employer's name and the text. Ids are
``{tenant}/{requisition}``. No pay.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from rolecall.boards.base import BadCard, Board, Page, Request, Unreadable, json_document
from rolecall.boards.employers import company_wanted, lines
from rolecall.errors import InvalidInput
from rolecall.models import JobPosting, SearchQuery
from rolecall.text.dates import believable, iso, relative
from rolecall.text.html import as_dict, as_list, as_text, description_of, employment, plain, safe_html
from rolecall.text.places import Place, country, place, remote_kind

PER_PAGE = 20
COMPANY = re.compile(r"([A-Za-z0-9_-]{1,80})\.(wd\d{1,4})/([^/\s]{1,120})")
SEVERAL = re.compile(r"\d+\s+\w+")
"""A number and a word: "3 Locations", in whatever language."""


class Workday(Board):
    """Employers' public job search on Workday."""

    name = "workday"
    title = "Workday"
    hosts = ("myworkdayjobs.com",)
    default_base_url = "https://myworkdayjobs.com"
    seconds_per_request = 1.0
    can = frozenset()
    has_details = True
    rich_fields = ("location", "posted_at")

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """Twenty postings a page.

        :raises InvalidInput: the company is not written as ``tenant.wd5/Site``
        """
        if seen % PER_PAGE or (number and not seen):
            return None
        tenant, centre, site = parts_of(company_wanted(query, self.title))
        url = f"{origin_of(tenant, centre, base_url)}/wday/cxs/{quote(tenant, safe='')}/{quote(site, safe='')}/jobs"
        return Request(url, json={"appliedFacets": {}, "limit": PER_PAGE, "offset": seen, "searchText": query.keywords})

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads ``{jobPostings: […]}``."""
        return lines(text, "jobPostings", lambda job: self._posting(job, url, fetched_at))

    def _posting(self, job: dict[str, Any], url: str | None, fetched_at: datetime) -> JobPosting:
        path = as_text(job.get("externalPath"))
        tenant, site = whose(url)
        if not path.startswith("/") or not tenant:
            raise BadCard(f"no address: {path[:80]!r}")
        words = plain(as_text(job.get("locationsText")))
        words = "" if SEVERAL.fullmatch(words) else words
        where = place(words)
        posted = as_text(job.get("postedOn"))
        return JobPosting(
            board=self.name,
            external_id=identity(tenant, path),
            url=f"{public(url, tenant)}/{quote(site, safe='')}{path}",
            title=plain(as_text(job.get("title"))),
            location=words,
            **where.fields(),
            remote=remote_kind(as_text(job.get("remoteType"))) or where.remote,
            posted_at=relative(posted, fetched_at),
            raw={"posted": posted, "posted_is_relative": True, "bullets": as_list(job.get("bulletFields"))},
        )

    def detail_request(self, external_id: str, url: str, *, base_url: str | None = None) -> Request | None:
        """The posting's own answer: its public address with the interface's path before it."""
        parts = urlsplit(url)
        tenant, centre = external_id.partition("/")[0], (parts.hostname or "").partition(".")[2].removesuffix(".myworkdayjobs.com")
        return Request(f"{origin_of(tenant, centre, base_url)}/wday/cxs/{quote(tenant, safe='')}{parts.path}")

    def detail_of(self, text: str, *, url: str | None, fetched_at: datetime) -> JobPosting:
        """Reads one posting with its text."""
        document = as_dict(json_document(text))
        job = as_dict(document.get("jobPostingInfo"))
        tenant, site = whose(url)
        path = urlsplit(url or "").path.partition(f"/{quote(site, safe='')}/")[2] if site else ""
        if not job.get("title") or not path:
            raise Unreadable("LayoutChanged", "JSON without jobPostingInfo, or an address that names no posting")
        html = as_text(job.get("jobDescription"))
        others = [plain(as_text(one)) for one in as_list(job.get("additionalLocations"))]
        nation = country(as_text(as_dict(job.get("country")).get("descriptor")))
        first = plain(as_text(job.get("location")))
        where = place(first) if not others else Place(remote=place(first).remote)
        address = f"{public(url, tenant)}/{quote(site, safe='')}/{path}"
        return JobPosting(
            board=self.name,
            external_id=identity(tenant, path),
            url=address,
            title=plain(as_text(job.get("title"))),
            company=plain(as_text(as_dict(document.get("hiringOrganization")).get("name"))) or tenant,
            location="; ".join(dict.fromkeys(filter(None, (first, *others)))),
            city=where.city,
            region=where.region,
            country=where.country or (nation if not others else None),
            remote=remote_kind(as_text(job.get("remoteType"))) or where.remote,
            posted_at=believable(iso(as_text(job.get("startDate"))[:10]), fetched_at),
            description=description_of(html),
            description_html=safe_html(html),
            employment_type=employment(as_text(job.get("timeType"))),
            apply_url=f"{address}/apply" if job.get("canApply") is not False else None,
            apply_kind="external",
            expired=job.get("posted") is False,
            raw={"requisition": job.get("jobReqId"), "organisation": as_dict(document.get("hiringOrganization")).get("name")},
        )


def parts_of(company: str) -> tuple[str, str, str]:
    """``acme.wd5/External`` → tenant, data centre, site.

    :raises InvalidInput: written otherwise
    """
    found = COMPANY.fullmatch(company)
    if found is None:
        raise InvalidInput("company", f"{company!r} names no site of Workday's", fix="name tenant, data centre and site: acme.wd5/External")
    return found[1], found[2], found[3]


def origin_of(tenant: str, centre: str, base_url: str | None) -> str:
    """Where a tenant's interface is; below a stand-in its folder."""
    return (
        f"{base_url.rstrip('/')}/{quote(tenant, safe='')}.{centre}" if base_url else f"https://{tenant.lower()}.{centre}.myworkdayjobs.com"
    )


def whose(url: str | None) -> tuple[str, str]:
    """Tenant and site as an interface's address has them; empty where it is none."""
    path = [unquote(one) for one in urlsplit(url or "").path.split("/")]
    at = path.index("cxs") if "cxs" in path else len(path)
    return (path[at + 1], path[at + 2]) if len(path) > at + 2 else ("", "")


def public(url: str | None, tenant: str) -> str:
    """Where a tenant's postings can be read by people: also what was read at a stand-in has its real address."""
    parts = urlsplit(url or "")
    if (parts.hostname or "").endswith(".myworkdayjobs.com"):
        return f"https://{parts.hostname}"
    centre = next((one.rpartition(".")[2] for one in parts.path.split("/") if one.startswith(f"{tenant}.")), "wd5")
    return f"https://{tenant.lower()}.{centre}.myworkdayjobs.com"


def identity(tenant: str, path: str) -> str:
    """What tells a posting from all others: its title in the address may change, what is behind the last ``_`` does not."""
    last = path.rstrip("/").rpartition("/")[2]
    return f"{tenant.lower()}/{last.rpartition('_')[2]}"[:500]
