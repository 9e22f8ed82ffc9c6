"""The effects of an outcome, enqueued in its transaction: a record at the platform, messages to the person."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from rolecall.applying import ledger
from rolecall.applying.ledger import Row
from rolecall.applying.submit import REFUSED, UNCERTAIN
from rolecall.outbox.available_channels import Available
from rolecall.outbox.compose import compose
from rolecall.outbox.messages import enqueue
from rolecall.store import Connection
from rolecall.store.dead_letters import for_each_row


def enqueue_effects(conn: Connection, application: Row) -> None:
    """Enqueues the effects of one outcome: submitted → record and message; uncertain → message and alert; refused → nothing.

    An uncertain application is not recorded at the platform until it is resolved.
    """
    if application["state"] == "submitted":
        _enqueue_record(conn, application)
        enqueue_message(conn, application, "applied", letter=application["letter"])
    elif application["state"] == "uncertain":
        enqueue_message(conn, application, "uncertain", letter=application["letter"])


def park_and_tell(conn: Connection) -> int:
    """Parks applications whose sender died and tells about each, in one transaction. Returns how many.

    One that cannot be told about stays parked and is put aside (queue ``owed``); it is tried again each time.
    """
    parked = ledger.park_expired(conn)
    untold = conn.execute(UNTOLD).fetchall()
    for_each_row(conn, "owed", [*parked, *untold], lambda application: enqueue_effects(conn, application))
    return len(parked)


UNTOLD = "select a.* from application a join dead_letter d on d.queue = 'owed' and d.key = a.id::text"


def _enqueue_record(conn: Connection, application: Row) -> None:
    payload = {
        "jobId": application["job_id"],
        "userId": application["person_id"],
        "cvId": application["cv_id"],
        "status": recorded_status(application),
        "appliedAt": application["submitted_at"].isoformat(),
        "idempotencyKey": application["idempotency_key"],
    }
    conn.execute(
        "insert into outbox (topic, key, payload) values ('record_application', %s, %s) on conflict do nothing",
        (application["idempotency_key"], Jsonb(payload)),
    )


def recorded_status(application: Row) -> str:
    """What the platform is told of a submitted application: the service's own word, or ``submitted`` where that was another one before
    the application was resolved (uncertain, refused)."""
    word = str((application["answer"] or {}).get("applicationStatus") or "").strip()
    return word if word and word.casefold() not in UNCERTAIN | REFUSED else "submitted"


KNOWN = """
select person.name, person.phone, person.preferences, job.url as job_url
from (select 1) asked left join person on person.id = %(person)s left join job on job.id = %(job)s
"""


def enqueue_message(conn: Connection, application: Row, kind: str, **more: Any) -> None:
    """Enqueues a message about one application in the caller's transaction; about somebody who was erased only the team's.

    :param kind: ``applied``, ``uncertain``, ``status_change``, ``reminder``
    :param more: what this kind says besides
    """
    about = {"person": application["person_id"], "job": application["job_key"]}
    known = conn.execute(KNOWN, about).fetchone() or {}
    context = {
        "applicationId": str(application["id"]),
        "userId": application["person_id"],
        "userEmail": application["person_email"],
        "name": known["name"] or "",
        "phone": known["phone"],
        "preferences": known["preferences"] or {},
        "jobTitle": application["title"],
        "companyName": application["company"],
        "platform": application["source"],
        "reason": application["state_reason"],
        "receipt": application["receipt"],
        "matchScore": application["score"],
        "jobUrl": application["url"] or known["job_url"] or application["apply_url"],
        "reasons": application["reasons"],
        **more,
    }
    drafts = compose(kind, context, available=Available())
    if application["erased_at"] is not None:
        drafts = [draft for draft in drafts if draft.person_id is None]
    enqueue(conn, drafts)
