"""The ledger of applications: each transition one short statement; the database refuses the ones that must not be. :class:`Ledger` is one
application's, for who sends it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, Protocol, TypeVar

import psycopg
from psycopg.types.json import Jsonb
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_exponential_jitter

from rolecall.applying.policy import objection_to_sending
from rolecall.applying.requests import ask_now
from rolecall.errors import InvalidInput, RolecallError, StoreUnavailable
from rolecall.store import Connection, connect, pace
from rolecall.store.documents import storable

LEASE = timedelta(seconds=45)
"""How long a sender may take from its intent to its answer: the 30 s it waits for one, and half as much again. Past it, it is dead."""

Row = dict[str, Any]
T = TypeVar("T")


Outcome = Literal["submitted", "refused"]
EvidenceKind = Literal["answer", "receipt", "mail", "screenshot", "service_status", "statement"]

PROOF = ("answer", "receipt", "service_status", "mail")
"""Evidence that comes from the receiving side itself."""

LATE = "the sender, after the row was given up"
"""Who says so where a service's own answer came late."""


@dataclass(frozen=True)
class Evidence:
    """Why an unclear application counts as received, or as not.

    :param kind: ``answer`` the service's own, late; ``receipt`` its id; ``mail`` that confirms or declines; ``screenshot`` of the
        receiving side; ``service_status`` the service, asked under the key; ``statement`` of a person who looked
    :param detail: the receipt's id, the mail's subject and date, where the picture is, the person's words
    :param actor: who says so, by name
    :param answer: the service's words, where it is one
    """

    kind: EvidenceKind
    detail: str
    actor: str
    answer: dict[str, Any] | None = None


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


BEGIN = """
with asked as (
    select a.id, coalesce(application_hold(a), %(objection)s) as hold from application a where a.id = %(id)s and a.state = 'approved'
)
update application a
set state = case when hold is null then 'submitting' else 'planned' end,
    attempts = attempts + (hold is null)::int,
    lease_until = case when hold is null then clock_timestamp() + %(lease)s end,
    state_reason = coalesce('held back: ' || hold, 'attempt ' || attempts + 1)
from asked
where a.id = asked.id and a.state = 'approved' and (a.hold_until is null or a.hold_until <= clock_timestamp())
returning a.*
"""


PREPARE_ANEW = """
update application set state = 'planned', state_reason = %(why)s, obstacle = 'it is prepared anew', requeued = requeued + 1
where id = %(id)s and state = 'approved' returning person_id, cv_id, person_email, requeued
"""

ANEW = 3
"""Times a run is asked for that prepares it anew; any later run of the person takes it up."""


class RestoredLedger(RolecallError):
    """The database was restored or copied: applications may have left that it does not know. Nothing is sent until a person confirms."""


def begin(conn: Connection, application_id: str) -> Row | None:
    """Commits the intent to send: approved → submitting, for exactly one caller. ``None``: it is not ours to send.

    Whatever speaks against sending it by now (another letter or CV than approved, a doubt about the job, consent withdrawn, the job
    closed, the company blacklisted, a limit lowered) is looked at once more under the person's lock; the row then comes back
    ``planned``, with the reason.

    :raises RestoredLedger: see :func:`confirm_restored`
    """
    conn.execute("select lock_person(person_id) from application where id = %s", (application_id,))
    try:
        objects = objection_to_sending(conn, application_id)
        row = conn.execute(BEGIN, {"id": application_id, "lease": LEASE, "objection": objects}).fetchone()
    except psycopg.errors.ObjectNotInPrerequisiteState as error:
        conn.rollback()
        raise RestoredLedger(
            f"nothing is sent: {error.diag.message_primary}",
            fix="compare it with the receiving side: make reconcile NAME='your name' (docs/backup.md)",
        ) from error
    conn.commit()
    return row


def confirm_restored(conn: Connection, actor: str) -> None:
    """Notes that somebody has compared a restored ledger with the receiving side: from now on it sends again. Audited.

    :param actor: their name
    """
    conn.execute(
        """
        insert into ledger_home (place, noted_by) values (ledger_place(), %(actor)s)
        on conflict (one) do update set place = excluded.place, noted_by = excluded.noted_by, noted_at = now()
        """,
        {"actor": actor},
    )
    conn.execute("insert into audit (actor, action, subject) values (%s, 'confirm restored ledger', 'application')", (actor,))


