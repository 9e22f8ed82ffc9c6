"""Requests to apply: new matches and people's asks become rows, each row becomes one run with an id of its own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, LiteralString

from pydantic import ValidationError

from rolecall import criteria
from rolecall.errors import InvalidInput, first_of
from rolecall.models import ApplyOrder
from rolecall.people import preferences
from rolecall.people.cvs.own_cvs import CV_REMOVED
from rolecall.store import Connection
from rolecall.store.dead_letters import put_aside

LONGEST_RUN = timedelta(days=3)
"""The limit of an ``auto_apply`` run, approval included. A request whose run was deleted or killed counts as finished after it."""

STUCK = timedelta(hours=1)
"""A run that has not said after this time that it is done no longer keeps others waiting: it waits for an approval, or was killed."""

AHEAD = 64
"""Requests under way at once."""

SHARE = 8
"""One person has at most one place in so many, also while nobody else asks: runs may take an hour, others come before that."""

BEST_CV: LiteralString = """not exists (
      select from match better
      where (better.person_id, better.source, better.job_id) = (m.person_id, m.source, m.job_id) and better.gone_at is null
        and better.can_auto_apply and not better.already_applied and (better.score, m.cv_id) > (m.score, better.cv_id))"""
"""Of several CVs of a person that match a job: this one fits it best."""

READY: LiteralString = f"""
select m.person_id, m.cv_id, p.email, p.preferences
from match m join person p on p.id = m.person_id
where m.request_id is null and m.gone_at is null and m.score >= match_threshold(p.preferences) and m.can_auto_apply
  and not m.already_applied and p.preferences ->> 'auto_apply' = 'true'
  and {BEST_CV}
  and not exists (select from dead_letter d where d.queue = 'preferences' and d.key = left(p.id, 500))
"""  # noqa: S608  # put together from the constant above
"""Matches nobody has taken yet of people who opted in, of several CVs that match a job the one that fits best; not of those
whose preferences cannot be understood."""

FROM_MATCHES: LiteralString = f"""
with ready as (
    {READY} group by m.person_id, m.cv_id, p.email, p.preferences
), asked as (
    insert into apply_request (person_id, cv_id, person_email, criteria, origin)
    select person_id, cv_id, email, coalesce(nullif(preferences -> 'criteria', 'null'), '{{}}'), 'dispatch' from ready
    on conflict (person_id, cv_id) where state = 'queued' and origin = 'dispatch' do update set requested_at = excluded.requested_at
    returning id, person_id, cv_id
)
update match m set request_id = asked.id
from asked join person p on p.id = asked.person_id
where m.person_id = asked.person_id and m.cv_id = asked.cv_id and m.request_id is null and m.gone_at is null
  and m.score >= match_threshold(p.preferences) and m.can_auto_apply and not m.already_applied
  and {BEST_CV}
"""  # noqa: S608  # put together from the constant above


def queue_new_matches(conn: Connection) -> int:
    """Turns the matches nobody has taken yet into one queued request per person and CV. Returns how many matches were taken.

    Whose preferences cannot be understood is put aside with the reason (queue ``preferences``) until they change: nothing is applied for
    against a wish that nobody could read.
    """
    ready = conn.execute(f"{READY} group by m.person_id, m.cv_id, p.email, p.preferences").fetchall()
    for row in ready:
        if wrong := _unclear(row):
            put_aside(conn, "preferences", row["person_id"], str(wrong), person_id=row["person_id"])
    return conn.execute(FROM_MATCHES).rowcount


def _unclear(row: dict[str, Any]) -> InvalidInput | None:
    """Why nothing can be applied for in this person's name."""
    said = preferences.said(row["preferences"])
    wrong = preferences.problems_by_name(said)
    if acted_on := next((wrong[name] for name in wrong if name in preferences.ACTED_ON), None):
        return acted_on
    return _order_or_why({**row, "id": "", "person_email": row["email"], "criteria": said.get("criteria", {})})[1]


