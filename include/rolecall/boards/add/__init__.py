"""What somebody pastes becomes jobs: an employer's postings, all of them and from now on, or one ad."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

import httpx

from rolecall import boards
from rolecall.boards.add.one_ad import ads_of, next_page
from rolecall.boards.add.page_fetcher import PageFetcher, web_address
from rolecall.boards.employers.addresses import Employer
from rolecall.boards.employers.follow_employer import MOST, follow
from rolecall.boards.employers.identify import of_anything
from rolecall.boards.landing import land
from rolecall.boards.scrape import scrape
from rolecall.boards.scrape_store import ScrapeStore, StoredAnswer, keep_answer
from rolecall.connections import board_address
from rolecall.errors import InvalidInput
from rolecall.models import JobPosting, SearchQuery
from rolecall.store import Connection
from rolecall.text.html import decode

PAGES = "jsonld"
"""The board under whose name pages and their ads are kept."""


@dataclass(frozen=True, slots=True)
class Added:
    """What became of an address.

    :param employer: who is followed
    :param new: it was not followed before
    :param ads: the ads that were taken instead
    :param asked: pages that were read to find out
    """

    employer: Employer | None = None
    new: bool = False
    ads: list[JobPosting] = field(default_factory=list)
    asked: int = 0


async def add(url: str, *, dsn: str, env: Mapping[str, str] = os.environ, transport: httpx.AsyncBaseTransport | None = None) -> Added:
    """Follows the employer an address belongs to: by the address alone, else by its page, else by the one page it leads to. A page that
    is nobody's board and is an ad is taken as one.

    :param transport: stands in for the network in tests
    :raises InvalidInput: no web address; nobody's board and no ad; a system that nobody here can read
    :raises NotInSandbox: its page would have to be read, and the sandbox is on
    :raises BoardError: its page cannot be had: robots.txt, no answer, an address that is not public
    """
    address, sandboxed = web_address(url), bool(env.get("SANDBOX_URL", "").strip())
    employer = of_anything(address)
    async with ScrapeStore(dsn) as store:
        if employer is not None:
            return await _followed(store, employer, address, 0, sandboxed=sandboxed)
        async with PageFetcher(store, base_url=board_address(PAGES, env) or None, transport=transport) as fetcher:
            page = await fetcher.page(address)
            html = decode(page.content)
            if employer := of_anything(page.url, html):
                return await _followed(store, employer, address, 1, sandboxed=sandboxed)
            ads = await asyncio.to_thread(ads_of, page.url, html, page.fetched_at)
            if not ads and (further := next_page(page.url, html)):
                second = await fetcher.page(further)
                if employer := of_anything(second.url, decode(second.content)):
                    return await _followed(store, employer, address, 2, sandboxed=sandboxed)
        if not ads:
            fix = "give the page that lists its jobs, the address of one of them, or of its board (jobs.lever.co/acme)"
            raise InvalidInput("url", f"{address[:200]} is no ad, and leads to nobody's job board for certain", fix=fix)
        await store.run(partial(_land, address=address, page=page, ads=ads))
        return Added(ads=ads, asked=1)


async def _followed(store: ScrapeStore, employer: Employer, url: str, asked: int, *, sandboxed: bool) -> Added:
    new = await store.run(lambda conn: follow(conn, employer, url, sandboxed=sandboxed))
    return Added(employer, new, asked=asked)


def _land(conn: Connection, *, address: str, page: StoredAnswer, ads: list[JobPosting]) -> None:
    keep_answer(conn, PAGES, address, "added", page)
    land(conn, ads, now=page.fetched_at)


def words(added: Added) -> str:
    """What became of it, for people."""
    if added.employer is not None:
        whose = f"{added.employer.slug} on {boards.board(added.employer.system).title}"
        return f"{whose}: all its postings are followed{'' if added.new else ' already'}"
    return "\n".join(f"taken as an ad: {ad.title}{f' · {ad.company}' if ad.company else ''} · {ad.url}" for ad in added.ads)


def read_now(employer: Employer, dsn: str) -> str:
    """Reads an employer's postings at once; what that gave, for people."""
    query = SearchQuery(company=employer.company, max_results=MOST)
    result = asyncio.run(scrape(employer.system, query, dsn=dsn, run_id=f"add {datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%f}"))
    problem = f"; {result.outcome}: {result.error}" if result.error else ""
    return f"  {result.cards} {'posting' if result.cards == 1 else 'postings'} read, {result.landed} new{problem}"
