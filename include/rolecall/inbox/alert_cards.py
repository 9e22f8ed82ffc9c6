"""Ads that a job alert names: one posting a card, as far as the mail says it. Nothing is fetched, no tracking link is followed.

LinkedIn, Indeed, Glassdoor and StepStone, from their own domains only; an ad is known by its number in a link to the board itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from urllib.parse import parse_qs, urlsplit

from bs4 import Tag

from rolecall.inbox import mail_reader
from rolecall.inbox.authentic import disguise, suspicion
from rolecall.models import JobPosting
from rolecall.text.display import one_line
from rolecall.text.html import soup_of, text_of

MOST = 100
"""Ads of one mail."""


@dataclass(frozen=True, slots=True)
class Alerter:
    """A board that writes job alerts.

    :param hosts: its domains, as ends of a host's name
    :param inside: what stands in the path of an ad's link, at whose end is its number
    :param key: or the parameter that holds it
    :param address: where the ad is, ``{}`` its number
    :param company_first: a card is one link whose first line is the company
    """

    board: str
    hosts: re.Pattern[str]
    address: str
    inside: tuple[str, ...] = ()
    key: str = ""
    company_first: bool = False


ALERTERS = (
    Alerter(
        "linkedin", re.compile(r"(?:^|\.)linkedin\.com$"), "https://www.linkedin.com/jobs/view/{}",
        inside=("/jobs/view/",),
    ),
    Alerter("indeed", re.compile(r"(?:^|\.)indeed(?:email)?\.(?:com|de|fr|es|co\.uk)$"), "https://www.indeed.com/viewjob?jk={}", key="jk"),
    Alerter(
        "glassdoor", re.compile(r"(?:^|\.)glassdoor\.(?:com|de|fr|es|co\.uk)$"), "https://www.glassdoor.com/job-listing/?jl={}",
        key="jl jobListingId", company_first=True,
    ),
    Alerter(
        "stepstone", re.compile(r"(?:^|\.)stepstone\.(?:de|at|be|nl)$"), "https://www.stepstone.de/job/{}",
        inside=("/stellenangebote--", "/job/"),
    ),
)  # fmt: skip

HIGHEST = 50
"""Parts of a page around a link that are looked at."""

NUMBER = re.compile(r"[A-Za-z0-9]{5,20}")
AT_THE_END = re.compile(r"(?<=[/-])\d{5,15}$")
BUTTONS = re.compile(
    r"^(?:view|see|apply|easy|easily|save|show|open|read|jetzt|zum|zur|mehr|stelle ansehen|voir|postuler|ver |inscr|new$|neu$)", re.I
)
"""Beginnings of links that are no title."""

ASIDE = re.compile(
    r"^(?:\d(?:[.,]\d)?\s{0,2}★?|★|·|\||new|neu|easily apply|easy apply|actively (?:recruiting|hiring)|be an early applicant|promoted"
    r"|(?:vor )?\d{1,3}\s?(?:d|h|days?|hours?|tagen?|stunden?)?(?: ago)?\+?|.{0,20}[$€£]\s?\d.{0,60}|.{0,40}\d\s?(?:€|EUR|USD).{0,30})$",
    re.I,
)
"""Lines of a card that are neither company nor place."""

RATING = re.compile(r"\s{1,3}(?:\d[.,]\d(?:\s{0,2}★)?|\d\s{0,2}★)$")
SIDES = re.compile(r"\s[·•|–]\s|\s-\s")


def cards(raw: bytes) -> list[JobPosting]:
    """The ads of a job alert, each once; none where the sender is not the board, or may be somebody else. Never raises.

    They have no description: that is the board's page, which the person opens. ``raw`` says under ``alert`` when the mail named them.
    """
    mail = mail_reader.read(bytes(raw))
    host = mail.sender.rpartition("@")[2]
    known = next((one for one in ALERTERS if one.hosts.search(host)), None)
    if known is None or suspicion(mail.authentication) or disguise(mail):
        return []
    found: dict[str, JobPosting] = {}
    when = mail.sent_at or datetime.now(UTC)
    for page in mail.pages:
        by_ad = _by_ad(known, page)
        named = _named_inside(by_ad)
        for number, links in by_ad.items():
            if number not in found and len(found) < MOST and (card := _card(known, links, named)) is not None:
                title, company, location = card
                found[number] = JobPosting(
                    board=known.board, external_id=number, url=known.address.format(number), title=title, company=company,
                    location=location, raw={"alert": when.isoformat()},
                )  # fmt: skip
    return list(found.values())


def _by_ad(known: Alerter, page: str) -> dict[str, list[Tag]]:
    found: dict[str, list[Tag]] = {}
    for link in soup_of(page).find_all("a", href=True, limit=2_000):
        if number := _number(known, str(link["href"])[:4_000]):
            found.setdefault(number, []).append(link)
    return found


def _named_inside(by_ad: Mapping[str, Sequence[Tag]]) -> dict[int, set[str]]:
    """``id`` of a part of the page → the ads that links in it name; one walk up from each link."""
    named: dict[int, set[str]] = {}
    for number, links in by_ad.items():
        for part in (part for link in links for part in islice(link.parents, HIGHEST)):
            named.setdefault(id(part), set()).add(number)
    return named


def _number(known: Alerter, address: str) -> str:
    """The number of the ad that a link leads to on the board itself; ``""``: it leads elsewhere."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not known.hosts.search(host):
        return ""
    if known.inside:
        path = parts.path[:600].rstrip("/").removesuffix("-inline.html")
        found = AT_THE_END.search(path) if any(each in path for each in known.inside) else None
        return found[0] if found else ""
    asked = parse_qs(parts.query[:3_000], max_num_fields=100) if parts.query.count("&") < 100 else {}
    return next((value for key in known.key.split() for value in asked.get(key, ()) if NUMBER.fullmatch(value)), "")


def _card(known: Alerter, links: Sequence[Tag], named: Mapping[int, set[str]]) -> tuple[str, str, str] | None:
    """(title, company, location) of an ad; ``None``: no title."""
    texts = [_lines(link) for link in links]
    titled = next((place for place, lines in enumerate(texts) if lines and not BUTTONS.match(lines[0])), None)
    if titled is None:
        return None
    card = _around(links[titled], named)
    lines = [line for line in _lines(card) if not ASIDE.match(line) and not BUTTONS.match(line)]
    inside = [line for line in texts[titled] if not ASIDE.match(line)]
    if not inside:
        return None
    title = inside[1] if known.company_first and len(inside) > 2 else inside[0]
    place = lines.index(title) if title in lines else -1
    after = [side.strip() for line in lines[place + 1 :] for side in SIDES.split(line, maxsplit=1) if side.strip()]
    before = lines[place - 1] if place > 0 else ""
    if before and known.company_first:
        return one_line(title, 300), one_line(RATING.sub("", before), 200), one_line(after[0] if after else "", 200)
    return one_line(title, 300), one_line(RATING.sub("", after[0]) if after else "", 200), one_line(after[1] if len(after) > 1 else "", 200)


def _around(link: Tag, named: Mapping[int, set[str]]) -> Tag:
    """The largest part of the page around a link that names no other ad."""
    around = link
    for parent in islice(link.parents, 12):
        if parent.name in ("body", "html", "[document]") or len(named[id(parent)]) > 1:
            break
        around = parent
    return around


def _lines(part: Tag) -> list[str]:
    return [line.strip(" -•\t") for line in (text_of(part) or "").splitlines() if line.strip(" -•\t")][:30]
