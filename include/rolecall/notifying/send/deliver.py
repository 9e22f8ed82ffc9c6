"""Sending what is due: claim a row → send it, once → commit what became of it, with the status owed to the platform.

Between the claim and the outcome a sender may die. Its row then says only that the message may have left: when the lease is over
it is ``uncertain`` and stays unsent. Neither SendGrid, Twilio, Slack nor SMTP has an idempotency key, so an unclear answer ends the
same way. Two exceptions: kinds that may arrive twice (``kinds.is_resendable``: the team's own news, summaries, reminders) go out up to
``RESENDS`` times; and so does every push where ``PUSH_IDEMPOTENT`` says that the push service knows an ``Idempotency-Key`` again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool
from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_exponential_jitter

from rolecall.endpoints import Endpoints
from rolecall.errors import NeverSent, StoreUnavailable
from rolecall.models import Message
from rolecall.notifying.send import delivery_alerts
from rolecall.notifying.send.channels import Channels, SentMessage
from rolecall.notifying.send.fallback import fall_back
from rolecall.notifying.send.outcome import RESENDS, Row, SendOutcome, outcome_of_error, retry_delay, retry_state
from rolecall.notifying.send.workers import RowBudget, run
from rolecall.notifying.wishes.digest import compose_digests
from rolecall.notifying.wishes.release import release
from rolecall.outbox.available_channels import configured
from rolecall.outbox.kinds import KINDS, is_resendable, may_unsubscribe
from rolecall.store import Connection, connect, session, sql
from rolecall.store.pace import hold, reserve

SQL = Path(__file__).parent / "sql"

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=3)
"""How long one send may take: more than a mail server that uses its full time limit for every reply."""

THREADS = {"email": 8, "sms": 6, "push": 6, "telegram": 4, "ntfy": 4}
"""Messages of one channel under way at once in one process; of any other channel, one."""

BURST = 5
"""Messages of a channel that may leave at once after a rest; Slack documents that short bursts are fine."""

CONNECTIONS = 6
"""To Postgres, for all threads of one process: each needs one only for a moment."""

FAILURES_IN_A_ROW = 3
"""Failures of one channel in a row, without a success between, after which this call leaves the channel alone."""

DECLINED = 50
"""Recipients in a row, without a success between, that decline for now, after which it is the channel's fault."""

SECONDS = 240.0
"""How long one call goes on claiming."""

PATIENT = Retrying(
    retry=retry_if_exception_type((StoreUnavailable, psycopg.OperationalError)),
    stop=stop_after_delay(45),
    wait=wait_exponential_jitter(multiplier=0.2, max=5),
    reraise=True,
)
"""For outcomes: a Postgres that restarts is waited for; if it stays away, the lease runs out and the row is uncertain."""

DUE = "select type, count(*) as n from notification where state = 'queued' and next_at <= clock_timestamp() group by type"
FORGOTTEN = "delete from notification where state in ('queued', 'held') and is_erased(person_id)"
"""What was written at the instant at which its person was erased."""

SAYS_WHEN = frozenset({"email"})
"""Channels that say themselves when a message begins to leave: a mail session is many words before that."""

LEAVING = "update notification set left_at = clock_timestamp() where id = %s and attempts = %s and state = 'sending'"
Send = Callable[[Message, Callable[[], None]], SentMessage]
"""``Channels.send``."""


@dataclass(frozen=True)
class DeliveredMessages:
    """What one call did, in rows. ``retried`` went back to the queue with a later time.

    :param by_channel: sent, by channel
    :param resting: channels that were left alone after repeated failures; what waits for them stays due
    """

    sent: int = 0
    failed: int = 0
    uncertain: int = 0
    retried: int = 0
    by_channel: dict[str, int] = field(default_factory=dict)
    resting: list[str] = field(default_factory=list)


def prepare(dsn: str, settings: Endpoints) -> int:
    """Makes everything due that should be: parks what dead senders left, writes summaries, lets go what waited. Returns the rows due.

    :raises StoreUnavailable: Postgres does not answer
    """
    with connect(dsn, name="deliver") as conn:
        _park(conn, settings)
        conn.execute(FORGOTTEN)
        compose_digests(conn, available=configured(settings))
        conn.commit()
        release(conn, [kind for kind in KINDS if may_unsubscribe(kind)])
        conn.commit()
        return sum(row["n"] for row in conn.execute(DUE).fetchall())


