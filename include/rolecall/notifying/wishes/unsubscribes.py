"""Unsubscriptions: kinds of messages a person stopped by a click. Apart from their preferences: no synchronisation brings them back."""

from __future__ import annotations

from rolecall.store import Connection

UNSUBSCRIBE = """
with stopped as (
    insert into message_stop (person_id, kind) values (%(person)s, %(kind)s) on conflict do nothing returning person_id
)
insert into audit (actor, action, subject, detail)
select 'one click', 'messages stopped', person_id, jsonb_build_object('kind', %(kind)s::text) from stopped
"""

RESUBSCRIBE = """
with resumed as (
    delete from message_stop where person_id = %(person)s and kind = %(kind)s returning person_id
)
insert into audit (actor, action, subject, detail)
select 'one click', 'messages resumed', person_id, jsonb_build_object('kind', %(kind)s::text) from resumed
"""


def unsubscribe(conn: Connection, person_id: str, kind: str) -> None:
    """Unsubscribes a person from a kind of messages. Idempotent."""
    conn.execute(UNSUBSCRIBE, {"person": person_id, "kind": kind})


def resubscribe(conn: Connection, person_id: str, kind: str) -> None:
    """Takes an unsubscription back."""
    conn.execute(RESUBSCRIBE, {"person": person_id, "kind": kind})
