"""What a board's history says: which fields its cards usually have, and how far each search was read."""

from __future__ import annotations

from datetime import timedelta
from statistics import median
from typing import Any, Protocol

from rolecall.models import SearchQuery
from rolecall.store import Connection
from rolecall.text.html import scrub


class SearchWatermark(Protocol):
    """A search's watermark: how far it was read."""

    board: str
    search: str
    newest_posted_at: str | None
    swept: bool
    stopped_early: bool


FEW = 10
"""Cards below which a share says nothing."""

RUNS = 3
"""Good runs a history must have before it is one."""

USUAL = 0.5
"""Share of cards that usually have a field for it to be watched."""

MEMORY = 30
"""Days a history reaches back."""

FULL_READ = timedelta(hours=20)
"""How long ago a search may have been read to its end for a known page to be enough: of three runs a day, one reads everything."""


def vanished_fields(conn: Connection, board: str, fill: dict[str, float], cards: int) -> dict[str, tuple[float, float]]:
    """Fields that fewer than half as many cards have as usual: field → (share now, usual share). Too few cards or runs say nothing.

    The usual share is the median of the board's last twenty good searches of a month: what is gone for longer is the new usual.
    """
    if cards < FEW:
        return {}
    rows = conn.execute(
        """
        select fill from board_run
        where board = %s and outcome = 'ok' and cards >= %s and fill <> '{}' and finished_at > now() - make_interval(days => %s)
        order by finished_at desc limit 20
        """,
        (board, FEW, MEMORY),
    ).fetchall()
    if len(rows) < RUNS:
        return {}
    usual = {name: usual_share(rows, name) for name in fill}
    return {name: (share, usual[name]) for name, share in fill.items() if usual[name] >= USUAL and share < usual[name] / 2}


def usual_share(rows: list[dict[str, Any]], name: str) -> float:
    """The median share of cards that had a field; 0 where history does not know it."""
    shares = [row["fill"][name] for row in rows if name in row["fill"]]
    return float(median(shares)) if shares else 0.0


def words(fields: dict[str, tuple[float, float]]) -> str:
    """One line for people: ``fields vanish: company 5 % of cards (usually 100 %)``."""
    parts = [f"{name} {share:.0%} of cards (usually {usual:.0%})" for name, (share, usual) in sorted(fields.items())]
    return "fields vanish: " + ", ".join(parts)


def recently_swept(conn: Connection, board: str, query: SearchQuery) -> bool:
    """Whether a search was read to its end within :data:`SWEEP`, at least as far as it goes now."""
    row = conn.execute(
        "select 1 from board_search where board = %s and search = %s and max_results >= %s and swept_at > now() - %s",
        (board, scrub(query.key), query.max_results, FULL_READ),
    ).fetchone()
    return row is not None


def set_watermark(conn: Connection, result: SearchWatermark, max_results: int) -> None:
    """Remembers how far a search was read; one that broke off is read to its end next time."""
    conn.execute(
        """
        insert into board_search as s (board, search, max_results, newest_posted_at, checked_at, swept_at)
        values (%(board)s, %(search)s, %(max_results)s, %(newest)s, now(), case when %(swept)s then now() end)
        on conflict (board, search) do update set
            max_results = case when %(early)s then s.max_results else excluded.max_results end,
            newest_posted_at = greatest(s.newest_posted_at, excluded.newest_posted_at), checked_at = excluded.checked_at,
            swept_at = case when %(early)s then s.swept_at else excluded.swept_at end
        """,
        {
            "board": result.board,
            "search": scrub(result.search),
            "max_results": max_results,
            "newest": result.newest_posted_at,
            "swept": result.swept,
            "early": result.stopped_early,
        },
    )