def deliver_due(
    dsn: str,
    settings: Endpoints,
    *,
    limit: int = 10_000,
    concurrency: int | None = None,
    seconds: float = SECONDS,
    slack: Callable[[], Any] | None = None,
) -> DeliveredMessages:
    """Sends what is due, a row a thread at a time, and returns when nothing is due or ``limit`` rows were taken.

    Any number of calls may run at once, in any number of processes: a row is claimed by one, and all keep a channel's pace together.
    One bad recipient, text or channel stops nobody else.

    :param concurrency: threads a channel, instead of ``THREADS``
    :param seconds: after these it claims no more; what is left stays due
    :param slack: makes a client of Slack's SDK, where what is set does not say it
    :raises StoreUnavailable: Postgres does not answer
    """
    with connect(dsn, name="deliver") as conn:
        parked = _park(conn, settings)
        release(conn, [kind for kind in KINDS if may_unsubscribe(kind)])
        conn.commit()
        due = {row["type"]: row["n"] for row in conn.execute(DUE).fetchall()}
    tally = _Tally(parked)
    if due:
        _send_all(dsn, settings, _Plan(due, concurrency, RowBudget(limit), time.monotonic() + seconds), tally, slack)
        with connect(dsn, name="deliver") as conn:
            delivery_alerts.enqueue_alerts(conn, tally.causes, tally.examples, available=configured(settings))
    return tally.result()


@dataclass(frozen=True)
class _Plan:
    """Bounds of one call of :func:`deliver_due`: rows due by channel, threads, rows and time."""

    due: dict[str, int]
    concurrency: int | None
    budget: RowBudget
    until: float

    def threads(self) -> list[str]:
        """The channel of each thread."""
        return [channel for channel, n in self.due.items() for _ in range(min(n, self.concurrency or THREADS.get(channel, 1)))]


def _send_all(dsn: str, settings: Endpoints, plan: _Plan, tally: _Tally, slack: Callable[[], Any] | None) -> None:
    with _Store(dsn) as store, Channels(settings, slack=slack) as channels:
        again_too = frozenset({"push"} if settings.push_idempotent else ())

        def work(channel: str) -> Callable[[], None]:
            gap = 1 / settings.notify_rate(channel)
            return lambda: _deliver(channel, gap, store, channels.send, plan, tally, again_too)

        run([work(channel) for channel in plan.threads()], budget=plan.budget)


def _park(conn: Connection, settings: Endpoints) -> Counter[str]:
    values = {
        "resent": [kind for kind in KINDS if is_resendable(kind)],
        "idempotent": ["push"] if settings.push_idempotent else [],
        "resends": RESENDS,
    }
    return Counter({row["state"]: row["n"] for row in conn.execute(sql(SQL / "park.sql"), values).fetchall()})


def _deliver(channel: str, gap: float, store: _Store, send: Send, plan: _Plan, tally: _Tally, idempotent: frozenset[str]) -> None:
    """One thread's loop."""
    while time.monotonic() < plan.until and not tally.rests(channel) and plan.budget.take():
        wait = store.slot(channel, gap)
        if time.monotonic() + wait > plan.until:
            return
        time.sleep(wait)  # before the claim: who dies while waiting has claimed nothing
        row = store.claim(channel)
        if row is None:
            return
        outcome = _attempt(send, row, partial(store.leaving, row), repeatable=channel in idempotent)
        store.record_outcome(row, outcome)
        tally.add(row, outcome)


def _attempt(send: Send, row: Row, leaving: Callable[[], None], *, repeatable: bool) -> SendOutcome:
    try:
        sent = send(_message(row), leaving)
    except Exception as error:  # whatever it is, it is this row's and nobody else's
        outcome = outcome_of_error(error, row)
        if outcome.state == "uncertain" and repeatable and row["attempts"] < RESENDS:
            outcome = SendOutcome(retry_state(row), outcome.error, wait=retry_delay(row["attempts"]), channel_failed=True)
        log.warning("notification %s by %s: %s (%s)", row["id"], row["type"], outcome.state, outcome.error)
        return outcome
    return SendOutcome("sent", provider_id=sent.provider_id or None)


