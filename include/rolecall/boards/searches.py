"""Which searches a board runs: the file beside this one, and what people said they look for; each search once."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from rolecall import boards
from rolecall.errors import InvalidInput
from rolecall.models import SearchQuery
from rolecall.store import connect
from rolecall.store.dead_letters import forget, put_aside
from rolecall.text.html import as_dict, as_list, scrub

FILE = Path(__file__).parent / "searches.yaml"
FIELDS = {"keywords", "location", "max_results", "company"}
MOST = 200
"""Searches of a board in one run; further ones have their turn in the next."""

MOST_OF_ONE = 1_000
"""Searches of one person; keywords times places are quickly millions."""

ASIDE = "searches"
"""Queue of the people who wish for more."""

log = logging.getLogger(__name__)


def searches(board: str, dsn: str | None = None, *, file: Path = FILE) -> list[SearchQuery]:
    """The searches of one board, each once whatever its capitals and spaces: those first that were never run, then those that wait longest.

    :param dsn: where people's preferences are; without it only the file counts
    :raises InvalidInput: the file is wrong, or what it says of this board: names the line and the fix
    :raises UnknownBoard: no board of that name
    """
    known = boards.board(board)
    wanted = [*_queries(file, board, content(file).get(board, [])), *(from_people(dsn) if dsn and known.takes_keywords else [])]
    return longest_waiting(board, unique(wanted), dsn)[:MOST]


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
    kept: dict[tuple[str, str, str], SearchQuery] = {}
    for query in queries:
        key = (folded(query.company), folded(query.keywords), folded(query.location))
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
    if not isinstance(read, dict):
        raise InvalidInput(file.name, "holds no boards", fix="write `linkedin:` and a list of searches below it")
    return read


def wrong_searches(file: Path = FILE) -> list[str]:
    """What is wrong in the file, a line each; a wrong entry stops its own board only, an unknown board would be missed by nobody."""
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


def searched(file: Path = FILE) -> list[str]:
    """Boards that have searches in the file, right or wrong ones: what is to run, and to be watched."""
    try:
        said = content(file)
    except InvalidInput:
        return list(boards.SEEDS)
    return [name for name in (*boards.BOARDS, *boards.BROKEN) if said.get(name)]


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


def from_people(dsn: str) -> list[SearchQuery]:
    """Every person's keywords in every place they name: ``preferences.criteria.{keywords, locations}``.

    Everybody's first comes before anybody's second. A preference that is no search (too long, not a text) is left out and logged: one
    person's never stops the others'. Of whoever names more than :data:`MOST_OF_ONE` the first are run; that there are more is put aside
    (queue ``searches``).
    """
    found: list[list[SearchQuery]] = []
    fine: list[str] = []
    with connect(dsn, name="rolecall searches") as conn:
        rows = conn.execute("select id, preferences from person order by id").fetchall()
        for row in rows:
            criteria = as_dict(as_dict(row["preferences"]).get("criteria"))
            keywords, places = texts(criteria.get("keywords")), texts(criteria.get("locations") or criteria.get("location")) or [""]
            found.append([])
            for what, where in itertools.islice(itertools.product(keywords, places), MOST_OF_ONE):
                try:
                    found[-1].append(SearchQuery(keywords=what, location=where))
                except ValidationError as error:
                    log.warning("person %s: a preference is no search: %s", row["id"], error.errors()[0]["msg"])
            if (many := len(keywords) * len(places)) > MOST_OF_ONE:
                reason = f"{many:,} searches are wished for, the first {MOST_OF_ONE} are run → name fewer keywords or places"
                put_aside(conn, ASIDE, row["id"], reason, person_id=row["id"])
            else:
                fine.append(row["id"])
        forget(conn, ASIDE, fine)
    return [query for turn in itertools.zip_longest(*found) for query in turn if query is not None]


def texts(value: Any) -> list[str]:
    """A text, or the texts of a list; blanks left out."""
    values = [value] if isinstance(value, str) else as_list(value)
    return [" ".join(one.split()) for one in values if isinstance(one, str) and one.strip()]
