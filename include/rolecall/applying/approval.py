"""A person's yes, bound to exactly what was shown: this letter, this CV, this job.

What was asked is kept before anybody answers; the answer is kept with who and when. A letter or CV that changes afterwards has
another hash, and the database lets nothing leave under the old yes. A contradictory answer changes nothing and is asked again.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from rolecall.applying.choosing import NO_ANSWER
from rolecall.applying.plan import ToDecide, ready
from rolecall.errors import InvalidInput, RolecallError
from rolecall.models import text_digest
from rolecall.outbox.available_channels import Available
from rolecall.outbox.compose import compose
from rolecall.outbox.messages import enqueue
from rolecall.people.applying_wishes import ApplyingWishes
from rolecall.store import Connection
from rolecall.text.percent import percent

NONE = "None of these"
"""No to all. Never preset."""

LATER = "Decide later"
"""What is preset: what is not ticked stays open and is asked about again."""

SHOWN_LETTER = 4000


class Contradictory(RolecallError):
    """The answer says yes and no at once. It changes nothing and is asked again."""


def store_questions(conn: Connection, run_id: str, decisions: Sequence[ToDecide]) -> None:
    """Keeps what is being asked. Asked again by the same run, what is shown now counts."""
    conn.execute("delete from approval where run_id = %s and answer is null", (run_id,))
    with conn.cursor() as cursor:
        cursor.executemany(
            """
            insert into approval (run_id, application_id, label, content_hash) values (%s, %s, %s, %s)
            on conflict (run_id, application_id) do update
            set label = excluded.label, content_hash = excluded.content_hash, asked_at = clock_timestamp(), answer = null,
                answered_by = null, answered_at = null
            """,
            [(run_id, one.application_id, one.label, one.content_hash) for one in decisions],
        )


def body(decisions: Sequence[ToDecide]) -> str:
    """What is read before deciding, as Markdown: each job with its score and the letter that would be sent."""
    parts = [
        f"Tick the applications to send. With *{LATER}* ticked, the others stay open and are asked about again; without it they are not "
        f"sent. *{NONE}* says no to all: tick it alone. A no can be taken back until the job closes (`settle_application`)."
    ]
    for one in decisions:
        letter = one.letter if len(one.letter) <= SHOWN_LETTER else one.letter[:SHOWN_LETTER] + " …"
        quoted = "\n".join(f"> {line}" for line in (letter or "(no letter)").splitlines())
        parts.append(f"#### {_plain(one.label)}\n\nMatch {percent(one.score)}\n\n{quoted}")
    return "\n\n".join(parts)


def _plain(text: str) -> str:
    """A name that a stranger wrote, without Markdown of its own."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#|!" else sign for sign in text)


def enqueue_question(
    conn: Connection, *, run_id: str, asked: PendingApproval, url: str, page_url: str | None = None, again: str | None = None
) -> None:
    """Enqueues the message that asks the person: what waits for an answer, and where it is given.

    :param url: the page in Airflow, for whoever has an account there
    :param page_url: where the page is served: the mail then carries a one-time link of the person's own; ``None``: it carries none
    :param again: why it is asked again; ``None``: it is asked for the first time
    """
    person = conn.execute("select phone, preferences from person where id = %s", (asked.person_id,)).fetchone()
    context = {
        "key": run_id if again is None else f"{run_id}:{datetime.now(UTC):%Y%m%dT%H%M%S%f}",
        "runId": run_id,
        "userId": asked.person_id,
        "userEmail": asked.email,
        "phone": person["phone"] if person else None,
        "preferences": person["preferences"] if person else {},
        "jobs": [{"jobTitle": one.title, "companyName": one.company, "matchScore": one.score} for one in asked.decisions],
        "approveUrl": url,
        "answerUrl": make_link(conn, run_id, asked.person_id, base_url=page_url, lasts=asked.left) if page_url else "",
        "again": again or "",
    }
    enqueue(conn, compose("approval_wanted", context, available=Available()))


HELD = """
select a.id::text, a.title, a.company, a.score, a.hold_until, a.person_email from application a
where a.person_id = %s and a.state = 'approved' and not a.approval_required and a.hold_until > clock_timestamp() and a.erased_at is null
order by a.hold_until, a.id limit 100
"""


