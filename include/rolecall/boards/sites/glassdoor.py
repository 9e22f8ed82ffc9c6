"""Glassdoor: the public results page ``/Job/jobs.htm?sc.keyword=…`` and posting page ``/job-listing/…-JV_….htm?jl=<id>``.

* ``jobview`` payloads first: in the page's own JSON (``__NEXT_DATA__``, or the React stream ``self.__next_f``) or as a saved answer of its
  search service. The same cards as HTML (``[data-test="jobListing"]``), in any interface language, are the fallback. Both read off recorded
  pages (2025). Posting pages by their JSON-LD and description box: not verified live.
* Further pages hang on cursors (``paginationCursors``) that the page's own JSON gives: the next one is the page's address with ``_IP<n>``
  before ``.htm`` and the cursor as ``pgc``. The cursors were seen on the recorded page; asking with them is not verified live.
* A logged-out visitor may get a landing page that has no cards: that is a login wall, not an empty result.

A ``GLASSDOOR_API_KEY`` changes nothing: Glassdoor closed its public API to new partners (https://www.glassdoor.com/developer/index.htm),
and its remaining partner services give no job search. Traps: an age in days in place of a date
("30+" is none); salaries that Glassdoor estimates;
``payPeriodAdjustedPay`` percentiles that are the employer's own range only where ``salarySource`` is ``EMPLOYER_PROVIDED``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from rolecall.boards import jsonld
from rolecall.boards.base import (
    BadCard,
    Board,
    Page,
    Request,
    Unreadable,
    detail_changed,
    is_cut,
    read_cards,
    read_poorer,
    what_html_is,
    without_cut_card,
)
from rolecall.boards.employers import as_raw
from rolecall.models import JobPosting, Remote, SearchQuery
from rolecall.store.json_text import read_json
from rolecall.text.dates import midnight, relative
from rolecall.text.html import as_dict, as_text, description_of, node_text, not_too_deep, plain, safe_html, soup_of, text_of
from rolecall.text.money import Salary, interval, salary
from rolecall.text.places import Place, country, country_of_site, place, remote_kind
from rolecall.text.places.place_wishes import nation_of

CARD = '[data-test="jobListing"]'
LISTING = re.compile(r"\d{6,}")
PUSH = "self.__next_f.push("
NEXT_DATA = re.compile(r'<script id="__NEXT_DATA__"[^>]{0,500}>(.*?)(?:</script>|\Z)', re.S)
ROW = re.compile(r"([0-9a-f]{1,16}):(T([0-9a-f]{1,8}),)?")
REFERENCE = re.compile(r"\$[0-9a-f]+")
CURSOR = re.compile(r'\\?"cursor\\?"\s*:\s*\\?"([\w+/=-]{1,500})\\?"\s*,\s*\\?"pageNumber\\?"\s*:\s*(\d{1,4})\b')
PAGE = re.compile(r"_IP(\d{1,4})(?=\.htm$)")
LAST_PAGE = 30
"""The site shows no further ones."""

EMPTY_MARKS = ('data-test="noResults"', "JobsList_noResults", '"totalJobsCount":0')
RESULT_MARKS = ('data-test="jobListing"', "JobsList_jobListItem", "JobCard_jobTitle", '"pageName":"jobs:job-search-next"')
WALL_MARKS = ("HardsellOverlay", "/profile/login_input.htm", 'data-test="authModal')
EXPIRED_MARKS = ("JobDetails_expired", "This job is no longer available")
LOGGED_OUT = re.compile(r'\\?"isLoggedIn\\?"\s*:\s*false')
INDEED_REMOTE = "DSQF7"


SITES = {
    "GB": "https://www.glassdoor.co.uk", "FR": "https://www.glassdoor.fr", "DE": "https://www.glassdoor.de", "CA": "https://www.glassdoor.ca",
    "AU": "https://www.glassdoor.com.au", "IN": "https://www.glassdoor.co.in", "IE": "https://www.glassdoor.ie",
    "ES": "https://www.glassdoor.es", "IT": "https://www.glassdoor.it", "NL": "https://www.glassdoor.nl", "BE": "https://www.glassdoor.be",
    "AT": "https://www.glassdoor.at", "CH": "https://www.glassdoor.ch", "SG": "https://www.glassdoor.sg",
    "BR": "https://www.glassdoor.com.br", "MX": "https://www.glassdoor.com.mx", "HK": "https://www.glassdoor.com.hk",
    "NZ": "https://www.glassdoor.co.nz",
}  # fmt: skip
"""Country → its site; everywhere else the American one."""


class Glassdoor(Board):
    """Glassdoor's public job search."""

    name = "glassdoor"
    title = "Glassdoor"
    hosts = (
        "glassdoor.com", "glassdoor.co.uk", "glassdoor.fr", "glassdoor.de", "glassdoor.ca", "glassdoor.com.au", "glassdoor.co.in",
        "glassdoor.ie", "glassdoor.es", "glassdoor.it", "glassdoor.nl", "glassdoor.be", "glassdoor.at", "glassdoor.ch", "glassdoor.sg",
        "glassdoor.com.br", "glassdoor.com.mx", "glassdoor.com.hk", "glassdoor.co.nz",
    )  # fmt: skip
    default_base_url = "https://www.glassdoor.com"
    can = frozenset({"keywords", "location", "age", "nation"})
    seconds_per_request = 3.0
    has_details = True

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """The first page; each further one is known only to the page before it (:func:`following`)."""
        if number:
            return None
        params = {"sc.keyword": query.keywords, "locKeyword": query.location}
        params |= {"fromAge": str(query.max_age_days)} if query.max_age_days else {}
        own = base_url not in (None, self.default_base_url)  # a sandbox, or somebody's own way there
        base = self.base(base_url) if own else SITES.get(nation_of(query.location) if query.location else "", self.default_base_url)
        return Request(f"{base}/Job/jobs.htm?{urlencode(params)}")

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads a results page, or a saved answer of the search service."""
        views = list(views_of(text))
        tree = None if text.lstrip()[:1] in "[{" else LexborHTMLParser(not_too_deep(text))
        found = tree.css(CARD) if tree is not None else []
        if views and len(views) >= len(found):
            page = read_cards(views, lambda view: self._view(view, url, fetched_at), as_raw)
        elif found:
            read = without_cut_card(text, found, lambda card: self._card(card, url, fetched_at))
            page = read_cards(found, read, lambda card: card.html or "")
            cut, there = is_cut(text), bool(views) or NEXT_DATA.search(text) is not None or '\\"jobview\\"' in text
            lost = "is cut off" if cut else f"has {len(views)} of {len(found)} cards" if views else "cannot be read" if there else "is gone"
            why = f"its JSON {lost}: read from its HTML, without exact pay and what makes an ad remote"
            page = read_poorer(page, why, broken=cut or there)
        else:
            raise without_cards(text)
        return replace(page, following=following(text, url))

    def _view(self, view: dict[str, Any], url: str | None, fetched_at: datetime) -> JobPosting:
        header, job = as_dict(view.get("header")), as_dict(view.get("job"))
        listing = as_text(job.get("listingId")) or as_text(as_dict(view.get("jobListingAdminDetails")).get("jobListingId"))
        if not LISTING.fullmatch(listing):
            raise BadCard(f"no listing id {listing[:40]!r}")
        company = as_text(header.get("employerNameFromSearch")) or as_text(as_dict(header.get("employer")).get("name"))
        company = plain(company or as_text(as_dict(view.get("overview")).get("shortName")))
        location = plain(as_text(header.get("locationName")))
        age = header.get("ageInDays")
        days = age if isinstance(age, int) and not isinstance(age, bool) and 0 <= age < 3650 else None
        html = as_text(job.get("description"))
        kind = as_text(header.get("locationType"))
        where = place(location, country=country_of_site(url))
        if kind == "C":
            where = where._replace(city=where.city or location or None)
        elif kind == "S":
            where = Place(region=where.region or location or None, country=where.country)
        return JobPosting(
            board=self.name,
            external_id=listing,
            url=self._address(as_text(header.get("seoJobLink")), listing, url),
            title=plain(as_text(header.get("jobTitleText")) or as_text(job.get("jobTitleText"))),
            company=company,
            location=location,
            city=where.city,
            region=where.region,
            country=where.country or (country(location) if kind == "N" else country_of_site(url) if kind in ("C", "S") else None),
            remote=remote_kind(location) or attributes_remote(header),
            posted_at=midnight(fetched_at - timedelta(days=days)) if days is not None else None,
            description=description_of(html),
            description_html=safe_html(html),
            apply_kind="onsite" if header.get("easyApply") is True else None,
            expired=header.get("expired") is True,
            raw={"age_in_days": days, "salary_source": header.get("salarySource"), "posted_is_relative": True},
            **pay(header).fields(),
        )

    def _card(self, card: LexborNode, url: str | None, fetched_at: datetime) -> JobPosting:
        listing = card.attributes.get("data-jobid") or ""
        if not LISTING.fullmatch(listing):
            raise BadCard(f"no listing id {listing[:40]!r}")
        link = card.css_first('a[data-test="job-title"]')
        company = node_text(card.css_first('[class*="EmployerProfile_compactEmployerName"], [id^="job-employer-"] span'))
        if link is None or not company:
            raise BadCard("no company" if link is not None else "no title")
        location = node_text(card.css_first('[data-test="emp-location"]'))
        where = place(location, country=country_of_site(url))
        age = node_text(card.css_first('[data-test="job-age"]'))
        pay_text = node_text(card.css_first('[data-test="detailSalary"]'))
        dollars = "USD" if where.country == "United States" else None
        offered = Salary() if "glassdoor" in pay_text.lower() else salary(re.sub(r"\([^)]{0,500}\)", "", pay_text), dollars=dollars)
        return JobPosting(
            board=self.name,
            external_id=listing,
            url=self._address(link.attributes.get("href") or "", listing, url),
            title=node_text(link),
            company=company,
            location=location,
            **where.fields(),
            remote=where.remote,
            posted_at=relative(age, fetched_at),
            raw={"listed": age, "salary": pay_text, "posted_is_relative": True},
            **offered.fields(),
        )

    def _address(self, link: str, listing: str, page_url: str | None) -> str:
        """The posting's address without tracking; it must be on the board and name the listing."""
        parts = urlsplit(urljoin(page_url or self.default_base_url, link.strip()))
        home = page_url is not None and urlsplit(page_url).netloc == parts.netloc
        if parts.scheme not in ("http", "https") or "@" in parts.netloc or not (home or self.owns(f"https://{parts.hostname}/")):
            raise BadCard(f"its link leads off the board: {link[:80]!r}")
        if (parse_qs(parts.query).get("jl") or [""])[0] != listing or "/job-listing/" not in parts.path:
            raise BadCard(f"its link and its id {listing} disagree: {link[:120]!r}")
        return f"{parts.scheme}://{parts.netloc}{parts.path}?jl={listing}"

    def detail_request(self, external_id: str, url: str, *, base_url: str | None = None) -> Request | None:
        """The posting's own page, on the configured address."""
        base, parts = self.base(base_url), urlsplit(url)
        if base_url is None or f"{parts.scheme}://{parts.netloc}" == "://".join(urlsplit(base)[:2]):
            return Request(url)
        return Request(f"{base}{parts.path}?{parts.query}")

    def detail_of(self, text: str, *, url: str | None, fetched_at: datetime) -> JobPosting:
        """Reads a posting page: JSON-LD, and the description box where the JSON-LD has none."""
        found = jsonld.find(text, url)
        address = found.address if found.address and "jl=" in found.address else url or ""
        listing = (parse_qs(urlsplit(address).query).get("jl") or [""])[0]
        if not found.postings or not LISTING.fullmatch(listing):
            raise detail_changed(without_cards(text), url, "/job-listing/")
        posting = jsonld.posting_of(found.postings[0], found, board=self.name, external_id=listing, url=address, fetched_at=fetched_at)
        posting = posting.model_copy(update={"expired": posting.expired or any(mark in text for mark in EXPIRED_MARKS)})
        if posting.description:
            return posting
        box = soup_of(text).select_one('[class*="JobDetails_jobDescription"]')
        return posting.model_copy(
            update={"description": text_of(box) if box else None, "description_html": safe_html(box.decode_contents()) if box else None}
        )


