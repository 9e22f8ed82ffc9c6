"""People's wishes as searches: of every person's keywords and places, what each board's own search can do. Matching filters the rest."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from rolecall.boards.base import Board
from rolecall.criteria import SPELLINGS
from rolecall.endpoints import board_connection
from rolecall.errors import InvalidInput
from rolecall.models import SearchQuery
from rolecall.store import connect
from rolecall.store.dead_letters import about_the_row, forget, in_words, put_aside
from rolecall.text.html import EMPLOYMENT, as_dict, as_list, employment
from rolecall.text.places import remote_kind
from rolecall.text.places.place_wishes import around_of

MOST_OF_ONE = 1_000
"""Searches of one person; keywords times places are quickly millions."""

ASIDE = "searches"
"""Queue of the people who wish for more."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SearchWish:
    """One thing somebody looks for, somewhere.

    :param keywords: the work, in their words
    :param location: the place, in their words; empty: anywhere
    :param remote: only work from home will do
    :param radius: kilometres around the place
    :param max_age_days: of an ad
    :param contract: the one kind of contract that will do; empty: any, or several
    """

    keywords: str
    location: str = ""
    remote: bool = False
    radius: int | None = None
    max_age_days: int | None = None
    contract: str = ""


def searches_of_wishes(board: Board, wishes: list[SearchWish]) -> list[SearchQuery]:
    """The searches that a board's own search can make of wishes, each once, in their order.

    A board without a search of its own gives everything to one search, whatever is wished for; a board of employers nothing. A wish that
    a board cannot be asked for (a country it does not serve) is left out.
    """
    if not board.can:
        return [SearchQuery(max_results=board.everything)] if board.everything else []
    found: dict[str, SearchQuery] = {}
    for wish in wishes if "keywords" in board.can else []:
        query = SearchQuery(
            keywords=wish.keywords,
            location=wish.location if "location" in board.can else "",
            remote=wish.remote and "remote" in board.can,
            radius=wish.radius if "radius" in board.can and wish.location else None,
            max_age_days=wish.max_age_days if "age" in board.can else None,
            contract=wish.contract if "contract" in board.can else "",
        )
        if board.serves(query.model_copy(update={"location": wish.location})):
            found.setdefault(query.key, query)
    return list(found.values())


def is_on(board: Board, env: Mapping[str, str]) -> bool:
    """Whether a board may be asked for what people wish: not while the sandbox is on and has no such board, nor without its credential."""
    try:
        conn = board_connection(board.name, env)
    except InvalidInput:
        return False
    inside = conn is not None and bool(conn.url)
    if env.get("SANDBOX_URL", "").strip() and not inside:
        return False
    return not board.wants_credential or bool(conn and conn.password and (conn.login or not board.wants_login))


def wished_searches(board: Board, dsn: str, env: Mapping[str, str]) -> list[SearchQuery]:
    """What a board is asked for people: nothing where there is nobody, or where it is off."""
    if not is_on(board, env) or not (board.can or board.everything):
        return []
    wishes = wishes_of_people(dsn)
    return searches_of_wishes(board, wishes) if wishes is not None else []


def wishes_of_people(dsn: str) -> list[SearchWish] | None:
    """Every person's keywords in every place they name: ``preferences.criteria.{keywords, locations, remote}``; ``None``: there is nobody.

    Everybody's first comes before anybody's second. A preference that is no search (too long, not a text) is left out and logged: one
    person's never stops the others'. Of whoever names more than :data:`MOST_OF_ONE` the first are run; that there are more is put aside
    (queue ``searches``).
    """
    found: list[list[SearchWish]] = []
    fine: list[str] = []
    with connect(dsn, name="rolecall searches") as conn:
        rows = conn.execute("select id, preferences from person order by id").fetchall()
        for row in rows:
            try:
                wishes, many = _of_one(row["id"], row["preferences"])
            except Exception as error:
                if not about_the_row(error):
                    raise
                put_aside(conn, ASIDE, row["id"], in_words(error), person_id=row["id"])
                continue
            found.append(wishes)
            if many > MOST_OF_ONE:
                reason = f"{many:,} searches are wished for, the first {MOST_OF_ONE} are run → name fewer keywords or places"
                put_aside(conn, ASIDE, row["id"], reason, person_id=row["id"])
            else:
                fine.append(row["id"])
        forget(conn, ASIDE, fine)
    if not rows:
        return None
    return [wish for turn in itertools.zip_longest(*found) for wish in turn if wish is not None]


def _of_one(person: str, preferences: Any) -> tuple[list[SearchWish], int]:
    """The first :data:`MOST_OF_ONE` wishes of a person, and how many there are."""
    criteria = as_dict(as_dict(preferences).get("criteria"))
    keywords, places = texts(said(criteria, "keywords")), texts(said(criteria, "locations")) or [""]
    home = [remote_kind(one) for one in texts(said(criteria, "remote"))] == ["remote"] or criteria.get("remote") is True
    first = itertools.islice(itertools.product(keywords, places), MOST_OF_ONE)
    return [wish for what, where in first if (wish := searchable(person, what, where, home, criteria))], len(keywords) * len(places)


def searchable(person: str, what: str, where: str, home: bool, criteria: dict[str, Any] | None = None) -> SearchWish | None:
    """One wish, if it can be a search at all; "remote" is no place, and "within 50 km of Leeds" is Leeds and a radius."""
    anywhere = remote_kind(where) == "remote"
    where, km = around_of(where)
    try:
        SearchQuery(keywords=what, location=where)
    except ValidationError as error:
        log.warning("person %s: a preference is no search: %s", person, error.errors()[0]["msg"])
        return None
    days, kinds = said(criteria or {}, "max_age_days"), texts(said(criteria or {}, "employment_types"))
    contract = employment(kinds[0]) if len(kinds) == 1 else None
    return SearchWish(
        what,
        "" if anywhere else where,
        anywhere or (home and not where),
        radius=min(1_000, max(1, round(km))) if km else None,
        max_age_days=min(3_650, max(1, int(days))) if isinstance(days, int | float) and not isinstance(days, bool) and days > 0 else None,
        contract=contract if contract in EMPLOYMENT else "",
    )


def said(criteria: dict[str, Any], name: str) -> Any:
    """A criterion under whichever of its names it has."""
    return next((criteria[one] for one in SPELLINGS[name] if criteria.get(one)), None)


def texts(value: Any) -> list[str]:
    """A text, or the texts of a list; blanks left out."""
    values = [value] if isinstance(value, str) else as_list(value)
    return [" ".join(one.split()) for one in values if isinstance(one, str) and one.strip()]
