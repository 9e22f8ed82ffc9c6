"""LinkedIn: the public (logged-out) job pages.

* Results page ``/jobs/search``: cards marked ``data-entity-urn="urn:li:jobPosting:<id>"``, markup of 2025 (``base-search-card``)
  and of 2020 (``result-card``). It says itself that it is one (``pageKey``) and whether it is empty (``linkedin:pageTag``).
* Further cards ``/jobs-guest/jobs/api/seeMoreJobPostings/search?start=N``: a fragment of the same cards; nothing at all past the end.
* Full text ``/jobs-guest/jobs/api/jobPosting/<id>``: a fragment of the detail page ``/jobs/view/<slug>-<id>``.

Read off recorded public pages; there is no open API. A ``LINKEDIN_API_KEY`` is for LinkedIn's partners, whose programmes let them
post jobs and receive applications, not search other employers' jobs: it changes nothing here.
"""

from __future__ import annotations

import math
import re
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from selectolax.lexbor import LexborHTMLParser, LexborNode

from rolecall.boards.base import MILE, BadCard, Board, Outcome, Page, Request, Unreadable, detail_changed, read_cards, what_html_is
from rolecall.models import JobPosting, SearchQuery, is_web_address
from rolecall.text.dates import believable, iso, relative
from rolecall.text.html import employment, not_too_deep, safe_html, soup_of, squeeze, text_of
from rolecall.text.html import node_text as words
from rolecall.text.money import salary
from rolecall.text.places import place

URN = "urn:li:jobPosting:"
CARD = f'[data-entity-urn^="{URN}"]'
LINK = 'a[href*="/jobs/view/"]'
TITLE = ".base-search-card__title, .result-card__title"
COMPANY = ".base-search-card__subtitle, .result-card__subtitle"
LOCATION = ".job-search-card__location, .job-result-card__location"
SALARY = ".job-search-card__salary-info"

FRAGMENT = "/jobs-guest/jobs/api/seeMoreJobPostings/"
LAST_START = 975
"""The guest pages answer nothing from the 1,000th card on."""

ID_IN_PATH = re.compile(r"/jobs/view/(?:[^/?#]*-)?(\d+)/?$")
ADDRESS = re.compile(r"(https?)://([\w.:\[\]-]+)(/[^\s?#\\<>\"]*)(?:[?#]|$)", re.A)
DETAIL_MARKS = ('content="d_jobs_guest_details"', 'id="decoratedJobPostingId"', "top-card-layout__title")
RESULT_MARKS = (
    "d_jobs_guest_search",
    "urlType=jserp",
    "jobs-search__results-list",
    "results-context-header",
    "/jobs/view/",
    "job-search-card",
)
EMPTY_MARKS = ("emptyResult=true", 'class="no-results', "no-results__main-title")
WALL_MARKS = ("/authwall?", "auth_wall_", "authwall-join-form", "/uas/login-submit", "session_password")

SENIORITY_LABELS = {
    "seniority level", "karrierestufe", "niveau hiérarchique", "nivel de antigüedad", "livello di anzianità", "nível de experiência",
    "senioriteitsniveau", "poziom doświadczenia",
}  # fmt: skip
EMPLOYMENT_LABELS = {
    "employment type", "beschäftigungsverhältnis", "art der beschäftigung", "type d’emploi", "type d'emploi", "tipo de empleo",
    "tipo di impiego", "tipo de emprego", "soort baan", "dienstverband", "forma zatrudnienia",
}  # fmt: skip
NO_SENIORITY = {
    "",
    "not applicable",
    "nicht zutreffend",
    "non pertinent",
    "no corresponde",
    "non applicabile",
    "não aplicável",
    "niet van toepassing",
}


CONTRACTS = {"full-time": "F", "part-time": "P", "contract": "C", "temporary": "T", "internship": "I", "volunteer": "V"}
"""Ours → the search's ``f_JT``."""


