"""The committed directory: employers by the system their board is on, some 8,000 of them, unchecked since December 2025.

Many will have closed or moved; ``make employers-check`` takes out those that are gone. What is in it besides names: nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import unquote

from rapidfuzz import fuzz, process

from rolecall import boards
from rolecall.boards.base import Request
from rolecall.boards.employers.addresses import READABLE, Employer
from rolecall.boards.employers.employer_names import letters
from rolecall.boards.fetch import Fetcher
from rolecall.boards.scrape_store import ScrapeStore
from rolecall.errors import BoardError
from rolecall.models import SearchQuery

FILE = Path(__file__).parent / "directory.tsv"
ADDRESSES = {
    "greenhouse": "https://boards.greenhouse.io/{}",
    "lever": "https://jobs.lever.co/{}",
    "ashby": "https://jobs.ashbyhq.com/{}",
    "smartrecruiters": "https://jobs.smartrecruiters.com/{}",
    "rippling": "https://ats.rippling.com/{}/jobs",
    "gem": "https://jobs.gem.com/{}",
}
NEAR = 80
"""How alike a name must be that only resembles what was asked for, 0 to 100."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One line: an employer's board as it was known."""

    system: str
    slug: str

    @property
    def address(self) -> str:
        """Where its board was."""
        return ADDRESSES[self.system].format(self.slug)

    @property
    def is_readable(self) -> bool:
        """Whether its system has a reader here."""
        return self.system in READABLE


@cache
def everybody(file: Path = FILE) -> tuple[Listed, ...]:
    """The whole directory, in its order."""
    rows = (line.split("\t") for line in file.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#"))
    return tuple(Listed(system, slug) for system, slug in rows if system in ADDRESSES)


def search(name: str, *, limit: int = 20, file: Path = FILE) -> list[Listed]:
    """Employers whose slug has a name in it: those that are called so first, then those that begin with it, then the others; where there
    are none, those whose name resembles it."""
    wanted, known = letters(name), everybody(file)
    if not wanted:
        return []
    named = [(letters(one.slug), one) for one in known]
    found = [(slug, one) for slug, one in named if wanted in slug] if len(wanted) > 1 else []
    if not found:
        near = process.extract(wanted, [slug for slug, _ in named], scorer=fuzz.ratio, limit=limit, score_cutoff=NEAR)
        return [named[at][1] for _, _, at in near]
    found.sort(key=lambda pair: (pair[0] != wanted, not pair[0].startswith(wanted), len(pair[0]), pair[0]))
    return [one for _, one in found][:limit]


async def gone(listed: Iterable[Listed], dsn: str) -> list[Listed]:
    """Those whose board is not there any more (404, 410), each system asked politely and one after the other. Who gives another answer, or
    none, stays."""
    by_system: dict[str, list[Listed]] = {}
    for one in listed:
        if one.is_readable:
            by_system.setdefault(one.system, []).append(one)
    parts = await asyncio.gather(*(_gone(system, ones, dsn) for system, ones in by_system.items()))
    return [one for part in parts for one in part]


async def _gone(system: str, listed: list[Listed], dsn: str) -> list[Listed]:
    board, found = boards.board(system), []
    async with ScrapeStore(dsn) as store, Fetcher(store, board) as fetcher:
        for one in listed:
            request = board.search(SearchQuery(company=Employer(system, unquote(one.slug)).company, max_results=1))
            try:
                answer = await fetcher.fetch(request) if isinstance(request, Request) else None
            except BoardError:
                continue
            if answer is not None and answer.status in (404, 410):
                found.append(one)
    return found


def without(lines: Iterable[str], dead: Iterable[Listed]) -> list[str]:
    """The file's lines without those of the dead."""
    names = {f"{one.system}\t{one.slug}" for one in dead}
    return [line for line in lines if line not in names]
