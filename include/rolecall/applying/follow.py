"""After an application has left: unclear ones are asked about, statuses followed, silent employers remembered, wishes to withdraw kept.

Nothing here ever sends an application.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, LiteralString, Protocol

from psycopg.types.json import Jsonb

from rolecall.applying import ledger
from rolecall.applying.effects import enqueue_effects, enqueue_message, recorded_status
from rolecall.applying.ledger import Evidence, EvidenceKind, Outcome, Row
from rolecall.applying.requests import ask_now
from rolecall.applying.submit import REFUSED, UNCERTAIN
from rolecall.errors import AuthFailed, BadAnswer, InvalidInput, MaybeReceived, NeverSent, RequestRejected, ServiceBusy
from rolecall.store import Connection, connect
from rolecall.store.dead_letters import for_each_row, in_log

log = logging.getLogger(__name__)

AT_A_TIME = 500
"""Applications asked about by one run."""

SILENT_DAYS = 14
"""Days without a word after which the person is reminded, unless their preferences (``applying.remindAfterDays``; 0: never) differ."""

IN_A_ROW = 3
"""Applications whose questions fail one after the other before it is the service's fault and the run ends."""

MOST_REMINDERS = 3
MOST_DAYS = 3650
"""Whatever somebody stored beyond it counts as not said."""

ACTOR = "process_applications"


class AskStatus(Protocol):
    """The port that asks a service what it has under a key or an id."""

    def __call__(self, identity: str, /) -> dict[str, Any]: ...


@dataclass
class FollowTally:
    """What one run did, in applications."""

    asked: int = 0
    settled: int = 0
    changed: int = 0
    unanswered: int = 0
    failed_in_a_row: int = 0
    away: bool = False
    problems: list[str] = field(default_factory=list)


UNCLEAR = """
select * from application
where state = 'uncertain'
  and (status_checked_at is null
       or status_checked_at < clock_timestamp() - greatest(least((clock_timestamp() - updated_at) / 4, '1 day'), '1 minute'))
order by status_checked_at nulls first, id limit %s
"""

CHECKED = "update application set status_checked_at = clock_timestamp() where id = %s"


def resolve_by_asking(dsn: str, ask: AskStatus) -> FollowTally:
    """Resolves uncertain applications by asking the service, by key, what became of each.

    A service that has no such question (404, 405, 501) or does not know either leaves them uncertain: a person decides. Each is
    asked about more and more rarely, once a day at least.
    """
    tally = FollowTally()
    with connect(dsn, name="settle") as conn:
        rows = conn.execute(UNCLEAR, (AT_A_TIME,)).fetchall()
        conn.commit()
        for row in rows:
            answer = _asked(tally, row, lambda key=row["idempotency_key"]: ask(key))  # type: ignore[misc]

            def one(row: Row, answer: dict[str, Any] | None = answer) -> None:
                tally.settled += answer is not None and _resolved(conn, row, answer)

            _keep(conn, "settle", row, one)
            if _is_away(tally):
                break
    return tally


def _keep(conn: Connection, queue: str, row: Row, one: Callable[[Row], None]) -> None:
    """Writes what one answer means; what cannot be written is a failure of that application alone; it goes to the end of the round."""
    conn.execute(CHECKED, (row["id"],))
    for_each_row(conn, queue, [row], one)
    conn.commit()


def _is_away(tally: FollowTally) -> bool:
    """Whether the service is failing, not only with one application."""
    return tally.away or tally.failed_in_a_row >= IN_A_ROW


