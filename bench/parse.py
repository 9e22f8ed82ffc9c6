"""Parsing speed on one LinkedIn results page: Rolecall against python-jobspy, as ratios from one run on one core.

    make bench ONLY=parse OPTIONS="[--page FILE] [--rounds 15] [--cards 100000]"

The page is FILE, else the recorded page of 60 cards if the folder with captures is there, else 60 invented cards in the same markup.
Parsers take turns, round by round, so that a busy machine slows all of them; own CPU time counts, medians are compared. Before anything
is timed, each parser must find every card with its title, company and date.

Peers: python-jobspy's own reader where it is installed (beside the project; it is no dependency), and the same BeautifulSoup calls over
html.parser written out here, so that there is always something to compare with. Last, ``--cards`` cards are read page by page to show
that memory stays flat.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import re
import statistics
import time
from collections.abc import Callable
from datetime import date
from html import escape
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
from bs4 import BeautifulSoup

from rolecall.boards import read

Rows = list[tuple[str, str, str, str, str]]
"""id, title, company, place, ISO date of each card."""

Parser = Callable[[str], Rows]

CAPTURE = Path(os.environ.get("ROLECALL_SHARED", Path(__file__).parents[2] / "shared")) / "captures/linkedin/search_2025.html"


def invented(cards: int = 60) -> str:
    """A results page in LinkedIn's markup, as large as a real one."""
    one = """
<li><div class="base-card relative w-full base-card--link base-search-card base-search-card--link job-search-card"
 data-entity-urn="urn:li:jobPosting:{id}" data-impression-id="jobs-search-desktop-{n}" data-tracking-id="tNZePG4Z8tgy11ALiEOMtQ==">
<a class="base-card__full-link absolute" href="https://at.linkedin.com/jobs/view/baker-{n}-at-crumb-{id}?position={n}&amp;refId=aZ%3D%3D">
<span class="sr-only"> {title} </span></a><div class="search-entity-media"><img class="artdeco-entity-image" alt></div>
<div class="base-search-card__info"><h3 class="base-search-card__title"> {title} </h3>
<h4 class="base-search-card__subtitle">
<a class="hidden-nested-link" href="https://www.linkedin.com/company/crumb?trk=x"> {company} </a></h4>
<div class="base-search-card__metadata"><span class="job-search-card__location"> Graz, Styria, Austria </span>
<time class="job-search-card__listdate" datetime="2026-03-{day:02}"> 2 weeks ago </time></div></div></div></li>"""
    texts = [
        one.format(id=7_000_000_000 + n, n=n, title=escape(f"Baker & Confectioner {n}"), company=f"Crumb {n % 9}", day=n % 28 + 1)
        for n in range(cards)
    ]
    head = (
        '<meta name="pageKey" content="d_jobs_guest_search"><meta name="linkedin:pageTag" content="urlType=jserp_custom;emptyResult=false">'
    )
    filler = "<div class='nav'><a href='/x'>menu</a></div>" * 2000  # what surrounds the cards of a real page
    return (
        f"<!DOCTYPE html><html><head>{head}</head><body>{filler}<ul class='jobs-search__results-list'>{''.join(texts)}</ul></body></html>"
    )


def rolecall(text: str) -> Rows:
    """Ours, to validated postings with canonical links and parsed places."""
    postings = read("linkedin", text).postings
    return [(p.external_id, p.title, p.company, p.location, p.posted_at.date().isoformat() if p.posted_at else "") for p in postings]


def soup_calls(text: str) -> Rows:
    """The calls python-jobspy's parser makes on a results page: one html.parser tree, ``find`` for each field."""
    rows: Rows = []
    cards: Any = BeautifulSoup(text, "html.parser").find_all(class_="base-search-card")
    for card in cards:
        title = card.find("h3", class_="base-search-card__title").get_text(strip=True)
        company = card.find("h4", class_="base-search-card__subtitle")
        company.find("a", href=True)
        place = card.find("span", class_="job-search-card__location").text.strip()
        posted = date.fromisoformat(card.find("time")["datetime"])
        rows.append((card.get("data-entity-urn", "").split(":")[-1], title, company.get_text(strip=True), place, posted.isoformat()))
    return rows