class LinkedIn(Board):
    """LinkedIn's public job search."""

    name = "linkedin"
    title = "LinkedIn"
    hosts = ("linkedin.com",)
    default_base_url = "https://www.linkedin.com"
    seconds_per_request = 2.0
    can = frozenset({"keywords", "location", "remote", "radius", "age", "contract"})
    has_details = True

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """The first page in full, then fragments that start at the number of cards seen, up to card 1,000."""
        if seen > LAST_START or (number and not seen):
            return None
        params = {"keywords": query.keywords, "location": query.location, **({"f_WT": "2"} if query.remote else {})}
        params |= {"distance": str(math.ceil(query.radius / MILE))} if query.radius else {}  # miles
        params |= {"f_TPR": f"r{query.max_age_days * 86_400}"} if query.max_age_days else {}
        params |= {"f_JT": CONTRACTS[query.contract]} if query.contract in CONTRACTS else {}
        params["start"] = str(seen)
        path = f"{FRAGMENT}search" if number else "/jobs/search"
        return Request(f"{self.base(base_url)}{path}?{urlencode(params)}")

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads a results page or a fragment of cards."""
        if 'content="d_jobs_guest_details"' in text:  # its cards are similar jobs, not results
            raise Unreadable("NotAResultsPage", "a detail page")
        tree = LexborHTMLParser(not_too_deep(text))
        found = tree.css(CARD)
        if not found:
            raise self._without_cards(text, url)
        if any(mark in text for mark in DETAIL_MARKS[1:]):
            raise Unreadable("NotAResultsPage", "a detail page")
        start, end = text.find(URN), text.rfind(URN)
        if re.search(r"<(script|style|template)", text[start : end + len(found[-1].html or "")], re.I):
            for node in tree.css(f"{CARD} :is(script, style, template)"):
                node.decompose()
        cut_off = not re.compile(r"</li\s*>", re.I).search(text, end)
        last = found[-1]

        def read(card: LexborNode) -> JobPosting:
            if cut_off and card is last:
                raise BadCard("the page is cut off inside this card")
            return self._card(card, url, fetched_at)

        return read_cards(found, read, lambda card: card.html or "")

    def _card(self, card: LexborNode, url: str | None, fetched_at: datetime) -> JobPosting:
        external_id = (card.attributes["data-entity-urn"] or "").removeprefix(URN)
        if not external_id.isdecimal():
            raise BadCard(f"no number in its id {external_id[:40]!r}")
        link = card if card.tag == "a" else card.css_first(LINK)
        href = link.attributes.get("href") if link is not None else None
        if not href:
            raise BadCard("no link")
        title, company = words(card.css_first(TITLE)), words(card.css_first(COMPANY))
        if not title:
            raise BadCard("no title")
        if not company:
            raise BadCard("no company")
        location = words(card.css_first(LOCATION))
        where = place(location)
        time = card.css_first("time")
        listed = words(time)
        stamp = (time.attributes.get("datetime") if time is not None else None) or ""
        posted = believable(iso(stamp), fetched_at)
        raw: dict[str, Any] = {"urn": f"{URN}{external_id}", "datetime": stamp, "listed": listed}
        if posted is None and (posted := relative(listed, fetched_at)):
            raw["posted_is_relative"] = True
        pay = salary(words(card.css_first(SALARY)), dollars="USD" if where.country == "United States" else None)
        return JobPosting(
            board=self.name,
            external_id=external_id,
            url=self._canonical(href, external_id, url),
            title=title,
            company=company,
            location=location,
            **where.fields(),
            remote=where.remote,
            posted_at=posted,
            raw=raw,
            **pay.fields(),
        )

    def _canonical(self, href: str, external_id: str, page_url: str | None) -> str:
        """The posting's address without tracking; it must be on the board and agree with the id."""
        address = href if href.startswith("http") else urljoin(page_url or self.default_base_url, href.strip())
        parts = ADDRESS.match(address)
        if not parts or not self._at_home(parts[2].lower(), page_url):
            raise BadCard(f"its link leads off the board: {href[:80]!r}")
        found = ID_IN_PATH.search(parts[3])
        if not found or found[1] != external_id:
            raise BadCard(f"its link and its id {external_id} disagree: {parts[3][:120]!r}")
        return f"{parts[1]}://{parts[2].lower()}{parts[3].rstrip('/')}"

    def _at_home(self, netloc: str, page_url: str | None) -> bool:
        """On the board, or on the very host and port the page came from (a sandbox)."""
        return netloc.endswith(self._suffixes) or netloc in self.hosts or bool(page_url and urlsplit(page_url).netloc.lower() == netloc)

    def _without_cards(self, text: str, url: str | None) -> Unreadable:
        if any(mark in text for mark in DETAIL_MARKS):
            return Unreadable("NotAResultsPage", "a detail page")
        results = any(mark in text for mark in RESULT_MARKS)
        if any(mark in text for mark in EMPTY_MARKS):
            return Unreadable("EmptyResult", "the board says that there are no jobs")
        if any(mark in text for mark in WALL_MARKS) and not results:
            return Unreadable("LoginWall", "a login page instead of results")
        if url and FRAGMENT in url and _is_blank(text):
            return Unreadable("EmptyResult", "past the last card")
        if results or not text.strip():
            return Unreadable("LayoutChanged", "a results page without one card that could be found" if results else "an empty answer")
        kind: Outcome = what_html_is(text)
        return Unreadable(kind, "a page to prove that we are no robot" if kind == "Blocked" else "neither a results page nor cards")

    def _detail_address(self, soup: BeautifulSoup, top: Tag, external_id: str, page_url: str | None) -> str:
        """The posting's own address as the page gives it, without tracking; else the short one that leads to it."""
        for tag in (soup.select_one('link[rel="canonical"]'), top.select_one('a[href*="/jobs/view/"]')):
            with suppress(BadCard):
                return self._canonical(str(tag["href"]) if tag and tag.get("href") else "", external_id, page_url)
        return f"{self.default_base_url}/jobs/view/{external_id}"

    def detail_request(self, external_id: str, url: str, *, base_url: str | None = None) -> Request | None:
        """The guest fragment with the full text."""
        return Request(f"{self.base(base_url)}/jobs-guest/jobs/api/jobPosting/{external_id}")

    def detail_of(self, text: str, *, url: str | None, fetched_at: datetime) -> JobPosting:
        """Reads a detail page or its guest fragment; similar jobs beside it are not looked at."""
        soup = soup_of(text)
        top = soup.select_one(".top-card-layout")
        heading = top.select_one(".top-card-layout__title, .topcard__title") if top else None
        if top is None or heading is None:
            found = self._without_cards(text, url)
            changed = found.outcome == "EmptyResult" or any(mark in text for mark in DETAIL_MARKS)
            raise detail_changed(found, "/jobPosting/" if changed else url, "/jobPosting/")
        external_id = detail_id(soup, top, url)
        location = squeeze_tag(top.select_one(".topcard__flavor--bullet:not(figure)"))
        where = place(location)
        listed = squeeze_tag(top.select_one(".posted-time-ago__text"))
        posted = relative(listed, fetched_at)
        criteria = dict(criteria_of(soup))
        text_box = soup.select_one(".show-more-less-html__markup") or soup.select_one(".description__text")
        apply_url, apply_kind = apply_link(soup, self)
        level = next((value for label, value in criteria.items() if label in SENIORITY_LABELS), "")
        kind = next((value for label, value in criteria.items() if label in EMPLOYMENT_LABELS), "")
        pay = salary(squeeze_tag(soup.select_one(".compensation__salary")), dollars="USD" if where.country == "United States" else None)
        return JobPosting(
            board=self.name,
            external_id=external_id,
            url=self._detail_address(soup, top, external_id, url),
            title=squeeze_tag(heading),
            company=squeeze_tag(top.select_one(".topcard__org-name-link") or top.select_one(".topcard__flavor")),
            location=location,
            **where.fields(),
            remote=where.remote,
            posted_at=posted,
            description=text_of(text_box) if text_box else None,
            description_html=safe_html(text_box.decode_contents()) if text_box else None,
            employment_type=employment(kind),
            seniority=None if level.lower() in NO_SENIORITY else level,
            apply_url=apply_url,
            apply_kind=apply_kind,
            expired=top.select_one(".closed-job, .closed-job__flavor") is not None,
            raw={"criteria": criteria, "listed": listed, "posted_is_relative": True},
            **pay.fields(),
        )


