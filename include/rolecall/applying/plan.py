"""From matches to intents: what will be applied for, committed before anything is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg.types.json import Jsonb

from rolecall.applying.choosing import OPEN_AGAIN, Candidate, Chooser
from rolecall.catalog.locks import CATALOG
from rolecall.errors import InvalidInput
from rolecall.models import ApplyOrder, Match, digest
from rolecall.people.applying_wishes import ApplyingWishes
from rolecall.people.cvs.own_cvs import is_removed
from rolecall.people.preferences import LIMITING, said, understood
from rolecall.people.privacy import refuse_the_erased
from rolecall.store import Connection
from rolecall.store.documents import storable

MAX_PER_RUN = 1000
"""Applications of one run: Airflow maps at most 1,024 tasks. What is over is left to the next run."""

MAX_TO_DECIDE = 100
"""Applications one person is asked about at a time."""


NOT_PREPARED = "it could not be prepared; the next run tries again"


LOCK_JOBS = "select 1 from job where id = any(%(keys)s) order by id for share"
"""What the insert's trigger locks one by one, in the order in which jobs are checked: two that wait for each other would both wait."""

INSERT = """
insert into application (person_id, job_key, job_id, source, apply_url, cv_id, cv_sha256, cv_version, person_email, title, company,
                         company_key, score, letter, url, reasons, approval_required, state_reason, idempotency_key, run_id,
                         way, prepared, prepared_hash, open_questions, obstacle, hold_until)
select %(person)s, p.job_key, p.job_id, p.source, p.apply_url, %(cv)s, %(cv_sha256)s, %(cv_version)s, %(email)s, p.title, p.company,
       p.company_key, p.score, p.letter, p.url, p.reasons, p.approval,
       format('score %%s %%%%, at or above %%s %%%%', floor(p.score * 100 + 1e-9), floor(%(threshold)s::float8 * 100 + 1e-9)),
       p.idempotency_key, %(run)s,
       p.way, p.prepared, p.prepared_hash, p.open_questions, p.obstacle, clock_timestamp() + nullif(p.hold, 0) * interval '1 minute'
from jsonb_to_recordset(%(rows)s)
     as p (job_key text, job_id text, source text, apply_url text, title text, company text, company_key text, score float8, letter text,
           url text, reasons jsonb, idempotency_key text, approval boolean, way text, prepared jsonb, prepared_hash text,
           open_questions jsonb, obstacle text, hold int)
on conflict do nothing
"""

ADOPT = """
update application a
set run_id = %(run)s,
    letter = case when a.letter_edited_at is not null and (a.cv_id, a.cv_sha256) = (%(cv)s, %(cv_sha256)s) then a.letter else p.letter end,
    cv_id = %(cv)s, cv_sha256 = %(cv_sha256)s, cv_version = %(cv_version)s, score = p.score,
    url = p.url, reasons = p.reasons, company_key = p.company_key, approval_required = p.approval or own.word, person_email = %(email)s,
    way = p.way, prepared = p.prepared, prepared_hash = p.prepared_hash, open_questions = p.open_questions, obstacle = p.obstacle,
    hold_until = case when p.hold > 0 and not own.word then coalesce(a.hold_until, clock_timestamp() + p.hold * interval '1 minute') end
from jsonb_to_recordset(%(rows)s) as p (names jsonb, letter text, score float8, company_key text, url text, reasons jsonb,
                                        approval boolean, way text, prepared jsonb, prepared_hash text, open_questions jsonb,
                                        obstacle text, hold int)
join application_lock lock on lock.person_id = %(person)s and p.names ? lock.job_key
cross join lateral (
    select exists (select from approval said where said.application_id = lock.application_id and said.answer = 'later')
        or exists (select from application_event e where e.application_id = lock.application_id
                   and e.from_state = 'approved' and e.to_state = 'planned' and e.reason like 'stopped by %%') as word
) own
where a.id = lock.application_id
  and (a.state in ('planned', 'approved') or (a.state = 'cancelled' and a.state_reason = any(%(open_again)s)))
"""
"""Intents that were never sent, of this run or an earlier one, are taken over with today's letter and CV; a letter that the person wrote
stays as long as the CV does; what they stopped, or decide later, waits for their yes whatever their wishes say by now."""

