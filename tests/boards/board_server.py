"""A board on loopback that a test fills: routes by path, every request remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tests.boards.sites.linkedin_pages import card, page, resource
from tests.http_double import Answer, Call, HttpDouble

Query = dict[str, str]
Route = Callable[[Query], "Answer"]


@dataclass
class FakeBoard(HttpDouble):
    """Routes by exact path; ``robots`` is served at /robots.txt; ``seen`` is what was asked."""

    routes: dict[str, Route] = field(default_factory=dict)
    prefixes: dict[str, Route] = field(default_factory=dict)
    robots: Answer = field(default_factory=lambda: Answer(body="User-agent: *\nAllow: /\n"))

    @property
    def seen(self) -> list[str]:
        return [call.path for call in self.calls]

    def reply(self, call: Call) -> Answer:
        path = urlsplit(call.path).path
        if path == "/robots.txt":
            return self.robots
        if path in self.routes:
            return self.routes[path](call.query)
        for prefix, route in self.prefixes.items():
            if path.startswith(prefix):
                return route({**call.query, "_rest": path.removeprefix(prefix)})
        return Answer(404, "not here")

    def pages_asked(self) -> list[str]:
        return [target for target in self.seen if not target.startswith("/robots.txt")]


SEARCH = "/jobs/search"
MORE = "/jobs-guest/jobs/api/seeMoreJobPostings/search"
DETAIL = "/jobs-guest/jobs/api/jobPosting/"


def linkedin_like(fake: FakeBoard, total: int, *, per_page: int = 5) -> None:
    """Fills a fake with ``total`` invented postings, numbered from 1001."""

    def cards(query: Query) -> list[str]:
        start = int(query.get("start", 0))
        return [card(1001 + number, base=fake.url) for number in range(start, min(start + per_page, total))]

    def detail(query: Query) -> Answer:
        text = resource("detail_fragment.html").replace("7000000001", query["_rest"])
        return Answer(body=text)

    fake.routes[SEARCH] = lambda query: Answer(body=page(*cards(query)))
    fake.routes[MORE] = lambda query: Answer(body="".join(cards(query)))
    fake.prefixes[DETAIL] = detail
