"""Any page with schema.org ``JobPosting`` as a board of its own, called ``jsonld``: an employer's career page, a small board.

``JSONLD_BASE_URL`` (or the connection ``board_jsonld``) is the site, a search's keywords the path of the page on it. How postings are
read: :mod:`rolecall.boards.jsonld`.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from rolecall.boards import jsonld
from rolecall.boards.base import BadCard, Board, Page, Request, Unreadable, read_cards, what_html_is
from rolecall.models import JobPosting, SearchQuery
from rolecall.text.html import as_dict


class JsonLd(Board):
    """Any page with schema.org job postings."""

    name = "jsonld"
    title = "JSON-LD"
    hosts = ()
    default_base_url = ""
    rich_fields = ("company", "location", "posted_at", "description")
    can = frozenset()

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """The one page a search names: ``base_url`` and the path in ``keywords``."""
        base = self.base(base_url)
        return Request(f"{base}/{query.keywords.lstrip('/')}") if base and number == 0 else None

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads every JobPosting of a page."""
        found = jsonld.find(text, url)
        if not found.postings:
            if "JobPosting" in text and "application/ld+json" in text:
                raise Unreadable("LayoutChanged", "its JSON-LD speaks of a JobPosting and cannot be read: cut or broken")
            raise Unreadable(what_html_is(text), "no JobPosting in its JSON-LD")

        def read(node: dict[str, Any]) -> JobPosting:
            address = jsonld.address_of(node, found.address or url) or found.address or url
            if address is None:
                address = jsonld.web_address(as_dict(node.get("hiringOrganization")).get("sameAs"), None)
            external_id = jsonld.identity(node, address)
            if external_id is None:
                raise BadCard("nothing tells it from other postings: no address, no identifier")
            return jsonld.posting_of(node, found, board=self.name, external_id=external_id, url=address or "", fetched_at=fetched_at)

        return read_cards(found.postings, read, lambda node: json.dumps(node, ensure_ascii=False, default=str))

    def detail_of(self, text: str, *, url: str | None, fetched_at: datetime) -> JobPosting:
        """The page's one posting; the first where it has several."""
        page = self.cards(text, url=url, fetched_at=fetched_at)
        if not page.postings:
            raise Unreadable("LayoutChanged", "; ".join(reject.reason for reject in page.rejects))
        return page.postings[0]
