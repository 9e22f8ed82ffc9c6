"""From postings to jobs: incremental, set-based, and blind to the order in which postings come.

The id of a job is that of its smallest posting. When a smaller one joins, the job gets the smaller id and the old one points to it for
ever (``merged_into``); applications made under the old id count for the new one. All of it is a function of the postings as they are:
any order and any batches give the same jobs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from include.catalog.cluster import LEAST_WORDS, MAX_TEXT, MAX_TEXTS, Member, leaders, merge_key
from include.catalog.normalise import title
from include.store import Connection, sql

SQL = Path(__file__).parent / "sql"
BATCH = 5_000
"""Postings read at a time."""

LOCK = 0x526F6C6563617400
"""Advisory lock of the catalog: whoever writes it waits for whoever does already."""

PLACED = """
create temp table if not exists placed (posting_id bigint, job_id text, own_id text, old_job_id text) on commit drop
"""
TEXTS = """
select distinct on (text) md5(left(description, %(max_text)s)) as text, left(description, %(max_text)s) as body
from posting where id = any(%(ids)s)
"""


@dataclass(frozen=True)
class Aggregated:
    """Counts of one run.

    :param jobs_new: jobs that were not there before
    :param jobs_changed: jobs of which a field changed
    :param merged: ids of jobs that now lead to another
    :param postings: postings looked at
    """

    jobs_new: int = 0
    jobs_changed: int = 0
    merged: int = 0
    postings: int = 0

    def __add__(self, other: Aggregated) -> Aggregated:
        return Aggregated(
            self.jobs_new + other.jobs_new,
            self.jobs_changed + other.jobs_changed,
            self.merged + other.merged,
            self.postings + other.postings,
        )


def aggregate(conn: Connection, *, full: bool = False) -> Aggregated:
    """Merges new and changed postings into the catalog, in the caller's transaction; a second run finds nothing to do.

    A second run at the same time waits for the first.

    :param full: look at every posting, as after a change of the rules
    """
    total, after = Aggregated(), 0
    with conn.transaction():
        conn.execute("select pg_advisory_xact_lock(%s)", (LOCK,))
        while rows := conn.execute(sql(SQL / "dirty.sql"), {"after": after, "limit": BATCH, "full": full}).fetchall():
            total += _batch(conn, rows)
            after = rows[-1]["id"]
    return total


def _batch(conn: Connection, rows: list[dict[str, Any]]) -> Aggregated:
    keys = [_key(row) for row in rows]
    touched = sorted({*keys, *(row["merge_key"] for row in rows if row["merge_key"])})
    conn.execute(sql(SQL / "key.sql"), {"ids": [row["id"] for row in rows], "keys": keys, "hashes": [row["content_hash"] for row in rows]})
    members = conn.execute(sql(SQL / "members.sql"), {"keys": touched, "least_words": LEAST_WORDS, "max_text": MAX_TEXT}).fetchall()
    _place(conn, members)
    moved = [row["old_job_id"] for row in conn.execute("select distinct old_job_id from placed where old_job_id <> job_id").fetchall()]
    if moved:  # an application being planned for one of them is waited for, see lock_application()
        conn.execute("select 1 from job where id = any(%s) order by id for update", (moved,))
    jobs = conn.execute(sql(SQL / "jobs.sql")).fetchall()
    pointed = conn.execute(sql(SQL / "point.sql")).fetchall()
    conn.execute(
        "update posting p set job_id = placed.job_id from placed where p.id = placed.posting_id and p.job_id is distinct from placed.job_id"
    )
    if moved:
        conn.execute(sql(SQL / "locks.sql"))
    conn.execute(sql(SQL / "events.sql"))
    new = sum(row["is_new"] for row in jobs)
    changed = sum(row["is_changed"] and not row["is_new"] for row in jobs)
    return Aggregated(new, changed, sum(row["is_merged"] for row in pointed), len(rows))


def _key(row: dict[str, Any]) -> str:
    return merge_key(
        board=row["board"],
        external_id=row["external_id"],
        title_text=row["title"],
        company_text=row["company"],
        location=row["location"],
        city=row["city"],
        region=row["region"],
        country=row["country"],
        remote=row["remote"],
    )


def _place(conn: Connection, rows: list[dict[str, Any]]) -> None:
    """Decides for each posting which job it belongs to; the answer is the temporary table ``placed``."""
    groups: dict[str, list[tuple[Member, str | None]]] = {}
    for row in rows:
        member = Member(row["board"], row["external_id"], row["id"], row["text"] or "", title(row["title"][:1000]).requisition)
        groups.setdefault(row["merge_key"], []).append((member, row["job_id"]))
    texts = _texts(conn, groups.values())
    conn.execute(PLACED)
    conn.execute("truncate placed")
    with conn.cursor() as cursor, cursor.copy("copy placed (posting_id, job_id, own_id, old_job_id) from stdin") as copy:
        for group in groups.values():
            leader_of = leaders([member for member, _ in group], texts)
            for member, old in group:
                copy.write_row((member.id, leader_of[member].job_id, member.job_id, old))
    conn.execute("analyze placed")


def _texts(conn: Connection, groups: Iterable[list[tuple[Member, str | None]]]) -> dict[str, str]:
    """Descriptions, where candidates have more than one."""
    wanted: dict[str, int] = {}
    for group in groups:
        distinct = {member.text: member.id for member, _ in group if member.text}
        if 1 < len(distinct) <= MAX_TEXTS:
            wanted.update(distinct)
    if not wanted:
        return {}
    found = conn.execute(TEXTS, {"max_text": MAX_TEXT, "ids": list(wanted.values())}).fetchall()
    return {row["text"]: row["body"] for row in found}
