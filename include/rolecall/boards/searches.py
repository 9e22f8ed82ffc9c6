"""Which searches a board runs: the file beside this one, what people said they look for, the employers that are followed; each once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from rolecall import boards
from rolecall.boards.employers.follow_employer import followed
from rolecall.boards.wished_searches import wished_searches
from rolecall.errors import InvalidInput
from rolecall.models import SearchQuery
from rolecall.store import connect
from rolecall.text.html import as_dict, scrub

FILE = Path(__file__).parent / "searches.yaml"
SANDBOX = Path(__file__).parent / "sandbox_searches.yaml"
"""What the sandbox's boards are searched for besides, while it is on."""

FIELDS = {"keywords", "location", "remote", "max_results", "company", "radius", "max_age_days", "contract"}
MOST = 200
"""Searches of a board in one run; further ones have their turn in the next."""


def searches(board: str, dsn: str | None = None, *, file: Path | None = None, env: Mapping[str, str] = os.environ) -> list[SearchQuery]:
    """The searches of one board, each once whatever its capitals and spaces: those first that were never run, then those that wait longest.

    :param dsn: where people's preferences and the followed employers are; without it only the files count
    :param file: instead of the one beside this module (and, while the sandbox is on, the sandbox's own)
    :param env: says whether the sandbox is on, and which boards have an address or keys
    :raises InvalidInput: the file is wrong, or what it says of this board: names the line and the fix
    :raises UnknownBoard: no board of that name
    """
    known = boards.board(board)
    wanted = [query for one in files(file, env) for query in _queries(one, board, content(one).get(board, []))]
    if dsn:
        wanted += [*wished_searches(known, dsn, env), *followed(board, dsn)]
    return longest_waiting(board, unique(wanted), dsn)[:MOST]


def files(file: Path | None, env: Mapping[str, str]) -> list[Path]:
    """The files that hold searches: nobody's searches come with Rolecall, the sandbox's do with the sandbox."""
    return [file] if file else [FILE, *([SANDBOX] if env.get("SANDBOX_URL", "").strip() else [])]


def longest_waiting(board: str, queries: list[SearchQuery], dsn: str | None) -> list[SearchQuery]:
    """The searches in the order in which they are due: however many there are, each has its turn."""
    if dsn is None:
        return queries
    with connect(dsn, name="rolecall searches") as conn:
        rows = conn.execute("select search, checked_at from board_search where board = %s", (board,)).fetchall()
    checked = {row["search"]: row["checked_at"] for row in rows}
    return sorted(queries, key=lambda query: (scrub(query.key) in checked, checked.get(scrub(query.key))))


def unique(queries: Iterable[SearchQuery]) -> list[SearchQuery]:
    """Each search once; of two that differ only in ``max_results`` the larger."""
    kept: dict[str, SearchQuery] = {}
    for query in queries:
        key = folded(query.key)
        if key not in kept or query.max_results > kept[key].max_results:
            kept[key] = query
    return list(kept.values())


def folded(text: str) -> str:
    """Equal for texts a person would call the same search."""
    return " ".join(text.casefold().split())


def from_file(file: Path) -> dict[str, list[SearchQuery]]:
    """Board → its searches.

    :raises InvalidInput: not YAML, an unknown board or field, or a value out of range
    """
    return {name: list(_queries(file, name, entries)) for name, entries in content(file).items()}


def content(file: Path) -> dict[str, Any]:
    """Board → what the file says of it, unchecked.

    :raises InvalidInput: not YAML, or no boards in it
    """
    try:
        read = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidInput(file.name, f"is not YAML ({error})", fix="indent with spaces and quote texts with colons") from error
    if read is None and file in (FILE, SANDBOX):
        return {}
    if not isinstance(read, dict):
        raise InvalidInput(file.name, "holds no boards", fix="write `linkedin:` and a list of searches below it")
    return read


def wrong_searches(file: Path | None = None) -> list[str]:
    """What is wrong in the file, a line each; a wrong entry stops its own board only, an unknown board would be missed by nobody."""
    if file is None:
        return [problem for one in files(None, os.environ) for problem in wrong_searches(one)]
    found: list[str] = []
    try:
        for name, entries in content(file).items():
            try:
                list(_queries(file, str(name), entries))
            except InvalidInput as error:
                found.append(str(error))
    except InvalidInput as error:
        found.append(str(error))
    return found


def searched(file: Path | None = None) -> list[str]:
    """Boards that have searches in the files, right or wrong ones: what is to run, and to be watched. Without any, the seed's boards."""
    said: set[str] = set()
    for one in files(file, os.environ):
        try:
            said |= {name for name, entries in content(one).items() if entries}
        except InvalidInput:
            said |= set(boards.SEEDS)
    return [name for name in (*boards.BOARDS, *boards.BROKEN) if name in said] or list(boards.SEEDS)


def _queries(file: Path, board: str, entries: Any) -> Iterator[SearchQuery]:
    if board not in boards.BOARDS and board not in boards.BROKEN:
        raise InvalidInput(f"{file.name}: {board}", "is no board", fix=f"use one of {', '.join(boards.BOARDS)}")
    if not isinstance(entries, list):
        raise InvalidInput(f"{file.name}: {board}", "is no list", fix="write one `- {keywords: …}` a search")
    for number, entry in enumerate(entries):
        where = f"{file.name}: {board}[{number}]"
        unknown = sorted(set(as_dict(entry)) - FIELDS)
        if not isinstance(entry, dict) or unknown:
            raise InvalidInput(
                where, f"has unknown fields {unknown}" if unknown else "is no search", fix=f"use {', '.join(sorted(FIELDS))}"
            )
        try:
            yield SearchQuery.model_validate(entry)
        except ValidationError as error:
            first = error.errors()[0]
            raise InvalidInput(f"{where}.{'.'.join(map(str, first['loc']))}", first["msg"], fix="correct the value") from error