def following(text: str, url: str | None) -> Request | None:
    """The request for the next results page, where this one gives its cursor."""
    parts = urlsplit(url or "")
    if not parts.path.endswith(".htm"):
        return None
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    at = PAGE.search(parts.path)
    number = int(at[1] if at else query["p"] if query.get("p", "").isdecimal() else 1) + 1
    cursor = next((found[1] for found in CURSOR.finditer(text) if int(found[2]) == number), None)
    if cursor is None or number > LAST_PAGE:
        return None
    query |= {"pgc": cursor} if "SRCH_" in parts.path else {"pgc": cursor, "p": str(number)}
    path = f"{PAGE.sub('', parts.path).removesuffix('.htm')}_IP{number}.htm" if "SRCH_" in parts.path else parts.path
    return Request(f"{parts.scheme}://{parts.netloc}{path}?{urlencode(query)}")


def views_of(text: str) -> Iterator[dict[str, Any]]:
    """Every ``jobview`` of a page or payload, each listing once, in the page's order."""
    seen: set[str] = set()
    for view in candidates(text):
        listing = as_text(as_dict(view.get("job")).get("listingId"))
        if "header" in view and listing not in seen:
            seen.add(listing)
            yield view


def candidates(text: str) -> Iterator[dict[str, Any]]:
    """The objects under ``jobview`` keys, from whichever JSON the page has."""
    bare = text.lstrip()[:1] in "[{"
    embedded = NEXT_DATA.search(text)
    if bare or embedded:
        try:
            document = read_json(text if bare else embedded[1] if embedded else "")
        except (ValueError, RecursionError):
            return
        yield from (as_dict(node["jobview"]) for node in jsonld.nodes(document) if isinstance(node.get("jobview"), dict))
        return
    if '\\"jobview\\"' in text:
        rows = stream_rows(text)
        for row in rows.values():
            if isinstance(row, dict) and "jobview" in row:
                yield as_dict(resolved(row, rows).get("jobview"))