ASK_ANEW = """
update application set state = 'planned', state_reason = 'to be asked about: ' || state_reason
where id = any(%(chosen)s)
  and ((state = 'cancelled' and state_reason = any(%(open_again)s))
       or (state = 'approved' and approval_required and approval_hash is distinct from content_hash))
"""

OLD_YES = """
update application
set approval_hash = null, approved_by = null, approved_at = null, state_reason = 'no approval asked for in the preferences any more'
where id = any(%(chosen)s) and state in ('planned', 'approved') and not approval_required and approval_hash is distinct from content_hash
"""
"""Somebody who does not want to be asked any more has no yes to an earlier letter. What was asked and answered stays in ``approval``."""

APPROVE = """
update application set state = 'approved', state_reason = 'no approval asked for in the preferences'
where id = any(%(chosen)s) and state = 'planned' and not approval_required and obstacle is null
"""

WAITS = """
update application set state_reason = obstacle where id = any(%(chosen)s) and state = 'planned' and obstacle is not null
"""

HELD_FOR_A_WHILE = """
insert into apply_request (person_id, cv_id, person_email, criteria, origin, start_at)
select person_id, cv_id, max(person_email), '{}'::jsonb, 'page', max(hold_until) + interval '1 second'
from application where id = any(%(chosen)s) and state = 'approved' and hold_until > clock_timestamp()
group by person_id, cv_id
"""
"""What leaves without a yes is sent by a run of its own, when it was held long enough."""

LEAVE_AT_ONCE = """
insert into apply_request (person_id, cv_id, person_email, criteria, origin, user_token, token_expires_at)
select distinct a.person_id, a.cv_id, a.person_email, '{}'::jsonb, 'page', asked.user_token, asked.token_expires_at
from application a join person p on p.id = a.person_id left join apply_request asked on asked.id = %(request)s::uuid
where a.id = any(%(chosen)s) and a.state = 'approved' and not a.approval_required and p.preferences ->> 'auto_apply' = 'true'
  and coalesce(a.hold_until <= clock_timestamp(), true)
"""
"""What needs no yes does not wait with a run that asks about others: a run of its own sends it."""

SAID_YES = """
update application set run_id = %(run)s
where id in (
    select a.id from application a
    where a.person_id = %(person)s and a.cv_id = %(cv)s and a.state = 'approved' and a.erased_at is null
      and (a.approval_hash = a.content_hash
           and exists (select from approval p where p.application_id = a.id and p.answer = 'yes' and p.content_hash = a.content_hash)
           or not a.approval_required and coalesce(a.hold_until <= clock_timestamp(), true))
    order by a.run_id is distinct from %(run)s, a.score desc, a.id
    limit greatest(0, %(most)s - (select count(*) from application begun where begun.run_id = %(run)s and begun.state <> 'approved'))
)
"""
"""What the person said yes to, or wants no yes for, and nobody has sent yet: as much as one run takes."""

SEND_THE_REST = """
insert into apply_request (person_id, cv_id, person_email, criteria, origin, user_token, token_expires_at)
select asked.person_id, asked.cv_id, asked.person_email, '{}'::jsonb, 'page', asked.user_token, asked.token_expires_at
from apply_request asked where asked.id = %(request)s::uuid
"""
"""A run of its own for what is over: Airflow maps over 1,024 at most."""

CHOSEN = """
select distinct a.id, a.title, a.company, a.score, a.state, a.letter, a.content_hash, a.job_key,
                a.approval_required, a.obstacle
from application a join application_lock lock on lock.application_id = a.id
where a.run_id = %(run)s and lock.person_id = %(person)s and lock.job_key = any(%(keys)s)
"""

