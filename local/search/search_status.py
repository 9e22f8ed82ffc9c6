"""What ``make status`` says of the search itself: who is in it, which boards are read and which are not, what waits, what is not set up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

import psycopg

from local.search import first_search
from local.search.own_search import OwnSearch
from rolecall.applying.decisions import applications_waiting
from rolecall.boards import BOARDS
from rolecall.boards.base import SUCCESSES
from rolecall.errors import RolecallError
from rolecall.people.own_matches import matches_of
from rolecall.store import Connection, connect

SHOWN = 3
"""People who are named."""

MOST_WAITING = 1_000
DENIED = frozenset({"RobotsDenied", "LoginWall", "Blocked", "AuthFailed"})
"""Outcomes in which a board does not want to be read, rather than cannot be."""

PEOPLE = "select id, coalesce(nullif(name, ''), id) as name, count(*) over () as everybody from person order by created_at, id limit %s"
LAST = """
select distinct on (board) board, outcome, finished_at from board_run
where not exists (select from board_answer a where a.board = board_run.board and a.url like %(sandbox)s
                  and a.fetched_at between finished_at - make_interval(secs => seconds + 60) and finished_at)
order by board, finished_at desc, outcome
"""
"""What the sandbox answered in a board's place is no look at the board."""


def search_lines(dsn: str, own: OwnSearch, env: Mapping[str, str], *, sandbox: str = "") -> list[str]:
    """Up to three lines about a search outside the sandbox; none where the database does not answer.

    :param env: as it was given, with what ``make start`` noted
    :param sandbox: its address here, if it ever ran
    """
    try:
        with connect(dsn, name="status") as conn:
            rows = conn.execute(PEOPLE, (SHOWN,)).fetchall()
            people = [_person(conn, row) for row in rows]
            last = conn.execute(LAST, {"sandbox": f"{sandbox}/%" if sandbox else ""}).fetchall()
        plan = first_search.proposed(dsn, env)
    except (RolecallError, psycopg.Error):
        return []
    more = f"; and {rows[0]['everybody'] - len(rows)} more" if rows and rows[0]["everybody"] > len(rows) else ""
    lacks = [name for name, there in not_set_up(own, env).items() if not there]
    return [
        f"people        {'; '.join(people)}{more}" if people else "people        nobody is in yet → make start",
        f"boards        {'; '.join(_boards(plan, last))}",
        *([f"not set up    {', '.join(lacks)} → make start says how"] if lacks else []),
    ]


def _person(conn: Connection, row: Mapping[str, Any]) -> str:
    """``Ada Vale: 42 matches, 2 wait for a yes``; why there is nothing, where there is nothing."""
    found = matches_of(conn, row["id"], limit=1)
    many = found["total"]
    said = f"{many} match{'' if many == 1 else 'es'}" if many else f"no matches: {found['note']}".removesuffix(": ")
    asked = len(applications_waiting(conn, row["id"], limit=MOST_WAITING))
    return f"{row['name']}: {said}{f', {asked} wait for a yes' if asked else ''}"


def _boards(plan: first_search.BoardPlan, last: Sequence[Mapping[str, Any]]) -> list[str]:
    known = {row["board"]: row for row in last if row["board"] in BOARDS}
    titles = {name: BOARDS[name].title for name in BOARDS}
    good = [titles[name] for name, row in known.items() if row["outcome"] in SUCCESSES]
    denied = [f"{titles[name]} ({row['outcome']})" for name, row in known.items() if row["outcome"] in DENIED]
    bad = [f"{titles[name]} ({row['outcome']})" for name, row in known.items() if row["outcome"] not in SUCCESSES | DENIED]
    not_yet = [titles[name] for name in plan.now if name not in known] + [title for title in plan.later if title not in _titles(known)]
    when = max((row["finished_at"] for row in known.values()), default=None)
    times = f"last {when.astimezone(UTC):%d %b %H:%M} (UTC), " if when else ""
    groups = (("read", good), ("denied", denied), ("failed", bad), ("not asked yet", not_yet), ("off", [titles[name] for name in plan.off]))
    return [*(f"{word} {', '.join(names)}" for word, names in groups if names), f"{times}next {first_search.next_time()}"]


def _titles(names: Mapping[str, Any]) -> set[str]:
    return {BOARDS[name].title for name in names}


def not_set_up(own: OwnSearch, env: Mapping[str, str]) -> dict[str, bool]:
    """What a search may have, and whether it is there."""
    return {
        "mails": bool(env.get("SMTP_HOST", "").strip() or env.get("SENDGRID_API_KEY", "").strip()),
        "an address for boards": bool(env.get("BOT_CONTACT", "").strip()),
        "your CV": bool(own.answers.get("cv")),
        "employers' forms": env.get("BROWSER_FORMS", "").strip() == "on",
    }
