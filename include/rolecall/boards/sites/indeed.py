"""Indeed: the public results page ``/jobs?q=…&l=…&start=…`` and posting page ``/viewjob?jk=…``.

* The page holds its cards as JSON in ``window.mosaic.providerData["mosaic-provider-jobcards"]``: read first. The same cards as HTML
  (``.job_seen_beacon``) are the fallback. Both read off a recorded page (2025); detail pages by their JSON-LD and ``#jobDescriptionText``,
  not verified live.
* The answer of the GraphQL service that Indeed's own apps use (``data.jobSearch.results``) can be read, too, from a saved payload. It
  is not asked: it is undocumented and its key belongs to Indeed's apps.

An ``INDEED_API_KEY`` is for Indeed's partners (https://docs.indeed.com: Job Sync, Indeed Apply, Sponsored Jobs): it lets them post and
manage their own jobs, not search others'. It changes nothing here. Traps: −1 and 0 mean "no bound"; ``estimatedSalary`` is Indeed's guess.
"""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from rolecall.boards import jsonld
from rolecall.boards.base import (
    MILE,
    POORER,
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
from rolecall.text.dates import believable, epoch, relative
from rolecall.text.html import (
    as_dict,
    as_list,
    as_text,
    description_of,
    employment,
    node_text,
    not_too_deep,
    plain,
    safe_html,
    soup_of,
    text_of,
)
from rolecall.text.money import Salary, interval, salary
from rolecall.text.places import Place, country, place
from rolecall.text.places.place_wishes import nation_of

MOSAIC = re.compile(r"""window\.mosaic\.providerData\[["']mosaic-provider-jobcards["']\]\s*=\s*""")
KEY = re.compile(r"[0-9a-f]{8,32}")
RESULT_MARKS = ("mosaic-provider-jobcards", "job_seen_beacon", "jobsearch-ResultsList", "jobsearch-NoResult")
EMPTY_MARKS = ("jobsearch-NoResult", "did not match any jobs")
WALL_MARKS = ("secure.indeed.com/auth?", "passport-intercept-modal")
MODELS: dict[str, Remote] = {"REMOTE_ALWAYS": "remote", "REMOTE_HYBRID": "hybrid", "REMOTE_COVID_TEMPORARILY": "remote"}
APP_ATTRIBUTES: dict[str, Remote] = {"DSQF7": "remote", "PAXZC": "hybrid"}
PER_PAGE = 10
LAST_START = 990


CONTRACTS = {
    "full-time": "fulltime", "part-time": "parttime", "contract": "contract", "temporary": "temporary", "internship": "internship",
}  # fmt: skip
"""Ours → the search's ``jt``."""

SITES = {"GB": "uk"}
"""Countries whose site is not called by their code."""


class Indeed(Board):
    """Indeed's public job search."""

    name = "indeed"
    title = "Indeed"
    hosts = ("indeed.com",)
    default_base_url = "https://www.indeed.com"
    seconds_per_request = 3.0
    can = frozenset({"keywords", "location", "remote", "radius", "age", "contract", "nation"})
    has_details = True

    def search(self, query: SearchQuery, *, base_url: str | None = None, seen: int = 0, number: int = 0) -> Request | None:
        """One results page; ``start`` counts in tens whatever the number of cards on a page."""
        if number * PER_PAGE > LAST_START or (number and not seen):
            return None
        where = query.location or ("Remote" if query.remote else "")
        params = {"q": query.keywords, "l": where}
        nation = nation_of(where) if where else ""
        miles = nation in ("", "US", "GB")
        params |= {"radius": str(math.ceil(query.radius / (MILE if miles else 1)))} if query.radius else {}
        params |= {"fromage": str(query.max_age_days)} if query.max_age_days else {}
        params |= {"jt": CONTRACTS[query.contract]} if query.contract in CONTRACTS else {}
        params["start"] = str(number * PER_PAGE)
        own = base_url not in (None, self.default_base_url)  # a sandbox, or somebody's own way there
        base = self.base(base_url) if own or nation in ("", "US") else f"https://{SITES.get(nation, nation.lower())}.indeed.com"
        return Request(f"{base}/jobs?{urlencode(params)}")

    def cards(self, text: str, *, url: str | None, fetched_at: datetime) -> Page:
        """Reads a results page, or the JSON answer of the service behind the apps."""
        if text.lstrip()[:1] == "{":
            return self._app_answer(text, fetched_at)
        found, nation = embedded(text)
        if found or (found is not None and (any(mark in text for mark in EMPTY_MARKS) or "job_seen_beacon" not in text)):
            if not found:
                raise Unreadable("EmptyResult", "the board says that there are no jobs")
            base = self._viewjob(url)
            return read_cards(found, lambda card: self._card(as_dict(card), base, nation, fetched_at), as_raw)
        cut, there = is_cut(text), MOSAIC.search(text) is not None
        why = f"its JSON {'is cut off' if cut else 'cannot be read' if there else 'is gone'}"
        page = self._dom(text, url)
        return read_poorer(page, f"{why}: read from its HTML, without dates, kinds of work and most pay", broken=cut or there)

    def _viewjob(self, url: str | None) -> str:
        """The address that ``/viewjob`` hangs below: the page's own, so that a sandbox path is kept."""
        if not url:
            return self.default_base_url
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc}{parts.path.rsplit('/jobs', 1)[0]}"

    def _card(self, card: dict[str, Any], base: str, nation: str | None, fetched_at: datetime) -> JobPosting:
        key = as_text(card.get("jobkey"))
        if not KEY.fullmatch(key):
            raise BadCard(f"no job key {key[:40]!r}")
        location = plain(as_text(card.get("formattedLocation")))
        kinds = [as_text(kind) for kind in as_list(card.get("jobTypes"))] or labels(card, "job-types")
        posted = believable(epoch(card.get("pubDate")) or epoch(card.get("createDate")), fetched_at)
        model = as_text(as_dict(card.get("remoteWorkModel")).get("type"))
        raw: dict[str, Any] = {
            "listed": as_text(card.get("formattedRelativeTime")),
            "snippet": description_of(as_text(card.get("snippet"))),
        }
        if posted is None and (posted := relative(raw["listed"], fetched_at)):
            raw["posted_is_relative"] = True
        return JobPosting(
            board=self.name,
            external_id=key,
            url=f"{base}/viewjob?jk={key}",
            title=plain(as_text(card.get("displayTitle")) or as_text(card.get("title"))),
            company=plain(as_text(card.get("company"))),
            location=location,
            city=plain(as_text(card.get("jobLocationCity"))) or None,
            region=plain(as_text(card.get("jobLocationState"))) or None,
            country=country_of(card, location, nation),
            remote=MODELS.get(model) or ("remote" if card.get("remoteLocation") is True else None),
            posted_at=posted,
            employment_type=employment(kinds[0]) if len(kinds) == 1 else None,
            apply_kind="onsite" if card.get("indeedApplyEnabled") is True else "external" if card.get("thirdPartyApplyUrl") else None,
            expired=card.get("expired") is True,
            raw=raw,
            **pay(card).fields(),
        )

    def _dom(self, text: str, url: str | None) -> Page:
        tree = LexborHTMLParser(not_too_deep(text))
        found = tree.css(".job_seen_beacon")
        if not found:
            raise without_cards(text)
        base = self._viewjob(url)
        read = without_cut_card(text, found, lambda card: self._dom_card(card, base))
        return read_cards(found, read, lambda card: card.html or "")

    def _dom_card(self, card: LexborNode, base: str) -> JobPosting:
        link = card.css_first("a[data-jk]")
        key = (link.attributes.get("data-jk") if link is not None else None) or ""
        if not KEY.fullmatch(key):
            raise BadCard("no job key")
        location = node_text(card.css_first('[data-testid="text-location"]'))
        where = place(re.sub(r"(?<!\s)\s+\d{5}(-\d{4})?$", "", location))
        company = node_text(card.css_first('[data-testid="company-name"]'))
        if not company:
            raise BadCard("no company")
        pay_text = node_text(card.css_first(".salary-snippet-container, [class*=salary-snippet]"))
        return JobPosting(
            board=self.name,
            external_id=key,
            url=f"{base}/viewjob?jk={key}",
            title=node_text(card.css_first("h2.jobTitle span[title], h2.jobTitle span[id^=jobTitle], h2.jobTitle a")),
            company=company,
            location=location,
            **where.fields(),
            remote=where.remote,
            raw={"markup": "dom"},
            **salary(pay_text, dollars="USD" if where.country == "United States" else None).fields(),
        )

    def _app_answer(self, text: str, fetched_at: datetime) -> Page:
        try:
            document = as_dict(read_json(text))
        except (ValueError, RecursionError):
            raise Unreadable("NotAResultsPage", "cut or broken JSON") from None
        search = as_dict(as_dict(document.get("data")).get("jobSearch"))
        found = search.get("results")
        if not isinstance(found, list):
            raise Unreadable("LayoutChanged", f"JSON without results: {as_raw(document.get('errors') or list(document))[:200]}")
        if not found:
            raise Unreadable("EmptyResult", "the board says that there are no jobs")
        return read_cards(found, lambda line: self._app_card(as_dict(as_dict(line).get("job")), fetched_at), as_raw)

    def _app_card(self, job: dict[str, Any], fetched_at: datetime) -> JobPosting:
        key = as_text(job.get("key"))
        if not KEY.fullmatch(key):
            raise BadCard(f"no job key {key[:40]!r}")
        at = as_dict(job.get("location"))
        html = as_text(as_dict(job.get("description")).get("html"))
        attributes = {as_text(as_dict(one).get("key")): as_text(as_dict(one).get("label")) for one in as_list(job.get("attributes"))}
        kinds = [
            kind
            for kind in map(employment, attributes.values())
            if kind in ("full-time", "part-time", "contract", "temporary", "internship")
        ]
        formatted = plain(as_text(as_dict(at.get("formatted")).get("long")))
        where = Place(
            plain(as_text(at.get("city"))) or None,
            plain(as_text(at.get("admin1Code"))) or None,
            country(as_text(at.get("countryCode")), code=True),
        )
        employer = plain(as_text(as_dict(job.get("employer")).get("name")) or as_text(job.get("sourceEmployerName")))
        apply_url = as_text(as_dict(job.get("recruit")).get("viewJobUrl"))
        return JobPosting(
            board=self.name,
            external_id=key,
            url=f"{self.default_base_url}/viewjob?jk={key}",
            title=plain(as_text(job.get("title"))),
            company=employer,
            location=formatted or ", ".join(part for part in (where.city, where.region, where.country) if part),
            **where.fields(),
            remote=next((kind for key, kind in APP_ATTRIBUTES.items() if key in attributes), None),
            posted_at=believable(epoch(job.get("datePublished")) or epoch(job.get("dateOnIndeed")), fetched_at),
            description=description_of(html),
            description_html=safe_html(html),
            employment_type=kinds[0] if len(set(kinds)) == 1 else None,
            apply_url=apply_url if apply_url.startswith(("http://", "https://")) and not self.owns(apply_url) else None,
            raw={"attributes": attributes},
            **app_pay(as_dict(job.get("compensation"))).fields(),
        )

    def detail_request(self, external_id: str, url: str, *, base_url: str | None = None) -> Request | None:
        """The posting's own page."""
        return Request(f"{self.base(base_url)}/viewjob?jk={external_id}")

    def detail_of(self, text: str, *, url: str | None, fetched_at: datetime) -> JobPosting:
        """Reads a posting page: JSON-LD first, then the page's own text."""
        key = (parse_qs(urlsplit(url or "").query).get("jk") or [""])[0]
        found = jsonld.find(text, url)
        key = key or (parse_qs(urlsplit(found.address or "").query).get("jk") or [""])[0]
        soup = soup_of(text)
        box = soup.select_one("#jobDescriptionText")
        if not KEY.fullmatch(key) or (box is None and not found.postings):
            raise detail_changed(without_cards(text), url, "/viewjob")
        address = f"{self._viewjob((url or '').replace('/viewjob', '/jobs') or None)}/viewjob?jk={key}"
        gone = any(mark in text for mark in ("This job has expired on Indeed", "jobsearch-JobInfoHeader-expiredHeader"))
        if found.postings:
            posting = jsonld.posting_of(found.postings[0], found, board=self.name, external_id=key, url=address, fetched_at=fetched_at)
            full = {"description": text_of(box), "description_html": safe_html(box.decode_contents())} if box else {}
            return posting.model_copy(update={**full, "expired": posting.expired or gone})
        title = soup.select_one('[data-testid="jobsearch-JobInfoHeader-title"], h1')
        company = soup.select_one('[data-company-name="true"], [data-testid="inlineHeader-companyName"]')
        return JobPosting(
            board=self.name,
            external_id=key,
            url=address,
            title=plain(title.get_text(" ")) if title else "",
            company=plain(company.get_text(" ")) if company else "",
            description=text_of(box) if box else None,
            description_html=safe_html(box.decode_contents()) if box else None,
            expired=gone,
            raw={POORER: "its JSON-LD is gone: read from its HTML, without place, date, kind of work and pay"},
        )


