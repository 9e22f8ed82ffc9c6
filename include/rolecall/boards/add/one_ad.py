"""One ad by its address: what a page says of its posting, in JSON-LD, else in readable text that is an ad beyond doubt."""

from __future__ import annotations

import re
from datetime import datetime

from bs4 import Tag

from rolecall import boards
from rolecall.boards.employers.addresses import address, domain_of, joined
from rolecall.boards.employers.page_words import CAREERS
from rolecall.boards.employers.pages import CareersPage
from rolecall.boards.jsonld import identity
from rolecall.models import JobPosting
from rolecall.text.html import safe_html, soup_of, squeeze, text_of

MOST = 200
"""Postings taken of one page."""

LEAST = 500
"""Characters of a text that can be an ad."""

BESIDE = ("nav", "header", "footer", "aside", "form", "script", "style", "noscript", "template", "iframe", "svg")
SIGNS = (
    re.compile(
        r"responsibilit|your (?:role|tasks|mission)|what you.ll do|you will|aufgaben|deine rolle|missions|tareas|funciones|taken", re.I
    ),
    re.compile(
        r"requirements|qualification|your profile|what you bring|who you are|you have|anforderungen|profil|requisitos|vereisten", re.I
    ),
    re.compile(r"apply|application|bewerb|postule|candidat|solicit|sollicit", re.I),
    re.compile(r"we offer|benefits|perks|wir bieten|nous offrons|ofrecemos|wij bieden|salary|gehalt|salaire|salario|salaris", re.I),
    re.compile(r"full[- ]?time|part[- ]?time|permanent|vollzeit|teilzeit|unbefristet|temps plein|cdi|jornada|voltijd|hybrid|remote", re.I),
    re.compile(r"experience|erfahrung|expérience|experiencia|ervaring", re.I),
)
"""What an ad speaks of; a text that speaks of four of them is one."""


def ads_of(url: str, html: str, fetched_at: datetime) -> list[JobPosting]:
    """The postings of a page's JSON-LD, or the one its text is; empty where it is none."""
    page = boards.board("jsonld").read(html, url=url, fetched_at=fetched_at)
    if page.postings:
        return page.postings[:MOST]
    found = in_words(url, html)
    return [found] if found else []


def in_words(url: str, html: str) -> JobPosting | None:
    """The posting that a page's readable text is. Only its title, its text and whose site it is on are known."""
    soup = soup_of(html)
    for node in soup.find_all(BESIDE):
        node.decompose()
    heading = soup.find("h1")
    title = squeeze(heading.get_text(" ")) if isinstance(heading, Tag) else ""
    roots: list[Tag] = [node for name in ("main", "article", "body") for node in soup.find_all(name, limit=1) if isinstance(node, Tag)]
    main = roots[0] if roots else soup
    text = text_of(main) or ""
    links = len(main.find_all("a"))
    if not 3 <= len(title) <= 200 or len(text) < LEAST or links > 40 or sum(1 for sign in SIGNS if sign.search(text)) < 4:
        return None
    name = identity({}, url)
    names = [one for one in CareersPage(url, html).names if one.strip()]
    if name is None:
        return None
    return JobPosting(
        board="jsonld",
        external_id=name,
        url=url,
        title=title,
        company=squeeze(names[0]) if names else "",
        description=text,
        description_html=safe_html(str(main)),
        apply_url=url,
        apply_kind="external",
        raw={"read_as": "text"},
    )


def next_page(url: str, html: str) -> str | None:
    """The page of a site that its jobs are most likely on, one link away; ``None`` where none is."""
    parts = address(url)
    site = domain_of(parts.hostname or "") if parts else ""
    best: tuple[int, str] | None = None
    for link in soup_of(html).find_all("a", href=True, limit=3_000):
        target = joined(url, str(link["href"])).partition("#")[0]
        where = address(target)
        if where is None or domain_of(where.hostname or "") != site or target.rstrip("/") == url.partition("#")[0].rstrip("/"):
            continue
        words = squeeze(link.get_text(" "))[:200]
        place = f"{where.hostname}{where.path}".replace("_", "-")
        score = 2 * bool(CAREERS.search(place)) + bool(CAREERS.search(words)) - place.count("/") // 4
        if score > 0 and (best is None or score > best[0]):
            best = score, target
    return best[1] if best else None