def _asked(tally: FollowTally, row: Row, ask: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    """The answer, or ``None``. A service that is away is asked again by the next run."""
    tally.asked += 1
    try:
        answer = ask()
    except (RequestRejected, BadAnswer):
        tally.unanswered += 1
    except (NeverSent, AuthFailed, ServiceBusy) as error:
        tally.unanswered += 1
        tally.away = True
        tally.problems.append(str(error))
    except MaybeReceived as error:
        tally.unanswered += 1
        tally.failed_in_a_row += 1
        tally.problems.append(str(error))
        return None
    except Exception as error:  # an id that cannot be asked about, an answer no client foresaw: a failure of this application alone
        tally.unanswered += 1
        log.warning("application %s cannot be asked about: %s", row["id"], in_log(error))
    else:
        tally.failed_in_a_row = 0
        return answer
    tally.failed_in_a_row = 0
    return None


def _resolved(conn: Connection, row: Row, answer: dict[str, Any]) -> bool:
    status = str(answer.get("applicationStatus", "")).strip().casefold()
    if not status or status in UNCERTAIN or status == "not_sent":
        return False
    outcome: Outcome = "refused" if status in REFUSED else "submitted"
    detail = str(answer.get("reason") or f"asked under its key, the service answered {answer['applicationStatus']!r}")
    return resolve_and_notify(conn, str(row["id"]), outcome, Evidence("service_status", detail, ACTOR, answer)) is not None


def resolve_and_notify(conn: Connection, application_id: str, outcome: Outcome, evidence: Evidence) -> Row | None:
    """Resolves an uncertain application by evidence and enqueues the effects. ``None``: its state does not change; the evidence is kept."""
    row = ledger.resolve(conn, application_id, outcome, evidence)
    if row is not None:
        enqueue_effects(conn, row)
    return row


def resolve_by_person(conn: Connection, application_id: str, outcome: Outcome, evidence: Evidence) -> Row:
    """Resolves an uncertain application as a person says.

    :raises InvalidInput: there is no such application, it is not uncertain, or the evidence says nothing
    """
    row = ledger.read(conn, application_id)
    if row is None:
        raise InvalidInput("applicationId", f"there is no application {application_id}", fix="copy the id from the message or the alert")
    if not evidence.detail.strip() or not evidence.actor.strip():
        raise InvalidInput("detail", "evidence needs words and a name", fix="say what you saw, where, and who you are")
    settled = resolve_and_notify(conn, application_id, outcome, evidence)
    if settled is None and row["state"] != outcome:
        raise InvalidInput("applicationId", f"the application is {row['state']}, not uncertain", fix="there is nothing to settle")
    return settled or row


def withdraw(conn: Connection, application_id: str, *, actor: str) -> Row:
    """Takes an application back, as far as that can be done: one that was not sent is cancelled and never will be; of one that was, the
    platform is told that it is withdrawn.

    :raises InvalidInput: there is no such application, or it is being sent, or nobody knows whether it was
    """
    conn.execute("select lock_person(person_id) from application where id = %s", (application_id,))
    row = conn.execute(
        """
        update application
        set state = case when state = 'submitted' then state else 'cancelled' end,
            state_reason = case when state = 'submitted' then state_reason else %(reason)s end,
            employer_status = case when state = 'submitted' then 'withdrawn' end,
            employer_status_at = case when state = 'submitted' then clock_timestamp() end
        where id = %(id)s and state in ('planned', 'approved', 'submitted')
        returning *
        """,
        {"id": application_id, "reason": f"withdrawn by {actor}"},
    ).fetchone()
    if row is None:
        known = ledger.read(conn, application_id)
        said = f"the application is {known['state']}" if known else f"there is no application {application_id}"
        raise InvalidInput("applicationId", said, fix="settle it first where it is uncertain; wait a minute where it is being sent")
    conn.execute(
        "insert into audit (actor, action, subject, detail) values (%s, 'withdraw', %s, %s)",
        (actor, f"application {application_id}", Jsonb({"state": row["state"]})),
    )
    enqueue_withdrawals(conn)
    return row


def enqueue_withdrawals(conn: Connection) -> int:
    """Enqueues the status ``withdrawn`` for the platform, as soon as it has a record to set it on. Once each."""
    return conn.execute(
        """
        insert into outbox (topic, key, payload)
        select 'application_status', id || ':withdrawn', jsonb_build_object('applicationId', platform_id, 'status', 'withdrawn')
        from application where employer_status = 'withdrawn' and platform_id is not null
        on conflict do nothing
        """
    ).rowcount


FOLLOWED = """
select * from application
where state = 'submitted' and erased_at is null and platform_id is not null and submitted_at > clock_timestamp() - interval '180 days'
  and employer_status is distinct from 'withdrawn'
  and not exists (select from outbox o where o.topic = 'application_status' and o.done_at is null  -- it does not know yet what we do
                  and o.payload ->> 'applicationId' = application.platform_id)
order by status_checked_at nulls first, id limit %s
"""

NEWS = """
update application set employer_status = %(status)s, employer_status_at = clock_timestamp()
where id = %(id)s and employer_status is distinct from %(status)s and employer_status is distinct from 'withdrawn'
returning *
"""


def follow_status(dsn: str, ask: AskStatus) -> FollowTally:
    """Asks the platform for the status of applications (viewed, interview, rejected, offer, …) and tells the person about each change.

    Those asked longest ago come first. A platform without this question leaves them as they are.
    """
    tally = FollowTally()
    with connect(dsn, name="follow") as conn:
        rows = conn.execute(FOLLOWED, (AT_A_TIME,)).fetchall()
        conn.commit()
        for row in rows:
            answer = _asked(tally, row, lambda identity=row["platform_id"]: ask(identity))  # type: ignore[misc]
            status = answer.get("status") if isinstance(answer, dict) else None

            def one(row: Row, status: Any = status) -> None:
                if isinstance(status, str) and status.strip():
                    tally.changed += note_status(conn, row, status.strip().casefold()[:100])

            _keep(conn, "follow", row, one)
            if _is_away(tally) or (tally.unanswered >= 3 and tally.unanswered == tally.asked):
                break
    return tally


SAYS_SENT = frozenset({"submitted", "sent", "applied"})
"""Statuses that say no more than that it was sent."""


def note_status(conn: Connection, row: Row, status: str) -> bool:
    """Keeps the employer's status; a change is told. That it was sent, the person knows: before anything else was said it is no news, and
    it is neither kept nor told."""
    known = SAYS_SENT | {recorded_status(row).casefold()}
    if status in known and (row["employer_status"] is None or row["employer_status"] in known):
        return False
    changed = conn.execute(NEWS, {"id": row["id"], "status": status}).fetchone()
    if changed is None:
        return False
    enqueue_message(conn, changed, "status_change", status=status)
    return True


DAYS_WISHED: LiteralString = f"""
cross join lateral (
    select coalesce((
        select case when jsonb_typeof(said) = 'number'
                    then case when said::numeric between 0 and {MOST_DAYS} then said::numeric::int end end
        from (select preferences #> '{{applying,remindAfterDays}}' as said from person where person.id = a.person_id) of_the_person
    ), {SILENT_DAYS}) as days
) wish
"""  # noqa: S608  # numbers of ours
"""After how many days without a word the person of an application ``a`` wants to hear of it; 0: never."""

SILENT: LiteralString = f"""
select a.*, wish.days
from application a {DAYS_WISHED}
where a.state = 'submitted' and a.erased_at is null and a.reminders < %(most)s
  and coalesce(a.employer_status, 'submitted') in ('submitted', 'received', 'viewed')
  and wish.days > 0
  and coalesce(a.employer_status_at, a.submitted_at) < clock_timestamp() - wish.days * (a.reminders + 1) * interval '1 day'
for update of a
"""  # noqa: S608  # a part of ours

REMINDED = "update application set reminders = reminders + 1 where id = %s returning *"


def remind_of_silence(conn: Connection) -> int:
    """Reminds people of applications nobody has said a word about for N days, 2 N days, 3 N days. Returns how many."""

    def one(row: Row) -> None:
        conn.execute(REMINDED, (row["id"],))
        enqueue_message(conn, row, "reminder", days=row["days"] * (row["reminders"] + 1), status=row["employer_status"] or "submitted")

    silent = conn.execute(SILENT, {"most": MOST_REMINDERS}).fetchall()
    return for_each_row(conn, "reminder", silent, one)


ASK_AGAIN = """
with left_over as (
    update application a set requeued = requeued + 1
    where requeued < %(most)s and (
        (state = 'approved' and state_reason like 'never sent:%%'
         and updated_at < clock_timestamp() - %(after)s::interval * (requeued + 1))
        or (state = 'planned' and (
            select p.answer = 'later' and p.answered_at < clock_timestamp() - %(later)s::interval * (requeued + 1)
            from approval p where p.application_id = a.id order by p.asked_at desc limit 1)))
    returning person_id, cv_id, person_email
)
insert into apply_request (person_id, cv_id, person_email, criteria, origin)
select l.person_id, l.cv_id, min(l.person_email),
       coalesce((select nullif(preferences -> 'criteria', 'null') from person where id = l.person_id), '{}'), 'dispatch'
from left_over l group by l.person_id, l.cv_id
on conflict (person_id, cv_id) where state = 'queued' and origin = 'dispatch' do nothing
"""


def requeue_unsent(conn: Connection) -> int:
    """Queues a run for people whose applications never left because the service was away for longer than a task tries, and for what
    was to be decided later, a day after that was said.

    Three times, after longer and longer pauses; they stay as they are, and any later run of the person takes them up. Returns requests.
    """
    return conn.execute(ASK_AGAIN, {"most": 3, "after": "15 minutes", "later": "1 day"}).rowcount


RECONSIDERED = """
update application a set state = 'planned', state_reason = %(reason)s
where id = %(id)s and state = 'cancelled' and erased_at is null
  and not exists (select from job where job.id = application_job(a) and job.state = 'closed')
  and not exists (select from application_twins(a.person_id, a.id) twin
                  where twin.state in ('submitting', 'submitted', 'uncertain', 'refused'))
returning *
"""


def reopen_cancelled(conn: Connection, application_id: str, *, actor: str) -> Row:
    """Takes a no back, or a withdrawal of what was never sent: it is planned again, and a run is asked for, which asks first where the
    person wants to be asked.

    :raises InvalidInput: there is no such application, it was not cancelled, or its job (what it is by now) is closed or was applied for;
        nothing changes
    """
    conn.execute("select lock_person(person_id) from application where id = %s", (application_id,))
    row = conn.execute(RECONSIDERED, {"id": application_id, "reason": f"the no was taken back by {actor}"[:1000]}).fetchone()
    if row is None:
        known = ledger.read(conn, application_id)
        if known is None:
            said = f"there is no application {application_id}"
        elif known["state"] != "cancelled":
            said = f"the application is {known['state']}: there is no no to take back"
        else:
            said = "its job is closed, or was applied for" if known["erased_at"] is None else "its person was erased"
        raise InvalidInput("applicationId", said, fix="nothing was changed")
    ask_now(conn, row["person_id"], row["cv_id"], row["person_email"])
    conn.execute("insert into audit (actor, action, subject) values (%s, 'take a no back', %s)", (actor, f"application {application_id}"))
    return row


NOT_LEFT = """
select a.id from application a join application_lock l on l.application_id = a.id
where l.person_id = %s and l.job_key = %s and a.state in ('planned', 'approved')
"""


def withdraw_unsent(conn: Connection, person_id: str, job_id: str, *, actor: str) -> None:
    """Takes back what of a job's applications has not begun to leave: the person does not want it."""
    for row in conn.execute(NOT_LEFT, (person_id, job_id)).fetchall():
        withdraw(conn, str(row["id"]), actor=actor)


def carry_out_decision(conn: Connection, application_id: str, decision: str, evidence: EvidenceKind, detail: str, actor: str) -> Row:
    """What ``settle_application`` was told: ``received``, ``not received``, ``withdraw`` or ``take a no back``.

    :raises InvalidInput: it cannot be done; nothing changes
    """
    if decision == "withdraw":
        return withdraw(conn, application_id, actor=f"{actor}: {detail}")
    if decision == "take a no back":
        return reopen_cancelled(conn, application_id, actor=f"{actor}: {detail}")
    return resolve_by_person(conn, application_id, "submitted" if decision == "received" else "refused", Evidence(evidence, detail, actor))