def enqueue_holds(conn: Connection, person_id: str, run_id: str, *, page_url: str | None = None) -> bool:
    """Enqueues the message that says what is about to leave without a yes, and how it is stopped; of the same ones it is said once.

    :param page_url: where the page is served: the mail then carries a link that stops it; ``None``: it carries none
    :return: whether anything is about to leave
    """
    rows = conn.execute(HELD, (person_id,)).fetchall()
    if not rows:
        return False
    person = conn.execute("select phone, preferences from person where id = %s", (person_id,)).fetchone()
    last = max(row["hold_until"] for row in rows) - datetime.now(UTC)
    context = {
        "key": text_digest("".join(f"{row['id']} {row['hold_until'].isoformat()}" for row in rows))[:40],
        "runId": run_id,
        "userId": person_id,
        "userEmail": rows[0]["person_email"],
        "phone": person["phone"] if person else None,
        "preferences": person["preferences"] if person else {},
        "jobs": [{"jobTitle": row["title"], "companyName": row["company"], "matchScore": row["score"]} for row in rows],
        "minutes": max(1, round((rows[0]["hold_until"] - datetime.now(UTC)).total_seconds() / 60)),
        "stopUrl": make_link(conn, STOP, person_id, base_url=page_url, lasts=last + LATE_STOP, at="stop") if page_url else "",
    }
    enqueue(conn, compose("about_to_leave", context, available=Available()))
    return True


STOP = "stop"
"""Instead of a run: the link stops what is about to leave, and answers nothing."""

LATE_STOP = timedelta(days=1)
"""How long a link that stops still says what became of it."""


def make_link(conn: Connection, run_id: str, person_id: str, *, base_url: str, lasts: timedelta, at: str = "answer") -> str:
    """A one-time link to the run's questions, for somebody without an account. It holds nothing but chance; only its hash is kept.

    :param run_id: the run, or :data:`STOP`
    :param base_url: where the page is served: ``https://jobs.example``
    :param lasts: how long it works
    """
    token = secrets.token_urlsafe(32)
    conn.execute("delete from approval_link where expires_at < clock_timestamp()")
    conn.execute(
        "insert into approval_link (token_sha256, run_id, person_id, expires_at) values (%s, %s, %s, clock_timestamp() + %s)",
        (text_digest(token), run_id, person_id, lasts),
    )
    return f"{base_url.rstrip('/')}/{at}/{token}"


def person_of_link(conn: Connection, token: str) -> str | None:
    """Whom a link was made for, whether or not it still works; ``None``: nobody."""
    row = conn.execute("select person_of_link(%s) as id", (text_digest(token),)).fetchone()
    return row["id"] if row else None


def run_of_link(conn: Connection, token: str) -> str | None:
    """The run whose questions a link opens; ``None``: the link was used, has expired, or never was."""
    row = conn.execute(
        "select run_id from approval_link where token_sha256 = %s and used_at is null and expires_at > clock_timestamp()",
        (text_digest(token),),
    ).fetchone()
    return str(row["run_id"]) if row else None


def use_link(conn: Connection, token: str) -> str | None:
    """The same, and from the end of the caller's transaction it opens nothing."""
    row = conn.execute(
        """
        update approval_link set used_at = clock_timestamp()
        where token_sha256 = %s and used_at is null and expires_at > clock_timestamp() returning run_id
        """,
        (text_digest(token),),
    ).fetchone()
    return str(row["run_id"]) if row else None


YES = """
update application a
set state = 'approved', state_reason = 'approved by ' || %(by)s, approval_hash = p.content_hash, approved_by = %(by)s,
    approved_at = clock_timestamp()
from approval p
where p.run_id = %(run)s and p.answer is null and p.label = any(%(yes)s) and a.id = p.application_id and a.run_id = %(run)s
  and a.state = 'planned' and a.content_hash = p.content_hash and a.obstacle is null
"""

NOT_YES = """
update application a set state = %(state)s, state_reason = %(reason)s
from approval p
where p.run_id = %(run)s and p.answer is null and not (p.label = any(%(yes)s)) and a.id = p.application_id
  and (a.run_id = %(run)s or %(other)s = 'no') and a.state = 'planned'
"""
"""Somebody's no is a no to the job, also where a later run has taken the application over and asks about it itself."""

CHANGED = """
update application a set state_reason = 'the letter or the CV changed while it was asked about: it is asked again'
from approval p
where p.run_id = %(run)s and p.answer is null and p.label = any(%(yes)s) and a.id = p.application_id and a.run_id = %(run)s
  and a.state = 'planned'
"""

KEPT = """
update approval p
set answer = case when not (p.label = any(%(yes)s)) then %(other)s when a.state = 'planned' then 'later' else 'yes' end,
    answered_at = clock_timestamp(), answered_by = case when a.erased_at is null then %(by)s end
from application a
where p.run_id = %(run)s and p.answer is null and a.id = p.application_id
"""


