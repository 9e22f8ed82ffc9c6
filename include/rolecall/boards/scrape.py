"""One search on one board, from the first request to the landed rows and the record of what was seen."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

import httpx
from psycopg.types.json import Jsonb

from rolecall import boards
from rolecall.boards.base import POORER, Board, Page, Reject, Request, board_error
from rolecall.boards.employers import own_host
from rolecall.boards.employers.listing import close_missing, reopen
from rolecall.boards.fetch import Fetcher, RequestBudget, failure_of
from rolecall.boards.history.fill_watch import FEW, recently_swept, set_watermark, vanished_fields, words
from rolecall.boards.landing import DetailToRead, Landed, land
from rolecall.boards.scrape_store import ScrapeStore, StoredAnswer, keep_answer, name_outcome
from rolecall.connections import board_address
from rolecall.errors import (
    Blocked,
    BoardError,
    BudgetSpent,
    InvalidInput,
    LoginWall,
    NotInSandbox,
    RateLimited,
    RobotsDenied,
    RolecallError,
)
from rolecall.models import JobPosting, SearchQuery
from rolecall.store import Connection
from rolecall.text.html import scrub

CONCURRENCY = 8
"""Detail pages asked for at once; the host's pace still holds."""

NOTHING = 204
"""The status by which an answer says that there is nothing."""

STOPPING = (Blocked, BudgetSpent, LoginWall, RateLimited, RobotsDenied)
"""Errors after which asking the same board for more would be rude or useless."""


