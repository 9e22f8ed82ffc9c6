"""Employers that are followed: all their postings are read, at each run of their system's board."""

from __future__ import annotations

from typing import Any

from rolecall.boards.employers.addresses import READABLE, Employer
from rolecall.errors import InvalidInput
from rolecall.models import SearchQuery
from rolecall.store import Connection, connect

MOST = 5_000
"""Postings read of one employer."""


def follow(conn: Connection, employer: Employer, url: str, *, sandboxed: bool = False) -> bool:
    """Follows an employer, in the caller's transaction; whether that is new.

    :param url: what somebody gave
    :param sandboxed: the sandbox is on: it is followed until that is off
    :raises InvalidInput: its system has no reader here, its name there is not known, or the address names no site of its (Workday)
    """
    if not employer.slug:
        fix = f"look into one of its postings for an address of {employer.system}, and give that"
        raise InvalidInput("url", f"its jobs are on {employer.system}, and the page does not say under which name", fix=fix)
    if employer.system not in READABLE:
        raise InvalidInput(
            "url", f"{employer.slug} is on {employer.system}, which nobody here can read yet", fix="look at its page yourself"
        )
    if employer.system == "workday" and "/" not in employer.company:
        raise InvalidInput("url", f"{employer.slug} has several sites on Workday", fix="give the address of one of its postings")
    row = conn.execute(
        "insert into employer (board, company, url, sandboxed) values (%s, %s, %s, %s) on conflict do nothing returning board",
        (employer.system, employer.company, url[:2000], sandboxed),
    ).fetchone()
    return row is not None


def unfollow(conn: Connection, board: str, company: str) -> bool:
    """Follows an employer no longer; its postings stay, and close when nobody has seen them for long."""
    gone = conn.execute("delete from employer where board = %s and lower(company) = lower(%s)", (board, company)).rowcount
    conn.execute("delete from employer_listing where board = %s and lower(company) = lower(%s)", (board, company))
    return gone > 0


def unfollow_sandboxed(conn: Connection) -> int:
    """Follows nobody any longer who was followed while the sandbox was on; how many that were."""
    rows = conn.execute("select board, company from employer where sandboxed").fetchall()
    return sum(unfollow(conn, row["board"], row["company"]) for row in rows)


def employers(conn: Connection) -> list[dict[str, Any]]:
    """Everybody who is followed: ``{board, company, url, added_at}``, by name."""
    return conn.execute("select board, company, url, added_at from employer order by company, board").fetchall()


def followed(board: str, dsn: str) -> list[SearchQuery]:
    """The searches of a board's employers."""
    with connect(dsn, name="rolecall searches") as conn:
        rows = conn.execute("select company from employer where board = %s order by added_at, company", (board,)).fetchall()
    return [SearchQuery(company=row["company"], max_results=MOST) for row in rows]
