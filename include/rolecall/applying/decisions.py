"""What a person decides about single applications, wherever they are shown: yes, later, no, undone until it leaves, the letter reworded.

A run that asks (``approval``) and this write the same rows: whoever answers first has answered. A yes asks for a run that sends what was
said yes to and asks nothing; it starts after :data:`UNDO`, so that the yes may be taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from psycopg.types.json import Jsonb

from rolecall.applying.plan import label
from rolecall.applying.requests import prepare_what_waits
from rolecall.errors import InvalidInput
from rolecall.models import digest
from rolecall.store import Connection, sql
from rolecall.store.documents import storable

Answer = Literal["yes", "later", "no"]

UNDO = timedelta(seconds=20)
"""How long a yes waits before its run starts."""

PAGE = "page"
"""Under which run an answer is kept that no run asked for."""

WAITING = Path(__file__).parent / "waiting.sql"

LOCKED = """
select lock_person(%(person)s), a.id, a.state, a.content_hash, a.title, a.company, a.cv_id, a.person_email, a.obstacle
from (select %(ids)s::uuid[] as ids) asked
left join application a on a.id = any(asked.ids) and a.person_id = %(person)s and a.erased_at is null
order by a.id
"""

DECIDED = """
update application a
set state = case %(answer)s when 'yes' then 'approved' when 'no' then 'cancelled' else a.state end,
    state_reason = %(reason)s,
    approval_required = true,
    approval_hash = case %(answer)s when 'yes' then a.content_hash else a.approval_hash end,
    approved_by = case %(answer)s when 'yes' then %(by)s else a.approved_by end,
    approved_at = case %(answer)s when 'yes' then clock_timestamp() else a.approved_at end
where a.id = any(%(ids)s::uuid[]) and a.person_id = %(person)s and a.state = 'planned' and (%(answer)s <> 'yes' or a.obstacle is null)
returning a.id, a.cv_id, a.person_email
"""

ANSWERED = """
with open as (
    update approval p set answer = %(answer)s, answered_by = %(by)s, answered_at = clock_timestamp(), content_hash = a.content_hash
    from application a where a.id = p.application_id and a.id = any(%(ids)s::uuid[]) and p.answer is null
    returning p.application_id
)
insert into approval (run_id, application_id, label, content_hash, asked_at, answer, answered_by, answered_at)
select %(page)s, a.id, a.id::text, a.content_hash, clock_timestamp(), %(answer)s, %(by)s, clock_timestamp()
from application a where a.id = any(%(ids)s::uuid[]) and not exists (select from open where open.application_id = a.id)
on conflict (run_id, application_id) do update set content_hash = excluded.content_hash, asked_at = excluded.asked_at,
    answer = excluded.answer, answered_by = excluded.answered_by, answered_at = excluded.answered_at
"""
"""What a run asked is answered; where none asks, the answer is kept all the same."""

ASK_TO_SEND = """
insert into apply_request (person_id, cv_id, person_email, criteria, origin, start_at)
select distinct on (a.cv_id) a.person_id, a.cv_id, a.person_email, '{}'::jsonb, 'page', clock_timestamp() + %(undo)s::interval
from application a
where a.id = any(%(ids)s::uuid[]) and not exists (
    select from apply_request r
    where (r.person_id, r.cv_id) = (a.person_id, a.cv_id) and r.state = 'queued' and r.origin = 'page' and r.start_at > clock_timestamp())
order by a.cv_id, a.created_at desc
"""

UNDONE = """
with last as (
    select p.run_id, p.application_id, p.answer from approval p
    where p.application_id = %(id)s::uuid and p.answer is not null order by p.answered_at desc limit 1
), back as (
    update application a
    set state = 'planned', state_reason = %(reason)s, approval_hash = null, approved_by = null, approved_at = null
    from last
    where a.id = last.application_id and a.person_id = %(person)s and a.erased_at is null
      and (a.state, last.answer) in (('approved', 'yes'), ('cancelled', 'no'), ('planned', 'later'))
      and (last.answer <> 'no' or not exists (select from job where job.id = application_job(a) and job.state = 'closed'))
    returning a.id, a.title, a.company
), open as (
    update approval p set answer = null, answered_by = null, answered_at = null
    from last, back where p.application_id = back.id and p.run_id = last.run_id
)
select title, company from back
"""


REMEMBERED = timedelta(minutes=10)
"""How long a no is listed among what may be taken back; it may be for longer, in *Applications*."""

UNDOABLE = """
select a.id::text, a.title, a.company, last.answer,
       greatest(0, ceil(extract(epoch from last.answered_at + %(undo)s::interval - clock_timestamp())))::int as seconds
from application a
cross join lateral (
    select p.answer, p.answered_at from approval p
    where p.application_id = a.id and p.answer is not null order by p.answered_at desc limit 1) last
where a.person_id = %(person)s and a.erased_at is null
  and (a.state = 'approved' and last.answer = 'yes'
       or a.state = 'cancelled' and last.answer = 'no' and last.answered_at > clock_timestamp() - %(remembered)s::interval
          and not exists (select from job where job.id = application_job(a) and job.state = 'closed'))