def finish(conn: Connection, application_id: str, result: Result, *, attempt: int | None = None) -> Row | None:
    """Writes what became of the request. A row that was given up meanwhile is resolved by the late answer, which is kept as evidence.

    Call it in the transaction that also enqueues the effects. ``None``: the row stays as it was resolved otherwise.

    :param attempt: the one that this is the result of, as :func:`begin` returned it: while a later one is on its way, an earlier one's
        result, written once more because the answer to its commit was lost, changes nothing. ``None``: whichever is on its way
    """
    row = conn.execute(
        """
        update application
        set state = %(state)s, state_reason = %(reason)s, answer = coalesce(%(answer)s, answer), receipt = coalesce(%(receipt)s, receipt),
            lease_until = null, submitted_at = case when %(state)s = 'submitted' then clock_timestamp() end
        where id = %(id)s and state = 'submitting' and (%(attempt)s::int is null or attempts = %(attempt)s)
        returning *
        """,
        {
            "id": application_id,
            "attempt": attempt,
            "state": result.state,
            "reason": result.reason[:1000],
            "answer": Jsonb(storable(result.answer)) if result.answer is not None else None,
            "receipt": receipt_of(result.answer),
        },
    ).fetchone()
    if row is not None:
        return row
    if result.state not in ("submitted", "refused"):
        note(conn, application_id, "unknown", Evidence("answer", f"late: {result.reason}", LATE, result.answer))
        return None
    outcome: Outcome = "submitted" if result.state == "submitted" else "refused"
    return resolve(conn, application_id, outcome, Evidence("answer", f"late answer: {result.reason}", LATE, result.answer))


def receipt_of(answer: dict[str, Any] | None) -> str | None:
    """What a service calls its receipt, if it gave one."""
    receipt = (answer or {}).get("receipt") or (answer or {}).get("applicationId")
    return str(receipt)[:200] if receipt else None


def resolve(conn: Connection, application_id: str, outcome: Outcome, evidence: Evidence) -> Row | None:
    """Resolves an uncertain application by evidence, which is kept whatever follows from it.

    An application that somebody declared not received is corrected by proof that it was; nothing is ever sent because of this.
    It counts as submitted since it left, not since somebody found out. Call it in the transaction that also enqueues the effects.
    ``None``: its state does not change.
    """
    note(conn, application_id, outcome, evidence)
    return conn.execute(
        """
        update application a
        set state = %(outcome)s, state_reason = %(reason)s, answer = coalesce(%(answer)s, answer), receipt = coalesce(%(receipt)s, receipt),
            submitted_at = case when %(outcome)s = 'submitted' then coalesce(
                submitted_at,
                (select max(e.at) from application_event e where e.application_id = a.id and e.to_state = 'submitting'),
                clock_timestamp()) end
        where id = %(id)s and (state = 'uncertain' or (state = 'refused' and %(outcome)s = 'submitted' and %(proof)s
            and exists (select from application_event e where e.application_id = a.id and e.to_state = 'uncertain')))
        returning *
        """,
        {
            "id": application_id,
            "outcome": outcome,
            "reason": f"{evidence.detail} ({evidence.kind}, {evidence.actor})"[:1000],
            "answer": Jsonb(storable(evidence.answer)) if evidence.answer is not None else None,
            "receipt": evidence.detail[:200] if evidence.kind == "receipt" else receipt_of(evidence.answer),
            "proof": evidence.kind in PROOF,
        },
    ).fetchone()


def note(conn: Connection, application_id: str, outcome: Outcome | Literal["unknown"], evidence: Evidence) -> None:
    """Keeps a piece of evidence. The same once more is not kept twice."""
    conn.execute(
        """
        insert into settlement (application_id, outcome, evidence, detail, actor, answer)
        select %(id)s, %(outcome)s, %(kind)s, %(detail)s, %(actor)s, %(answer)s
        where not exists (select from settlement where application_id = %(id)s and outcome = %(outcome)s and evidence = %(kind)s
                          and detail = %(detail)s and actor = %(actor)s)
        """,
        {
            "id": application_id,
            "outcome": outcome,
            "kind": evidence.kind,
            "detail": storable(evidence.detail)[:2000],
            "actor": storable(evidence.actor)[:200],
            "answer": Jsonb(storable(evidence.answer)) if evidence.answer is not None else None,
        },
    )


def park_expired(conn: Connection) -> Sequence[Row]:
    """Parks every application whose sender died in the middle as uncertain, and returns them. Does not depend on any run.

    A lease that ends later than any lease can was given before the clock was set back: it is over too.
    """
    return conn.execute(
        """
        update application
        set state = 'uncertain', lease_until = null,
            state_reason = 'the sender died after the request may have left; look at the receiving side and settle it'
        where state = 'submitting' and lease_until not between clock_timestamp() and clock_timestamp() + 2 * %s
        returning *
        """,
        (LEASE,),
    ).fetchall()


class EnqueueEffects(Protocol):
    """The port that enqueues the effects of an outcome (record, messages) in the same transaction."""

    def __call__(self, conn: Connection, application: Row) -> None: ...


