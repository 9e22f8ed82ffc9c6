"""Sending what is due: claim a row → send it, once → commit what became of it, with the status owed to the platform.

Between the claim and the outcome a sender may die. Its row then says only that the message may have left: when the lease is over
it is ``uncertain`` and stays unsent. No channel has an idempotency key that we may rely on, so an unclear answer ends the same way.
The exception is stated in ``RESENT``: the team's own news, where twice is better than never, goes out up to three times.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

import psycopg
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_exponential_jitter

from include.errors import AuthFailed, BadAnswer, InvalidInput, MaybeReceived, NeverSent, RequestRejected, ServiceBusy, StoreUnavailable
from include.models import Message
from include.notifying.channels import Channels, NotConfigured, Sent
from include.notifying.outbox import SQL
from include.notifying.workers import Budget, run
from include.settings import Settings
from include.store import Connection, connect, sql

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)
"""How long one send may take: more than a mail server that uses its full time limit for every reply."""

TRIES = 24
"""Attempts of a message that provably never left: about three days with their waits."""

RESENT = ("scraped_ok", "scraped_error", "alert")
"""Kinds that are sent again after an unclear answer. What is not named here is transactional: one each, at most."""

RESENDS = 3
FIRST_WAIT, LONGEST_WAIT = 15.0, 6 * 3600.0
"""Seconds; doubled with every attempt."""

TROUBLE = 3
"""Failures of one channel in a row, without a success between, after which this call leaves the channel alone."""

PATIENT = Retrying(
    retry=retry_if_exception_type((StoreUnavailable, psycopg.OperationalError)),
    stop=stop_after_delay(45),
    wait=wait_exponential_jitter(multiplier=0.2, max=5),
    reraise=True,
)
"""For outcomes: a Postgres that restarts is waited for; if it stays away, the lease runs out and the row is uncertain."""

State = Literal["sent", "failed", "uncertain", "queued"]
Row = dict[str, Any]


@dataclass(frozen=True)
class Delivered:
    """What one call did, in rows. ``retried`` went back to the queue with a later time.

    :param by_channel: sent, by channel
    :param resting: channels that were left alone after repeated trouble; what waits for them stays due
    """

    sent: int = 0
    failed: int = 0
    uncertain: int = 0
    retried: int = 0
    by_channel: dict[str, int] = field(default_factory=dict)
    resting: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """What became of one attempt."""

    state: State
    error: str | None = None
    provider_id: str | None = None
    wait: float = 0.0
    trouble: bool = False


def deliver_due(dsn: str, settings: Settings, *, limit: int = 10_000, concurrency: int = 8) -> Delivered:
    """Sends what is due, one row a thread at a time, and returns when nothing is due or ``limit`` rows were taken.

    Any number of calls may run at once: a row is claimed by one. One bad recipient, text or channel stops nobody else.

    :param concurrency: threads; each holds one database connection
    :raises StoreUnavailable: Postgres does not answer
    """
    with connect(dsn, name="deliver") as conn:
        parked = _park(conn)
        due = conn.execute(
            "select count(*) as n from (select from notification where state = 'queued' and next_at <= clock_timestamp() limit %s) as due",
            (concurrency,),
        ).fetchone()
    tally = _Tally(parked)
    threads = due["n"] if due else 0
    if threads:
        with Channels(settings) as channels:
            budget = Budget(limit)
            run(lambda: _deliver(dsn, channels.send, budget, tally), threads=threads, budget=budget)
    return tally.result()


def _park(conn: Connection) -> Counter[str]:
    values = {"resent": list(RESENT), "resends": RESENDS}
    return Counter({row["state"]: row["n"] for row in conn.execute(sql(SQL / "park.sql"), values).fetchall()})


def _deliver(dsn: str, send: Callable[[Message], Sent], budget: Budget, tally: _Tally) -> None:
    """One thread's loop."""
    store = _Store(dsn)
    try:
        while budget.take():
            row = store.claim(tally.resting())
            if row is None:
                return
            outcome = _attempt(send, row)
            store.settle(row, outcome)
            tally.add(row["type"], outcome)
    finally:
        store.close()