def jobspy() -> Parser | None:
    """python-jobspy's own reader of one page, if it is installed: its tree and its ``_process_job``."""
    try:
        from jobspy.linkedin import LinkedIn  # type: ignore[import-not-found]
    except ImportError:
        return None
    scraper = LinkedIn.__new__(LinkedIn)
    scraper.scraper_input = SimpleNamespace(fetch_description=False, linkedin_fetch_description=False)

    def parse(text: str) -> Rows:
        rows: Rows = []
        cards: Any = BeautifulSoup(text, "html.parser").find_all(class_="base-search-card")
        for card in cards:
            identity = card.get("data-entity-urn", "").split(":")[-1]
            post: Any = scraper._process_job(card, identity)
            company = str(getattr(post, "company", None) or getattr(post, "company_name", ""))
            rows.append((identity, post.title, company, str(post.location), post.date_posted.isoformat() if post.date_posted else ""))
        return rows

    return parse


def timed(parsers: dict[str, Parser], text: str, rounds: int) -> dict[str, float]:
    """Cards a second of own CPU time: the median round of each parser; parsers take turns."""
    cards = len(rolecall(text))
    seconds: dict[str, list[float]] = {name: [] for name in parsers}
    for _ in range(rounds):
        for name, parse in parsers.items():
            repeat = 5 if name == "rolecall" else 1
            gc.collect()
            started = time.process_time()
            for _ in range(repeat):
                parse(text)
            seconds[name].append((time.process_time() - started) / repeat)
    return {name: cards / statistics.median(times) for name, times in seconds.items()}


def agreed(parsers: dict[str, Parser], text: str) -> int:
    """The number of cards, after checking that all parsers read the same from each (jobspy writes places its own way)."""
    ours = rolecall(text)
    for name, parse in parsers.items():
        theirs = parse(text)
        assert [(row[0], row[1], row[2], row[4]) for row in theirs] == [(row[0], row[1], row[2], row[4]) for row in ours], name
    return len(ours)


def crawl(text: str, cards: int) -> tuple[float, float, float]:
    """Reads ``cards`` cards page by page, each page with ids of its own. Returns MB before, MB after, and cards a CPU second."""
    process, seen, page = psutil.Process(), 0, 0
    before, started = 0.0, time.process_time()
    while seen < cards:
        page += 1
        seen += len(read("linkedin", re.sub(r"(jobPosting:|-)(\d{8,})(?=[\"?])", rf"\g<1>{page}\2", text)).postings)
        if page == 20:
            before = process.memory_info().rss / 1e6
    return before, process.memory_info().rss / 1e6, seen / (time.process_time() - started)


def main() -> None:
    """Prints a table and one JSON line."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--page", type=Path)
    options.add_argument("--rounds", type=int, default=15)
    options.add_argument("--cards", type=int, default=100_000)
    given = options.parse_args()
    file = given.page or (CAPTURE if CAPTURE.is_file() else None)
    text = file.read_text(encoding="utf-8") if file else invented()
    peer = jobspy()
    parsers: dict[str, Parser] = {"rolecall": rolecall, "bs4 + html.parser": soup_calls, **({"python-jobspy": peer} if peer else {})}
    cards = agreed(parsers, text)
    if not cards:
        options.error("no results page of LinkedIn: no card could be read")
    speed = timed(parsers, text, given.rounds)
    print(f"{cards} cards, {len(text) / 1000:.0f} kB, {'recorded page' if file else 'invented page'}; cards per second and core:")
    for name, value in speed.items():
        print(f"  {name:20} {value:9,.0f}   rolecall is {speed['rolecall'] / value:5.1f} times as fast")
    if peer is None:
        print("  python-jobspy is not installed: its calls were made on bs4 here instead")
    before, after, rate = crawl(text, given.cards) if given.cards else (0.0, 0.0, 0.0)
    print(f"crawl of {given.cards:,} cards: {rate:,.0f} cards/s, memory {before:.0f} MB after 20 pages, {after:.0f} MB at the end")
    ratios = {name: round(speed["rolecall"] / value, 2) for name, value in speed.items() if name != "rolecall"}
    print(json.dumps({"cards": cards, "cards_per_s": {k: round(v) for k, v in speed.items()}, "ratio": ratios, "rss_mb": [before, after]}))


if __name__ == "__main__":
    main()
