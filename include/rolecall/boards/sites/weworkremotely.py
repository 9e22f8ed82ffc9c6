"""We Work Remotely: ``GET /remote-jobs.rss``, all current postings as RSS 2.0, no key.

Format: https://weworkremotely.com/remote-job-rss-feed; read off a recorded feed. A title is "Company: Job"; ``region`` says from where
one may work ("Anywhere (100% Remote) Only", "Europe Only"). Every posting is remote: that is what the board is for.
"""

from __future__ import annotations

import re
from datetime import datetime
from urllib.parse import urlsplit
from xml.etree import ElementTree

from rolecall.boards.base import BadCard, Board, Page, Request, Unreadable, read_cards
from rolecall.boards.employers import EMPTY, xml_root
from rolecall.models import JobPosting, SearchQuery
from rolecall.text.dates import believable, iso, mail_date
from rolecall.text.html import description_of, employment, plain, safe_html, squeeze
from rolecall.text.places import country

ONLY = re.compile(r"(?<!\s)\s*\bOnly$", re.I)


class WeWorkRemotely(Board):
    """We Work Remotely's feed."""

    name = "weworkremotely"
    title = "We Work Remotely"
    hosts = ("weworkremotely.com",)
    default_base_url = "https://weworkremotely.com"
    seconds_per_request = 5.0
    can = frozenset()
    everything = 500
    rich_fields = ("company", "posted_at", "description")

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """The one feed with everything."""
        return Request(f"{self.base(base_url)}/remote-jobs.rss") if number == 0 else None

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads the feed's items."""
        root = xml_root(text, "rss")
        items = root.findall("./channel/item")
        if not items:
            if root.find("./channel/title") is None:
                raise Unreadable("LayoutChanged", "XML without a channel")
            raise Unreadable("EmptyResult", EMPTY)
        return read_cards(items, lambda item: self._posting(item, fetched_at), lambda item: ElementTree.tostring(item, "unicode"))

    def _posting(self, item: ElementTree.Element, fetched_at: datetime) -> JobPosting:
        link = child_text(item, "link") or child_text(item, "guid")
        parts = urlsplit(link)
        if not self.owns(link) or not parts.path.startswith("/remote-jobs/"):
            raise BadCard(f"its link leads off the board: {link[:80]!r}")
        company, _, title = plain(child_text(item, "title")).partition(": ")
        if not title:
            raise BadCard("no company in its title")
        region, html = plain(child_text(item, "region")), child_text(item, "description")
        ends = iso(child_text(item, "expires_at"))
        return JobPosting(
            board=self.name,
            external_id=parts.path.removeprefix("/remote-jobs/"),
            url=f"https://{parts.netloc}{parts.path}",
            title=title,
            company=company,
            location=region,
            country=country(plain(child_text(item, "country")) or ONLY.sub("", region)),
            remote="remote",
            posted_at=believable(mail_date(child_text(item, "pubDate")), fetched_at),
            description=description_of(html),
            description_html=safe_html(html),
            employment_type=employment(child_text(item, "type")),
            expired=bool(ends and ends < fetched_at),
            raw={"category": child_text(item, "category"), "region": region},
        )


def child_text(item: ElementTree.Element, name: str) -> str:
    """The text of one of an item's elements."""
    return squeeze(item.findtext(name)) if name != "description" else item.findtext(name) or ""