class Ledger:
    """One application as its sender sees it, over one connection. Each step is one transaction and leaves none open, so that nothing is
    held while the sender waits; a connection that died meanwhile is made anew by the next step.

    :param effects: called with every outcome, in its transaction
    """

    def __init__(self, dsn: str, application_id: str, effects: EnqueueEffects) -> None:
        self._dsn, self._id, self._effects = dsn, application_id, effects
        self._conn: Connection | None = None
        self._attempt: int | None = None

    def __enter__(self) -> Ledger:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def do(self, work: Callable[[Connection], T]) -> T:
        """``work``, committed.

        Where the connection that was kept turns out to be dead, once more on a new one. Where only the answer to a commit was lost, that
        finds what it did: no transition happens twice.

        :raises StoreUnavailable: Postgres does not answer
        """
        kept = self._conn
        try:
            return self._transaction(work)
        except (psycopg.OperationalError, psycopg.InterfaceError):
            if kept is None or not kept.closed:
                raise
        return self._transaction(work)

    def row(self, conn: Connection) -> Row:
        """The row as it stands.

        :raises InvalidInput: there is none
        """
        row = read(conn, self._id)
        if row is None:
            fix = "rows of the ledger are never deleted: restore it"
            raise InvalidInput("application_id", f"application {self._id} is gone", fix=fix)
        return row

    def known(self) -> Row:
        """What a row that is not ours to send already says. A dead sender's row is parked on the way."""

        def work(conn: Connection) -> Row:
            if self.row(conn)["state"] == "submitting":
                for parked in park_expired(conn):
                    self._effects(conn, parked)
            return self.row(conn)

        return self.do(work)

    def wait_for(self, *, batch: int, delay: float) -> tuple[Row, float]:
        """The row and, where it may be sent, the seconds until the platform's pace lets it leave."""

        def work(conn: Connection) -> tuple[Row, float]:
            row = self.row(conn)
            if row["state"] != "approved":
                return row, 0.0
            if row["hold_until"] and (left := (row["hold_until"] - datetime.now(UTC)).total_seconds()) > 0:
                return row, left
            return row, pace.reserve(conn, f"apply:{row['source']}", batch=batch, delay=delay) or 0.0

        return self.do(work)

    def begin(self) -> Row | None:
        """:func:`begin`."""
        row = self.do(lambda conn: begin(conn, self._id))
        self._attempt = row["attempts"] if row else None
        return row

    @retry(
        retry=retry_if_exception_type((StoreUnavailable, psycopg.OperationalError)),
        stop=stop_after_delay(300),
        wait=wait_exponential_jitter(multiplier=0.2, max=5),
        reraise=True,
    )
    def finish(self, result: Result) -> Row:
        """:func:`finish`, with its effects. Keeps trying while Postgres restarts; past its lease the row is resolved late."""

        def work(conn: Connection) -> Row:
            row = finish(conn, self._id, result, attempt=self._attempt)
            if row is None:
                return self.row(conn)
            if row["state"] != "approved":
                self._effects(conn, row)
            return row

        return self.do(work)

    def prepare_anew(self, why: str) -> Row:
        """What would be sent is not what was prepared any more: it is planned again, and a run is asked for, which prepares it anew."""

        def work(conn: Connection) -> Row:
            again = conn.execute(PREPARE_ANEW, {"id": self._id, "why": f"held back: {why}"[:1000]}).fetchone()
            if again and again["requeued"] <= ANEW:
                ask_now(conn, again["person_id"], again["cv_id"], again["person_email"])
            return self.row(conn)

        return self.do(work)

    def hold(self, row: Row, seconds: float) -> None:
        """Tells everybody who sends to this platform to wait."""
        self.do(lambda conn: pace.hold(conn, f"apply:{row['source']}", seconds))

    def _transaction(self, work: Callable[[Connection], T]) -> T:
        if self._conn is None or self._conn.closed:
            self._conn = connect(self._dsn, name="submit")
        try:
            done = work(self._conn)
            self._conn.commit()
        except BaseException as error:
            if not isinstance(error, Exception) or not _rolled_back(self._conn):  # a task's time limit comes in the middle of anything
                self._close()
            raise
        return done

    def _close(self) -> None:
        if self._conn is not None:
            self._conn.close()  # what was not committed is rolled back


def _rolled_back(conn: Connection) -> bool:
    try:
        conn.rollback()
    except psycopg.Error:
        return False
    return True


def totals(conn: Connection) -> dict[str, int]:
    """Applications by state, all runs."""
    rows = conn.execute("select state, count(*) as n from application group by state").fetchall()
    return {row["state"]: row["n"] for row in rows}


def words(states: Mapping[str, int]) -> str:
    """Applications by state, as a log says it.

    >>> words({"submitted": 11, "uncertain": 1}), words({})
    ('12 applications: 11 submitted, 1 uncertain', 'no application in this run')
    """
    total = sum(states.values())
    each = ", ".join(f"{n} {state}" for state, n in sorted(states.items(), key=lambda one: (-one[1], one[0])))
    return f"{total} application{'' if total == 1 else 's'}: {each}" if total else "no application in this run"


def of_run(conn: Connection, run_id: str) -> dict[str, int]:
    """Applications by state, of one run."""
    rows = conn.execute("select state, count(*) as n from application where run_id = %s group by state", (run_id,)).fetchall()
    return {row["state"]: row["n"] for row in rows}
