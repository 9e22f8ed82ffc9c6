"""Any public page, once: by the same client, manners and bounds as a board's; an address on this machine or network is refused."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import httpx

from rolecall.boards.base import Request
from rolecall.boards.employers.addresses import address
from rolecall.boards.fetch import Fetcher, RequestBudget, failure_of
from rolecall.boards.scrape_store import ScrapeStore, StoredAnswer
from rolecall.boards.sites.webpage import JsonLd
from rolecall.errors import InvalidInput

BUDGET = RequestBudget(requests=12, seconds=90.0)
"""A page, a page it leads to, their redirects and robots.txt."""


class AnyPage(JsonLd):
    """Any page: what it is kept as is the board of pages with JSON-LD."""

    title = "The page"


class PageFetcher(Fetcher):
    """Asks for pages of whoever has them. Redirects may lead anywhere public.

    :param base_url: the one origin that may be private: a stand-in
    """

    def __init__(self, store: ScrapeStore, *, base_url: str | None = None, transport: httpx.AsyncBaseTransport | None = None) -> None:
        permission = os.environ.get("ROBOTS_PERMISSION_JSONLD") or None
        super().__init__(store, AnyPage(), base_url=base_url, permission=permission, budget=BUDGET, transport=transport)

    def _home(self, url: str) -> bool:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname)

    async def page(self, url: str) -> StoredAnswer:
        """One page.

        :raises BoardError: it cannot be had, by name: ``RobotsDenied``, ``Blocked`` (also an address that is not public), ``LoginWall``, …
        """
        answer = await self.fetch(Request(url))
        if error := failure_of(answer, self._board):
            raise error
        return answer


def web_address(url: str) -> str:
    """A web address as people paste it, whole and without its fragment.

    :raises InvalidInput: it is none, or holds a name and password
    """
    parts = address(url)
    if parts is None:
        raise InvalidInput("url", f"{url.strip()[:80]!r} is no web address", fix="give one such as https://acme.example/careers")
    if parts.username or parts.password:
        raise InvalidInput("url", "holds a user name or password", fix="give the address without them")
    return parts._replace(fragment="").geturl()