ASK_NOW: LiteralString = """
insert into apply_request (person_id, cv_id, person_email, criteria, origin)
select %(person)s, %(cv)s, %(email)s,
       coalesce((select preferences -> 'criteria' from person
                 where id = %(person)s and jsonb_typeof(preferences -> 'criteria') = 'object'), '{}'), 'dispatch'
on conflict (person_id, cv_id) where state = 'queued' and origin = 'dispatch' do nothing
"""

OF_WAITING: LiteralString = """
insert into apply_request (person_id, cv_id, person_email, criteria, origin)
select distinct on (a.cv_id) a.person_id, a.cv_id, p.email,
       case when jsonb_typeof(p.preferences -> 'criteria') = 'object' then p.preferences -> 'criteria' else '{}' end, 'dispatch'
from application a join person p on p.id = a.person_id join cv on cv.id = a.cv_id
where a.person_id = %(person)s
  and (not %(unanswered)s and a.state in ('planned', 'approved') or a.state = 'planned' and a.open_questions <> '[]')
on conflict (person_id, cv_id) where state = 'queued' and origin = 'dispatch' do nothing
"""


def ask_now(conn: Connection, person_id: str, cv_id: str, email: str) -> None:
    """Asks for a run of one person and CV, unless one is asked for already."""
    conn.execute(ASK_NOW, {"person": person_id, "cv": cv_id, "email": email})


def prepare_what_waits(conn: Connection, person_id: str, *, unanswered: bool = False) -> int:
    """Asks for runs that prepare anew what waits of a person, one a CV. Returns how many.

    :param unanswered: only what waits for an answer of theirs to a form's question
    """
    return conn.execute(OF_WAITING, {"person": person_id, "unanswered": unanswered}).rowcount


COALESCE = """
with same as (
    select id, user_token, token_expires_at,
           first_value(id) over (partition by person_id, cv_id, person_email, criteria, origin = 'page' order by requested_at, id) as leader
    from apply_request where state = 'queued'
), newest as (
    select distinct on (leader) leader, user_token, token_expires_at from same
    where user_token is not null and token_expires_at > clock_timestamp()
    order by leader, token_expires_at desc, id
), led as (
    update apply_request r set user_token = newest.user_token, token_expires_at = newest.token_expires_at
    from newest
    where r.id = newest.leader and r.state = 'queued'
      and (newest.user_token, newest.token_expires_at) is distinct from (r.user_token, r.token_expires_at)
), pointed as (
    update apply_request r set merged_into = same.leader
    from same where r.merged_into = same.id and same.id <> same.leader
)
update apply_request r set merged_into = first.id, state = 'done', done_at = clock_timestamp(), user_token = null
from same join apply_request first on first.id = same.leader
where r.id = same.id and same.id <> same.leader and r.state = 'queued' and first.state = 'queued'
"""
"""The oldest leads, with the newest token that any of them brought. What was merged into one that is merged now follows it. A request that
only sends what was said yes to is another thing than one that plans."""

WITHOUT_CV = """
with ended as (
    update apply_request r set state = 'done', done_at = clock_timestamp(), user_token = null
    from removed_cv removed where removed.cv_id = r.cv_id and r.state = 'queued'
    returning r.person_id, r.cv_id
)
update application a set state = 'cancelled', state_reason = %(reason)s, approval_hash = null, approved_by = null, approved_at = null
from ended where (a.person_id, a.cv_id) = (ended.person_id, ended.cv_id) and a.state in ('planned', 'approved')
"""
"""Asked for after the CV was removed: what turned out not to have left."""