def _attempt(send: Callable[[Message], Sent], row: Row) -> Outcome:
    try:
        sent = send(_message(row))
    except Exception as error:  # whatever it is, it is this row's and nobody else's
        outcome = _meaning(error, row)
        log.warning("notification %s by %s: %s (%s)", row["id"], row["type"], outcome.state, outcome.error)
        return outcome
    return Outcome("sent", provider_id=sent.provider_id or None)


def _message(row: Row) -> Message:
    return Message(
        id=str(row["id"]),
        type=row["type"],
        recipient=row["recipient"],
        subject=row["subject"],
        message=row["message"],
        html=row["html"],
        user_id=row["person_id"],
        title=row["title"],
        data=row["data"],
    )


def _meaning(error: Exception, row: Row) -> Outcome:
    """What an error says about the message: never left, declined, or nobody knows. In doubt: uncertain."""
    reason = str(error)[:1000]
    match error:
        case NeverSent() | ServiceBusy():
            if row["attempts"] >= TRIES:
                return Outcome("failed", f"given up after {TRIES} attempts: {reason}", trouble=True)
            return Outcome("queued", reason, wait=_wait(row["attempts"], getattr(error, "retry_after", None)), trouble=True)
        case AuthFailed() | NotConfigured():
            return Outcome("failed", reason, trouble=True)
        case InvalidInput():
            return Outcome("failed", reason)
        case RequestRejected() if error.status not in (408, 425):
            return Outcome("failed", reason)
        case MaybeReceived() | BadAnswer() | RequestRejected():
            pass
        case _:
            log.exception("notification %s: an error nobody foresaw", row["id"], exc_info=error)
            reason = f"{type(error).__name__}: {reason}"
    if row["kind"] in RESENT and row["attempts"] < RESENDS:
        return Outcome("queued", reason, wait=_wait(row["attempts"]), trouble=True)
    return Outcome("uncertain", reason, trouble=True)


def _wait(attempts: int, asked: float | None = None) -> float:
    """Seconds until the next attempt: doubling, and never less than the provider asked for."""
    doubled: float = FIRST_WAIT * 2.0 ** (attempts - 1)
    return max(min(doubled, LONGEST_WAIT), asked or 0.0)


class _Store:
    """One thread's connection. A claim fails at once where Postgres is away; an outcome is kept and tried for 45 s."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._conn = connect(dsn, name="deliver")

    def claim(self, resting: list[str]) -> Row | None:
        row = self._conn.execute(sql(SQL / "claim.sql"), {"lease": LEASE, "resting": resting}).fetchone()
        self._conn.commit()
        return row

    def settle(self, row: Row, outcome: Outcome) -> None:
        values = {
            "id": row["id"],
            "attempts": row["attempts"],
            "state": outcome.state,
            "error": outcome.error,
            "provider_id": outcome.provider_id,
            "wait": timedelta(seconds=outcome.wait),
        }
        PATIENT(self._write, values)

    def _write(self, values: dict[str, Any]) -> None:
        if self._conn.closed:  # also after the server hung up
            self._conn = connect(self._dsn, name="deliver")
        with self._conn.transaction():
            self._conn.execute(sql(SQL / "settle.sql"), values)

    def close(self) -> None:
        self._conn.close()


class _Tally:
    """Counts over all threads, and which channels are in trouble."""

    def __init__(self, parked: Counter[str]) -> None:
        self._lock = threading.Lock()
        self._states = parked
        self._sent: Counter[str] = Counter()
        self._in_a_row: Counter[str] = Counter()

    def add(self, channel: str, outcome: Outcome) -> None:
        with self._lock:
            self._states[outcome.state] += 1
            self._sent[channel] += outcome.state == "sent"
            self._in_a_row[channel] = self._in_a_row[channel] + 1 if outcome.trouble else 0

    def resting(self) -> list[str]:
        with self._lock:
            return sorted(channel for channel, count in self._in_a_row.items() if count >= TROUBLE)

    def result(self) -> Delivered:
        return Delivered(
            sent=self._states["sent"],
            failed=self._states["failed"],
            uncertain=self._states["uncertain"],
            retried=self._states["queued"],
            by_channel={channel: count for channel, count in sorted(self._sent.items()) if count},
            resting=self.resting(),
        )
