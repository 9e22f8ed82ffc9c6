"""What people say about merges: split a job, decide a doubt, and see why postings are one job. Rulings outlast every later run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rolecall.boards.landing import LOCK_POSTINGS
from rolecall.catalog.aggregate import aggregate
from rolecall.catalog.cluster import Ruling
from rolecall.catalog.locks import CATALOG
from rolecall.errors import InvalidInput
from rolecall.store import Connection, sql

SQL = Path(__file__).parent / "sql"
MAX_PAIRS = 20_000
"""Pairs of postings one ruling may cover."""

CANONICAL = """
with recursive path as (
    select id, merged_into, 0 as depth from job
    where id = coalesce((
        select job_id from posting
        where board = split_part(%(name)s, '|', 1) and external_id = substr(%(name)s, strpos(%(name)s, '|') + 1)
    ), %(name)s)
    union all
    select job.id, job.merged_into, depth + 1 from path join job on job.id = path.merged_into where depth < 50
)
select id from path where merged_into is null
"""
MEMBERS = (
    'select id, board || \'|\' || external_id as name from posting where job_id = %s order by board collate "C", external_id collate "C"'
)
RULE = """
insert into merge_ruling (posting_id, other_posting_id, ruling, ruled_by, reason)
select least(one, other), greatest(one, other), %(ruling)s, %(actor)s, %(reason)s
from unnest(%(ones)s::bigint[]) as one cross join unnest(%(others)s::bigint[]) as other
on conflict (posting_id, other_posting_id) do update
set ruling = excluded.ruling, ruled_by = excluded.ruled_by, reason = excluded.reason, ruled_at = now()
"""
DECIDE = """
insert into possible_duplicate (job_id, other_job_id, score, evidence, decision, decided_by, decided_at)
values (least(%(one)s, %(other)s), greatest(%(one)s, %(other)s), 0, '{"evidence": []}', %(ruling)s, %(actor)s, now())
on conflict (job_id, other_job_id) do update set decision = excluded.decision, decided_by = excluded.decided_by, decided_at = now()
"""


@dataclass(frozen=True)
class Ruled:
    """What a ruling did: the jobs that the postings concerned belong to now."""

    jobs: tuple[str, ...]


def canonical(conn: Connection, job: str) -> str:
    """The id of the job that an id leads to, also one from before a merge, or the name of a posting (``board|external_id``).

    :raises InvalidInput: nobody knows it
    """
    row = conn.execute(CANONICAL, {"name": job}).fetchone()
    if row is None:
        raise InvalidInput("job", f"there is no {job}", fix="./rolecall catalog list shows the newest jobs, `doubts` the doubtful ones")
    return str(row["id"])


def split(conn: Connection, job: str, postings: Sequence[str], *, actor: str, reason: str = "") -> Ruled:
    """Takes postings out of a job, in the caller's transaction; they stay apart from the rest on every later run.

    Who applied for the job counts as having applied for both parts.

    :param postings: ``board|external_id``, the ones that are another job
    :raises InvalidInput: an unknown job, a posting that is not its, or all of them
    """
    job = canonical(conn, job)
    members = {row["name"]: row["id"] for row in conn.execute(MEMBERS, (job,))}
    strangers = [name for name in postings if name not in members]
    if strangers or not postings:
        raise InvalidInput(
            "postings",
            f"{job} has no {strangers[0] if strangers else 'posting of no name'}",
            fix=f"name some of: {', '.join(list(members)[:20])}",
        )
    out = [members[name] for name in postings]
    rest = [one for one in members.values() if one not in out]
    if not rest:
        raise InvalidInput("postings", f"these are all of {job}", fix="name those that are another job than the rest")
    _rule(conn, out, rest, "different", actor, reason)
    _audit(conn, actor, "split job", job)
    return _again(conn, [*out, *rest])


def decide(conn: Connection, one: str, other: str, decision: Ruling, *, actor: str, reason: str = "") -> Ruled:
    """Settles whether two jobs are one, in the caller's transaction; no evidence goes against it.

    :param decision: ``same`` merges them, ``different`` frees each from an application to the other
    :raises InvalidInput: an unknown job, or one and the same
    """
    one, other = canonical(conn, one), canonical(conn, other)
    if one == other:
        raise InvalidInput("other", f"both are the job {one} already", fix="to take it apart: split")
    ones = [row["id"] for row in conn.execute(MEMBERS, (one,))]
    others = [row["id"] for row in conn.execute(MEMBERS, (other,))]
    conn.execute(DECIDE, {"one": one, "other": other, "ruling": decision, "actor": actor})
    _rule(conn, ones, others, decision, actor, reason)
    _audit(conn, actor, f"decide {decision}", f"{one} {other}")
    return _again(conn, [*ones, *others])


def explain(conn: Connection, job: str) -> dict[str, Any]:
    """Why the job is what it is: ``{job, known_as, fields, postings: [{name, title, …, evidence}], doubts, rulings}``.

    :raises InvalidInput: nobody knows the job
    """
    job = canonical(conn, job)
    row = conn.execute(sql(SQL / "explain.sql"), {"job": job}).fetchone()
    return dict(row or {})


def doubts(conn: Connection, *, limit: int = 50) -> list[dict[str, Any]]:
    """Pairs of jobs that may be one and of which nobody has said, likeliest first: ``[{job_id, other_job_id, score, evidence, …}]``."""
    return conn.execute(sql(SQL / "open_doubts.sql"), {"limit": limit}).fetchall()


def _rule(conn: Connection, ones: Sequence[int], others: Sequence[int], ruling: Ruling, actor: str, reason: str) -> None:
    if len(ones) * len(others) > MAX_PAIRS:
        raise InvalidInput(
            "postings",
            f"{len(ones)} against {len(others)}: more than {MAX_PAIRS} pairs",
            fix="rule on fewer postings at a time, or mend the field that tells them apart at its source",
        )
    values = {"ones": list(ones), "others": list(others), "ruling": ruling, "actor": actor[:200], "reason": reason[:1000]}
    conn.execute(RULE, values)


def _audit(conn: Connection, actor: str, action: str, subject: str) -> None:
    conn.execute("insert into audit (actor, action, subject) values (%s, %s, %s)", (actor[:200], action, subject))


def _again(conn: Connection, postings: Sequence[int]) -> Ruled:
    conn.execute("select pg_advisory_xact_lock(%s)", (CATALOG,))  # before any row, as a merge does
    conn.execute(LOCK_POSTINGS, (list(postings),))
    conn.execute("update posting set aggregated_hash = null where id = any(%s)", (list(postings),))
    aggregate(conn)
    rows = conn.execute("select distinct job_id from posting where id = any(%s) order by job_id", (list(postings),))
    return Ruled(tuple(row["job_id"] for row in rows))
