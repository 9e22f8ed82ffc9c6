"""Kinds of messages a person stopped by a click. Kept apart from their preferences, so that no synchronisation brings them back."""

from __future__ import annotations

from rolecall.store import Connection

STOP = """
with stopped as (
    insert into message_stop (person_id, kind) values (%(person)s, %(kind)s) on conflict do nothing returning person_id
)
insert into audit (actor, action, subject, detail)
select 'one click', 'messages stopped', person_id, jsonb_build_object('kind', %(kind)s::text) from stopped
"""

RESUME = """
with resumed as (
    delete from message_stop where person_id = %(person)s and kind = %(kind)s returning person_id
)
insert into audit (actor, action, subject, detail)
select 'one click', 'messages resumed', person_id, jsonb_build_object('kind', %(kind)s::text) from resumed
"""


def stop(conn: Connection, person_id: str, kind: str) -> None:
    """No more messages of this kind to this person; the same again changes nothing."""
    conn.execute(STOP, {"person": person_id, "kind": kind})


def resume(conn: Connection, person_id: str, kind: str) -> None:
    """Takes ``stop`` back."""
    conn.execute(RESUME, {"person": person_id, "kind": kind})
