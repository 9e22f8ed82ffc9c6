"""From postings to jobs: incremental, set-based, and blind to the order in which postings come.

The id of a job is that of its smallest posting. When a smaller one joins, the job gets the smaller id and the old one points to it for
ever (``merged_into``); applications made under the old id count for the new one. All of it is a function of the postings as they are and
of what people ruled: any order and any batches give the same jobs.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, LiteralString

from psycopg.types.json import Jsonb

from rolecall.boards.landing import LOCK_POSTINGS
from rolecall.catalog.cluster import Jobs, Pair, Ruling, families, resolve_family
from rolecall.catalog.locks import CATALOG, LOCK_JOBS
from rolecall.catalog.profile import MAX_TEXT, ComparedAd, Profile, job_id, key_of, keys, profile, requisition_in, text_hash
from rolecall.store import Connection, sql
from rolecall.store.dead_letters import about_the_row, forget, in_log, in_words, put_aside, readable_rows

log = logging.getLogger(__name__)

SQL = Path(__file__).parent / "sql"
ASIDE, ASIDE_FAMILY = "catalog", "catalog_family"
"""Queues of the postings that cannot be read, and of the families that cannot be compared, by their first posting."""

BATCH = 5_000
"""Postings read at a time."""

TEXTS_AT_ONCE = 2_000
"""Descriptions of families that are read ahead; those of larger families are read one by one, when they are compared."""

PLACED = "select distinct unnest(array[old_job_id, job_id, own_id]) as id from placed"
"""Jobs that a batch may write."""

TABLES = """
create temp table if not exists fresh_key (posting_id bigint, key bigint) on commit drop;
create temp table if not exists placed (posting_id bigint, job_id text, own_id text, old_job_id text, evidence jsonb) on commit drop;
create temp table if not exists doubt (job_id text, other_job_id text, score float8, evidence jsonb) on commit drop;
truncate fresh_key, placed, doubt
"""
TEXTS = "select id, left(description, %(max_text)s) as body from posting where id = any(%(ids)s)"
RULINGS = (
    "select posting_id, other_posting_id, ruling from merge_ruling where posting_id = any(%(ids)s) and other_posting_id = any(%(ids)s)"
)


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
        conn.execute("select pg_advisory_xact_lock(%s)", (CATALOG,))
        asked = {"limit": BATCH, "full": full, "max_text": MAX_TEXT}
        while rows := conn.execute(sql(SQL / "dirty.sql"), {**asked, "after": after}).fetchall():
            total += _batch(conn, rows)
            after = rows[-1]["id"]
    return total


def _batch(conn: Connection, rows: list[dict[str, Any]]) -> Aggregated:
    conn.execute(TABLES)
    _place(conn, _members(conn, _touched(conn, rows)))
    moved = conn.execute("select 1 from placed where old_job_id <> job_id limit 1").fetchone()
    conn.execute(LOCK_JOBS, ([row["id"] for row in conn.execute(PLACED)],))
    jobs = conn.execute(sql(SQL / "jobs.sql")).fetchall()
    pointed = conn.execute(sql(SQL / "point.sql")).fetchall()
    conn.execute(
        "update posting p set job_id = placed.job_id from placed where p.id = placed.posting_id and p.job_id is distinct from placed.job_id"
    )
    if moved:
        conn.execute(sql(SQL / "locks.sql"))
    conn.execute(sql(SQL / "events.sql"))
    conn.execute(sql(SQL / "doubts.sql"))
    new = sum(row["is_new"] for row in jobs)
    changed = sum(row["is_changed"] and not row["is_new"] for row in jobs)
    return Aggregated(new, changed, sum(row["is_merged"] for row in pointed), len(rows))


def _touched(conn: Connection, rows: list[dict[str, Any]]) -> list[int]:
    """Notes what the rows say now; the ids of all postings of their families, as they were and as they are."""
    read = readable_rows(conn, ASIDE, rows, lambda row: _read(profile(_ad(row, description=row["description"] or "")), row))
    rows, profiles = [row for row, _ in read], [one for _, (one, _) in read]
    ids = [row["id"] for row in rows]
    before = conn.execute("select distinct key from posting_key where posting_id = any(%s)", (ids,)).fetchall()
    reached = {row["key"] for row in before}
    fresh: set[tuple[int, int]] = set()
    for row, (_, found_under) in read:
        fresh |= {(row["id"], key) for key in (*found_under, *(key_of(f"ruled {pair}") for pair in row["ruled"]))}
    _copy(conn, "copy fresh_key (posting_id, key) from stdin", sorted(fresh))
    reached |= {key for _, key in fresh}
    conn.execute(sql(SQL / "unkey.sql"), {"ids": ids})
    found = sorted(_reach(conn, set(ids), reached))
    conn.execute(LOCK_POSTINGS, (found,))
    noted = {
        "ids": ids,
        "keys": [one.merge_key for one in profiles],
        "hashes": [row["content_hash"] for row in rows],
        "texts": [one.ad.text for one in profiles],
        "numbers": [one.ad.requisition for one in profiles],
    }
    conn.execute(sql(SQL / "key.sql"), noted)
    return found


def _read(one: Profile, row: dict[str, Any]) -> tuple[Profile, list[int]]:
    return one, list(keys(one, row["description"]))


def _reach(conn: Connection, found: set[int], new_keys: set[int]) -> set[int]:
    """All postings that keys lead to, directly or by way of others."""
    known = set(new_keys)
    while new_keys:
        under = conn.execute("select distinct posting_id from posting_key where key = any(%s)", (list(new_keys),)).fetchall()
        new = {row["posting_id"] for row in under} - found
        found |= new
        beside = conn.execute("select distinct key from posting_key where posting_id = any(%s)", (list(new),)).fetchall() if new else []
        new_keys = {row["key"] for row in beside} - known
        known |= new_keys
    return found


def _ad(row: dict[str, Any], *, description: str | None = None) -> ComparedAd:
    fields = {name: row[name] for name in ComparedAd.__slots__ if name in row}
    if description is not None:
        fields |= {"text": text_hash(description), "requisition": requisition_in(description)}
    return ComparedAd(**fields)


def _members(conn: Connection, ids: list[int]) -> list[tuple[Profile, str | None]]:
    """The postings, read, each with the job it belongs to so far."""
    rows = conn.execute(sql(SQL / "members.sql"), {"ids": ids}).fetchall()
    return [(one, row["job_id"]) for row, one in readable_rows(conn, ASIDE, rows, lambda row: profile(_ad(row)))]


def _place(conn: Connection, members: list[tuple[Profile, str | None]]) -> None:
    """Decides which job each posting belongs to and why: the tables ``placed`` and ``doubt``."""
    profiles = {one.ad.id: one for one, _ in members}
    old_job = {one.ad.id: old for one, old in members}
    keyed: dict[int, list[int]] = {one: [] for one in profiles}
    for row in conn.execute("select posting_id, key from posting_key where posting_id = any(%s)", (list(profiles),)):
        keyed[row["posting_id"]].append(row["key"])
    ruled = conn.execute(RULINGS, {"ids": list(profiles)}).fetchall()
    rulings: dict[Pair, Ruling] = {(row["posting_id"], row["other_posting_id"]): row["ruling"] for row in ruled}
    grouped = [[profiles[one] for one in family] for family in families(keyed)]
    texts = _Texts(conn, grouped)
    compared: list[str] = []
    rows: list[tuple[object, ...]] = []
    doubts: list[tuple[object, ...]] = []
    for family in grouped:
        found = _resolved(conn, family, texts, rulings, old_job, compared) if len(family) > 1 else Jobs([family])
        names = [job_id(*job[0].name) for job in found.jobs]
        for name, job in zip(names, found.jobs, strict=True):
            rows += ((one.ad.id, name, job_id(*one.name), old_job[one.ad.id], _evidence(found, one)) for one in job)
        for (one_job, other_job), verdict in found.doubts.items():
            first, second = sorted((names[one_job], names[other_job]))
            doubts.append((first, second, round(verdict.score, 2), Jsonb(verdict.as_json())))
    forget(conn, ASIDE_FAMILY, compared)
    _copy(conn, "copy placed (posting_id, job_id, own_id, old_job_id, evidence) from stdin", rows)
    _copy(conn, "copy doubt (job_id, other_job_id, score, evidence) from stdin", doubts)
    conn.execute("analyze placed")


def _resolved(
    conn: Connection,
    family: list[Profile],
    texts: _Texts,
    rulings: dict[Pair, Ruling],
    old_job: dict[int, str | None],
    compared: list[str],
) -> Jobs:
    """Which of a family are one job. A family that cannot be compared stays as it was and is put aside; the others are settled.

    :param compared: takes the names of families that could be
    """
    name = str(min(one.ad.id for one in family))
    try:
        found = resolve_family(family, texts.read, rulings)
    except Exception as error:
        if not about_the_row(error):
            raise
        if put_aside(conn, ASIDE_FAMILY, name, in_words(error)):
            log.warning("a family of %d postings cannot be compared: %s", len(family), in_log(error))
    else:
        compared.append(name)
        return found
    as_before: dict[str, list[Profile]] = {}
    for one in family:
        as_before.setdefault(old_job[one.ad.id] or job_id(*one.name), []).append(one)
    return Jobs(list(as_before.values()))


def _copy(conn: Connection, statement: LiteralString, rows: Iterable[tuple[object, ...]]) -> None:
    with conn.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _evidence(found: Jobs, one: Profile) -> Jsonb | None:
    why = found.why.get(one.ad.id)
    return Jsonb({"with": why.other.label, **why.verdict.as_json()}) if why else None


class _Texts:
    """Descriptions: those of ordinary families at once, those of very large ones when they are asked for."""

    def __init__(self, conn: Connection, grouped: Iterable[list[Profile]]) -> None:
        self.conn = conn
        wanted = {one.ad.text: one.ad.id for family in grouped if 1 < len(family) <= TEXTS_AT_ONCE for one in family if one.ad.text}
        self.found = {row["id"]: row["body"] for row in self._fetch(list(wanted.values()))} if wanted else {}
        self.of_hash = wanted

    def _fetch(self, ids: list[int]) -> list[dict[str, Any]]:
        return self.conn.execute(TEXTS, {"max_text": MAX_TEXT, "ids": ids}).fetchall()

    def read(self, one: Profile) -> str:
        """The description, as it was when it was hashed; empty where it is gone."""
        known: str | None = self.found.get(self.of_hash.get(one.ad.text, -1))
        if known is not None:
            return known
        return str(next(iter(self._fetch([one.ad.id])), {}).get("body") or "")
