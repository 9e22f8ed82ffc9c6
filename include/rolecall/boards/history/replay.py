"""Reading history again: stored answers through today's parser, without touching the board."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from rolecall import boards
from rolecall.boards.base import Board
from rolecall.boards.landing import Landed, land
from rolecall.boards.scrape_store import name_outcome
from rolecall.errors import BoardError
from rolecall.models import JobPosting
from rolecall.store import Connection, connect

BATCH = 50
"""Answers read at a time."""


@dataclass(slots=True)
class Replayed:
    """What a replay did: answers read, postings by what landing them changed, answers by outcome."""

    board: str
    answers: int = 0
    landed: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: str, landed: Landed, rejects: int) -> None:
        """Counts one answer."""
        self.answers += 1
        self.landed += landed.new
        self.changed += landed.changed
        self.unchanged += landed.unchanged
        self.rejected += rejects
        self.outcomes[outcome] += 1

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, for XCom."""
        return {
            name: dict(value) if isinstance(value, Counter) else value
            for name in self.__slots__
            if (value := getattr(self, name)) is not None
        }


def replay(dsn: str, board_name: str, *, since: datetime | None = None, until: datetime | None = None) -> Replayed:
    """Parses the stored answers of a board again, newest first. A posting that a later answer told of stays as that one left it.

    What the parser reads as before changes nothing. Answers whose page was no results page are named again, too.

    :param since: only what the board still answered at or after this moment
    :param until: only what it first answered before this one
    :raises UnknownBoard: no board of that name
    """
    board = boards.board(board_name)
    result = Replayed(board.name)
    with connect(dsn, name="rolecall replay") as conn:
        conn.autocommit = True
        for details in (False, True):
            for answer in stored_answers(conn, board.name, details, since, until):
                result.add(*_replayed(conn, board, answer, details))
    return result


def _replayed(conn: Connection, board: Board, answer: dict[str, Any], details: bool) -> tuple[str, Landed, int]:
    outcome, postings, rejects = reread_answer(board, answer, details)
    with conn.transaction():
        landed = land(conn, postings[: answer["room"]], now=answer["fetched_at"], detailed=details, replayed=True)
        name_outcome(conn, answer["id"], outcome)
    return outcome, landed, rejects


def reread_answer(board: Board, answer: dict[str, Any], details: bool) -> tuple[str, list[JobPosting], int]:
    """Reads one stored answer: outcome, postings, number of rejected cards."""
    content, where = zlib.decompress(answer["body"]), {"url": answer["url"], "fetched_at": answer["fetched_at"]}
    if not details:
        page = board.read(content, **where)
        return page.outcome, page.postings, len(page.rejects)
    try:
        return "ok", [board.detail(content, **where)], 0
    except BoardError as error:
        return type(error).__name__, [], 0


def stored_answers(conn: Connection, board: str, details: bool, since: datetime | None, until: datetime | None) -> Iterator[dict[str, Any]]:
    """Good answers, newest first, a few at a time: memory stays flat however long the history is."""
    before: tuple[datetime, int] | None = None
    while rows := _batch(conn, board, details, since, until, before):
        yield from rows
        before = (rows[-1]["fetched_at"], rows[-1]["id"])


def _batch(
    conn: Connection, board: str, details: bool, since: datetime | None, until: datetime | None, before: tuple[datetime, int] | None
) -> list[dict[str, Any]]:
    return conn.execute(
        """
        select id, url, fetched_at, body, room from board_answer
        where board = %(board)s and status between 200 and 299 and (search = '') = %(details)s
          and (%(since)s::timestamptz is null or fetched_at >= %(since)s)
          and (%(until)s::timestamptz is null or first_fetched_at < %(until)s)
          and (%(at)s::timestamptz is null or (fetched_at, id) < (%(at)s, %(id)s))
        order by fetched_at desc, id desc limit %(limit)s
        """,
        {
            "board": board,
            "details": details,
            "since": since,
            "until": until,
            "at": before[0] if before else None,
            "id": before[1] if before else None,
            "limit": BATCH,
        },
    ).fetchall()
