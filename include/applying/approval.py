"""A person's yes, bound to exactly what was shown: this letter, this CV, this job.

What was asked is kept before anybody answers; the answer is kept with who and when. A letter or CV that changes afterwards has
another hash, and the database lets nothing leave under the old yes.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from include.applying.plan import NO_ANSWER, ToDecide, ready
from include.notifying.channels import configured
from include.notifying.compose import compose
from include.notifying.outbox import enqueue
from include.settings import Settings
from include.store import Connection

NONE = "None of these"
"""The choice that is there when nothing is ticked, and the one that silence makes."""

SHOWN_LETTER = 1500


def ask(conn: Connection, run_id: str, decisions: Sequence[ToDecide]) -> None:
    """Keeps what is being asked. Asked again by the same run, what is shown now counts."""
    conn.execute("delete from approval where run_id = %s and answer is null", (run_id,))
    with conn.cursor() as cursor:
        cursor.executemany(
            """
            insert into approval (run_id, application_id, label, content_hash) values (%s, %s, %s, %s)
            on conflict (run_id, application_id) do update
            set label = excluded.label, content_hash = excluded.content_hash, asked_at = now(), answer = null
            """,
            [(run_id, one.application_id, one.label, one.content_hash) for one in decisions],
        )


def body(decisions: Sequence[ToDecide]) -> str:
    """What the person reads before deciding, as Markdown: each job with its score and the letter that would be sent."""
    parts = ["Tick the applications to send. What is not ticked is not sent, and not asked about again."]
    for one in decisions:
        letter = one.letter if len(one.letter) <= SHOWN_LETTER else one.letter[:SHOWN_LETTER] + " …"
        quoted = "\n".join(f"> {line}" for line in (letter or "(no letter)").splitlines())
        parts.append(f"#### {_plain(one.label)}\n\nMatch {one.score:.0%}\n\n{quoted}")
    return "\n\n".join(parts)


def _plain(text: str) -> str:
    """A name that a stranger wrote, without Markdown of its own."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#|!" else sign for sign in text)


def tell(conn: Connection, *, run_id: str, person_id: str, email: str, decisions: Sequence[ToDecide], url: str) -> None:
    """Owes the person the message that something waits for their answer."""
    person = conn.execute("select phone, preferences from person where id = %s", (person_id,)).fetchone()
    context = {
        "key": run_id,
        "runId": run_id,
        "userId": person_id,
        "userEmail": email,
        "phone": person["phone"] if person else None,
        "preferences": person["preferences"] if person else {},
        "jobs": [{"jobTitle": one.title, "companyName": one.company, "matchScore": one.score} for one in decisions],
        "approveUrl": url,
    }
    enqueue(conn, compose("approval_wanted", context, available=configured(Settings())))


YES = """
update application a
set state = 'approved', state_reason = 'approved by ' || %(by)s, approval_hash = p.content_hash, approved_by = %(by)s,
    approved_at = clock_timestamp()
from approval p
where p.run_id = %(run)s and p.label = any(%(labels)s) and a.id = p.application_id and a.run_id = %(run)s and a.state = 'planned'
  and a.content_hash = p.content_hash
"""

NO = """
update application a set state = 'cancelled', state_reason = %(reason)s
from approval p
where p.run_id = %(run)s and not (p.label = any(%(labels)s)) and a.id = p.application_id and a.run_id = %(run)s and a.state = 'planned'
"""

KEPT = """
update approval
set answer = case when label = any(%(labels)s) then 'yes' when %(silent)s then 'none' else 'no' end, answered_by = %(by)s,
    answered_at = clock_timestamp()
where run_id = %(run)s and answer is null
"""


def answer(conn: Connection, run_id: str, ticked: Collection[str], *, by: str | None) -> list[dict[str, str]]:
    """Keeps the answer and returns what may be sent now, as :class:`~include.applying.plan.Plan` lists it.

    :param ticked: labels; :data:`NONE` among them means no to all
    :param by: who answered; ``None``: nobody in time, which is no, and may be asked again by a later run
    """
    labels = [] if NONE in ticked or by is None else sorted(ticked)
    values: dict[str, Any] = {
        "run": run_id,
        "labels": labels,
        "by": by,
        "silent": by is None,
        "reason": NO_ANSWER if by is None else f"{by} said no",
    }
    conn.execute(
        "select lock_person(person_id) from application where id = (select application_id from approval where run_id = %s limit 1)",
        (run_id,),
    )
    conn.execute(YES, values)
    conn.execute(NO, values)
    conn.execute(KEPT, values)
    return ready(conn, run_id)
