"""Personio: ``GET https://{company}.jobs.personio.de/xml``, all published positions of one employer as XML, no key.

Format: https://developer.personio.de/docs/retrieving-open-job-positions. Not verified live; it refuses hurry (429). The feed comes in the
employer's own language. ``acme.com`` is the board at acme.jobs.personio.com. It gives no pay, and names the employer only where it has
several (``subcompany``); an office called "Remote" is no place.
"""

from __future__ import annotations

from datetime import datetime
from html import escape
from urllib.parse import urlsplit
from xml.etree import ElementTree

from rolecall.boards.base import BadCard, Board, Page, Request, Unreadable, read_cards
from rolecall.boards.employers import EMPTY, board_origin, company_at, company_wanted, own_host, xml_root
from rolecall.models import JobPosting, SearchQuery
from rolecall.text.dates import believable, iso
from rolecall.text.html import description_of, plain, safe_html
from rolecall.text.places import Place, place

KINDS = {
    **dict.fromkeys(("intern", "trainee"), "internship"),
    **dict.fromkeys(("freelance", "contractor"), "contract"),
    **dict.fromkeys(("temporary", "seasonal"), "temporary"),
    "working_student": "part-time",
}


class Personio(Board):
    """Employers' boards on Personio."""

    name = "personio"
    title = "Personio"
    hosts = ("jobs.personio.de", "jobs.personio.com")
    default_base_url = "https://jobs.personio.de"
    seconds_per_request = 3.0
    can = frozenset()
    on_own_hosts = True
    complete = True
    rich_fields = ("company", "location", "posted_at", "description")

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """The one feed with all of a company's positions."""
        company = company_wanted(query, self.title)
        domain = self.hosts[0]
        if not base_url and not own_host(company) and company.endswith(".com"):
            company, domain = company.removesuffix(".com"), self.hosts[1]
        return Request(f"{board_origin(company, domain, base_url)}/xml") if number == 0 else None

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads the feed's positions."""
        root = xml_root(text, "workzag-jobs")
        positions = root.findall("position")
        if not positions:
            raise Unreadable("EmptyResult", EMPTY)
        origin, company = board_of(url, self.hosts)
        return read_cards(
            positions, lambda one: self._posting(one, origin, company, fetched_at), lambda one: ElementTree.tostring(one, "unicode")
        )

    def _posting(self, position: ElementTree.Element, origin: str, company: str, fetched_at: datetime) -> JobPosting:
        number = child(position, "id")
        if not number.isdecimal() or not origin:
            raise BadCard(f"no number that an address could be made of: {number[:40]!r}" if origin else "nobody knows whose feed it is")
        offices = [child(position, "office"), *(plain(one.text) for one in position.findall("additionalOffices/office"))]
        offices = list(dict.fromkeys(filter(None, offices)))
        where = place(offices[0]) if len(offices) == 1 else Place()
        html = "".join(map(section, position.findall("jobDescriptions/jobDescription")))
        kind, schedule = child(position, "employmentType"), child(position, "schedule")
        return JobPosting(
            board=self.name,
            external_id=number,
            url=f"{origin}/job/{number}",
            title=child(position, "name"),
            company=child(position, "subcompany") or company,
            location="; ".join(offices),
            **where.fields(),
            remote=where.remote,
            posted_at=believable(iso(child(position, "createdAt")), fetched_at),
            description=description_of(html),
            description_html=safe_html(html),
            employment_type=KINDS.get(kind) or (schedule if schedule in ("full-time", "part-time") else None),
            seniority=child(position, "seniority") or None,
            apply_url=f"{origin}/job/{number}",
            apply_kind="external",
            raw={
                name: child(position, name)
                for name in ("department", "recruitingCategory", "occupation", "keywords", "employmentType", "schedule")
            },
        )


def board_of(url: str | None, hosts: tuple[str, ...]) -> tuple[str, str]:
    """Where the postings of a feed are, and the employer as its address calls it; both empty where the address does not tell."""
    here = (urlsplit(url or "").hostname or "").lower()
    for host in hosts:
        if here.endswith(f".{host}"):
            return f"https://{here}", here.removesuffix(f".{host}")
    name = company_at(url, hosts[0], "xml")
    if own := own_host(f"https://{name}" if name == here else name):
        return own, own.removeprefix("https://")
    return (f"https://{name}.{hosts[0]}", name) if name else ("", "")


def child(element: ElementTree.Element, name: str) -> str:
    """The text of one of an element's children on one line."""
    return plain(element.findtext(name))


def section(part: ElementTree.Element) -> str:
    """One part of a description as HTML with its heading; empty for one without text."""
    text = part.findtext("value") or ""
    return f"<h3>{escape(plain(part.findtext('name')))}</h3>{text}" if text.strip() else ""