OF_RUN = """
select id, title, company from application
where run_id = %(run)s and state not in ('planned', 'cancelled')
  and not (state = 'approved' and coalesce(hold_until > clock_timestamp(), false))
order by score desc, id
"""

HELD_BACK = """
insert into held_back (run_id, person_id, source, job_id, title, company, score, rule, reason)
select distinct on (p.source, p.job_id) %(run)s, %(person)s, p.source, p.job_id, p.title, p.company, p.score, p.rule, p.reason
from jsonb_to_recordset(%(rows)s) as p (source text, job_id text, title text, company text, score float8, rule text, reason text)
order by p.source, p.job_id, p.score desc, p.rule
on conflict (run_id, source, job_id) do update set rule = excluded.rule, reason = excluded.reason
"""


@dataclass(frozen=True)
class ToDecide:
    """An application the person is asked about.

    :param content_hash: of the letter and the CV as they are shown: the yes is for these and no others
    """

    application_id: str
    label: str
    score: float
    letter: str
    content_hash: str
    title: str
    company: str


@dataclass(frozen=True)
class Plan:
    """What one run will do.

    :param applications: ``{"application_id", "label"}`` each, best score first; the label is ``title @ company``
    :param skipped: how many matches each rule held back
    :param why: the same in words: reason → matches
    :param to_decide: what the person is asked about first
    :param approval_hours: how long
    """

    applications: list[dict[str, str]]
    skipped: dict[str, int]
    to_decide: list[ToDecide] = field(default_factory=list)
    approval_hours: int = 24
    why: dict[str, int] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """What the log says: how many go out, how many are asked about, and for each reason how many are held back."""
        lines = [f"{len(self.applications)} ready to be sent, {len(self.to_decide)} to ask about, {sum(self.why.values())} held back"]
        return "\n".join([*lines, *(f"  {n}: {reason}" for reason, n in sorted(self.why.items(), key=lambda one: (-one[1], one[0])))])


def idempotency_key(person_id: str, job_key: str) -> str:
    """The key under which one person's application for one job is sent; stored in its row, never derived again."""
    return "rolecall-" + digest([person_id, job_key])[:40]


