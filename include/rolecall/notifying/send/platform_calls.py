"""The outbox of calls to the platform API: applications to record, statuses of notifications.

Each row is locked while it is performed and is done in the same transaction. A crash between the answer and the commit repeats the
call: with the same ``Idempotency-Key`` for an application, and a PATCH to the same status, so that nothing happens twice.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from rolecall.clients.platform_client import PlatformClient
from rolecall.errors import AuthFailed, BadAnswer, NeverSent, RequestRejected, RolecallError
from rolecall.notifying.send.workers import RowBudget, run
from rolecall.store import Connection, connect

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = 15.0, 3600.0
"""Seconds; doubled with every attempt. A debt is never given up."""

NEXT = """
select id, topic, key, payload, attempts from outbox
where done_at is null and next_at <= clock_timestamp()
order by next_at for update skip locked limit 1
"""
DONE = "update outbox set done_at = clock_timestamp(), attempts = attempts + 1, error = %s where id = %s"
LATER = "update outbox set attempts = attempts + 1, error = %s, next_at = clock_timestamp() + %s where id = %s"


@dataclass(frozen=True)
class OutboxTally:
    """What one call did, in rows.

    :param done: settled, ``noted`` included
    :param noted: settled with a remark in ``outbox.error``: the platform does not know the id, or had it already
    :param retried: failed; due again later
    :param error: the first failure's words
    """

    done: int = 0
    noted: int = 0
    retried: int = 0
    error: str | None = None

    @property
    def words(self) -> str:
        """As a log says it."""
        if not self.done and not self.retried:
            return "nothing is owed to the platform"
        said = f"told the platform: {self.done}" + (f" ({self.noted} of them with a remark)" if self.noted else "")
        return said + (f"; {self.retried} could not be told and are due again later: {self.error}" if self.retried else "")


def deliver_outbox(dsn: str, platform: PlatformClient, *, limit: int = 10_000, concurrency: int = 4) -> OutboxTally:
    """Performs what is due and returns when nothing is due or ``limit`` rows were tried. Any number of calls may run at once.

    A platform that cannot be reached, or refuses the token, ends the call after the rows in hand: the rest stays due.

    :raises StoreUnavailable: Postgres does not answer
    """
    with connect(dsn, name="deliver outbox") as conn:
        due = conn.execute(
            "select count(*) as n from (select from outbox where done_at is null and next_at <= clock_timestamp() limit %s) as due",
            (concurrency,),
        ).fetchone()
    tally = _Tally()
    if due and due["n"]:
        budget = RowBudget(limit)
        run([lambda: _deliver(dsn, platform, budget, tally)] * due["n"], budget=budget)
    return tally.result()


def _deliver(dsn: str, platform: PlatformClient, budget: RowBudget, tally: _Tally) -> None:
    """One thread's loop."""
    with connect(dsn, name="deliver outbox") as conn:
        while budget.take():
            row = conn.execute(NEXT).fetchone()
            if row is None:
                return
            try:
                note = _perform(platform, row)
            except Exception as error:  # whatever it is, it is this row's and nobody else's
                tally.retried(_put_off(conn, row, error))
                if isinstance(error, NeverSent | AuthFailed):
                    budget.stop()
            else:
                conn.execute(DONE, (note, row["id"]))
                _keep_id(conn, row)
                tally.done(note)
            conn.commit()


def _keep_id(conn: Connection, row: dict[str, Any]) -> None:
    """Keeps the platform's id of a recorded application: its status is followed under it."""
    identity = (row.get("answer") or {}).get("id")
    if row["topic"] == "record_application" and isinstance(identity, str | int):
        conn.execute("update application set platform_id = %s where idempotency_key = %s", (str(identity)[:200], row["key"]))


def _put_off(conn: Connection, row: dict[str, Any], error: Exception) -> str:
    reason = str(error)[:1000] if isinstance(error, RolecallError) else f"{type(error).__name__}: {error}"[:1000]
    wait = min(FIRST_WAIT * 2 ** min(row["attempts"], 20), LONGEST_WAIT)
    conn.execute(LATER, (reason, timedelta(seconds=max(wait, getattr(error, "retry_after", None) or 0)), row["id"]))
    log.warning("outbox %s %s: again in %.0f s (%s)", row["topic"], row["key"], wait, reason)
    return reason


def _perform(platform: PlatformClient, row: dict[str, Any]) -> str | None:
    """Makes the call. ``None``, or a remark where it is settled although the platform did not do it.

    :raises ServiceError: as the platform's client says; to be repeated
    """
    try:
        row["answer"] = _call(platform, row["topic"], row["payload"])
    except BadAnswer as error:
        return f"taken, with an unreadable answer: {error}"  # a 2xx: repeating it would change nothing
    except RequestRejected as error:
        if row["topic"] == "application_status" and error.status in (404, 405, 410):
            return f"the platform keeps no status of this application (HTTP {error.status})"
        if row["topic"] == "notification_status" and error.status in (404, 410):
            return f"the platform keeps no notification of this id (HTTP {error.status})"  # another platform knows only its own
        if row["topic"] == "record_application" and error.status == 409:
            return f"the platform has this application already: {error}"
        raise
    return None


def _call(platform: PlatformClient, topic: str, payload: dict[str, Any]) -> dict[str, Any]:
    if topic == "record_application":
        return platform.create_application(
            job_id=payload["jobId"],
            user_id=payload["userId"],
            cv_id=payload["cvId"],
            status=payload["status"],
            applied_at=datetime.fromisoformat(payload["appliedAt"]),
            idempotency_key=payload["idempotencyKey"],
        )
    if topic == "application_status":
        return platform.update_application_status(payload["applicationId"], payload["status"])
    if topic == "notification_status":
        at = payload["sentAt"]
        return platform.update_notification_status(payload["notificationId"], payload["status"], datetime.fromisoformat(at) if at else None)
    raise ValueError(f"nobody knows the topic {topic!r}")


class _Tally:
    """Counts over all threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._result = OutboxTally()

    def done(self, note: str | None) -> None:
        with self._lock:
            before = self._result
            self._result = OutboxTally(before.done + 1, before.noted + (note is not None), before.retried, before.error)

    def retried(self, reason: str) -> None:
        with self._lock:
            before = self._result
            self._result = OutboxTally(before.done, before.noted, before.retried + 1, before.error or reason)

    def result(self) -> OutboxTally:
        return self._result
