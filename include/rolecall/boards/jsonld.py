"""schema.org ``JobPosting`` in JSON-LD: what most employers' pages and many boards give to search engines.

Format: https://schema.org/JobPosting and https://developers.google.com/search/docs/appearance/structured-data/job-posting .
Pages take liberties with it, and this reader bears them: several scripts, ``@graph``, lists, nulls, escaped HTML, ``OTHER``, a validity
that ended in 1970, a postcode where a town belongs. What is not certain stays ``None``.

Boards read their pages with it; :mod:`rolecall.boards.sites.webpage` is any page as a board.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.filter import SoupStrainer

from rolecall.boards.base import BadCard
from rolecall.models import JobPlace, JobPosting, Remote, is_web_address
from rolecall.store.json_text import read_json
from rolecall.text.apply_address import contact_address
from rolecall.text.dates import believable, iso
from rolecall.text.html import as_dict, as_list, as_text, description_of, employment, plain, safe_html, soup_of, squeeze
from rolecall.text.money import Salary, interval
from rolecall.text.places import Place, country, place

MOST_NODES = 50_000
"""Objects of one page looked at; a page with more is hostile."""

HEAD = SoupStrainer(["script", "link", "meta"])
UNITS = {"ANN": "year", "MON": "month", "WEE": "week", "DAY": "day", "HUR": "hour"}
NOWHERE = {"", "anywhere", "remote", "worldwide", "n/a", "none", "null", "unknown", "not specified", "-", "–", "—", ".", "any"}
MOST_NAMED = 10
"""Places of a list that its text names; all of them are in ``places``."""


@dataclass(frozen=True, slots=True)
class FoundPostings:
    """The JobPosting objects of a page, every object by its ``@id``, and the page's own address."""

    postings: list[dict[str, Any]]
    by_id: dict[str, dict[str, Any]]
    address: str | None


def find(text: str, url: str | None) -> FoundPostings:
    """Looks through a page's JSON-LD; scripts that are no JSON are skipped."""
    soup = soup_of(text, HEAD)
    by_id: dict[str, dict[str, Any]] = {}
    postings: list[dict[str, Any]] = []
    for script in soup.find_all("script", type=re.compile(r"^\s*application/ld\+json", re.I)):
        for node in nodes(loads(script.string or script.get_text())):
            if isinstance(node.get("@id"), str) and len(node) > 1:
                by_id.setdefault(node["@id"], node)
            if "JobPosting" in types(node):
                postings.append(node)
    return FoundPostings(postings, by_id, page_address(soup, url))


