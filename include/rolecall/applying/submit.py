"""Sending one application: the risky process, as one function over ports, readable in one sitting.

    wait for the pace → commit the intent → send, once → commit what became of it, with its effects

Between the intent and the outcome anything may die. Whoever finds the row then knows only that the request may have left:
it is ``uncertain``, and nobody sends it again. An answer that comes later settles it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from rolecall.applying.ledger import Ledger, Result, Row
from rolecall.applying.pending_request import PendingRequest, Stop, noticing_sigterm
from rolecall.applying.plan import label
from rolecall.errors import (
    AuthFailed,
    MaybeReceived,
    NeverSent,
    NotAsPrepared,
    RequestRejected,
    RolecallError,
    ServiceBusy,
)

log = logging.getLogger(__name__)

REFUSED = frozenset({"refused", "rejected", "declined", "failed", "error", "not_sent", "invalid"})
UNCERTAIN = frozenset({"uncertain", "unknown", "in_progress"})
"""Words of ``applicationStatus``. Any other word under a 2xx means that the service has taken the application on."""

IDEMPOTENT_TRIES = 3
ANSWER_LIMIT = 30.0
"""Seconds from the intent to the last byte of an answer, all tries together. Less than the lease."""

GRACE = 3.0
"""Seconds in which a late answer is still waited for after the row was given up. Airflow kills a task five seconds after SIGTERM."""

RESTORED = "it was sent before the ledger was restored from a backup that does not know it; look at the receiving side"

LONGEST_WAIT = 60.0
"""Seconds a task waits in its slot for the pace. A platform that asked for a longer pause is come back to."""


Sender = Callable[..., dict[str, Any]]
"""The port through which an application leaves: ``AiClient.auto_apply``, by keywords; ``prepared_hash`` where something was prepared."""


class Uncertain(RolecallError):
    """The application may have been received. It is parked and never sent again by itself."""


class Stopped(RolecallError):
    """The task was told to end before anything was sent. The application may be sent by another task."""


class Refused(RolecallError):
    """The service understood the application and declined it."""


class InFlight(RolecallError):
    """Another task holds the lease of this application. Look again when it has run out."""


@dataclass(frozen=True)
class Pace:
    """The seed's batch of 5 and wait of 2 s."""

    batch: int = 5
    delay: float = 2.0


def submit(
    ledger: Ledger,
    *,
    send: Sender,
    pace: Pace,
    idempotent: bool = False,
    wake: Callable[[], object] = lambda: None,
    seen_before: Callable[[str, int], bool] = lambda key, attempt: False,
) -> Row:
    """Sends one approved application at most once and returns its row, ``submitted``.

    Called again for a settled application it sends nothing and returns (or raises) what is known. A row that comes back ``planned`` or
    ``cancelled`` was held back: its reason says why.

    :param ledger: the application's; its connection is closed at the end
    :param idempotent: the service promises that the same key has one effect: an unclear answer may be asked for again
    :param seen_before: whether this attempt under this key was made already, although the ledger does not know: it was restored from a
        backup (:class:`~rolecall.applying.restored.sent_log.SentLog`)
    :param wake: called after an alert was committed, so that it goes out now
    :raises Uncertain: it may have been received
    :raises Refused: the service declined
    :raises NeverSent, ServiceBusy, AuthFailed, Stopped: nothing left the house; it may be tried again
    :raises InFlight: somebody else is sending it now
    """
    with ledger, noticing_sigterm() as stop:
        row = _reserved(ledger, pace, stop)
        if row["state"] != "submitting":
            return row
        _say_what_leaves(row)
        if seen_before(row["idempotency_key"], row["attempts"]):
            settled = ledger.finish(Result("uncertain", RESTORED))
            wake()
            return _outcome(settled)
        request = PendingRequest(lambda given_up: _send(send, row, tries=IDEMPOTENT_TRIES if idempotent else 1, given_up=given_up))
        interrupt: BaseException | None = None
        try:
            request.wait(ANSWER_LIMIT, stop)
        except BaseException as caught:  # a task's time limit, a keyboard: the request may be on its way
            interrupt = caught
        request.given_up = True
        answered = request.done
        result = _result(request, stop, interrupt)
        settled = ledger.finish(result)
        if result.state == "uncertain":
            wake()
            if not answered and request.wait(GRACE, Stop()):  # also what came while the row was given up
                settled = ledger.finish(_result(request, stop, None))
        said = settled["id"], settled["state"], settled["receipt"] or "none", settled["state_reason"]
        log.info("application %s: %s; receipt %s; %s", *said)
        if isinstance(request.error, ServiceBusy) and request.error.retry_after:
            ledger.hold(row, request.error.retry_after)
        if isinstance(request.error, NotAsPrepared) and settled["state"] == "approved":
            return ledger.prepare_anew(request.error.message)
    error = interrupt or request.error
    if error is not None and (settled["state"] == "approved" or not isinstance(error, Exception)):
        raise error
    return _outcome(settled, cause=error)


