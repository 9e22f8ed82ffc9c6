"""Fields that vanish: a page may still be read while its companies or dates are gone. Fill rates are watched against history."""

from __future__ import annotations

from statistics import median
from typing import Any

from include.store import Connection

FEW = 10
"""Cards below which a share says nothing."""

RUNS = 3
"""Good runs a history must have before it is one."""

USUAL = 0.5
"""Share of cards that usually have a field for it to be watched."""

PREFIX = "fields vanish: "


def vanished(conn: Connection, board: str, fill: dict[str, float], cards: int) -> dict[str, tuple[float, float]]:
    """Fields that fewer than half as many cards have as usual: field → (share now, usual share). Too few cards or runs say nothing.

    The usual share is the median of the board's last twenty good searches.
    """
    if cards < FEW:
        return {}
    rows = conn.execute(
        """
        select fill from board_run
        where board = %s and outcome = 'ok' and cards >= %s and fill <> '{}' and coalesce(error, '') not like %s
        order by finished_at desc limit 20
        """,
        (board, FEW, f"{PREFIX}%"),
    ).fetchall()
    if len(rows) < RUNS:
        return {}
    usual = {name: usual_share(rows, name) for name in fill}
    return {name: (share, usual[name]) for name, share in fill.items() if usual[name] >= USUAL and share < usual[name] / 2}


def usual_share(rows: list[dict[str, Any]], name: str) -> float:
    """The median share of cards that had a field; 0 where history does not know it."""
    shares = [row["fill"][name] for row in rows if name in row["fill"]]
    return float(median(shares)) if shares else 0.0


def told_before(conn: Connection, board: str, message: str) -> bool:
    """Whether the board's latest search (of this run or the one before) said the same: then it needs no second alert."""
    row = conn.execute(
        "select error from board_run where board = %s and cards >= %s order by finished_at desc limit 1", (board, FEW)
    ).fetchone()
    return row is not None and names_of(row["error"] or "") >= names_of(message)


def words(fields: dict[str, tuple[float, float]]) -> str:
    """One line for people: ``fields vanish: company 5 % of cards (usually 100 %)``."""
    parts = [f"{name} {share:.0%} of cards (usually {usual:.0%})" for name, (share, usual) in sorted(fields.items())]
    return PREFIX + ", ".join(parts)


def names_of(message: str) -> set[str]:
    """The fields a message of :func:`words` names."""
    return {part.split()[0] for part in message.removeprefix(PREFIX).split(", ")} if message.startswith(PREFIX) else set()