def loads(text: str) -> Any:
    """The script's JSON, though it may be wrapped in a comment or hold raw line ends; ``None`` if it is none."""
    body = re.sub(r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*$", "", text.strip()).strip().rstrip(";")
    for attempt in (body, unescape(body)):
        try:
            return read_json(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def nodes(document: Any) -> Iterator[dict[str, Any]]:
    """Every object of a JSON document, outermost and first ones first; a loop, since hostile pages nest deeply."""
    stack = [document]
    for _ in range(MOST_NODES):
        if not stack:
            return
        node = stack.pop()
        if isinstance(node, dict):
            yield node
            stack.extend(reversed([value for value in node.values() if isinstance(value, (dict, list))]))
        elif isinstance(node, list):
            stack.extend(reversed(node))


def types(node: dict[str, Any]) -> set[str]:
    """The object's types without their namespace."""
    values = node.get("@type")
    return {
        value.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
        for value in (values if isinstance(values, list) else [values])
        if isinstance(value, str)
    }


def page_address(soup: BeautifulSoup, url: str | None) -> str | None:
    """What the page calls its own address: canonical link, ``og:url``."""
    canonical, shared = soup.find("link", rel="canonical"), soup.find("meta", property="og:url")
    for tag, attribute in ((canonical, "href"), (shared, "content")):
        if isinstance(tag, Tag) and (address := web_address(tag.get(attribute), url)):
            return address
    return None


def web_address(value: Any, base: str | None) -> str | None:
    """An http(s) address, relative ones resolved; ``None`` for anything else."""
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        address = urljoin(base or "", value.strip())
    except ValueError:  # a bracket that never ends
        return None
    return address if is_web_address(address) and urlsplit(address).hostname else None


def address_of(node: dict[str, Any], page: str | None) -> str | None:
    """The posting's own address, if it gives one on the page's site; employers write their home page there, too."""
    own = web_address(node.get("url"), page)
    if own is None or page is None:
        return own if own and urlsplit(own).path.strip("/") else None
    same_site = urlsplit(own).hostname == urlsplit(page).hostname
    return own if same_site and urlsplit(own).path.strip("/") else None


def identity(node: dict[str, Any], address: str | None) -> str | None:
    """What tells a posting from all others: its page's host and path (and query), else employer and identifier."""
    if address and urlsplit(address).path.strip("/"):
        parts = urlsplit(address)
        return f"{parts.hostname}{parts.path.rstrip('/')}{'?' + parts.query if parts.query else ''}"[:300]
    mark = node.get("identifier")
    value = as_text(as_dict(mark).get("value") if isinstance(mark, dict) else mark)
    organisation = organisation_of(node, {}) or (urlsplit(address).hostname if address else "") or ""
    if not value and address:
        value = squeeze(as_text(node.get("title"))) + as_text(node.get("datePosted"))
    return f"{organisation}:{value}"[:300] if value else None


def posting_of(node: dict[str, Any], found: FoundPostings, *, board: str, external_id: str, url: str, fetched_at: datetime) -> JobPosting:
    """One JobPosting object as our record."""
    title = plain(as_text(node.get("title")) or as_text(node.get("name")))
    if not title:
        raise BadCard("no title")
    html = as_text(node.get("description"))
    if "<" not in html and "&lt;" in html:
        html = unescape(html)
    posted = believable(moment(node.get("datePosted")), fetched_at)
    ends = moment(node.get("validThrough"))
    location, every = places_of(node, found.by_id)
    where = every[0] if every else Place()
    from_home = "TELECOMMUTE" in texts(node.get("jobLocationType"))
    remote: Remote | None = "remote" if from_home else where.remote if len(every) == 1 else None
    kinds = [kind for kind in map(employment, texts(node.get("employmentType"))) if kind]
    return JobPosting(
        board=board,
        external_id=external_id,
        url=url,
        title=title,
        company=plain(organisation_of(node, found.by_id)),
        location=location,
        **where.fields(),
        remote=remote,
        places=[JobPlace(**one._replace(remote="remote" if from_home else one.remote)._asdict()) for one in every]
        if len(every) > 1
        else [],
        posted_at=posted,
        description=description_of(html),
        description_html=safe_html(html) if "<" in html else None,
        employment_type=kinds[0] if len(kinds) == 1 else None,
        expired=bool(ends and ends < fetched_at and (posted is None or ends > posted) and ends.year > 1995),
        raw={"jsonld": node},
        **applied_at(node, found, title),
        **pay_of(node).fields(),
    )


def applied_at(node: dict[str, Any], found: FoundPostings, title: str) -> dict[str, str]:
    """Where ``applicationContact`` says that applications go by mail; one that names several addresses names none."""
    value = node.get("applicationContact")
    named = {
        as_text(one.get("email")).strip() for each in (value if isinstance(value, list) else [value]) if (one := linked(each, found.by_id))
    } - {""}
    address = contact_address(named.pop(), title=title) if len(named) == 1 else None
    return {"apply_url": address, "apply_kind": "mail"} if address else {}


def moment(value: Any) -> datetime | None:
    """A date or date-time as pages write them: ISO 8601, or with a space and ``UTC``."""
    return iso(re.sub(r"(?<!\s)\s+UTC$", "+00:00", as_text(value).strip()))


def texts(value: Any) -> list[str]:
    """The texts of a field that may be one or a list; comma lists are split."""
    return [
        part.strip()
        for one in (value if isinstance(value, list) else [value])
        if isinstance(one, str)
        for part in one.split(",")
        if part.strip()
    ]


def linked(value: Any, by_id: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """An object, the first of a list, or the object an ``@id`` points at (one step: circles end here)."""
    node = as_dict(as_list(value)[0] if as_list(value) else value)
    return by_id.get(node["@id"], node) if isinstance(node.get("@id"), str) and len(node) <= 2 else node


def organisation_of(node: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> str:
    """The employer's name."""
    value = node.get("hiringOrganization")
    return squeeze(value) if isinstance(value, str) else squeeze(as_text(linked(value, by_id).get("name")))


def places_of(node: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> tuple[str, list[Place]]:
    """Where: as text, and every place; without one, where who applies may be."""
    raw, allowed = node.get("jobLocation"), node.get("applicantLocationRequirements")
    at = [address_parts(linked(one, by_id), by_id) for one in (raw if isinstance(raw, list) else [raw])]
    found = {text: where for text, where in at if text}
    if not found:
        names = [plain(as_text(as_dict(one).get("name"))) for one in (allowed if isinstance(allowed, list) else [allowed])]
        found = {name: Place(country=nation) if (nation := country(name, code=True)) else place(name) for name in names if name}
    texts_of = list(found)
    more = f"; and {len(texts_of) - MOST_NAMED} more" if len(texts_of) > MOST_NAMED + 1 else ""
    named = texts_of[:MOST_NAMED] if more else texts_of
    return "; ".join(named) + more, [where for where in found.values() if where != Place()]


def address_parts(node: dict[str, Any], by_id: dict[str, dict[str, Any]]) -> tuple[str, Place]:
    """One ``Place``: its text and parts. A postcode is no town, "Anywhere" no region."""
    address = node.get("address")
    if isinstance(address, str):
        return plain(address), place(plain(address))
    fields = linked(address, by_id)
    city, region = (text_or_none(fields.get(name)) for name in ("addressLocality", "addressRegion"))
    nation_field = fields.get("addressCountry")
    nation_text = text_or_none(as_dict(nation_field).get("name") if isinstance(nation_field, dict) else nation_field)
    nation = country(nation_text, code=True)
    if city and re.fullmatch(r"[\d\s-]{3,12}", city):
        city = None
    text = ", ".join(part for part in (city, region if region != city else None, nation or nation_text) if part)
    if city and "," in city:
        inner = place(city, country=nation)
        return text, Place(inner.city, inner.region or region, nation or inner.country)
    return text, Place(city, region, nation)


def text_or_none(value: Any) -> str | None:
    """A place's name, unless it says nothing."""
    text = plain(as_text(value))
    return None if text.lower() in NOWHERE else text


def pay_of(node: dict[str, Any]) -> Salary:
    """``baseSalary``; 0 and −1 are no bounds. ``estimatedSalary`` is somebody's guess and left alone."""
    amount = as_dict(node.get("baseSalary"))
    value = amount.get("value")
    inner = as_dict(value) if isinstance(value, dict) else amount
    low, high, exact = (number(inner.get(name)) for name in ("minValue", "maxValue", "value"))
    unit = as_text(inner.get("unitText")) or as_text(amount.get("unitText"))
    per = interval(unit) or UNITS.get(as_text(inner.get("unitCode") or amount.get("unitCode")).upper())
    currency = as_text(amount.get("currency") or inner.get("currency") or node.get("salaryCurrency")).strip().upper()
    if low is None and high is None:
        low = high = exact
    known = currency if re.fullmatch(r"[A-Z]{3}", currency) else None
    return Salary(low, high, known, per) if low is None or high is None or low <= high else Salary()  # type: ignore[arg-type]


def number(value: Any) -> float | None:
    """A positive number, also as text; 0, −1 and everything else ``None``."""
    if isinstance(value, str):
        value = value.replace(",", "").strip()
        value = float(value) if re.fullmatch(r"\d{1,12}(\.\d+)?", value) else None
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < 1e12 else None
