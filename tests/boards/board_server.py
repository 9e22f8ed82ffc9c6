"""A board on loopback that a test fills: routes by path, every request remembered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.boards.linkedin_pages import card, page, resource

Query = dict[str, str]
Route = Callable[[Query], "Reply"]


@dataclass
class Reply:
    """One answer; ``status`` 0 drops the connection."""

    body: str | bytes = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class FakeBoard:
    """Routes by exact path; ``robots`` is served at /robots.txt; ``seen`` is what was asked, ``agents`` by whom."""

    url: str = ""
    routes: dict[str, Route] = field(default_factory=dict)
    prefixes: dict[str, Route] = field(default_factory=dict)
    robots: Reply = field(default_factory=lambda: Reply("User-agent: *\nAllow: /\n"))
    seen: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def answer(self, target: str) -> Reply:
        parts = urlsplit(target)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/robots.txt":
            return self.robots
        if parts.path in self.routes:
            return self.routes[parts.path](query)
        for prefix, route in self.prefixes.items():
            if parts.path.startswith(prefix):
                return route({**query, "_rest": parts.path.removeprefix(prefix)})
        return Reply("not here", 404)

    def pages_asked(self) -> list[str]:
        return [target for target in self.seen if not target.startswith("/robots.txt")]


@contextmanager
def serving() -> Iterator[FakeBoard]:
    """A server on a free loopback port for the length of the block."""
    fake = FakeBoard()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fake.seen.append(self.path)
            fake.headers.append({name.lower(): value for name, value in self.headers.items()})
            reply = fake.answer(self.path)
            if reply.status == 0:
                self.connection.close()
                return
            body = reply.body.encode() if isinstance(reply.body, str) else reply.body
            self.send_response(reply.status, "x")
            for name, value in {"content-length": str(len(body)), **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


SEARCH = "/jobs/search"
MORE = "/jobs-guest/jobs/api/seeMoreJobPostings/search"
DETAIL = "/jobs-guest/jobs/api/jobPosting/"


def linkedin_like(fake: FakeBoard, total: int, *, per_page: int = 5) -> None:
    """Fills a fake with ``total`` invented postings, numbered from 1001."""

    def cards(query: Query) -> list[str]:
        start = int(query.get("start", 0))
        return [card(1001 + number, base=fake.url) for number in range(start, min(start + per_page, total))]

    def detail(query: Query) -> Reply:
        text = resource("detail_fragment.html").replace("7000000001", query["_rest"])
        return Reply(text)

    fake.routes[SEARCH] = lambda query: Reply(page(*cards(query)))
    fake.routes[MORE] = lambda query: Reply("".join(cards(query)))
    fake.prefixes[DETAIL] = detail
