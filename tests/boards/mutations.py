"""Pages as they arrive on a bad day: cut, torn, mixed up, poisoned. Deterministic by seed; used by the tests and by the long fuzz."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from rolecall import errors
from rolecall.boards import BOARDS, Page, board, read
from rolecall.boards.landing import as_json
from rolecall.models import JobPosting

RESOURCES = Path(__file__).parent / "resources"
NOW = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
PIECES = [
    "<script>alert(1)</script>", "javascript:alert(1)", "\0", "\ud800", "&#0;", "&amp;amp;", "</li>", "<li>", "<!--", "-->", "]]>",
    "\ufeff", "null", '"', "{", "[", "}" * 50, "<div>" * 300, "999999999999999999999999", "-1", "1970-01-01", "9999-12-31",
    "data-entity-urn=\"urn:li:jobPosting:", "https://evil.example/jobs/view/x-1", "\\u0000", "\\ud83d", "$c1", "é" * 1000, "A" * 100_000,
]  # fmt: skip

Mutation = Callable[[str, random.Random], str]


def cut(text: str, rng: random.Random) -> str:
    return text[: rng.randrange(len(text))]


def drop_slice(text: str, rng: random.Random) -> str:
    start = rng.randrange(len(text))
    return text[:start] + text[start + rng.randrange(1, 400) :]


def double_slice(text: str, rng: random.Random) -> str:
    start = rng.randrange(len(text))
    piece = text[start : start + rng.randrange(1, 2000)]
    return text[:start] + piece * rng.randrange(2, 5) + text[start:]


def insert(text: str, rng: random.Random) -> str:
    start = rng.randrange(len(text))
    return text[:start] + rng.choice(PIECES) + text[start:]


def flip(text: str, rng: random.Random) -> str:
    letters = list(text)
    for _ in range(rng.randrange(1, 30)):
        letters[rng.randrange(len(letters))] = chr(rng.choice([rng.randrange(32, 127), rng.randrange(0x80, 0x2FFF), 0, 0xFFFD]))
    return "".join(letters)


def rename_attribute(text: str, rng: random.Random) -> str:
    names = sorted(set(re.findall(r'\b[\w-]{1,40}(?==")|"\w{1,40}"(?=\s*:)', text)))
    return text.replace(rng.choice(names), "x", rng.choice([1, -1])) if names else text


def odd_value(text: str, rng: random.Random) -> str:
    """A JSON value becomes another kind of thing; in HTML, an attribute does."""
    odd = rng.choice(["null", "[]", "{}", "0", "-1", "true", '""', '"\\ud800"', "1e400", '[[[[["x"]]]]]', '{"@id": "#job"}'])
    found = list(re.finditer(r'(?<=": )("[^"\n]{0,80}"|-?\d+|null|true|false)', text)) or list(re.finditer(r'(?<==)"[^"\n]{0,80}"', text))
    if not found:
        return text
    one = rng.choice(found)
    return text[: one.start()] + odd + text[one.end() :]


WILD: list[Mutation] = [drop_slice, double_slice, insert, flip, rename_attribute, odd_value]


ADDRESSES = {
    ("jsonld", False): "https://hive.example/jobs/42",
    ("personio", False): "https://hive-works.jobs.personio.de/xml",
    ("bamboohr", False): "https://hive-works.bamboohr.com/careers/list",
    ("bamboohr", True): "https://hive-works.bamboohr.com/careers/31/detail",
    ("workday", False): "https://hive-works.wd5.myworkdayjobs.com/wday/cxs/hive-works/External/jobs",
    ("workday", True): "https://hive-works.wd5.myworkdayjobs.com/wday/cxs/hive-works/External/job/Maribor/Beekeeper_R-1001",
}
"""Where the pages are whose address says what they do not: (board, a detail page?) → address."""


@dataclass(frozen=True)
class Fixture:
    """One invented page, whose it is and how it reads unharmed."""

    board: str
    name: str
    text: str
    detail: bool = False

    @property
    def url(self) -> str | None:
        return ADDRESSES.get((self.board, self.detail))


def jsonld_page() -> str:
    node: dict[str, Any] = {
        "@context": "https://schema.org", "@type": "JobPosting", "title": "Beekeeper", "description": "<p>Keep bees.</p>",
        "datePosted": "2026-02-20", "validThrough": "2026-12-24", "employmentType": ["FULL_TIME"],
        "hiringOrganization": {"@type": "Organization", "name": "Hive & Works"},
        "jobLocation": [{"@type": "Place", "address": {"addressLocality": "Maribor", "addressCountry": "SI"}}],
        "baseSalary": {"currency": "EUR", "value": {"minValue": 2400, "maxValue": 2900, "unitText": "MONTH"}},
    }  # fmt: skip
    text = json.dumps({"@graph": [node, {"@id": "#x", "@type": "WebPage"}]}).replace("</", "<\\/")
    return f'<html><head><script type="application/ld+json">{text}</script></head><body>page</body></html>'


def fixtures() -> list[Fixture]:
    found = [
        Fixture("linkedin", "search_2025", (RESOURCES / "linkedin/search_2025.html").read_text()),
        Fixture("linkedin", "see_more_2020", (RESOURCES / "linkedin/see_more_2020.html").read_text()),
        Fixture("linkedin", "detail", (RESOURCES / "linkedin/detail_fragment.html").read_text(), detail=True),
        Fixture("indeed", "search", (RESOURCES / "indeed/search.html").read_text()),
        Fixture("indeed", "app", (RESOURCES / "indeed/app.json").read_text()),
        Fixture("indeed", "viewjob", (RESOURCES / "indeed/viewjob.html").read_text(), detail=True),
        Fixture("glassdoor", "search_fr", (RESOURCES / "glassdoor/search_fr.html").read_text()),
        Fixture("glassdoor", "jobview", (RESOURCES / "glassdoor/jobview.json").read_text()),
        Fixture("jsonld", "page", jsonld_page()),
        *(
            Fixture(board, "detail", (RESOURCES / f"feeds/{board}_detail.json").read_text(), detail=True)
            for board in ("smartrecruiters", "bamboohr", "workday")
        ),
    ]
    feeds = sorted(file for file in (RESOURCES / "feeds").iterdir() if file.stem in BOARDS)
    return found + [Fixture(file.stem, file.name, file.read_text()) for file in feeds]


def mutants(fixture: Fixture, count: int, seed: int) -> Iterator[tuple[str, str]]:
    """Mutated texts with a name that brings each back."""
    for number in range(count):
        rng = random.Random(f"{fixture.board}/{fixture.name}/{seed}/{number}")
        text = fixture.text
        steps: list[str] = []
        for _ in range(rng.randrange(1, 4)):
            mutation = rng.choice(WILD)
            text, steps = mutation(text, rng) or " ", [*steps, mutation.__name__]
        yield f"{fixture.board}/{fixture.name} seed {seed} number {number}: {', '.join(steps)}", text


OUTCOMES = {"ok", "EmptyResult", "LayoutChanged", "NotAResultsPage", "LoginWall", "Blocked"}


def check(fixture: Fixture, text: str) -> None:
    """Whatever the text: no crash, a named outcome, and no posting that cannot be one."""
    if fixture.detail:
        outcome, posting = read_detail(fixture, text)
        assert outcome in OUTCOMES
        if posting is not None:
            sound(fixture, posting)
        return
    page = read(fixture.board, text, url=fixture.url, fetched_at=NOW)
    named(page)
    for posting in page.postings:
        sound(fixture, posting)
    as_json(page.postings).encode("utf-8")


def read_detail(fixture: Fixture, text: str) -> tuple[str, JobPosting | None]:
    try:
        return "ok", board(fixture.board).detail(text, url=fixture.url, fetched_at=NOW)
    except errors.BoardError as error:
        return type(error).__name__, None


def named(page: Page) -> None:
    assert page.outcome in OUTCOMES
    assert (page.outcome == "ok") <= bool(page.postings)
    assert page.outcome in ("ok", "LayoutChanged") or not page.cards
    assert page.outcome == "ok" or page.note
    assert all(reject.reason and reject.raw is not None for reject in page.rejects)


def harmless(html: str) -> None:
    """Nothing in it runs: no script element, no event attribute, no other address than http(s) and mailto."""
    for node in LexborHTMLParser(html).css("body *"):
        assert node.tag not in ("script", "style", "iframe", "object", "img", "form")
        assert set(node.attributes) <= {"href", "rel"}
        assert (node.attributes.get("href") or "https:").split(":", 1)[0] in ("http", "https", "mailto")


def sound(fixture: Fixture, posting: JobPosting) -> None:
    one = board(fixture.board)
    assert posting.board == fixture.board
    assert posting.title.strip()
    assert "\0" not in posting.title + posting.company + posting.location + posting.url
    assert "\ufffd" not in posting.title + posting.company
    assert re.match(r"https?://[^\s<>\"]+$", posting.url), posting.url
    assert "<script" not in posting.title.lower()
    harmless(posting.description_html or "")
    if fixture.board in ("linkedin", "indeed", "glassdoor", "weworkremotely"):
        assert one.owns(posting.url), posting.url
    if fixture.board == "linkedin":
        assert posting.external_id.isdecimal()
        assert posting.url.endswith(posting.external_id)
    if posting.salary_min and posting.salary_max:
        assert posting.salary_min <= posting.salary_max
    if posting.posted_at:
        assert 1995 <= posting.posted_at.year <= 2026
    assert posting.apply_url is None or posting.apply_url.startswith(("http://", "https://"))
