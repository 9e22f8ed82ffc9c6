"""Job boards: one file each, behind one small interface. A new board is one file here and one line in :data:`BOARDS`."""

from __future__ import annotations

from datetime import datetime

from include.boards.adzuna import Adzuna
from include.boards.arbeitnow import Arbeitnow
from include.boards.ashby import Ashby
from include.boards.base import Board, Page, Reject, Request
from include.boards.glassdoor import Glassdoor
from include.boards.greenhouse import Greenhouse
from include.boards.indeed import Indeed
from include.boards.jsonld import JsonLd
from include.boards.lever import Lever
from include.boards.linkedin import LinkedIn
from include.boards.remoteok import RemoteOk
from include.boards.remotive import Remotive
from include.boards.smartrecruiters import SmartRecruiters
from include.boards.themuse import TheMuse
from include.boards.usajobs import UsaJobs
from include.boards.weworkremotely import WeWorkRemotely
from include.boards.workable import Workable
from include.errors import UnknownBoard
from include.models import JobPosting

__all__ = ["BOARDS", "Board", "Page", "Reject", "Request", "board", "parse", "read"]

BOARDS: dict[str, Board] = {
    one.name: one
    for one in (
        LinkedIn(),
        Indeed(),
        Glassdoor(),
        Greenhouse(),
        Lever(),
        Ashby(),
        SmartRecruiters(),
        Workable(),
        RemoteOk(),
        WeWorkRemotely(),
        Adzuna(),
        TheMuse(),
        UsaJobs(),
        Arbeitnow(),
        Remotive(),
        JsonLd(),
    )
}  # fmt: skip
"""Every board we can read, by name."""


def board(name: str) -> Board:
    """The board of that name.

    :raises UnknownBoard: none is; the message names those that are
    """
    try:
        return BOARDS[name]
    except KeyError:
        raise UnknownBoard(f"no board is called {name!r}", fix=f"use one of {', '.join(BOARDS)}") from None


def read(board: str, content: str | bytes, *, url: str | None = None, fetched_at: datetime | None = None) -> Page:
    """Reads one results page: postings, rejected cards and a named outcome. Only an unknown board raises.

    :param url: where the page came from
    :param fetched_at: when; "3 days ago" counts back from it (now by default)
    :raises UnknownBoard: no board of that name
    """
    return _known(board).read(content, url=url, fetched_at=fetched_at)


def parse(board: str, content: str | bytes, *, url: str | None = None) -> list[JobPosting]:
    """The postings of one results page; none for a true "no jobs" page.

    :raises BoardError: the subclass that names what the page is, when it is no readable results page
    """
    return _known(board).parse(content, url=url)


_known = board
