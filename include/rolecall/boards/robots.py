"""Manners: robots.txt (RFC 9309) and one pace per host, both kept in Postgres for all workers and processes."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import socket
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from urllib.parse import urlsplit

from protego import Protego

from rolecall.boards.scrape_store import ScrapeStore
from rolecall.clients.public_hosts import refuse_private_peer
from rolecall.errors import Blocked, BoardUnavailable, RateLimited
from rolecall.store import Connection, pace

ROBOTS_TOKEN = "JobBot"
ROBOTS_FRESH = timedelta(hours=24)
DENIAL_FRESH = timedelta(seconds=60)
"""How long an unreachable robots.txt is not asked for again."""

NO_RULES = Protego.parse("")

MAX_WAIT = 120.0
"""Seconds to wait for a free slot at most; a host that is booked further ahead counts as rate-limited."""

MAX_CRAWL_DELAY = 60.0


def origin_of(url: str) -> str:
    """``scheme://host[:port]`` in lower case."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()


def is_loopback(url: str) -> bool:
    """Whether an address names this machine itself."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def is_ours(url: str) -> bool:
    """Whether an address is this machine's or the sandbox's (``SANDBOX_URL``), wherever that runs: neither paced nor remembered."""
    sandbox = os.environ.get("SANDBOX_URL", "").strip()
    return is_loopback(url) or (bool(sandbox) and origin_of(url) == origin_of(sandbox))


PORTS = (None, 80, 443)
"""Ports of public pages; another one is asked only where a base URL names it."""


async def refuse_private(url: str) -> None:
    """Looks the host up and refuses what is not on the public internet, and ports that public pages do not have.

    :raises Blocked: private, loopback, link-local, reserved or unknown; another port
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        found = []  # the request itself will say that the name is unknown
    for entry in found:
        refuse_private_peer(str(entry[4][0]), host)
    try:
        usual = parts.port in PORTS
    except ValueError:  # no number, or none that a port can have
        usual = False
    if not usual:
        raise Blocked(f"{host} is asked for at a port that public pages do not have", fix="a base URL may name a port; nothing else does")


class Robots:
    """robots.txt of the origins one run meets.

    :param get: fetches a robots.txt: its status (``None``: no answer) and text
    """

    def __init__(self, store: ScrapeStore, get: Callable[[str], Awaitable[tuple[int | None, str]]]) -> None:
        self._store = store
        self._get = get
        self._known: dict[str, tuple[int | None, Protego]] = {}
        self._lock = asyncio.Lock()

    async def denial(self, url: str) -> str | None:
        """Why an address may not be read, or ``None``: 4xx allows everything, 5xx denies everything.

        :raises BoardUnavailable: no answer at all: nothing is known of what may be read
        """
        status, rules = await self._rules(origin_of(url))
        if status is None:
            host = urlsplit(url).netloc.rpartition("@")[2]
            raise BoardUnavailable(f"{host} gave no answer when it was asked for its robots.txt", fix="look at the network here and there")
        if status >= 500:
            return f"its robots.txt could not be read ({status})"
        if not rules.can_fetch(url, ROBOTS_TOKEN):
            return f"robots.txt denies {urlsplit(url).path} to {ROBOTS_TOKEN}"
        return None

    async def delay(self, url: str) -> float:
        """The crawl delay it asks for in seconds, 0 to 60."""
        _, rules = await self._rules(origin_of(url))
        return min(float(rules.crawl_delay(ROBOTS_TOKEN) or 0), MAX_CRAWL_DELAY)

    async def _rules(self, origin: str) -> tuple[int | None, Protego]:
        async with self._lock:
            if origin not in self._known:
                cached = await self._store.run(partial(cached_robots, origin=origin))
                status, body = cached or await self._ask(origin)
                if status is None:
                    return None, NO_RULES
                self._known[origin] = (status, Protego.parse(body if status is not None and status < 300 else ""))
            return self._known[origin]

    async def _ask(self, origin: str) -> tuple[int | None, str]:
        status, body = await self._get(f"{origin}/robots.txt")
        if status is None:
            return None, ""
        await self._store.run(lambda conn: remember_robots(conn, origin, status, body))
        return status, body


def cached_robots(conn: Connection, origin: str) -> tuple[int | None, str] | None:
    """A robots.txt that is still fresh: 24 hours, a minute for one that could not be read, never for our own or where nobody answered."""
    row = conn.execute("select status, body, fetched_at from robots where origin = %s", (origin,)).fetchone()
    if row is None or row["status"] is None or is_ours(origin):
        return None
    readable = row["status"] < 500
    age = datetime.now(UTC) - row["fetched_at"]
    return (row["status"], row["body"]) if age < (ROBOTS_FRESH if readable else DENIAL_FRESH) else None


def remember_robots(conn: Connection, origin: str, status: int | None, body: str) -> None:
    """Keeps a robots.txt for the other workers and the record."""
    conn.execute(
        """
        insert into robots (origin, status, body, fetched_at) values (%s, %s, %s, now())
        on conflict (origin) do update set status = excluded.status, body = excluded.body, fetched_at = excluded.fetched_at
        """,
        (origin, status, body.replace("\0", "")),
    )


def reserve(conn: Connection, host: str, every: float, most: float = MAX_WAIT) -> float:
    """Takes the host's next free slot, for all workers and processes, in one statement. Returns the seconds to wait for it.

    :param every: seconds between two requests
    :param most: seconds to wait at most
    :raises RateLimited: the next slot is further away; none was taken
    """
    wait = pace.reserve(conn, f"host:{host}", delay=every, most=most)
    if wait is None:
        raise RateLimited(f"{host} is booked for more than {most:.0f} s ahead", fix="the next run asks again; lower the number of searches")
    return wait


def postpone(conn: Connection, host: str, seconds: float) -> None:
    """Lets no worker ask a host before ``seconds`` have passed: what its Retry-After says."""
    pace.hold(conn, f"host:{host}", seconds)