def squeeze_tag(tag: Tag | None) -> str:
    """The text of a bs4 element on one line, without scripts."""
    return squeeze(text_of(tag)) if tag else ""


def hidden(soup: BeautifulSoup, identity: str) -> str:
    """The value LinkedIn keeps in ``<code id="…"><!--"value"--></code>``."""
    box = soup.find("code", id=identity)
    return str(box.string or "").strip().strip('"') if isinstance(box, Tag) else ""


def detail_id(soup: BeautifulSoup, top: Tag, url: str | None) -> str:
    """The posting's id, which the page gives in several places that must agree with the address asked for."""
    canonical = soup.select_one('link[rel="canonical"]')
    title_link = top.select_one('a[href*="/jobs/view/"]')
    addresses = [str(tag["href"]) for tag in (canonical, title_link) if tag and tag.get("href")]
    found = [hidden(soup, "decoratedJobPostingId")] + [match[1] for one in addresses if (match := ID_IN_PATH.search(urlsplit(one).path))]
    external_id = next((one for one in found if one.isdecimal()), "")
    asked = re.search(r"/jobPosting/(\d+)$|/jobs/view/(?:[^/?#]*-)?(\d+)/?$", urlsplit(url or "").path)
    wanted = (asked[1] or asked[2]) if asked else ""
    if external_id and wanted and external_id != wanted:
        raise Unreadable("NotAResultsPage", f"the page of another posting ({external_id}, asked for {wanted})")
    if not external_id and not wanted:
        raise Unreadable("LayoutChanged", "a detail page without its id")
    return external_id or wanted


