"""How a board is asked: politely, within bounds, and with a name for every way it can go wrong."""

from __future__ import annotations

import asyncio
import logging
import re
import time
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, unquote_plus, urljoin, urlsplit

import httpx
from psycopg.types.json import Jsonb

from rolecall.boards.base import MAX_PAGE, Board, Request, board_error
from rolecall.boards.robots import MAX_WAIT, Robots, is_ours, origin_of, postpone, refuse_private, reserve
from rolecall.boards.scrape_store import ScrapeStore, StoredAnswer, last_answer
from rolecall.clients.http import HOST_ONLY
from rolecall.clients.public_hosts import refuse_private_peer
from rolecall.errors import Blocked, BoardError, BoardUnavailable, BudgetSpent, LoginWall, NotAResultsPage, RateLimited, RobotsDenied
from rolecall.settings import user_agent
from rolecall.store.json_text import read_json
from rolecall.text.dates import mail_date
from rolecall.text.words import words

logging.getLogger("httpx").addFilter(HOST_ONLY)  # an address may hold a key

TIMEOUT = httpx.Timeout(20.0, connect=5.0)
PLACE_KEYS, PLACE_NUMBERS = ("location", "l", "where", "locKeyword"), ("geoId", "locId")
"""What a search's place is called in addresses: in words, and as the board's own number."""
WHOLE = 60.0
"""Seconds one answer may take from the first byte sent to the last byte read."""

PATIENCE = 30.0
"""Seconds of Retry-After we wait within a run; a longer one ends it as rate-limited and is kept by all workers."""

TRIES = 3
MAX_REDIRECTS = 5
MAX_ROBOTS = 512 * 1024
LOGIN_PATH = re.compile(r"/(authwall|uas/login|login|signin|sign-in|signup|checkpoint|account/login|auth)(?=[/?#.]|$)", re.I)


RUN_SECONDS = 6_000.0
"""Seconds after the beginning of a run in which boards are asked: what is over later ends as :class:`BudgetSpent`, asking nobody, and comes
first in the next run."""

TASK_SECONDS = 1_800.0
"""Seconds the task of one search may take: its budget, a last answer and what is landed of it."""


@dataclass(frozen=True, slots=True)
class RequestBudget:
    """What one search may use at most. Its task may take longer (:data:`TASK_SECONDS`): it is to end by itself, with a record."""

    requests: int = 2_000
    seconds: float = 1_200.0