def record_answer(conn: Connection, run_id: str, ticked: Collection[str], *, by: str | None) -> list[dict[str, str]]:
    """Keeps the answer and returns what may be sent now, as :class:`~rolecall.applying.plan.Plan` lists it.

    What is ticked is a yes. The rest is a no; with :data:`LATER` ticked it stays open.

    :param ticked: labels, or :data:`NONE`, or :data:`LATER`
    :param by: who answered; ``None``: nobody in time, which is no, and may be asked again by a later run
    :raises Contradictory: :data:`NONE` together with anything else, something that was not asked, or nothing at all; nothing was changed
    """
    yes = sorted(set(ticked) - {NONE, LATER}) if by is not None else []
    if by is not None:
        _consistent(conn, run_id, set(ticked))
    if by is None:
        state, other, reason = "cancelled", "none", NO_ANSWER
    elif LATER in ticked:
        state, other, reason = "planned", "later", f"{by} decides later"
    else:
        state, other, reason = "cancelled", "no", f"{by} said no"
    values: dict[str, Any] = {"run": run_id, "yes": yes, "by": by, "state": state, "other": other, "reason": reason}
    conn.execute(
        "select lock_person(person_id) from application where id = (select application_id from approval where run_id = %s limit 1)",
        (run_id,),
    )
    conn.execute(YES, values)
    conn.execute(NOT_YES, values)
    conn.execute(CHANGED, values)
    conn.execute(KEPT, values)
    return ready(conn, run_id)


def _consistent(conn: Connection, run_id: str, ticked: set[str]) -> None:
    fix = f"tick what is to be sent, or {NONE!r} alone, or {LATER!r}"
    if not ticked:
        raise Contradictory("nothing was ticked: that says neither yes nor no", fix=fix)
    if NONE in ticked and len(ticked) > 1:
        others = ", ".join(sorted(ticked - {NONE}))
        raise Contradictory(f"{NONE!r} was ticked together with {others}"[:500], fix=fix)
    asked = {row["label"] for row in conn.execute("select label from approval where run_id = %s and answer is null", (run_id,)).fetchall()}
    if unknown := sorted(ticked - asked - {NONE, LATER}):
        raise Contradictory(f"{unknown[0]!r} was not asked about"[:500], fix=fix)


OPEN = """
select p.application_id, p.label, p.content_hash, p.asked_at, a.person_id, a.person_email, a.score, a.letter, a.title, a.company,
       coalesce((select preferences from person where person.id = a.person_id), '{}') as preferences
from approval p join application a on a.id = p.application_id
where p.run_id = %s and p.answer is null and a.state = 'planned' and a.run_id = p.run_id and a.content_hash = p.content_hash
order by a.score desc, p.label
"""


@dataclass(frozen=True)
class PendingApproval:
    """What a run still waits for.

    :param left: until when an answer is waited for, from now
    """

    person_id: str
    email: str
    decisions: list[ToDecide]
    left: timedelta


def still_open(conn: Connection, run_id: str, *, now: datetime) -> PendingApproval | None:
    """What was asked by this run, is unanswered, and stands as it was shown; ``None``: nothing."""
    rows = conn.execute(OPEN, (run_id,)).fetchall()
    if not rows:
        return None
    first = rows[0]
    decisions = [
        ToDecide(
            str(row["application_id"]), row["label"], row["score"], row["letter"] or "", row["content_hash"], row["title"], row["company"]
        )
        for row in rows
    ]
    until = first["asked_at"] + timedelta(hours=_hours(first["preferences"]))
    return PendingApproval(first["person_id"], first["person_email"], decisions, max(until - now, timedelta(minutes=1)))


def _hours(preferences: dict[str, Any]) -> int:
    try:
        return ApplyingWishes.read(preferences).approval_hours
    except InvalidInput:  # changed since it was asked, into something that cannot be read
        return ApplyingWishes().approval_hours


def answers_of_run(conn: Connection, run_id: str) -> list[dict[str, Any]]:
    """What was asked by this run and answered, as long as the answer may be taken back: ``[{id, label, answer}]``."""
    return conn.execute(
        """
        select a.id::text, p.label, p.answer from approval p join application a on a.id = p.application_id
        where p.run_id = %s and a.erased_at is null
          and (a.state, p.answer) in (('approved', 'yes'), ('cancelled', 'no'), ('planned', 'later'))
          and not exists (select from job where job.id = application_job(a) and job.state = 'closed')
        order by a.score desc, p.label
        """,
        (run_id,),
    ).fetchall()