FAIREST = """
with running as (
    select person_id, count(*) as n from apply_request
    where state = 'triggered' and triggered_at > clock_timestamp() - %(stuck)s group by person_id
), queued as (
    select r.*, coalesce(running.n, 0) + row_number() over (partition by r.person_id order by r.requested_at, r.id) as turn
    from apply_request r left join running using (person_id)
    where r.state = 'queued' and (r.start_at is null or r.start_at <= clock_timestamp())
)
select * from queued where turn <= %(each)s order by turn, requested_at, id
limit greatest(0, %(ahead)s - (select coalesce(sum(n), 0) from running))
"""


def request_limits(ahead: int = AHEAD) -> dict[str, Any]:
    """How many requests may be under way, in all and of one person, and until when one counts."""
    return {"ahead": ahead, "each": max(1, ahead // SHARE), "stuck": STUCK}


def next_requests(conn: Connection, *, ahead: int = AHEAD, bundled: bool = False) -> list[dict[str, Any]]:
    """The next requests as ``{"trigger_run_id", "conf"}``: what ``TriggerDagRunOperator`` maps over.

    Requests of one person for the same thing become one. Then everybody's first comes before anybody's second, oldest first; who
    has a run under way counts as having had their first, and nobody has more than their share (:data:`SHARE`). Asked again before
    :func:`mark_triggered` it gives the same.

    One that cannot be a run is put aside with its reason and ends; its matches wait for what the person's preferences say then.

    :param ahead: requests that may be under way at once: far fewer than Airflow maps (1,024), enough to keep every slot busy, so
        that somebody who asks later waits for one round and not for all who asked before
    :param bundled: the bundled AI service answers: criteria that it does not read, which other services may have put into somebody's
        preferences, are left out
    """
    conn.execute(WITHOUT_CV, {"reason": CV_REMOVED})
    conn.execute(COALESCE)
    while True:
        orders, odd = [], False
        for row in conn.execute(FAIREST, request_limits(ahead)).fetchall():
            order, wrong = _order_or_why(row)
            if order is not None:
                order.criteria = criteria.known(order.criteria) if bundled else order.criteria
                orders.append({"trigger_run_id": run_id(row["id"]), "conf": order.model_dump(mode="json", by_alias=True)})
            else:
                odd = True
                _put_aside(conn, row, str(wrong))
        if not odd:
            return orders


def run_id(request_id: object) -> str:
    """The run of a request: the same request is the same run."""
    return f"request__{request_id}"


def mark_triggered(conn: Connection, run_ids: Sequence[str]) -> int:
    """Notes that these runs exist; runs that nobody requested are left out."""
    ids = [name.removeprefix("request__") for name in run_ids if name.startswith("request__")]
    return conn.execute(
        "update apply_request set state = 'triggered', triggered_at = now() where id = any(%s::uuid[]) and state = 'queued'", (ids,)
    ).rowcount


def mark_done(conn: Connection, request_id: str | None) -> None:
    """Notes that the request's run has ended."""
    conn.execute(
        "update apply_request set state = 'done', done_at = clock_timestamp(), user_token = null where id = %s::uuid and state <> 'done'",
        (request_id,),
    )


def _order_or_why(row: dict[str, Any]) -> tuple[ApplyOrder | None, InvalidInput | None]:
    by_itself = row.get("origin") == "dispatch"  # of the person's own preferences, not of somebody's request
    try:
        order = ApplyOrder(
            cv_id=row["cv_id"],
            user_id=row["person_id"],
            user_email=row["person_email"],
            criteria=criteria.hiding(row["criteria"]) if by_itself else row["criteria"],
            threshold=criteria.threshold(row["criteria"]) if by_itself else criteria.THRESHOLD,
            request_id=str(row["id"]) or None,
        )
    except ValidationError as error:
        return None, first_of(error, "request")
    return order, None


def _put_aside(conn: Connection, row: dict[str, Any], reason: str) -> None:
    put_aside(conn, "apply_request", str(row["id"]), reason, person_id=row["person_id"])
    conn.execute("update match set request_id = null where request_id = %s", (row["id"],))
    mark_done(conn, str(row["id"]))