def _message(row: Row) -> Message:
    same = ("type", "recipient", "subject", "message", "html", "title", "data", "kind", "cc", "bcc", "attachments")
    return Message.model_validate({**{name: row[name] for name in same}, "id": str(row["id"]), "user_id": row["person_id"]})


class _Store:
    """Claims and outcomes, over a few connections that all threads share. A claim fails at once where Postgres is away; an outcome
    is kept and tried for 45 s."""

    def __init__(self, dsn: str) -> None:
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            session(dsn, name="deliver"),
            kwargs={"row_factory": dict_row},
            min_size=1,
            max_size=CONNECTIONS,
            timeout=10,
            open=False,
        )

    def __enter__(self) -> _Store:
        self._pool.open()
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.close()

    def slot(self, channel: str, gap: float) -> float:
        with self._pool.connection() as conn:
            return reserve(conn, f"channel:{channel}", delay=gap, burst=gap * BURST) or 0.0

    def claim(self, channel: str) -> Row | None:
        with self._pool.connection() as conn:
            values = {"channel": channel, "lease": LEASE, "leaves": channel not in SAYS_WHEN}
            return conn.execute(sql(SQL / "claim.sql"), values).fetchone()

    def leaving(self, row: Row) -> None:
        """Commits that the message begins to leave now. Whoever dies before has sent nothing.

        :raises NeverSent: it could not be noted, or somebody else has the row by now
        """
        try:
            with self._pool.connection() as conn:
                if conn.execute(LEAVING, (row["id"], row["attempts"])).rowcount == 1:
                    return
        except psycopg.OperationalError as error:
            raise NeverSent("Postgres went away before the message left", fix="it is tried again") from error
        raise NeverSent("the lease ran out before the message left", fix="whoever took it over sends it")

    def record_outcome(self, row: Row, outcome: SendOutcome) -> None:
        PATIENT(self._write, row, outcome)

    def _write(self, row: Row, outcome: SendOutcome) -> None:
        values = {
            "id": row["id"],
            "attempts": row["attempts"],
            "state": outcome.state,
            "error": outcome.error,
            "provider_id": outcome.provider_id,
            "wait": timedelta(seconds=outcome.wait),
        }
        with self._pool.connection() as conn:
            conn.execute(sql(SQL / "record_outcome.sql"), values)
            if outcome.state == "failed":
                fall_back(conn, row)
            if outcome.pause:
                hold(conn, f"channel:{row['type']}", outcome.pause)


class _Tally:
    """Counts over all threads."""

    def __init__(self, parked: Counter[str]) -> None:
        self._lock = threading.Lock()
        self._states: Counter[str] = Counter({"uncertain": parked["uncertain"]})
        self._sent: Counter[str] = Counter()
        self._in_a_row: Counter[str] = Counter()
        self._declined: Counter[str] = Counter()
        self.causes: delivery_alerts.Causes = Counter()
        self.examples: dict[tuple[str, str], str] = {}

    def add(self, row: Row, outcome: SendOutcome) -> None:
        channel = row["type"]
        with self._lock:
            self._states[outcome.state] += 1
            self._sent[channel] += outcome.state == "sent"
            if not outcome.declined:
                self._in_a_row[channel] = self._in_a_row[channel] + 1 if outcome.channel_failed else 0
            self._declined[channel] = self._declined[channel] + 1 if outcome.declined else 0
            if outcome.cause:
                self.causes[channel, outcome.cause] += 1
                self.examples.setdefault((channel, outcome.cause), f"{row['id']}: {outcome.error}"[:500])

    def rests(self, channel: str) -> bool:
        with self._lock:
            return self._rests(channel)

    def result(self) -> DeliveredMessages:
        return DeliveredMessages(
            sent=self._states["sent"],
            failed=self._states["failed"],
            uncertain=self._states["uncertain"],
            retried=self._states["queued"] + self._states["held"],
            by_channel={channel: count for channel, count in sorted(self._sent.items()) if count},
            resting=sorted(filter(self._rests, {*self._in_a_row, *self._declined})),
        )

    def _rests(self, channel: str) -> bool:
        return self._in_a_row[channel] >= FAILURES_IN_A_ROW or self._declined[channel] >= DECLINED
