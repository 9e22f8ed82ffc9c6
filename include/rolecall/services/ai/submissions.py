"""What left the house, and what became of it: one row per idempotency key. Committed before anything is forwarded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from psycopg.types.json import Jsonb

from rolecall.models import digest
from rolecall.store import Connection

LEASE = timedelta(seconds=25)
"""How long a forwarding process may take before it counts as dead; longer than it waits for a receiver."""

DIED = "the service stopped while it forwarded this application; it may have been received"

State = Literal["submitted", "refused", "uncertain"]
Row = dict[str, Any]


@dataclass(frozen=True)
class Order:
    """One request to apply.

    :param key: its ``Idempotency-Key``
    :param hash: of what was prepared and shown, which is sent or nothing
    """

    key: str
    job_id: str
    cv_id: str
    cover_letter: str
    platform: str
    hash: str = ""

    @property
    def sha256(self) -> str:
        """Of the request's body: the same key stands for the same application."""
        return digest([self.job_id, self.cv_id, self.cover_letter, self.platform])


def find(conn: Connection, key: str) -> Row | None:
    """The key's row. One whose forwarder died is parked as uncertain on the way."""
    park_uncertain(conn, key, DIED, only_dead=True)
    return conn.execute("select * from submission where key = %s", (key,)).fetchone()


def begin(conn: Connection, order: Order, evidence: dict[str, Any] | None = None) -> bool:
    """Writes the intent to forward. True for exactly one caller; commit before forwarding.

    :param evidence: what is sent, to whom, under which Message-ID
    """
    done = conn.execute(
        """
        insert into submission (key, platform, job_id, cv_id, body_sha256, state, evidence, lease_until)
        values (%s, %s, %s, %s, %s, 'forwarding', %s, clock_timestamp() + %s)
        on conflict (key) do nothing
        """,
        (order.key, order.platform, order.job_id, order.cv_id, order.sha256, Jsonb(evidence) if evidence else None, LEASE),
    )
    return done.rowcount == 1


def renew_lease(conn: Connection, key: str) -> bool:
    """Renews the lease just before anything is sent. False: the row was settled or forgotten meanwhile, or its lease has run out."""
    done = conn.execute(
        """
        update submission set lease_until = clock_timestamp() + %s
        where key = %s and state = 'forwarding' and lease_until > clock_timestamp()
        """,
        (LEASE, key),
    )
    return done.rowcount == 1


def record_answer(conn: Connection, key: str, state: State, answer: dict[str, Any]) -> None:
    """Writes what the receiver said; also late, over an uncertain row."""
    conn.execute(
        """
        update submission set state = %s, answer = coalesce(evidence, '{}') || %s, settled_at = clock_timestamp()
        where key = %s and state in ('forwarding', 'uncertain')
        """,
        (state, Jsonb(answer), key),
    )


def park_uncertain(conn: Connection, key: str, reason: str, *, only_dead: bool = False) -> None:
    """Parks a row that is still forwarding as uncertain.

    :param only_dead: only when its lease has run out
    """
    conn.execute(
        """
        update submission set state = 'uncertain', answer = coalesce(evidence, '{}') || %(answer)s, settled_at = clock_timestamp()
        where key = %(key)s and state = 'forwarding' and (not %(only_dead)s or lease_until < clock_timestamp())
        """,
        {"key": key, "answer": Jsonb({"applicationStatus": "uncertain", "reason": reason}), "only_dead": only_dead},
    )


def free_key(conn: Connection, key: str) -> None:
    """Frees a key under which nothing left the house."""
    conn.execute("delete from submission where key = %s and state = 'forwarding'", (key,))


def never_left(conn: Connection, key: str, reason: str) -> None:
    """Frees a key under which nothing left; where the row was given up meanwhile, its caller heard *uncertain*: it is not sent any more."""
    free_key(conn, key)
    record_answer(conn, key, "refused", {"applicationStatus": "refused", "reason": f"nothing was sent: {reason}"})
