"""What one scrape run tells Slack: the count in the seed's words, and each failed search by name."""

from __future__ import annotations

from typing import Any

from include.boards.base import SUCCESSES
from include.notifying.compose import compose
from include.notifying.outbox import Draft, enqueue
from include.store import Connection


def report(conn: Connection, board: str, run_id: str) -> dict[str, Any]:
    """Writes the run's Slack messages and returns its counts: searches, landed, changed, failed by outcome.

    A run whose every search failed tells no success. Reporting the same run again writes nothing.
    """
    rows = conn.execute(
        "select search, outcome, landed, changed, rejected, error from board_run where run_id = %s and board = %s order by search",
        (run_id, board),
    ).fetchall()
    failed = [row for row in rows if row["outcome"] not in SUCCESSES]
    landed = sum(row["landed"] for row in rows)
    drafts: list[Draft] = []
    if len(failed) < len(rows):
        drafts += compose("scraped_ok", {"key": f"{board}:{run_id}", "board": board, "count": landed})
    for row in failed:
        error = f"{row['search']}: {row['outcome']}: {row['error'] or 'no further word'}"
        drafts += compose("scraped_error", {"key": f"{board}:{run_id}:{row['search']}", "board": board, "error": error})
    enqueue(conn, drafts)
    return {
        "searches": len(rows),
        "landed": landed,
        "changed": sum(row["changed"] for row in rows),
        "rejected": sum(row["rejected"] for row in rows),
        "failed": {row["search"]: row["outcome"] for row in failed},
    }