def embedded(text: str) -> tuple[list[Any] | None, str | None]:
    """The cards in the page's JSON (``None``: it has none) and the country of the site that shows them."""
    start = MOSAIC.search(text)
    if not start:
        return None, None
    try:
        document = read_json(text, start=start.end())
    except (ValueError, RecursionError):
        return None, None
    model = as_dict(as_dict(as_dict(document).get("metaData")).get("mosaicProviderJobCardsModel"))
    results = model.get("results")
    return (results if isinstance(results, list) else None), country(as_text(as_dict(document).get("countryCode")), code=True)


def country_of(card: dict[str, Any], location: str, nation: str | None) -> str | None:
    """The site's country, except for work from anywhere: that is found on several sites, and is in the country it names, if any."""
    if card.get("remoteLocation") is True and not as_text(card.get("jobLocationCity")):
        return country(re.sub(r"^remote in\s+", "", location, flags=re.I))
    return nation


def labels(card: dict[str, Any], group: str) -> list[str]:
    """The labels of one group of a card's attributes."""
    groups = [as_dict(one) for one in as_list(card.get("taxonomyAttributes")) if as_dict(one).get("label") == group]
    return [as_text(as_dict(one).get("label")) for one in as_list(groups[0].get("attributes"))] if groups else []


def pay(card: dict[str, Any]) -> Salary:
    """The salary the ad states: −1 and 0 are no bounds; Indeed's own estimate is not the ad's."""
    extracted = as_dict(card.get("extractedSalary"))
    low, high = jsonld.number(extracted.get("min")), jsonld.number(extracted.get("max"))
    currency = as_text(as_dict(card.get("salarySnippet")).get("currency")) or None
    return Salary(low, high, currency, interval(as_text(extracted.get("type"))))


def app_pay(compensation: dict[str, Any]) -> Salary:
    """The salary in an app answer."""
    base = as_dict(compensation.get("baseSalary"))
    bounds = as_dict(base.get("range"))
    low, high, exact = (jsonld.number(bounds.get(name)) for name in ("min", "max", "value"))
    return Salary(low or exact, high or exact, as_text(compensation.get("currencyCode")) or None, interval(as_text(base.get("unitOfWork"))))


def without_cards(text: str) -> Unreadable:
    """What a page without cards is."""
    if any(mark in text for mark in EMPTY_MARKS):
        return Unreadable("EmptyResult", "the board says that there are no jobs")
    if any(mark in text for mark in RESULT_MARKS):
        return Unreadable("LayoutChanged", "a results page without one card that could be found")
    kind = what_html_is(text)
    if kind != "Blocked" and any(mark in text for mark in WALL_MARKS):
        return Unreadable("LoginWall", "a login page instead of results")
    return Unreadable(kind, "neither a results page nor cards" if text.strip() else "an empty answer")
