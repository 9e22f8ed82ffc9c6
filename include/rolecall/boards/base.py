"""What every board is: how to ask it, and how to read what it answers.

A board is one file in ``sites/`` with one subclass of :class:`Board`; it is found by itself (``include/rolecall/boards/__init__.py``).
Reading never raises: a :class:`Page` always carries a named outcome, so that silence cannot pass for success.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, ClassVar, Literal, Self, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from pydantic import ValidationError

from rolecall import errors
from rolecall.models import JobPosting, SearchQuery
from rolecall.store.json_text import read_json
from rolecall.text.apply_address import apply_address
from rolecall.text.html import decode, repaired
from rolecall.text.places import with_places

Outcome = Literal["ok", "EmptyResult", "LayoutChanged", "NotAResultsPage", "LoginWall", "Blocked"]
"""``ok`` and ``EmptyResult`` (a true "no jobs" page) are successes; the others are names of :mod:`rolecall.errors`."""

SearchPart = Literal["keywords", "location", "remote", "radius", "age", "contract", "nation"]
"""What a board's own search can be asked for: ``nation`` is a site for each country, which its
place names."""

MILE = 1.609
"""Kilometres."""

SUCCESSES = frozenset({"ok", "EmptyResult"})

MAX_PAGE = 20 * 1024 * 1024
"""Bytes (or characters) a page may have; more is no page of any board we know."""

MAX_RAW = 50_000
"""Characters kept of a rejected card."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request to a board.

    :param url: what is asked, recorded and shown; never holds a secret
    :param secret_params: query parameters added on the wire only (an API key)
    :param secret_path: the end of the path, likewise
    :param headers: further headers on the wire only
    :param json: body of a POST
    :param form: fields of a POST, as a form; without either it is a GET
    """

    url: str
    secret_params: Mapping[str, str] = field(default_factory=dict, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    json: Mapping[str, Any] | None = None
    form: Mapping[str, str] | None = field(default=None, repr=False)
    secret_path: str = field(default="", repr=False)

    @property
    def posts(self) -> bool:
        """Whether it is a POST."""
        return self.json is not None or self.form is not None

    @property
    def wire_url(self) -> str:
        """The address with its secret parameters; never logged."""
        if self.secret_path:
            return f"{self.url}{quote(self.secret_path, safe='')}"
        if not self.secret_params:
            return self.url
        return f"{self.url}{'&' if '?' in self.url else '?'}{urlencode(self.secret_params)}"


@dataclass(frozen=True, slots=True)
class Reject:
    """One card that could not be read: why, and its raw text."""

    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Page:
    """What a page turned out to be.

    :param postings: the cards that could be read, in the page's order
    :param rejects: the cards that could not
    :param outcome: ``ok``, ``EmptyResult`` or the name of what went wrong
    :param note: what exactly, for people
    :param following: the next page, where only this one knows its address
    :param poorer: it was read in a poorer way than the board's own (its HTML in place of its JSON): what is missing, and why. Its
        postings are good; the search is named for it all the same, so that nobody takes what is missing for what the board says
    """

    postings: list[JobPosting]
    rejects: list[Reject] = field(default_factory=list)
    outcome: Outcome = "ok"
    note: str = ""
    following: Request | None = None
    poorer: str = ""

    @property
    def cards(self) -> int:
        """Cards found in the page, readable or not."""
        return len(self.postings) + len(self.rejects)

    def raise_for_outcome(self, board: str) -> None:
        """Raises the error an unsuccessful outcome names; a page that was only read in a poorer way is none.

        :raises BoardError: the subclass called like the outcome
        """
        if self.outcome not in SUCCESSES and not self.poorer:
            raise board_error(self.outcome, f"{board}: {self.note or self.outcome}")


FIXES = {
    "LayoutChanged": "the parser needs work: compare the stored answer (board_answer) with its selectors, then replay",
    "NotAResultsPage": "look at the stored answer (board_answer): an address that leads elsewhere, or an answer that is cut",
    "LoginWall": "the board wants a login from here; wait, or use its API key where it has one",
    "Blocked": "stop asking for a while; check the pace and the board's terms",
}


def board_error(outcome: str, message: str) -> errors.BoardError:
    """The error an outcome names."""
    kind = getattr(errors, outcome)
    error: errors.BoardError = kind(message, fix=FIXES.get(outcome, ""))
    return error


Card = TypeVar("Card")
Node = TypeVar("Node")


class BadCard(ValueError):
    """A card that cannot be a posting; the message is the reason."""


class Unreadable(Exception):
    """A page without postings: carries the outcome's name and what was seen."""

    def __init__(self, outcome: Outcome, note: str) -> None:
        super().__init__(note)
        self.outcome: Outcome = outcome
        self.note = note