def stream_rows(text: str) -> dict[str, Any]:
    """The rows of the page's React stream (``id:json`` lines, ``id:T<hex length>,text``) by their id; what is no JSON is left out."""
    pieces = []
    for script in text.split("</script>")[:-1]:
        pushed = script.partition(PUSH)[2]
        if not pushed.endswith("])"):
            continue
        try:
            part = read_json(pushed[:-1])
        except (ValueError, RecursionError):
            continue
        if isinstance(part, list) and len(part) > 1 and isinstance(part[1], str):
            pieces.append(part[1])
    stream, rows, at = "".join(pieces).encode("utf-8", "surrogatepass"), dict[str, Any](), 0
    row_start = re.compile(ROW.pattern.encode())
    while at < len(stream):
        start = row_start.match(stream, at)
        if start is None:
            at = (stream.find(b"\n", at) + 1) or len(stream)
            continue
        name = start[1].decode()
        if start[2]:
            end = start.end() + int(start[3], 16)
            rows[name] = stream[start.end() : end].decode("utf-8", "replace")
            at = end
            continue
        end = stream.find(b"\n", start.end())
        end = len(stream) if end < 0 else end
        line = stream[start.end() : end]
        if line[:1] in b"{[":
            with suppress(ValueError, RecursionError):
                rows[name] = read_json(line)
        at = end + 1
    return rows