def plan(conn: Connection, order: ApplyOrder, *, run_id: str, cv_sha256: str, matches: Sequence[Match]) -> Plan:
    """Keeps the applicable matches and commits to them: one row per person and job, whoever else plans at the same time.

    Runs of one person plan one after the other, so that limits hold over all of them. Running it again for the same run gives the
    same list. Intents of an earlier run that were never sent are taken over, with today's letter.

    :param run_id: the DAG run
    :param cv_sha256: of the CV that the letters were written from
    :raises InvalidInput: the CV is ours and belongs to somebody else, or was removed, or what limits the person's applications cannot be
        understood
    """
    conn.execute("select pg_advisory_xact_lock_shared(%s)", (CATALOG,))  # the catalog is not merged meanwhile; first of all locks
    conn.execute("select lock_person(%s)", (order.user_id,))
    _still_asked(conn, order)
    refuse_the_erased(conn, order.user_id)
    preferences, cv_version, cv_changed = _person(conn, order, cv_sha256)
    understood(said(preferences or {}), LIMITING)
    if conn.execute("select 1 from apply_request where id = %s::uuid and origin = 'page'", (order.request_id,)).fetchone():
        # Asked for by a yes (:mod:`rolecall.applying.decisions`): it sends what was said yes to, and asks nothing.
        asked = {"run": run_id, "person": order.user_id, "cv": order.cv_id, "most": MAX_PER_RUN, "request": order.request_id}
        if conn.execute(SAID_YES, asked).rowcount == MAX_PER_RUN:
            conn.execute(SEND_THE_REST, asked)
        return Plan(ready(conn, run_id), {})
    wishes = ApplyingWishes.read(preferences or {})
    approval = order.approval or wishes.asks(stored=preferences is not None)
    chooser = Chooser(conn, order, preferences or {}, wishes, cv_changed)
    chosen = chooser.choose(matches)
    if order.dry_run or wishes.dry_run:
        for candidate in chosen:
            chooser.hold(candidate.match, "dry_run", "this is a dry run: nothing is sent")
        chosen = []
    most = MAX_TO_DECIDE if approval else MAX_PER_RUN
    for candidate in chosen[most:]:
        chooser.hold(candidate.match, "next_run", f"one run takes {most} applications; the next one goes on")
    if len(chosen) > most:
        _ask_for_the_rest(conn, order, chosen[most:])
        chosen = chosen[:most]
    values = {
        "person": order.user_id,
        "cv": order.cv_id,
        "cv_sha256": cv_sha256,
        "cv_version": cv_version,
        "email": order.user_email,
        "threshold": order.threshold,
        "approval": approval,
        "run": run_id,
        "rows": Jsonb(storable([_row(order.user_id, candidate, wishes, approval=approval) for candidate in chosen])),
        "keys": [name for one in chosen for name in one.names],
        "open_again": OPEN_AGAIN,
    }
    conn.execute(LOCK_JOBS, values)
    conn.execute(INSERT, values)
    conn.execute(ADOPT, values)
    values["chosen"] = [row["id"] for row in conn.execute(CHOSEN, values).fetchall()]
    conn.execute(ASK_ANEW, values)
    rows = conn.execute(CHOSEN, values).fetchall()
    for candidate in chosen:
        if not any(row["job_key"] == candidate.job_key or row["id"] == candidate.own_id for row in rows):
            chooser.hold(candidate.match, "taken", "another run of yours has taken it, or it may be a job that one has taken")
    conn.execute(OLD_YES, values)
    conn.execute(APPROVE, values)
    conn.execute(WAITS, values)
    conn.execute(HELD_FOR_A_WHILE, values)
    conn.execute(HELD_BACK, {**values, "rows": Jsonb(storable(chooser.held))})
    to_decide = _to_decide(rows)
    if to_decide:
        conn.execute(LEAVE_AT_ONCE, {**values, "request": order.request_id})
    return Plan(
        ready(conn, run_id),
        dict(chooser.skipped),
        to_decide,
        wishes.approval_hours,
        dict(Counter(row["reason"] for row in chooser.held)),
    )


def check(conn: Connection, order: ApplyOrder) -> None:
    """Refuses at once what :func:`plan` would refuse: whoever sent the conf hears it before anything is fetched or scored.

    :raises InvalidInput: the request is gone, the person was erased, the CV is ours and belongs to somebody else or was removed, or the
        person's limits cannot be understood
    """
    _still_asked(conn, order)
    refuse_the_erased(conn, order.user_id)
    preferences, _, _ = _person(conn, order, "")
    ApplyingWishes.read(preferences or {})


def ready(conn: Connection, run_id: str) -> list[dict[str, str]]:
    """The run's applications that may be sent, or were: ``{"application_id", "label"}`` each, best score first."""
    rows = conn.execute(OF_RUN, {"run": run_id}).fetchall()
    return [{"application_id": str(row["id"]), "label": label(row)} for row in rows]


def label(row: dict[str, Any]) -> str:
    """``title @ company``, as it names a mapped task."""
    return f"{row['title'] or 'a job'} @ {row['company'] or 'an unnamed company'}"


def _to_decide(rows: Sequence[dict[str, Any]]) -> list[ToDecide]:
    asked = [row for row in rows if row["state"] == "planned" and row["approval_required"] and row["obstacle"] is None]
    waiting = sorted(asked, key=lambda row: (-row["score"], str(row["id"])))
    named = Counter(label(row)[:180] for row in waiting)
    decisions = []
    for row in waiting:
        name = label(row)[:180]
        shown = name if named[name] == 1 else f"{name} ({str(row['id'])[:8]})"  # the same name is the same job, also when asked again
        decisions.append(
            ToDecide(str(row["id"]), shown, row["score"], row["letter"] or "", row["content_hash"], row["title"], row["company"])
        )
    return decisions


