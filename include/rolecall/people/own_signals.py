"""The signals that a person's own order of their matches is learned from, and how it is forgotten: rolecall.matching.score.own_order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, LiteralString

from rolecall.matching.score.own_order import BECAUSE, LEAST, OwnOrder, Signal, learned, traits_of
from rolecall.store import Connection

SIGNALS: LiteralString = """
with since as (
    select coalesce((select forgotten_at from own_order where person_id = %(person)s), '-infinity') as at
), said as (
    select job_id, mark as kind, reason from job_mark, since where person_id = %(person)s and marked_at > since.at
    union all
    select job_id, case figures.employer_stage(employer_status)
               when 'interview' then 'interview' when 'offer' then 'interview' when 'declined' then 'rejected' else 'applied' end, ''
    from application, since
    where person_id = %(person)s and state = 'submitted' and erased_at is null and submitted_at > since.at
)
select said.kind, said.reason, job.title, job.company, job.city, job.country, job.remote, job.employment_type,
       (select m.reasons from match m where m.person_id = %(person)s and m.job_id = said.job_id
        order by m.score desc, m.cv_id, m.source limit 1) as reasons
from said join job on job.id = said.job_id
"""

FORGET = """
insert into own_order (person_id, forgotten_at) values (%s, clock_timestamp())
on conflict (person_id) do update set forgotten_at = excluded.forgotten_at
"""


def own_order(conn: Connection, person_id: str) -> OwnOrder:
    """What the person's marks, applications and their answers say since it was last forgotten."""
    rows = conn.execute(SIGNALS, {"person": person_id}).fetchall()
    return learned(Signal(row["kind"], traits_of(row), row["reason"] if row["reason"] in BECAUSE else "") for row in rows)


def forget(conn: Connection, person_id: str) -> None:
    """What was learned so far counts no more; marks and applications stay as they are."""
    conn.execute(FORGET, (person_id,))


def shown(order: OwnOrder) -> dict[str, Any]:
    """``{"signals", "needed", "on", "because"}``: whether it changes the order, and by what, in words."""
    return {"signals": order.signals, "needed": LEAST, "on": order.is_on, "because": order.words()}


def corrections(order: OwnOrder, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """``[{"source", "job_id", "more"}]`` of the matches whose place changes."""
    moved = [{"source": row["source"], "job_id": row["job_id"], "more": order.correction(traits_of(row))} for row in rows]
    return [one for one in moved if one["more"]]
