"""Teamtailor: ``GET https://{company}.teamtailor.com/jobs.rss?per_page=…``, the published jobs of one employer as RSS, no key.

Format: https://support.teamtailor.com/en/articles/2179158 (RSS feed) and https://docs.teamtailor.com. Not verified live. The feed's default
is a hundred jobs; places are in elements of a namespace of its own. Postings may be on a domain of the employer's. ``remoteStatus`` is
``fully``, ``hybrid``, ``temporary`` or ``none``, which is also what nobody chose: it stays unknown. No pay.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

from rolecall.boards.base import BadCard, Board, Page, Request, Unreadable, read_cards
from rolecall.boards.employers import EMPTY, board_origin, company_at, company_wanted, xml_root
from rolecall.models import JobPosting, Remote, SearchQuery
from rolecall.text.dates import believable, mail_date
from rolecall.text.html import description_of, plain, safe_html
from rolecall.text.places import Place, country

AT = "{https://teamtailor.com/locations}"
MOST = 200
REMOTE: dict[str, Remote] = {"fully": "remote", "hybrid": "hybrid"}


class Teamtailor(Board):
    """Employers' boards on Teamtailor."""

    name = "teamtailor"
    title = "Teamtailor"
    hosts = ("teamtailor.com",)
    default_base_url = "https://teamtailor.com"
    seconds_per_request = 1.0
    can = frozenset()
    on_own_hosts = True
    rich_fields = ("company", "location", "posted_at", "description")

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """The one feed with a company's jobs, the newest two hundred."""
        company = company_wanted(query, self.title)
        return Request(f"{board_origin(company, self.hosts[0], base_url)}/jobs.rss?per_page={MOST}") if number == 0 else None

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads the feed's items."""
        root = xml_root(text, "rss")
        channel = root.find("channel")
        if channel is None:
            raise Unreadable("LayoutChanged", "XML without a channel")
        items = channel.findall("item")
        if not items:
            raise Unreadable("EmptyResult", EMPTY)
        at = company_at(url, self.hosts[0], "jobs.rss")
        company = plain(channel.findtext("title")) or (at if at == urlsplit(url or "").hostname else at.partition(".")[0])
        return read_cards(items, lambda item: self._posting(item, company, fetched_at), lambda item: ElementTree.tostring(item, "unicode"))

    def _posting(self, item: ElementTree.Element, company: str, fetched_at: datetime) -> JobPosting:
        places = [place_of(one) for one in item.findall(f"{AT}locations/{AT}location")]
        only = places[0][1] if len(places) == 1 else Place()
        nations = {where.country for _, where in places}
        link, html = plain(item.findtext("link")), item.findtext("description") or ""
        identity = plain(item.findtext("guid"))
        if not identity:
            raise BadCard("nothing tells it from other postings: no guid")
        return JobPosting(
            board=self.name,
            external_id=identity,
            url=link,
            title=plain(item.findtext("title")),
            company=company,
            location="; ".join(dict.fromkeys(words for words, _ in places if words)),
            city=only.city,
            country=nations.pop() if len(nations) == 1 else None,
            remote=REMOTE.get(plain(item.findtext("remoteStatus")).lower()),
            posted_at=believable(mail_date(plain(item.findtext("pubDate"))), fetched_at),
            description=description_of(html),
            description_html=safe_html(html),
            apply_url=f"{link.rstrip('/')}/applications/new" if link else None,
            apply_kind="external",
            raw={"department": plain(item.findtext(f"{AT}department")), "role": plain(item.findtext(f"{AT}role"))},
        )


def place_of(location: ElementTree.Element) -> tuple[str, Place]:
    """One place: its words and parts."""
    name, city, nation = (plain(location.findtext(f"{AT}{part}")) for part in ("name", "city", "country"))
    return ", ".join(filter(None, (city, nation))) or name, Place(city=city or None, country=country(nation, code=True))