class Fetcher:
    """Asks one board during one run. Use as an async context manager.

    :param base_url: stands in for the board's own address; its host and port, alone among private ones, may be asked
    :param permission: why robots.txt may be overridden (the owner's permission); every use is audited
    :param own_origin: a host of an employer's on which its board is, besides the board's own: a public one, under the same rules
    :param transport: stands in for the network in tests
    """

    def __init__(
        self,
        store: ScrapeStore,
        board: Board,
        *,
        base_url: str | None = None,
        permission: str | None = None,
        budget: RequestBudget | None = None,
        own_origin: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._store = store
        self._own = own_origin if board.on_own_hosts and not base_url else ""
        self._board = board
        self._base = board.base(base_url)
        self._permission = permission
        self._budget = budget or RequestBudget()
        self._robots = Robots(store, self._robots_txt)
        self._started = time.monotonic()
        self._audited: set[str] = set()
        self._turn = asyncio.Lock()
        headers = {
            "User-Agent": user_agent(),
            "Accept": "text/html,application/json,application/xml;q=0.9,*/*;q=0.5",
            "Accept-Language": "en",
        }
        own = is_ours(self._base)
        self._direct = own or not urllib.request.getproxies()
        self._http = httpx.AsyncClient(headers=headers, timeout=TIMEOUT, transport=transport, trust_env=not own, follow_redirects=False)
        self.requests = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        await self._http.aclose()

    async def fetch(self, request: Request) -> StoredAnswer:
        """Asks once, and again where repeating may help: Retry-After up to 30 s, a lost connection, a 5xx. Three tries at most.

        The answer may be an error page: keep it, then ask :func:`failure_of` what it means.

        :raises RobotsDenied: robots.txt says no, or answers 5xx
        :raises BoardUnavailable: no answer
        :raises RateLimited: the host is booked too far ahead
        :raises Blocked: a redirect or an address we do not follow
        :raises BudgetSpent: the run's requests or seconds are used up
        """
        before = await self._store.ask(lambda conn: last_answer(conn, self._board.name, request.url)) if not request.posts else None
        for attempt in range(1, TRIES + 1):
            try:
                answer = await self._follow(request, before)
            except BoardUnavailable:
                if attempt == TRIES:
                    raise
                await asyncio.sleep(0.2 * 2**attempt)
                continue
            wait = await self._patience(answer, attempt)
            if wait is None:
                break
            await asyncio.sleep(wait)
        if answer.status == 304 and before is not None:
            return replace(before, fetched_at=answer.fetched_at)
        return answer

    async def token(self, request: Request) -> str:
        """The token that a credential is exchanged for. The answer is kept nowhere.

        :raises LoginWall: it is not taken
        :raises BoardError: as :meth:`fetch`; an answer without a token
        """
        answer = await self.fetch(request)
        if answer.status in (400, 401, 403):
            raise LoginWall(
                f"{self._board.title} does not take the credential ({answer.status})", fix="compare it with the board's own page"
            )
        if error := failure_of(answer, self._board):
            raise error
        try:
            token = read_json(answer.content.decode("utf-8", "replace"))["access_token"]
        except (ValueError, KeyError, TypeError, RecursionError):
            token = None
        if not isinstance(token, str) or not token.isascii() or not token.strip():
            raise board_error("LayoutChanged", f"{self._board.name}: a login without a token")
        return token.strip()

    async def _patience(self, answer: StoredAnswer, attempt: int) -> float | None:
        """Seconds to wait before asking again, or ``None``: this answer stands."""
        if (answer.status != 429 and answer.status < 500) or answer.status == 999:
            return None
        asked = answer.retry_after
        if asked is not None and not is_ours(answer.url):
            host = urlsplit(answer.url).netloc
            await self._store.run(lambda conn: postpone(conn, host, asked))
        if attempt == TRIES or (asked is None and answer.status == 429) or (asked or 0) > PATIENCE:
            return None
        return asked if asked is not None else 0.2 * 2**attempt

    async def _follow(self, request: Request, before: StoredAnswer | None) -> StoredAnswer:
        """One request and its redirects, as far as they stay on the board."""
        url, extra = request.wire_url, conditional_headers(request, before)
        for _ in range(MAX_REDIRECTS + 1):
            await self._may(request.url if url == request.wire_url else url)  # what is said of it shows no key
            answer = await self._send(url, request, extra)
            if answer.status not in (301, 302, 303, 307, 308) or answer.redirected_to is None:
                return answer if url != request.wire_url else replace(answer, url=request.url)
            target = answer.redirected_to
            if LOGIN_PATH.search(urlsplit(target).path) or request.posts:
                return replace(answer, url=request.url)
            if not self._home(target):
                raise Blocked(
                    f"{self._board.title} redirects off the board, to {urlsplit(target).hostname}", fix="look at the page in a browser"
                )
            if place := _place_dropped(url, target):
                raise NotAResultsPage(
                    f"{self._board.title} redirects to a search without its place, {place}",
                    fix="write the place as the board does; look at the page in a browser",
                )
            url, extra = target, {}  # what was meant for the first address (a key) is not repeated to another
        raise NotAResultsPage(f"{self._board.title} redirects in circles", fix="look at the page in a browser")

    async def _may(self, url: str) -> None:
        """Everything that must hold before a request leaves."""
        if not self._home(url):
            raise Blocked(f"{urlsplit(url).hostname} is not one of {self._board.title}'s hosts", fix="check the address")
        if origin_of(url) != origin_of(self._base):
            await refuse_private(url)
        self._within_budget()
        if reason := await self._denial(url):
            await self._with_permission(url, reason)
        if not is_ours(url):
            await self._take_turn(url)
        self._within_budget()
        self.requests += 1

    def _within_budget(self) -> None:
        spent = time.monotonic() - self._started
        if self.requests >= self._budget.requests or spent >= self._budget.seconds:
            raise BudgetSpent(f"{self._board.title}: {self.requests} requests in {spent:.0f} s", fix="the next run goes on")

    async def _denial(self, url: str) -> str | None:
        """What robots.txt has against it; an owner's permission also holds where it cannot be asked for."""
        try:
            return await self._robots.denial(url)
        except BoardUnavailable as error:
            if not self._permission:
                raise
            return error.message

    def _home(self, url: str) -> bool:
        """On the very origin the board is configured to be at; on its other hosts, and an employer's own, only if that is the real board,
        not a stand-in."""
        parts = urlsplit(url)
        real = self._board.owns(self._base) and self._board.owns(url)
        return parts.scheme in ("http", "https") and (real or origin_of(url) in (origin_of(self._base), self._own))

    async def _with_permission(self, url: str, reason: str) -> None:
        if not self._permission:
            raise RobotsDenied(
                f"{self._board.title}: {reason}",
                fix=f"respect it, or set ROBOTS_PERMISSION_{self._board.name.upper()} to the reason why you may",
            )
        origin, permission = origin_of(url), self._permission
        if origin not in self._audited:
            self._audited.add(origin)
            await self._store.run(
                lambda conn: conn.execute(
                    "insert into audit (actor, action, subject, detail) values ('scrape', 'robots_permission', %s, %s)",
                    (origin, Jsonb({"reason": permission, "denied": reason})),
                )
            )

    async def _take_turn(self, url: str) -> None:
        every = max(self._board.seconds_per_request, await self._robots.delay(url))
        host = urlsplit(url).netloc.lower()
        async with self._turn:  # a run holds one slot at a time, so that many runs do not book a host for hours
            left = max(0.0, self._budget.seconds - (time.monotonic() - self._started))
            try:
                wait = await self._store.ask(lambda conn: reserve(conn, host, every, min(MAX_WAIT, left)))
            except RateLimited:
                if left >= MAX_WAIT:
                    raise
                raise BudgetSpent(f"{self._board.title}: no free slot within {left:.0f} s", fix="the next run goes on") from None
            await asyncio.sleep(wait)

    async def _send(self, url: str, request: Request, extra: Mapping[str, str]) -> StoredAnswer:
        method = "POST" if request.posts else "GET"
        body: dict[str, Any] = {"json": dict(request.json)} if request.json is not None else {}
        body |= {"data": dict(request.form)} if request.form is not None else {}
        try:
            async with (
                asyncio.timeout(WHOLE),
                self._http.stream(method, url, headers={**extra}, **body) as response,
            ):
                self._check_peer(response, url)
                content = await read_limited(response, MAX_PAGE)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            where = f"{self._board.title} at {urlsplit(url).netloc}"
            raise BoardUnavailable(f"{where} gave no complete answer ({type(error).__name__})", fix="reading again is safe") from error
        headers = response.headers
        return StoredAnswer(
            url=url,
            status=response.status_code,
            content=in_utf8(content, response.charset_encoding),
            fetched_at=datetime.now(UTC),
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            retry_after=retry_after(headers.get("retry-after"), datetime.now(UTC)),
            redirected_to=target_of(response, url),
        )

    def _check_peer(self, response: httpx.Response, url: str) -> None:
        """The address really connected to: a name may have been pointed elsewhere since it was looked up."""
        stream = response.extensions.get("network_stream")
        peer = stream.get_extra_info("server_addr") if stream is not None and self._direct else None
        if peer and origin_of(url) != origin_of(self._base):
            refuse_private_peer(str(peer[0]), urlsplit(url).hostname or "")

    async def _robots_txt(self, url: str) -> tuple[int | None, str]:
        """Status and text of a robots.txt; ``None``: no answer. Redirects count as far as they stay on the board."""
        for _ in range(MAX_REDIRECTS + 1):
            try:
                async with asyncio.timeout(WHOLE), self._http.stream("GET", url) as response:
                    self._check_peer(response, url)
                    content = await read_limited(response, MAX_ROBOTS, cut=True)
            except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
                return None, ""
            self.requests += 1
            target = target_of(response, url) if response.is_redirect else None
            if target is None:
                return response.status_code, content.decode("utf-8", "replace")
            url = target
            if not self._home(url):
                return 404, ""
            if origin_of(url) != origin_of(self._base):
                await refuse_private(url)
        return 404, ""  # RFC 9309 2.3.1.2: more redirects than that count as none to be found


def target_of(response: httpx.Response, url: str) -> str | None:
    """Where an answer's ``Location`` leads; ``None``: it has none, or one that is no address."""
    try:
        target = urljoin(url, response.headers["location"]) if "location" in response.headers else None
        return target if target is None or urlsplit(target).port != 0 else None
    except ValueError:  # "https://[", a port that is none
        return None


def conditional_headers(request: Request, before: StoredAnswer | None) -> dict[str, str]:
    """The request's own headers, and what asks the board to answer only if something changed."""
    headers = dict(request.headers)
    if before is not None and before.etag:
        headers["If-None-Match"] = before.etag
    if before is not None and before.last_modified:
        headers["If-Modified-Since"] = before.last_modified
    return headers


async def read_limited(response: httpx.Response, most: int, *, cut: bool = False) -> bytes:
    """The body, uncompressed, up to ``most`` bytes.

    :param cut: take that much and ignore the rest
    :raises NotAResultsPage: it is larger
    """
    pieces: list[bytes] = []
    size = 0
    async for piece in response.aiter_bytes():
        pieces.append(piece)
        size += len(piece)
        if size > most:
            if cut:
                break
            raise NotAResultsPage(f"an answer larger than {most // 1024 // 1024} MB", fix="no board's page is; look at it in a browser")
    return b"".join(pieces)[:most]


def in_utf8(content: bytes, charset: str | None) -> bytes:
    """Text that the header declares to be in another charset, as UTF-8, so that it can be read again without the header."""
    if not charset or charset.lower().replace("-", "") in ("utf8", "ascii", "usascii"):
        return content
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        try:
            return content.decode(charset, "replace").encode("utf-8", "replace")
        except (LookupError, ValueError):  # none that there is, or none of texts (idna, undefined)
            return content
    return content


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds a Retry-After header asks for, in either of its forms; at most a day; ``None`` for none."""
    if not value:
        return None
    if value.strip().isdecimal():
        return min(float(value), 86_400.0)
    moment = mail_date(value)
    return None if moment is None else min(max((moment - now).total_seconds(), 0.0), 86_400.0)


def failure_of(answer: StoredAnswer, board: Board) -> BoardError | None:
    """What an answer's status means, or ``None`` for one that is worth reading."""
    status, said = answer.status, f"{board.title} answered {answer.status}"
    if answer.redirected_to is not None and 300 <= status < 400:
        return board_error("LoginWall", f"{board.name}: it sends us to {urlsplit(answer.redirected_to).path}")
    if 200 <= status < 300:
        return None
    if status == 401:
        return board_error("LoginWall", said)
    if status in (403, 451, 999):
        return board_error("Blocked", said)
    if status == 429:
        return RateLimited(said, retry_after=answer.retry_after, fix="the next run asks again; lower the pace if it happens often")
    if status >= 500:
        return BoardUnavailable(said, fix="reading again is safe")
    return NotAResultsPage(said, fix="check the address that was asked")


def _place_dropped(url: str, target: str) -> str:
    """The place that a search asks for and that its redirect asks for no more, in its words, its path or by a number; else empty."""
    asked = parse_qs(urlsplit(url).query)
    place = next((asked[key][0].strip() for key in PLACE_KEYS if key in asked), "")
    said = [word for word in words(place) if len(word) > 2]
    kept = set(words(unquote_plus(target)))
    numbered = any(key in parse_qs(urlsplit(target).query) for key in PLACE_NUMBERS)
    return "" if not said or numbered or any(word in kept for word in said) else place
