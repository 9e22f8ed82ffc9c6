"""Compares a restored ledger with the receiving side, then lets it send again.

    ./rolecall reconcile [--looked] NAME     NAME is who says so; --looked: you have looked at the receiving side yourself

What was sent after the backup is not in the ledger, but others remember it: Redis, where every attempt was noted before it left
(:mod:`rolecall.applying.restored.sent_log`), and services that answer ``GET /api/auto-apply/{key}``. Everything that the ledger holds for
unsent is looked up in both; what was sent after all becomes *uncertain* and is settled by what the service says. The ledger sends again
only when one of the two has proved that it reaches beyond the backup, or somebody who looked at the receiving side says so (``--looked``).

Applications that the ledger has never heard of are looked up when they are planned again, just before they would be sent
(:class:`~rolecall.applying.restored.restore_guard.RestoreGuard`): their key is made of the person and the job, and is the same again.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from rolecall.applying import ledger
from rolecall.applying.effects import enqueue_effects, park_and_tell
from rolecall.applying.follow import AskStatus, resolve_by_asking
from rolecall.applying.restored.restore_guard import said_by
from rolecall.applying.restored.sent_log import SentLog
from rolecall.backup.backup_errors import BackupError
from rolecall.clients.ai_client import AiClient
from rolecall.commands import Arguments
from rolecall.endpoints import endpoints
from rolecall.errors import InvalidInput, RolecallError
from rolecall.store import Connection, connect

SAMPLE = 20
"""Applications known to have been sent, by which a memory is tried."""

FOUND = "it was sent after the backup that this ledger was restored from; {who} remembers it"

UNSENT = """
select id, idempotency_key, attempts, state from application
where state in ('planned', 'approved') or (state = 'cancelled' and erased_at is null) order by id
"""
"""What was cancelled by then may have been asked about again, and sent, after the backup."""

SENT = """
select idempotency_key from application where state in ('submitted', 'uncertain') and attempts > 0
  and updated_at > clock_timestamp() - interval '80 days' order by updated_at desc, id limit %s
"""

WAS_SENT = """
update application set state = 'uncertain', state_reason = %(why)s, attempts = attempts + 1
where id = %(id)s and state in ('planned', 'approved', 'cancelled')
returning *
"""


class NotReconciled(BackupError):
    """What was sent since the backup cannot be known from here: a person must look."""


@dataclass
class Findings:
    """What a comparison found.

    :param unsent: applications that the ledger holds for unsent
    :param found: of these: sent after all
    :param settled: uncertain ones that the service could settle
    :param proved_by: who has proved to remember: Redis, the receiving side
    """

    unsent: int = 0
    found: int = 0
    settled: int = 0
    proved_by: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def reconcile(dsn: str, sent_log: SentLog, ask: AskStatus, actor: str, *, looked: bool = False, airflow_dsn: str | None = None) -> Findings:
    """Compares, settles, and lets the ledger send again. Called again it finds nothing new.

    :param sent_log: what left, as Redis knows it
    :param ask: asks the receiving side by key. Our own AI service must ask the receiver: its books were restored together with the ledger
    :param looked: the actor has looked at the receiving side themselves
    :raises NotReconciled: nothing proves what was sent since; everything found is settled, and nothing is sent
    """
    findings = Findings()
    with connect(dsn, name="reconcile") as conn:
        park_and_tell(conn)
        conn.commit()
        sample = [row["idempotency_key"] for row in conn.execute(SENT, (SAMPLE,)).fetchall()]
        unsent = conn.execute(UNSENT).fetchall()
    findings.unsent = len(unsent)
    if sample and sent_log.attempts(sample).keys() >= set(sample):
        findings.proved_by.append("Redis")
    if sample and all(said_by(ask, key) for key in sample[:5]):
        findings.proved_by.append("the receiving side")
    noted = sent_log.attempts([row["idempotency_key"] for row in unsent])
    for row in unsent:
        who = "Redis" if noted.get(row["idempotency_key"], 0) > row["attempts"] else ""
        if not who and said_by(ask, row["idempotency_key"]):
            who = "the receiving side"
        if who:
            _was_sent(dsn, row, FOUND.format(who=who))
            findings.found += 1
    _resolve_all(dsn, ask, findings)
    if not findings.proved_by and not looked:
        raise NotReconciled(
            "neither Redis nor the receiving side remembers what was sent before the backup, so nothing proves what was sent after it",
            fix="look at the receiving side for applications since then, settle them, then run it again with --looked",
        )
    _confirm(dsn, actor, findings.proved_by, airflow_dsn)
    return findings


def _was_sent(dsn: str, row: dict[str, Any], why: str) -> None:
    """An application that left without the ledger's knowledge is uncertain, whatever was asked, answered or changed meanwhile."""
    with connect(dsn, name="reconcile") as conn:
        found = conn.execute(WAS_SENT, {"why": why, "id": row["id"]}).fetchone()
        if found is not None:
            enqueue_effects(conn, found)


def _resolve_all(dsn: str, ask: AskStatus, findings: Findings) -> None:
    while True:
        tally = resolve_by_asking(dsn, ask)
        findings.settled += tally.settled
        findings.problems += tally.problems
        if not tally.asked or tally.problems:
            return


def _confirm(dsn: str, actor: str, proved_by: Sequence[str], airflow_dsn: str | None) -> None:
    with connect(dsn, name="reconcile") as conn:
        ledger.confirm_restored(conn, actor)
        stopped = _note(conn, actor)
        conn.execute(
            "insert into audit (actor, action, subject, detail) values (%s, 'reconcile restored ledger', 'application',"
            " jsonb_build_object('proved by', %s::text[]))",
            (actor, list(proved_by) or ["a person who looked"]),
        )
    if airflow_dsn and stopped:
        with connect(airflow_dsn, name="reconcile") as conn:
            conn.execute("update dag set is_paused = false where dag_id = any(%s)", (stopped,))


def _note(conn: Connection, actor: str) -> list[str]:
    """Notes it with the restore; returns the DAGs that stood still because of it."""
    rows = conn.execute(
        "update restore set reconciled_at = clock_timestamp(), reconciled_by = %s where reconciled_at is null returning paused", (actor,)
    ).fetchall()
    return sorted({name for row in rows for name in row["paused"]})


def main(arguments: list[str] | None = None) -> int:
    """The command. Exit status 1: nothing is sent yet; the reason is on stderr."""
    parser = Arguments(prog="./rolecall reconcile", description="Compares a restored ledger.")
    parser.add_argument("--looked", action="store_true", help="you have looked at the receiving side yourself")
    parser.add_argument("name", help="your name: it is kept in the audit log")
    asked = parser.parse_args(arguments)
    settings = endpoints()
    try:
        if not asked.name.strip():
            raise InvalidInput("NAME", "is empty", fix="say who compared: make reconcile NAME='Ada Quill'")
        with AiClient(settings.ai_service_url, settings.ai_service_token.get_secret_value()) as ai:
            found = reconcile(
                settings.dsn,
                SentLog(settings.redis_url.get_secret_value()),
                partial(ai.auto_apply_status, at_receiver=True),
                asked.name.strip(),
                looked=asked.looked,
                airflow_dsn=settings.airflow_dsn.get_secret_value() if settings.airflow_dsn else None,
            )
    except RolecallError as error:
        print(error, file=sys.stderr)
        return 1
    proof = " and ".join(found.proved_by) or "what you saw"
    print(f"{found.unsent} applications unsent by the ledger, {found.found} of them were sent; {found.settled} settled; proved by {proof}")
    for problem in found.problems:
        print(f"  note: {problem}")
    print("The ledger sends again.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