def resolved(value: Any, rows: dict[str, Any], depth: int = 6) -> Any:
    """A value with its ``$id`` references replaced, six deep: circles end there."""
    if depth == 0:
        return None
    if isinstance(value, str) and REFERENCE.fullmatch(value) and value[1:] in rows:
        return resolved(rows[value[1:]], rows, depth - 1)
    if isinstance(value, dict):
        return {name: resolved(item, rows, depth - (not isinstance(item, str))) for name, item in value.items()}
    if isinstance(value, list):
        return [resolved(item, rows, depth - (not isinstance(item, str))) for item in value]
    return value


def attributes_remote(header: dict[str, Any]) -> Remote | None:
    """``remote`` where the listing carries the attribute that says so."""
    known = json.dumps(as_dict(header.get("indeedJobAttribute")), default=str)
    return "remote" if INDEED_REMOTE in known else None


def pay(header: dict[str, Any]) -> Salary:
    """The employer's own range; Glassdoor's estimates are not the ad's."""
    if header.get("salarySource") != "EMPLOYER_PROVIDED":
        return Salary()
    bounds = as_dict(header.get("payPeriodAdjustedPay"))
    low, high = jsonld.number(bounds.get("p10")), jsonld.number(bounds.get("p90"))
    return Salary(low, high, as_text(header.get("payCurrency")) or None, interval(as_text(header.get("payPeriod"))))


def without_cards(text: str) -> Unreadable:
    """What a page without cards is."""
    if text.lstrip()[:1] in "[{":
        return Unreadable("NotAResultsPage", "JSON without a jobview, cut or of another kind")
    if any(mark in text for mark in EMPTY_MARKS):
        return Unreadable("EmptyResult", "the board says that there are no jobs")
    if any(mark in text for mark in RESULT_MARKS):
        return Unreadable("LayoutChanged", "a results page without one card that could be found")
    if any(mark in text for mark in WALL_MARKS) or LOGGED_OUT.search(text):
        return Unreadable("LoginWall", "the landing page of a logged-out visitor instead of results")
    return Unreadable(what_html_is(text), "neither a results page nor cards" if text.strip() else "an empty answer")