@dataclass(slots=True)
class ScrapeResult:
    """What one search gave. ``landed`` are new postings; ``fill`` is the share of cards that had a field, 0 to 1."""

    board: str
    search: str
    outcome: str = "ok"
    cards: int = 0
    landed: int = 0
    changed: int = 0
    unchanged: int = 0
    closed: int = 0
    rejected: int = 0
    details: int = 0
    details_missing: int = 0
    requests: int = 0
    seconds: float = 0
    swept: bool = False
    """Read to its end: the last page or ``max_results``, every full text included."""
    stopped_early: bool = False
    """A whole page was known and unchanged, and the rest was read less than a day ago."""
    newest_posted_at: str | None = None
    error: str | None = None
    fill: dict[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, for XCom."""
        return asdict(self)


async def scrape(
    board_name: str,
    query: SearchQuery,
    *,
    dsn: str,
    run_id: str,
    base_url: str | None = None,
    credential: tuple[str, str] = ("", ""),
    permission: str | None = None,
    budget: RequestBudget | None = None,
    transport: httpx.AsyncBaseTransport | None = None,
) -> ScrapeResult:
    """Asks for results pages until ``max_results`` cards were seen or there are no more, and lands each page before the next.

    Every answer is stored before it is read. A page that is known and unchanged as a whole ends the search where the rest was read less
    than a day ago. A bad card goes to ``reject``; a bad page ends the search and keeps what was landed; a
    missing detail page leaves its posting without description until the next run. One ``board_run`` row says what happened.

    :param run_id: names the run in ``board_run``; the same run again updates its row
    :param base_url: stands in for the board's own address; unset: where the environment leads it (:func:`board_address`)
    :param credential: login and password, for a board that wants them
    :param permission: why robots.txt may be overridden
    :raises UnknownBoard: no board of that name
    :raises InvalidInput: the board needs something the search does not say (a company)
    :raises BoardError: the search as a whole failed (no card could be read); the subclass names how. A robots denial is a result, no error
    :raises StoreUnavailable: Postgres was lost; what was landed stays
    """
    board = boards.board(board_name).with_credential(*credential)
    result = ScrapeResult(board.name, query.key)
    failed: RolecallError | None = None
    refused: RolecallError | None = None
    try:
        base_url = base_url or board_address(board.name, os.environ) or None
    except (InvalidInput, NotInSandbox) as error:
        refused = error
    began = time.monotonic()
    async with ScrapeStore(dsn) as store:
        own = own_host(query.company)
        async with Fetcher(
            store, board, base_url=base_url, permission=permission, budget=budget, own_origin=own, transport=transport
        ) as fetcher:
            search = _Search(store, fetcher, board, query, base_url, result)
            try:
                if refused is not None:
                    raise refused
                await search.pages(await store.run(partial(recently_swept, board=board.name, query=query)))
            except (BoardError, InvalidInput) as error:
                failed, result.outcome, result.error = error, type(error).__name__, str(error)
            result.requests, result.seconds = fetcher.requests, round(time.monotonic() - began, 3)
        result.fill = search.fill()
        await store.run(partial(judge, result=result, poorer=search.poorer))
        await store.run(partial(record, run_id=run_id, result=result))
        if result.requests:
            await store.run(partial(set_watermark, result=result, max_results=query.max_results))
    if failed is not None and not search.read_any and not isinstance(failed, RobotsDenied):
        raise failed
    return result


class _Search:
    """The state of one search while it runs."""

    def __init__(
        self, store: ScrapeStore, fetcher: Fetcher, board: Board, query: SearchQuery, base_url: str | None, result: ScrapeResult
    ) -> None:
        self._store, self._fetcher, self._board, self._query, self._base_url, self.result = store, fetcher, board, query, base_url, result
        self._ids: set[str] = set()
        self._filled: Counter[str] = Counter()
        self._missing: Counter[str] = Counter()
        self.poorer: Counter[str] = Counter()
        """What was read in a poorer way than the board's own, and how often."""
        self._described = 0
        self._stop_details = not board.has_details

    async def pages(self, brief: bool = False) -> None:
        """Reads pages one after another.

        :param brief: one whole page that is known and unchanged is enough
        :raises BoardError: a page that is none ends the search
        """
        number = seen = 0
        if login := self._board.token_request(base_url=self._base_url):
            self._board = self._board.with_credential(*self._board.credential, token=await self._fetcher.token(login))
        following: Request | None = None
        while len(self._ids) < self._query.max_results:
            request = following or self._board.search(self._query, base_url=self._base_url, seen=seen, number=number)
            if request is None and number == 0:
                raise InvalidInput(
                    "search", f"{self._board.title} cannot be asked for {self._query.key!r}", fix="see the board's file for what it needs"
                )
            if request is None:
                break
            answer = await self._fetcher.fetch(request)
            key = await self._keep(request, answer)
            page = await self._read(answer, key)
            if page.outcome == "EmptyResult":
                await self._store.ask(partial(name_outcome, answer_id=key, outcome=page.outcome))
                self.result.outcome = "EmptyResult" if number == 0 else "ok"
                if number == 0:
                    await self._close(page)
                break
            fresh = self._fresh(page)
            landed = await self._land(page, fresh, answer, key)
            if number == 0 and page.outcome == "ok":
                await self._close(page)
            page.raise_for_outcome(self._board.name)
            self.poorer.update([page.poorer] if page.poorer else [])
            await self._details(landed.wanting)
            if not fresh and page.postings:
                break  # the board repeats itself: there is no further page
            if brief and not page.rejects and not page.poorer and landed.unchanged == len(fresh) and not landed.wanting:
                self.result.stopped_early = True
                return
            seen += page.cards
            number += 1
            following = page.following
        self.result.swept = not self.result.details_missing and not self.poorer

    async def _keep(self, request: Request, answer: StoredAnswer) -> int:
        room = self._query.max_results - len(self._ids)
        kept = partial(keep_answer, board=self._board.name, url=request.url, search=self._query.key, answer=answer, room=room)
        return await self._store.ask(kept)

    async def _read(self, answer: StoredAnswer, key: int) -> Page:
        error = failure_of(answer, self._board)
        if error is not None:
            await self._store.ask(lambda conn: name_outcome(conn, key, type(error).__name__))
            raise error
        if answer.status == NOTHING:
            return Page([], outcome="EmptyResult", note="the board says that there is nothing (204)")
        return await asyncio.to_thread(self._board.read, answer.content, url=answer.url, fetched_at=answer.fetched_at)

    def _fresh(self, page: Page) -> list[JobPosting]:
        """The page's postings that this search has not seen yet, up to ``max_results``."""
        fresh = []
        for posting in page.postings:
            if posting.external_id not in self._ids and len(self._ids) < self._query.max_results:
                self._ids.add(posting.external_id)
                fresh.append(posting)
        return fresh

    async def _land(self, page: Page, fresh: Sequence[JobPosting], answer: StoredAnswer, key: int) -> Landed:
        def work(conn: Connection) -> Landed:
            name_outcome(conn, key, page.outcome)
            keep_rejects(conn, self._board.name, page.rejects)
            if self._board.complete:
                reopen(conn, self._board.name, self._query.company, [one.external_id for one in fresh])
            return land(conn, fresh, now=answer.fetched_at)

        landed = await self._store.run(work)
        result = self.result
        result.cards += len(fresh) + len(page.rejects)
        result.landed += landed.new
        result.changed += landed.changed
        result.unchanged += landed.unchanged
        result.rejected += len(page.rejects) + landed.aside
        dates = [posting.posted_at.isoformat() for posting in fresh if posting.posted_at]
        result.newest_posted_at = max([*dates, result.newest_posted_at or ""]) or None
        self._filled.update(name for posting in fresh for name in ("title", *self._board.rich_fields) if getattr(posting, name))
        return landed

    async def _close(self, page: Page) -> None:
        """Closes what a complete list no longer has; one that was cut off by ``max_results`` is not complete."""
        if not self._board.complete or page.cards > self._query.max_results:
            return
        ids, unread = {one.external_id for one in page.postings}, [one.raw for one in page.rejects]
        closing = partial(close_missing, board=self._board.name, company=self._query.company, ids=ids, unread=unread)
        self.result.closed = await self._store.run(closing)

    async def _details(self, wanting: Sequence[DetailToRead]) -> None:
        """Reads the full text of new and changed postings, some at a time; each chunk lands in a transaction of its own."""
        for chunk in chunks(wanting, CONCURRENCY * 3):
            if self._stop_details:
                return
            gate = asyncio.Semaphore(CONCURRENCY)
            read = [one for one in await asyncio.gather(*(self._detail(one, gate) for one in chunk)) if one is not None]
            found = [posting for posting, _ in read]
            since = min((fetched_at for _, fetched_at in read), default=None)
            await self._store.run(partial(land, postings=found, detailed=True, now=since))
            self.result.details += len(found)
            self._described += sum(1 for posting in found if posting.description)
            self.result.details_missing = self._missing.total()
            if self._missing:
                self.result.error = f"details missing: {', '.join(f'{name} {count}' for name, count in sorted(self._missing.items()))}"

    async def _detail(self, one: DetailToRead, gate: asyncio.Semaphore) -> tuple[JobPosting, datetime] | None:
        request = self._board.detail_request(one.external_id, one.url, base_url=self._base_url)
        async with gate:
            if request is None or self._stop_details:
                return None
            try:
                answer = await self._fetcher.fetch(request)
                key = await self._store.ask(lambda conn: keep_answer(conn, self._board.name, request.url, "", answer))
                return await self._read_detail(one, answer, key), answer.fetched_at
            except BoardError as error:
                self._missing[type(error).__name__] += 1
                self._stop_details = self._stop_details or isinstance(error, STOPPING)
                return None

    async def _read_detail(self, one: DetailToRead, answer: StoredAnswer, key: int) -> JobPosting:
        try:
            if error := failure_of(answer, self._board):
                raise error
            posting = await asyncio.to_thread(self._board.detail, answer.content, url=answer.url, fetched_at=answer.fetched_at)
            if posting.external_id != one.external_id:
                raise board_error("NotAResultsPage", f"{self._board.name}: the page of {posting.external_id}, asked for {one.external_id}")
        except BoardError as error:
            name = type(error).__name__
            await self._store.ask(lambda conn: name_outcome(conn, key, name))
            raise
        why = posting.raw.get(POORER)
        self.poorer.update([f"a posting's page: {why}"] if why else [])
        await self._store.ask(lambda conn: name_outcome(conn, key, "LayoutChanged" if why else "ok"))
        return posting

    @property
    def read_any(self) -> bool:
        """Whether one posting at least could be read."""
        return bool(self._ids)

    def fill(self) -> dict[str, float]:
        """Share of the readable cards that had each watched field, and of enough detail pages that had a text."""
        readable, details = len(self._ids), self.result.details
        shares = {name: round(self._filled[name] / readable, 3) for name in ("title", *self._board.rich_fields)} if readable else {}
        return {**shares, "description": round(self._described / details, 3)} if details >= FEW else shares


def judge(conn: Connection, result: ScrapeResult, poorer: Counter[str]) -> None:
    """Names a search whose pages were read in a poorer way, or whose cards lost fields they usually have."""
    if result.outcome != "ok":
        return
    if poorer:
        result.outcome, result.error = "LayoutChanged", "; ".join(f"{why} ({times} times)" for why, times in poorer.most_common(3))
    elif gone := vanished_fields(conn, result.board, result.fill, result.cards):
        result.outcome, result.error = "LayoutChanged", words(gone)


def chunks(items: Sequence[DetailToRead], size: int) -> Iterator[Sequence[DetailToRead]]:
    """The items, ``size`` at a time."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def keep_rejects(conn: Connection, board: str, rejects: Sequence[Reject]) -> None:
    """Puts bad cards aside with their reason and raw text; the same card again is the same row."""
    rows = [
        {"reason": reject.reason, "raw": reject.raw, "sha256": hashlib.sha256(reject.raw.encode("utf-8", "replace")).hexdigest()}
        for reject in rejects
    ]
    if rows:
        conn.execute(
            """
            insert into reject (board, reason, raw, sha256)
            select %(board)s, r.reason, r.raw, r.sha256 from jsonb_to_recordset(%(rows)s) as r (reason text, raw text, sha256 text)
            on conflict (board, sha256) do nothing
            """,
            {"board": board, "rows": Jsonb(scrub(rows))},
        )


def record(conn: Connection, run_id: str, result: ScrapeResult) -> None:
    """Writes what a search gave; the same run again adds what it newly landed and renews the rest."""
    conn.execute(
        """
        insert into board_run as r (run_id, board, search, outcome, cards, landed, changed, rejected, requests, seconds, fill, error)
        values (%(run_id)s, %(board)s, %(search)s, %(outcome)s, %(cards)s, %(landed)s, %(changed)s, %(rejected)s, %(requests)s,
                %(seconds)s, %(fill)s, %(error)s)
        on conflict (run_id, board, search) do update set
            outcome = excluded.outcome, cards = excluded.cards, landed = r.landed + excluded.landed, changed = r.changed + excluded.changed,
            rejected = excluded.rejected, requests = r.requests + excluded.requests,
            seconds = r.seconds + excluded.seconds, fill = excluded.fill, error = excluded.error,
            finished_at = now()
        """,
        {**result.as_dict(), "run_id": run_id, "search": scrub(result.search), "fill": Jsonb(result.fill), "error": scrub(result.error)},
    )