order by last.answered_at desc, a.id limit 100
"""


def answers_to_undo(conn: Connection, person_id: str) -> list[dict[str, Any]]:
    """Answers that :func:`undo` takes back: every yes until it leaves, a no of the last minutes; the newest first:
    ``{id, title, company, answer, seconds}``, the seconds until a yes may leave (0: at any moment)."""
    return conn.execute(UNDOABLE, {"person": person_id, "undo": UNDO, "remembered": REMEMBERED}).fetchall()


def applications_waiting(conn: Connection, person_id: str, *, later: bool = False, limit: int = 100) -> list[dict[str, Any]]:
    """What waits for the person's yes, best first, each with its job as it is now.

    :param later: also what they said *later* to
    """
    return conn.execute(sql(WAITING), {"person": person_id, "later": later, "limit": limit}).fetchall()


def decide(conn: Connection, person_id: str, shown: Sequence[tuple[str, str]], answer: Answer, *, by: str) -> list[str]:
    """Answers for several at once, in the caller's transaction; the jobs answered for, as ``title @ company``.

    :param shown: ``(application id, content hash)`` as they were shown: the answer is for these bytes and no others
    :param by: who answers, for the record
    :raises InvalidInput: one of them is not the person's, was answered, or changed since it was shown; nothing was changed
    """
    ids = [one for one, _ in shown]
    rows = {str(row["id"]): row for row in conn.execute(LOCKED, {"person": person_id, "ids": ids}).fetchall() if row["id"]}
    for identity, content_hash in shown:
        row = rows.get(identity)
        if row is None:
            raise InvalidInput("application", "there is no such application", fix="load the page again")
        if row["state"] != "planned":
            raise InvalidInput("application", f"{label(row)} is {row['state']} by now", fix="load the page again")
        if answer == "yes" and row["obstacle"]:
            raise InvalidInput("application", f"{label(row)}: {row['obstacle']}", fix="it goes on by itself when that is settled")
        if answer == "yes" and row["content_hash"] != content_hash:
            raise InvalidInput("application", f"{label(row)}: the letter or the CV changed since it was shown", fix="read it again")
    reason = {"yes": f"approved by {by}", "no": f"{by} said no", "later": f"{by} decides later"}[answer]
    values = {"person": person_id, "ids": ids, "answer": answer, "by": by[:200], "reason": reason[:1000], "page": PAGE, "undo": UNDO}
    conn.execute(DECIDED, values)
    conn.execute(ANSWERED, values)
    if answer == "yes":
        conn.execute(ASK_TO_SEND, values)
    return [label(rows[one]) for one in ids]


def undo(conn: Connection, person_id: str, application_id: str, *, by: str) -> str:
    """Takes an answer back, as long as nothing left: it waits for an answer again. The job, as ``title @ company``.

    :raises InvalidInput: it has left, nothing was answered, or it was a no and the job is closed by now
    """
    conn.execute("select lock_person(%s)", (person_id,))
    values = {"person": person_id, "id": application_id, "reason": f"{by} took the answer back"[:1000]}
    row = conn.execute(UNDONE, values).fetchone()
    if row is None:
        raise InvalidInput(
            "application", "there is nothing to take back: it has left, was not answered, or its job is closed", fix="look at Applications"
        )
    return label(row)


def reword_letter(
    conn: Connection, person_id: str, application_id: str, letter: str, *, confirmed: Sequence[str] = (), by: str
) -> dict[str, Any]:
    """Keeps the person's own wording of a letter that waits; what was said yes to before has to be said yes to again.

    :param confirmed: claims that the CV does not carry and that the person says are true
    :return: the row
    :raises InvalidInput: it waits no more
    """
    conn.execute("select lock_person(%s)", (person_id,))
    row = conn.execute(
        """
        update application set letter = %(letter)s, letter_edited_at = clock_timestamp()
        where id = %(id)s::uuid and person_id = %(person)s and state = 'planned' and erased_at is null returning *
        """,
        {"letter": storable(letter), "id": application_id, "person": person_id},
    ).fetchone()
    if row is None:
        raise InvalidInput("application", "this letter cannot be changed any more", fix="look at Applications")
    conn.execute(
        "insert into letter_edit (application_id, letter, confirmed, edited_by) values (%s, %s, %s, %s)",
        (row["id"], storable(letter), Jsonb(storable(list(confirmed))), by[:200]),
    )
    conn.execute("update approval set content_hash = %s where application_id = %s and answer is null", (row["content_hash"], row["id"]))
    return row


SAID_TRUE = """
select distinct sentence from letter_edit e join application a on a.id = e.application_id
cross join lateral jsonb_array_elements_text(e.confirmed) sentence
where a.person_id = %s and a.erased_at is null
"""


def sentences_said_true(conn: Connection, person_id: str) -> frozenset[str]:
    """Hashes (:func:`rolecall.models.digest` of a list of one) of the sentences that the person said are true, in whatever letter."""
    return frozenset(digest([row["sentence"]]) for row in conn.execute(SAID_TRUE, (person_id,)).fetchall())


STOPPED = """
update application set state = 'planned', state_reason = %(reason)s, approval_required = true, hold_until = null
where person_id = %(person)s and state = 'approved' and not approval_required and hold_until > clock_timestamp() and erased_at is null
returning title, company
"""


def stop_held(conn: Connection, person_id: str, *, by: str) -> list[str]:
    """Stops everything that is about to leave without a yes: each waits for the person's answer. The jobs, as ``title @ company``."""
    conn.execute("select lock_person(%s)", (person_id,))
    rows = conn.execute(STOPPED, {"person": person_id, "reason": f"stopped by {by}"[:1000]}).fetchall()
    return [label(row) for row in rows]


def applications_on_hold(conn: Connection, person_id: str) -> list[dict[str, Any]]:
    """What leaves without a yes unless it is stopped, the next first: ``{id, title, company, hold_until}``."""
    return conn.execute(
        "select id::text, title, company, hold_until from application where person_id = %s and state = 'approved'"
        " and not approval_required and hold_until > clock_timestamp() order by hold_until, id limit 100",
        (person_id,),
    ).fetchall()


def prepare_again(conn: Connection, person_id: str) -> int:
    """Asks for a run that prepares anew what waits: its letters were written from a CV that has changed since. Returns how many runs."""
    return prepare_what_waits(conn, person_id)
