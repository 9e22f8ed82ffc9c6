"""The ledger of applications: each transition one short statement; the database refuses the ones that must not be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from psycopg.types.json import Jsonb

from include.documents import storable
from include.store import Connection

LEASE = timedelta(seconds=90)
"""How long a sender may take from its intent to its answer: the request's own 30 s limit, thrice. Past it, it is dead."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Result:
    """What became of one request.

    :param state: where the application goes
    :param reason: in words a person reads
    :param answer: what the service said, as it said it
    """

    state: Literal["submitted", "refused", "uncertain", "approved"]
    reason: str
    answer: dict[str, Any] | None = None


def read(conn: Connection, application_id: str) -> Row | None:
    """The application's row, or ``None``."""
    return conn.execute("select * from application where id = %s", (application_id,)).fetchone()


def begin(conn: Connection, application_id: str) -> Row | None:
    """Commits the intent to send: approved → submitting, for exactly one caller. ``None``: it is not ours to send."""
    row = conn.execute(
        """
        update application
        set state = 'submitting', attempts = attempts + 1, lease_until = clock_timestamp() + %s, state_reason = 'attempt ' || attempts + 1
        where id = %s and state = 'approved'
        returning *
        """,
        (LEASE, application_id),
    ).fetchone()
    conn.commit()
    return row


def finish(conn: Connection, application_id: str, result: Result) -> Row | None:
    """Writes what became of the request: from submitting, or from uncertain where a late answer settles it.

    Call it in the transaction that also writes what is owed because of it. ``None``: the row was settled otherwise meanwhile.
    """
    receipt = (result.answer or {}).get("receipt") or (result.answer or {}).get("applicationId")
    return conn.execute(
        """
        update application
        set state = %(state)s, state_reason = %(reason)s, answer = coalesce(%(answer)s, answer), receipt = coalesce(%(receipt)s, receipt),
            lease_until = null, submitted_at = case when %(state)s = 'submitted' then clock_timestamp() end
        where id = %(id)s and (state = 'submitting' or (state = 'uncertain' and %(state)s in ('submitted', 'refused')))
        returning *
        """,
        {
            "id": application_id,
            "state": result.state,
            "reason": result.reason[:1000],
            "answer": Jsonb(storable(result.answer)) if result.answer is not None else None,
            "receipt": str(receipt)[:200] if receipt else None,
        },
    ).fetchone()


def park_expired(conn: Connection) -> Sequence[Row]:
    """Parks every application whose sender died in the middle as uncertain, and returns them. Does not depend on any run."""
    return conn.execute(
        """
        update application
        set state = 'uncertain', lease_until = null,
            state_reason = 'the sender died after the request may have left; look at the receiving side and settle it'
        where state = 'submitting' and lease_until < clock_timestamp()
        returning *
        """
    ).fetchall()


def totals(conn: Connection) -> dict[str, int]:
    """Applications by state, all runs."""
    rows = conn.execute("select state, count(*) as n from application group by state").fetchall()
    return {row["state"]: row["n"] for row in rows}


def of_run(conn: Connection, run_id: str) -> dict[str, int]:
    """Applications by state, of one run."""
    rows = conn.execute("select state, count(*) as n from application where run_id = %s group by state", (run_id,)).fetchall()
    return {row["state"]: row["n"] for row in rows}
