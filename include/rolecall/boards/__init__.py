"""Job boards: one file each, behind one small interface. A file in ``sites/`` that holds a :class:`~rolecall.boards.base.Board` is one.

A file that cannot be used takes no other board with it: it is in :data:`BROKEN` with what is wrong, its DAG fails by name, and Airflow
shows it as an import error.
"""

from __future__ import annotations

import importlib
import re
from datetime import datetime
from pathlib import Path

from rolecall.boards.base import Board, Page, Reject, Request
from rolecall.boards.employers.identify import Employer, identify
from rolecall.errors import BrokenBoard, UnknownBoard
from rolecall.models import JobPosting

__all__ = [
    "BOARDS",
    "BROKEN",
    "Board",
    "Employer",
    "Page",
    "Reject",
    "Request",
    "base",
    "board",
    "board_report",
    "deliver_jobs",
    "fetch",
    "history",
    "identify",
    "landing",
    "page_hosts",
    "parse",
    "read",
    "scrape",
    "scrape_store",
    "searches",
    "sites",
]

SEEDS = ("linkedin", "indeed", "glassdoor")
"""The seed's boards come first."""

IS_CLASS, HAS_NAME = re.compile(r"^class \w+\(", re.M), re.compile(r"^    name\b[^=\n]*=", re.M)
"""What a board's file has: a class with a name. Found without running it, so that a broken one is missed by nobody."""


def find_boards(folder: Path, package: str) -> tuple[dict[str, Board], dict[str, str]]:
    """The boards of a folder by name, and what is wrong with each file that cannot be used by the file's name.

    :param package: what the folder is called in imports
    """
    boards: dict[str, Board] = {}
    broken: dict[str, str] = {}
    files = [file for file in folder.glob("*.py") if IS_CLASS.search(text := source(file)) and HAS_NAME.search(text)]
    for file in sorted(files, key=lambda file: (file.stem not in SEEDS, SEEDS.index(file.stem) if file.stem in SEEDS else 0, file.stem)):
        try:
            for one in of_module(f"{package}.{file.stem}"):
                if one.name in boards:
                    raise ValueError(f"another file's board is called {one.name!r}, too")
                boards[one.name] = one
        except (Exception, SystemExit) as error:  # whatever a file does while it is imported
            broken[file.stem] = f"{file.name}: {type(error).__name__}: {error}"
    return boards, broken


def source(file: Path) -> str:
    """A file's text, whatever its encoding."""
    return file.read_text(encoding="utf-8", errors="replace")


def of_module(name: str) -> list[Board]:
    """An object of each board that a module defines.

    :raises ValueError: it defines none, or one lacks what every board says of itself
    """
    module = importlib.import_module(name)
    classes = [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Board) and one.__module__ == name]
    named = [one() for one in classes if hasattr(one, "name")]
    if not named:
        raise ValueError("it holds no Board with a name")
    for one in named:
        if missing := [what for what in ("title", "hosts", "default_base_url") if not hasattr(one, what)]:
            raise ValueError(f"{type(one).__name__} says nothing of its {', '.join(missing)}")
        if not isinstance(one.name, str) or not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", one.name):
            raise ValueError(f"{one.name!r} is no name: use small letters, digits and _, since its DAG is called after it")
    return named


BOARDS, BROKEN = find_boards(Path(__file__).parent / "sites", f"{__name__}.sites")
"""Every board we can read, by name; and what is wrong with the files of those we cannot, by file name."""


def board(name: str) -> Board:
    """The board of that name.

    :raises BrokenBoard: its file cannot be used
    :raises UnknownBoard: there is none; the message names those that are
    """
    if name in BROKEN and name not in BOARDS:
        raise BrokenBoard(f"include/rolecall/boards/sites/{BROKEN[name]}", fix="mend the file; every other board goes on without it")
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