def _still_asked(conn: Connection, order: ApplyOrder) -> None:
    """A request goes with the person who is erased; a run that was under way goes no further.

    :raises InvalidInput: the request is gone
    """
    if order.request_id and not conn.execute("select 1 from apply_request where id = %s::uuid", (order.request_id,)).fetchone():
        raise InvalidInput("requestId", "the request is gone: its person was erased", fix="nothing is to be done: nothing was sent")


def _person(conn: Connection, order: ApplyOrder, cv_sha256: str) -> tuple[dict[str, Any] | None, str | None, bool]:
    """Preferences (``None``: the person is not ours), the CV's version where it is ours, and whether it changed since the run fetched it.

    :raises InvalidInput: the CV is ours and belongs to somebody else, or was removed
    """
    person = conn.execute("select preferences from person where id = %s", (order.user_id,)).fetchone()
    preferences = person["preferences"] if person else None
    cv = conn.execute(
        """
        select cv.person_id, cv.sha256, cv.data, cv.updated_at > fetched.created_at as newer, fetched.body
        from cv left join document fetched on fetched.sha256 = %s where cv.id = %s
        """,
        (cv_sha256, order.cv_id),
    ).fetchone()
    if cv is None:
        if is_removed(conn, order.cv_id):
            raise InvalidInput("cvId", "this CV was removed by its person", fix="nothing is to be done: nothing was sent with it")
        return preferences, None, False
    if cv["person_id"] != order.user_id:
        said = (
            f"the CV {order.cv_id} belongs to somebody else"
            if person
            else f"there is no person {order.user_id!r} with the CV {order.cv_id}"
        )
        raise InvalidInput("userId", said, fix="send the id of the CV's own person: ./rolecall applications people lists both")
    served = cv["body"] if isinstance(cv["body"], dict) else None
    changed = served is not None and bool(cv["newer"]) and any(served.get(name) != value for name, value in cv["data"].items())
    return preferences, cv["sha256"], changed


def _row(person_id: str, candidate: Candidate, wishes: ApplyingWishes, *, approval: bool) -> dict[str, Any]:
    match = candidate.match
    prepared = match.prepared or {}
    obstacles = prepared.get("obstacles") or []
    asked = approval or wishes.mode_for(match.way, match.source) == "prepare"
    return {
        "approval": asked,
        "way": match.way,
        "prepared": prepared or None,
        "prepared_hash": prepared.get("formHash"),
        "open_questions": prepared.get("open") or [],
        "obstacle": "; ".join(obstacles) or (NOT_PREPARED if match.by_itself and not prepared else None),
        "hold": 0 if asked or not match.by_itself else wishes.hold_minutes,
        "job_key": candidate.job_key,
        "names": candidate.names,
        "job_id": match.id,
        "source": match.source,
        "apply_url": candidate.apply_url,
        "title": match.title,
        "company": match.company,
        "company_key": candidate.company,
        "score": match.match_score,
        "letter": match.generated_cover_letter,
        "url": match.url,
        "reasons": match.reason_texts,
        "idempotency_key": idempotency_key(person_id, candidate.job_key),
    }


def _ask_for_the_rest(conn: Connection, order: ApplyOrder, rest: Sequence[Candidate]) -> None:
    """What is over one run's measure goes back to the dispatcher, or, where it came by request, is asked for again."""
    given_back = conn.execute(
        "update match set request_id = null where person_id = %s and cv_id = %s and job_id = any(%s)",
        (order.user_id, order.cv_id, [candidate.match.id for candidate in rest]),
    )
    if not given_back.rowcount and order.request_id is not None:
        conn.execute(
            """
            insert into apply_request (person_id, cv_id, person_email, criteria, origin) values (%s, %s, %s, %s, 'dispatch')
            on conflict (person_id, cv_id) where state = 'queued' and origin = 'dispatch' do nothing
            """,
            (order.user_id, order.cv_id, order.user_email, Jsonb(storable(order.criteria))),
        )