def _digest(letter: str) -> str:
    return sha256(letter.encode("utf-8", "replace")).hexdigest()


def _say_what_leaves(row: Row) -> None:
    """What is about to be sent, for whoever reads the log: ids and hashes, no name, address or letter, since logs outlive an erasure."""
    letter = row["letter"] or ""
    log.info("application %s: attempt %d under the key %s", row["id"], row["attempts"], row["idempotency_key"])
    log.info("for: %s, job %s of %s", label(row), row["job_id"], row["source"])
    log.info("to: %s", (row["apply_url"] or f"{row['source']}, as the service knows it").partition("?")[0])
    log.info("of: person %s, CV %s (sha256 %s)", row["person_id"], row["cv_id"], row["cv_sha256"])
    log.info("letter: %d characters, sha256 %s; read it with ./rolecall applications show %s", len(letter), _digest(letter), row["id"])


def _reserved(ledger: Ledger, pace: Pace, stop: Stop) -> Row:
    """Waits for the pace and commits the intent; the row is ``submitting`` and ours, or says what is known."""
    row, wait = ledger.wait_for(batch=pace.batch, delay=pace.delay)
    if row["state"] != "approved":
        return _outcome(ledger.known())
    if row["hold_until"] and wait > 0 and row["hold_until"].timestamp() > time.time():
        raise ServiceBusy(f"{label(row)}: it is held until {row['hold_until']:%H:%M} UTC, and can be stopped", fix="it is sent then")
    if wait > LONGEST_WAIT:
        raise ServiceBusy(f"{label(row)}: the platform asked for a pause of {wait:.0f} s more", retry_after=wait, fix="it is tried again")
    stop.wait(wait)
    if stop.asked:
        raise Stopped(f"{label(row)}: the task was told to end before it sent anything", fix="run it again, or start another run")
    return ledger.begin() or _outcome(ledger.known())


def _send(send: Sender, row: Row, *, tries: int, given_up: Callable[[], bool]) -> dict[str, Any]:
    for attempt in range(1, tries + 1):
        try:
            return send(
                job_id=row["job_id"],
                cv_id=row["cv_id"],
                cover_letter=row["letter"] or "",
                platform=row["source"],
                idempotency_key=row["idempotency_key"],
                **({"prepared_hash": row["prepared_hash"]} if row["prepared_hash"] else {}),
            )
        except MaybeReceived:
            if attempt == tries or given_up():
                raise
            log.warning("no clear answer; asking again under the same key, which the service promises is safe")
            time.sleep(0.5 * attempt)
    raise AssertionError("unreachable")


def _result(request: PendingRequest, stop: Stop, interrupt: BaseException | None) -> Result:
    """What is known of the application by now."""
    if request.error is not None:
        return _meaning(request.error)
    if request.answer is not None:
        return _accepted(request.answer)
    if interrupt is not None:
        return _meaning(interrupt)
    why = "the task was told to end while the request was on its way" if stop.asked else f"no complete answer within {ANSWER_LIMIT:g} s"
    return Result("uncertain", f"{why}; look at the receiving side")


def _accepted(answer: dict[str, Any]) -> Result:
    status = answer["applicationStatus"].strip().casefold()
    reason = str(answer.get("reason") or f"the service answered {answer['applicationStatus']!r}")
    if status in REFUSED:
        return Result("refused", reason, answer)
    if status in UNCERTAIN:
        return Result("uncertain", reason, answer)
    return Result("submitted", reason, answer)


def _meaning(error: BaseException) -> Result:
    """What a failed request means for the application. In doubt: uncertain."""
    if isinstance(error, (NeverSent, ServiceBusy, AuthFailed)):
        return Result("approved", f"never sent: {error}")
    if isinstance(error, RequestRejected) and error.status not in (408, 409, 425):
        return Result("refused", str(error))
    if isinstance(error, RolecallError):
        return Result("uncertain", str(error))
    return Result("uncertain", f"the sender was interrupted ({type(error).__name__}: {error}); look at the receiving side")


def _outcome(row: Row, *, cause: BaseException | None = None) -> Row:
    said = f"{label(row)}: {row['state_reason']}"
    if row["state"] == "uncertain":
        raise Uncertain(said, fix=f"look at the receiving side, then settle application {row['id']}") from cause
    if row["state"] == "refused":
        raise Refused(said, fix="read the reason; it is not sent again") from cause
    if row["state"] == "submitting":
        raise InFlight(said, fix=f"it is looked at again after its lease ends at {row['lease_until']:%H:%M:%S} UTC") from cause
    return row