SURPRISES = (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError)
"""What unexpected shapes raise in a reader of one card: the card is set aside with it, the rest goes on."""


def read_cards(cards: Iterable[Card], read: Callable[[Card], JobPosting], raw: Callable[[Card], str]) -> Page:
    """Reads cards one by one; a bad one becomes a :class:`Reject` and never stops the others."""
    postings: list[JobPosting] = []
    rejects: list[Reject] = []
    for card in cards:
        try:
            postings.append(legible(read(card)))
        except SURPRISES as error:
            rejects.append(Reject(reason_of(error), raw(card)[:MAX_RAW]))
    return Page(postings, rejects)


ADDRESS = re.compile(r"https?://[^\x00-\x20\x7f\s<>\"\\^`{|}]+")


def legible(posting: JobPosting) -> JobPosting:
    """The posting with its places, if its address can be one and none of its leading characters were lost.

    :raises BadCard: it cannot, or they were, by a wrong charset or a cut
    """
    if not ADDRESS.fullmatch(posting.url):
        raise BadCard(f"no address: {posting.url[:80]!r}")
    if "\ufffd" in posting.title or "\ufffd" in posting.company:
        raise BadCard("characters of the title or company were lost (wrong charset or cut page)")
    for name in WRITTEN:
        value = getattr(posting, name)
        if value and not value.isascii() and (fixed := repaired(value)) != value:
            setattr(posting, name, fixed)
    if not posting.apply_url:
        said, html = posting.description, posting.description_html
        if named := apply_address(said, html, company=posting.company, title=posting.title):
            posting.apply_url, posting.apply_kind = named, "mail"
    return with_places(posting)


WRITTEN = ("title", "company", "location", "description", "description_html")
"""Fields that people wrote, and whose characters somebody may have read wrongly."""


def reason_of(error: BaseException) -> str:
    """One line a person can act on: ``title: Field required``."""
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False, include_input=False)[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error) if isinstance(error, BadCard) else f"unexpected shape ({type(error).__name__}: {error})"[:300]


