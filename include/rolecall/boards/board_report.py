"""What one scrape run tells Slack: the count in the seed's words, and each thing that is wrong once, when it begins and when it ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.types.json import Jsonb

from rolecall.boards import BROKEN
from rolecall.boards.base import SUCCESSES
from rolecall.outbox.compose import compose
from rolecall.outbox.messages import Draft, enqueue
from rolecall.store import Connection

Row = dict[str, Any]

NOT_SAVED = "NotSaved"
"""Kind of the incident "the platform did not confirm the bulk POST"."""

NO_RECORD = "NoRecord"
"""Kind of the incident "a search left no word": its task was killed, or the searches could not be listed."""


def report(conn: Connection, board: str, run_id: str, expected: Sequence[str] | None = ()) -> dict[str, Any]:
    """Writes the run's Slack messages and returns what they are about.

    ``#job-scraping`` is told how many jobs the platform confirmed, unless no search was a success. ``#alerts`` is told once of each way a
    board fails, however many searches and runs it lasts; ``#job-scraping`` when it is over. Reporting the same run again writes nothing.

    :param expected: keys of the searches the run set out with; ``None``: they could not be listed
    """
    rows = conn.execute("select * from board_run where run_id = %s and board = %s order by search", (run_id, board)).fetchall()
    delivery = conn.execute("select count, error from board_delivery where run_id = %s and board = %s", (run_id, board)).fetchone()
    count, unsaved = (delivery["count"], delivery["error"]) if delivery else (0, "the delivery left no word; see its log")
    broken = {"BrokenBoard": f"BrokenBoard: include/rolecall/boards/sites/{BROKEN[board]}"} if board in BROKEN else None
    wrong = (broken or problems(rows, expected)) | ({NOT_SAVED: unsaved} if unsaved else {})
    read = any(row["outcome"] in SUCCESSES or row["cards"] for row in rows)
    opened, closed = update_incidents(conn, board, run_id, wrong, read=read, saved=not unsaved)
    drafts: list[Draft] = []
    if read and (count or not unsaved):
        seen = sum(row["cards"] for row in rows)
        drafts += compose("scraped_ok", {"key": f"{board}:{run_id}", "board": board, "count": count, "seen": seen})
    for one in opened:
        drafts += compose("scraped_error", {"key": f"{board}:{one['id']}", "board": board, "error": one["error"]})
    for one in closed:
        since = f"{one['opened_at']:%Y-%m-%d %H:%M} UTC"
        drafts += compose("scraped_again", {"key": f"{board}:{one['id']}", "board": board, "kind": one["kind"], "since": since})
    enqueue(conn, drafts)
    return {
        "searches": len(rows),
        "delivered": count,
        **{name: sum(row[name] for row in rows) for name in ("landed", "changed", "rejected")},
        "wrong": wrong,
        "fill": {row["field"]: row["latest"] for row in fill(conn, board)},
    }


def landed(conn: Connection, board: str, run_id: str) -> dict[str, int]:
    """What a run's searches landed: new postings and changed ones."""
    found = conn.execute(
        """
        select coalesce(sum(landed), 0)::int as new, coalesce(sum(changed), 0)::int as changed
        from board_run where (run_id, board) = (%s, %s)
        """,
        (run_id, board),
    ).fetchone()
    return dict(found or {})


def problems(rows: Sequence[Row], expected: Sequence[str] | None) -> dict[str, str]:
    """What went wrong: outcome → one line that names the first search and how many share it."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if row["outcome"] not in SUCCESSES:
            found.setdefault(row["outcome"], []).append(f"{row['error'] or 'no further word'} ({row['search']}")
    if expected is None:
        found[NO_RECORD] = ["the searches could not be listed; see the log (all of them"]
    elif lost := sorted(set(expected) - {row["search"] for row in rows}):
        found[NO_RECORD] = [f"a search ended without a word; see its log ({search}" for search in lost]
    return {kind: f"{kind}: {lines[0]}{f' and {len(lines) - 1} more' if len(lines) > 1 else ''})" for kind, lines in found.items()}


def update_incidents(
    conn: Connection, board: str, run_id: str, wrong: Mapping[str, str], *, read: bool, saved: bool
) -> tuple[list[Row], list[Row]]:
    """Opens an incident for each new kind of failure and closes those that are over; returns those this run opened and closed.

    One is over when a run could read the board (or save what it read) and did not meet it.
    """
    conn.execute(
        """
        insert into board_incident (board, kind, error, opened_run)
        select %(board)s, w.key, w.value, %(run)s from jsonb_each_text(%(wrong)s) as w
        on conflict (board, kind) where closed_at is null do nothing
        """,
        {"board": board, "run": run_id, "wrong": Jsonb(dict(wrong))},
    )
    conn.execute(
        """
        update board_incident set closed_at = now(), closed_run = %(run)s
        where board = %(board)s and closed_at is null and not kind = any(%(kinds)s)
          and case when kind = %(not_saved)s then %(saved)s else %(read)s end
        """,
        {"board": board, "run": run_id, "kinds": list(wrong), "not_saved": NOT_SAVED, "saved": saved, "read": read},
    )
    mine = conn.execute(
        "select * from board_incident where board = %(board)s and %(run)s in (opened_run, closed_run) order by id",
        {"board": board, "run": run_id},
    ).fetchall()
    return [one for one in mine if one["opened_run"] == run_id], [one for one in mine if one["closed_run"] == run_id]


# ── for people at a terminal ────────────────────────────────────────────────────────────────────────────────


def fill(conn: Connection, board: str) -> list[Row]:
    """Share of a board's cards that had each field, in its latest search and usually (median of twenty)."""
    return conn.execute("select * from board_fill where board = %s order by field", (board,)).fetchall()


def seen(conn: Connection) -> list[str]:
    """Boards that were ever searched, or that something is wrong with now."""
    rows = conn.execute(
        "select board from board_search union select board from board_incident where closed_at is null order by board"
    ).fetchall()
    return [row["board"] for row in rows]


def lines(conn: Connection, board: str) -> list[str]:
    """A board's state: its searches with their watermarks, its fill rates, what is wrong and since when."""
    searches = conn.execute(
        """
        select s.*, r.outcome, r.cards, r.landed, r.error from board_search s
        left join lateral (select * from board_run r where (r.board, r.search) = (s.board, s.search) order by finished_at desc limit 1) r
          on true
        where s.board = %s order by s.search
        """,
        (board,),
    ).fetchall()
    incidents = conn.execute("select * from board_incident where board = %s and closed_at is null order by id", (board,)).fetchall()
    found = [f"{board}: {len(searches)} searches"]
    for one in searches:
        newest, swept = (f"{one[name]:%Y-%m-%d %H:%M}" if one[name] else "-" for name in ("newest_posted_at", "swept_at"))
        found.append(
            f"  {one['search']:<44.44} {one['outcome'] or '-':<14} cards {one['cards'] or 0:>4}  newest {newest}  read to its end {swept}"
        )
    found += [f"  {one['field']:<14} {one['latest']:>5.0%} of cards, usually {one['usual']:.0%}" for one in fill(conn, board)]
    return found + [f"  WRONG since {one['opened_at']:%Y-%m-%d %H:%M}: {one['error']}" for one in incidents]