def criteria_of(soup: BeautifulSoup) -> list[tuple[str, str]]:
    """The criteria list: label in lower case, value."""
    items = soup.select(".description__job-criteria-item")
    pairs = [
        (item.select_one(".description__job-criteria-subheader"), item.select_one(".description__job-criteria-text")) for item in items
    ]
    return [(squeeze_tag(label).lower(), squeeze_tag(value)) for label, value in pairs if label and value]


def apply_link(soup: BeautifulSoup, board: LinkedIn) -> tuple[str | None, str | None]:
    """Where an application goes: the employer's own address and ``external``; ``onsite`` for the board's own form; else nothing."""
    button = soup.select_one(".apply-button")
    linked = soup.select_one("a.apply-button--link[href]")
    address = hidden(soup, "applyUrl") or (str(linked["href"]) if linked else "")
    target = unwrapped(address)
    if is_web_address(target) and not board.owns(target):
        return target, "external"
    return None, "onsite" if button or address else None


@lru_cache(maxsize=256)
def unwrapped(address: str) -> str:
    """The employer's address inside LinkedIn's ``externalApply?url=…``; any other address as it is."""
    try:
        parts = urlsplit(address)
    except ValueError:  # a bracket that never ends
        return address
    inner = parse_qs(parts.query).get("url") if "/externalApply/" in parts.path else None
    return inner[0] if inner else address


def _is_blank(text: str) -> bool:
    """Nothing but comments, a document type and white space."""
    text = text.strip()
    while text:
        end = "-->" if text.startswith("<!--") else ">" if text[:9].lower() == "<!doctype" else ""
        if not end or end not in text:
            return False
        text = text.partition(end)[2].lstrip()
    return True