class Board:
    """One job board. Subclasses say how to ask (:meth:`search`) and how to read (:meth:`cards`, :meth:`detail_of`)."""

    name: ClassVar[str]
    title: ClassVar[str]
    """The name people know it by."""
    hosts: ClassVar[tuple[str, ...]]
    """Hosts (with their subdomains) that pages and redirects may lead to."""
    default_base_url: ClassVar[str]
    seconds_per_request: ClassVar[float] = 2.0
    """Pace of one host, over all workers."""
    can: ClassVar[frozenset[SearchPart]] = frozenset({"keywords", "location"})
    """What of a wish its own search does; the rest is filtered afterwards. Boards of employers can nothing: they are followed."""
    everything: ClassVar[int] = 0
    """Cards to take of a board that has no search and gives everything it has; 0: it is asked for an employer or not at all."""
    wants_credential: ClassVar[bool] = False
    """It answers nobody without login and password of its connection."""
    wants_login: ClassVar[bool] = True
    """Of these it wants both; else the password alone, which is its key."""
    has_details: ClassVar[bool] = False
    """Cards lack the description: :meth:`detail_request` says where it is."""
    on_own_hosts: ClassVar[bool] = False
    """An employer's board may be on a host of the employer's, which a search names: ``company: https://jobs.acme.example``."""
    complete: ClassVar[bool] = False
    """One answer has everything an employer offers: what is not in it any more is closed. Not so where a board pages or caps."""
    rich_fields: ClassVar[tuple[str, ...]] = ("company", "location", "posted_at")
    """Fields whose fill rate is watched besides the required ones."""

    credential: tuple[str, str] = ("", "")
    """Login and password of its connection, for a search (:meth:`with_credential`); empty for boards that want none."""

    token: str = ""
    """What its login gave it for a while, where it wants one first (:meth:`token_request`)."""

    def with_credential(self, login: str, password: str, token: str = "") -> Self:
        """The board as it is asked with a credential."""
        made = copy(self)
        made.credential, made.token = (login, password), token
        return made

    def token_request(self, *, base_url: str | None = None) -> Request | None:
        """What its credential is exchanged for a token by, before anything else (OAuth 2); ``None`` where it wants none."""
        return None

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """The request for one results page, or ``None`` when the board has no further one.

        :param base_url: stands in for the board's own address (sandbox, tests)
        :param seen: cards that earlier pages of this search gave
        :param number: 0 for the first page
        """
        raise NotImplementedError

    def serves(self, query: SearchQuery) -> bool:
        """Whether it can be asked for this at all: false for a place in a country it has nothing to do with."""
        return True

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads one results page; called through :meth:`read`, which adds what all boards share.

        :raises Unreadable: it has no cards, and why
        """
        raise NotImplementedError

    def detail_request(self, external_id: str, url: str, *, base_url: str | None = None) -> Request | None:
        """The request for the full text of one posting, or ``None`` where the card already has it."""
        return None

    def detail_of(self, text: str, *, url: str | None, fetched_at: datetime) -> JobPosting:
        """Reads one detail page; called through :meth:`detail`.

        :raises Unreadable: it is no detail page, and what it is
        """
        raise Unreadable("NotAResultsPage", f"{self.title} has no separate detail pages")

    # ── shared ──────────────────────────────────────────────────────────────────────────────────────────

    def read(self, content: str | bytes, *, url: str | None = None, fetched_at: datetime | None = None) -> Page:
        """Reads one results page. Never raises; never an empty success unless the board says "no jobs".

        :param url: where it came from: resolves relative links and tells a fragment from a page
        :param fetched_at: when; relative dates count back from it (now by default)
        """
        try:
            page = self.cards(usable(content), url=url, fetched_at=fetched_at or datetime.now(UTC))
        except Unreadable as found:
            return Page([], outcome=found.outcome, note=found.note)
        except SURPRISES as error:
            return Page([], outcome="LayoutChanged", note=f"the page: {reason_of(error)}")
        return judge_page(page)

    def parse(self, content: str | bytes, *, url: str | None = None, fetched_at: datetime | None = None) -> list[JobPosting]:
        """The postings of one results page.

        :raises BoardError: the subclass that names what the page is, when it is no readable results page
        """
        page = self.read(content, url=url, fetched_at=fetched_at)
        page.raise_for_outcome(self.name)
        return page.postings

    def detail(self, content: str | bytes, *, url: str | None = None, fetched_at: datetime | None = None) -> JobPosting:
        """The posting of one detail page, with description.

        :raises BoardError: the subclass that names what the page is instead
        """
        try:
            return legible(self.detail_of(usable(content), url=url, fetched_at=fetched_at or datetime.now(UTC)))
        except Unreadable as found:
            raise board_error(found.outcome, f"{self.name}: {found.note}") from None
        except SURPRISES as error:
            raise board_error("LayoutChanged", f"{self.name}: the detail page: {reason_of(error)}") from error

    def base(self, base_url: str | None) -> str:
        """Where requests go: the given address without a trailing slash, else the board's own."""
        return (base_url or self.default_base_url).rstrip("/")

    @cached_property
    def _suffixes(self) -> tuple[str, ...]:
        return tuple(f".{host}" for host in self.hosts)

    def owns(self, url: str) -> bool:
        """Whether an address is on one of the board's hosts."""
        host = (urlsplit(url).hostname or "").lower()
        return host in self.hosts or host.endswith(self._suffixes)


