"""Jobs meet the rules: what is good goes on, what is not is kept with its reasons, and released once it is mended."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from psycopg.sql import SQL as Statement
from psycopg.sql import Composed, Literal

from rolecall.catalog.locks import CATALOG, LOCK_JOBS
from rolecall.catalog.validation.rules import RULES, VERSION
from rolecall.catalog.validation.signs import MAX_TEXT, AdClaims
from rolecall.store import Connection, sql
from rolecall.store.dead_letters import readable_rows

SQL = Path(__file__).parents[1] / "sql"
BATCH = 2_000
"""Jobs looked at a statement."""

UNSEEN_DAYS = 21
"""Days without a sight of a job on any board after which it counts as closed (``UNSEEN_DAYS``)."""

PART = 50_000
"""Jobs that one task looks at."""

MOST_PARTS = 200
"""Parts at most: Airflow maps over 1,024."""

FORGET = """
delete from quarantine q using job
where job.id = q.job_id and job.merged_into is not null and q.job_id > %(after)s and (%(until)s = '' or q.job_id <= %(until)s)
"""


@dataclass(frozen=True)
class Validated:
    """Counts of the jobs looked at in one run, by their state after it."""

    valid: int = 0
    warned: int = 0
    quarantined: int = 0
    closed: int = 0


def id_ranges(conn: Connection, *, size: int = PART) -> list[tuple[str, str]]:
    """The catalog in parts of about ``size`` jobs, as bounds of ids (above, up to; ``""``: no bound). Ids are hashes: parts are even, and
    larger where there would be more than :data:`MOST_PARTS`."""
    row = conn.execute("select count(*) as n from job where merged_into is null").fetchone() or {"n": 0}
    count = min(MOST_PARTS, max(1, -(-int(row["n"]) // size)))
    bounds = ["", *(f"j{number * 2**64 // count:016x}" for number in range(1, count)), ""]
    return list(itertools.pairwise(bounds))


def validate(
    conn: Connection,
    part: tuple[str, str] = ("", ""),
    *,
    full: bool = False,
    now: datetime | None = None,
    unseen_days: int = UNSEEN_DAYS,
    hosts: Mapping[str, tuple[str, ...]] | None = None,
) -> Validated:
    """Checks jobs that are new or changed, and all of them after a change of the rules, in the caller's transaction.

    A second run finds nothing to do.

    A job of which every posting has expired, or none was seen for long, is closed, whatever the rules say; seen again, it is open again.

    :param part: bounds of the ids looked at, see :func:`id_ranges`; parts are checked side by side, never while jobs are merged
    :param full: look at every job
    :param now: for rules about dates (now by default)
    :param unseen_days: a job that no board showed for so many days is closed
    :param hosts: board → host names its postings' addresses are on; boards without are not judged by it
    """
    states: Counter[str] = Counter()
    moment, (after, until) = now or datetime.now(UTC), part
    with conn.transaction():
        conn.execute("select pg_advisory_xact_lock_shared(%s)", (CATALOG,))
        conn.execute("select pg_advisory_xact_lock(hashtextextended('validate ' || %s, 0))", (after,))
        conn.execute(FORGET, {"after": after, "until": until})
        unseen = moment - timedelta(days=unseen_days)
        asked = {"full": full, "now": moment, "limit": BATCH, "max_text": MAX_TEXT, "unseen": unseen, "version": VERSION, "until": until}
        while jobs := conn.execute(sql(SQL / "to_check.sql"), {**asked, "after": after}).fetchall():
            after = jobs[-1]["id"]
            read, found = _findings(conn, jobs, moment, hosts or {})
            states.update(_write_states(conn, read, found, moment))
    return Validated(**{state: states[state] for state in ("valid", "warned", "quarantined", "closed")})


def _findings(
    conn: Connection, jobs: list[dict[str, Any]], now: datetime, hosts: Mapping[str, tuple[str, ...]]
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """The jobs that could be checked, and (job, rule) for every rule that one of them breaks. Who could not stays unchecked: matched with
    nobody, and looked at again by the next run."""
    tests = [(rule.id, rule.broken_by) for rule in RULES if rule.broken_by]

    def broken(job: dict[str, Any]) -> list[tuple[str, str]]:
        ad = AdClaims(job["text"], job["company"], job["url"], job["apply_url"], job["source"], hosts)
        return [(job["id"], rule) for rule, broken_by in tests if broken_by(ad)]

    read = readable_rows(conn, "validate", jobs, broken)
    checked = [job for job, _ in read]
    rows = conn.execute(_broken(), {"ids": [job["id"] for job in checked], "now": now}).fetchall()
    return checked, [*((row["job_id"], row["rule"]) for row in rows), *(pair for _, found in read for pair in found)]


def _broken() -> Composed:
    """All rules that are SQL in one statement: (job, rule) for every one that a job breaks."""
    conditions = Statement(", ").join(
        Statement("({}, {})").format(Literal(rule.id), Statement(rule.broken)) for rule in RULES if rule.broken
    )
    return Statement(
        "select job.id as job_id, r.rule from job cross join lateral (values {}) as r (rule, broken) "
        "where job.id = any(%(ids)s) and r.broken"
    ).format(conditions)


def _write_states(conn: Connection, jobs: list[dict[str, Any]], found: list[tuple[str, str]], now: datetime) -> dict[str, int]:
    values = {
        "now": now,
        "version": VERSION,
        "ids": [job["id"] for job in jobs],
        "hashes": [job["content_hash"] for job in jobs],
        "closed": [job["closed"] for job in jobs],
        "found_ids": [job_id for job_id, _ in found],
        "found_rules": [rule for _, rule in found],
        "rules": [rule.id for rule in RULES],
        "severities": [rule.severity for rule in RULES],
        "reasons": [rule.reason for rule in RULES],
        "fixes": [rule.fix for rule in RULES],
        "risks": [rule.risk for rule in RULES],
    }
    conn.execute(LOCK_JOBS, (values["ids"],))
    return {row["state"]: row["jobs"] for row in conn.execute(sql(SQL / "write_states.sql"), values).fetchall()}
