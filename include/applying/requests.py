"""Requests to apply: new matches and people's asks become rows, each row becomes one run with an id of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from include.models import ApplyOrder
from include.store import Connection

THRESHOLD = 0.7
"""The seed's: 70 % match or higher."""

FROM_MATCHES = """
with ready as (
    select m.person_id, m.cv_id, p.email, p.preferences -> 'criteria' as criteria
    from match m join person p on p.id = m.person_id
    where m.request_id is null and m.score >= %(threshold)s and m.can_auto_apply and not m.already_applied
      and p.preferences ->> 'auto_apply' = 'true'
    group by m.person_id, m.cv_id, p.email, p.preferences
), asked as (
    insert into apply_request (person_id, cv_id, person_email, criteria, origin)
    select person_id, cv_id, email, coalesce(criteria, '{}'), 'dispatch' from ready
    on conflict (person_id, cv_id) where state = 'queued' and origin = 'dispatch' do update set requested_at = excluded.requested_at
    returning id, person_id, cv_id
)
update match m set request_id = asked.id
from asked
where m.person_id = asked.person_id and m.cv_id = asked.cv_id and m.request_id is null
  and m.score >= %(threshold)s and m.can_auto_apply and not m.already_applied
"""


def queue_new_matches(conn: Connection) -> int:
    """Turns the matches nobody has taken yet into one queued request per person and CV. Returns how many matches were taken."""
    return conn.execute(FROM_MATCHES, {"threshold": THRESHOLD}).rowcount


def queued(conn: Connection, *, limit: int = 200) -> list[dict[str, Any]]:
    """The oldest queued requests as ``{"trigger_run_id", "conf"}``: what ``TriggerDagRunOperator`` maps over."""
    rows = conn.execute(
        "select * from apply_request where state = 'queued' order by requested_at, id limit %s",
        (limit,),
    ).fetchall()
    return [{"trigger_run_id": run_id(row["id"]), "conf": _order(row).model_dump(mode="json", by_alias=True)} for row in rows]


def run_id(request_id: object) -> str:
    """The run of a request: the same request is the same run."""
    return f"request__{request_id}"


def mark_triggered(conn: Connection, run_ids: Sequence[str]) -> int:
    """Notes that these runs exist."""
    ids = [name.removeprefix("request__") for name in run_ids]
    return conn.execute(
        "update apply_request set state = 'triggered', triggered_at = now() where id = any(%s::uuid[]) and state = 'queued'", (ids,)
    ).rowcount


def mark_done(conn: Connection, request_id: str | None) -> None:
    """Notes that the request's run has ended."""
    conn.execute("update apply_request set state = 'done' where id = %s::uuid", (request_id,))


def _order(row: dict[str, Any]) -> ApplyOrder:
    return ApplyOrder(
        cv_id=row["cv_id"],
        user_id=row["person_id"],
        user_email=row["person_email"],
        criteria=row["criteria"],
        request_id=str(row["id"]),
    )