def usable(content: str | bytes) -> str:
    """The page as text.

    :raises Unreadable: larger than 20 MB, or not text at all
    """
    if len(content) > MAX_PAGE:
        raise Unreadable("NotAResultsPage", f"larger than {MAX_PAGE // 1024 // 1024} MB")
    text = decode(content)
    if text.count("\0", 0, 4096) > 8:
        raise Unreadable("NotAResultsPage", "binary, not a page")
    return text.replace("\0", "")


POORER = "poorer"
"""Key in ``raw`` of a detail page's posting that was read in a poorer way: what is missing, and why."""


def read_poorer(page: Page, why: str, *, broken: bool) -> Page:
    """Marks a page that a fallback read, where the board's own data could not be: its postings lack fields.

    :param why: what the fallback read, and what is missing for it

    :param broken: what is read first is there and damaged; else the page never had it, and is a good page of the poorer kind
    """
    return replace(page, outcome="LayoutChanged" if broken else page.outcome, note=why, poorer=why)


def is_cut(text: str) -> bool:
    """Whether an HTML page ends before its end."""
    return "<html" in text[:5000].lower() and "</html" not in text[-20_000:].lower()


def judge_page(page: Page) -> Page:
    """A page most of whose cards cannot be read has changed; what could be read is kept."""
    if page.poorer:
        return judge_page(replace(page, outcome="ok", note="", poorer="")) if len(page.rejects) > len(page.postings) else page
    if page.outcome == "ok" and len(page.rejects) > len(page.postings):
        reasons = ", ".join(sorted({reject.reason for reject in page.rejects})[:3])
        note = f"{len(page.rejects)} of {page.cards} cards cannot be read: {reasons}"
        return Page(page.postings, page.rejects, "LayoutChanged", note)
    if page.outcome == "ok" and not page.cards:
        return Page([], outcome="LayoutChanged", note="no cards, and no word that there are none")
    return page


def without_cut_card(text: str, found: list[Node], card: Callable[[Node], JobPosting]) -> Callable[[Node], JobPosting]:
    """A reader that refuses the last card of an HTML page which ends before its end: half a title must not pass for a whole one."""
    if not found or not is_cut(text):
        return card
    last = found[-1]

    def careful(one: Node) -> JobPosting:
        if one is last:
            raise BadCard("the page is cut off inside this card")
        return card(one)

    return careful


def json_document(text: str) -> Any:
    """The page as JSON.

    :raises Unreadable: it is not JSON
    """
    try:
        return read_json(text)
    except (ValueError, RecursionError) as error:
        said = "JSON that is cut or broken" if text.lstrip()[:1] in ("{", "[") else "not JSON"
        raise Unreadable(what_html_is(text), f"{said} ({type(error).__name__})") from None


def detail_changed(found: Unreadable, url: str | None, path: str) -> Unreadable:
    """What a page is that was asked for as a posting's own and has no posting: its layout changed, unless it says itself what it is.

    :param found: what it would be as a results page
    :param path: what the address of a posting's page holds
    """
    if found.outcome in ("LoginWall", "Blocked") or path not in (url or ""):
        return found
    return Unreadable("LayoutChanged", f"a posting's page without a posting that could be found ({found.note})")


CAPTCHA = ("captcha-delivery.com", "g-recaptcha", "h-captcha", "cf-challenge", "cf-turnstile", "challenges.cloudflare.com", "px-captcha")
CHALLENGE_TITLES = ("<title>just a moment", "<title>attention required", "<title>security check", "<title>access denied")


def what_html_is(text: str) -> Outcome:
    """Names a page that has none of what was looked for: a block, or simply something else."""
    low = text[:200_000].lower()
    if any(mark in low for mark in CHALLENGE_TITLES) or any(mark in low for mark in CAPTCHA):
        return "Blocked"
    return "NotAResultsPage"
