"""From matches to intents: what will be applied for, committed before anything is sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from include.applying.policy import Facts, verdict
from include.documents import storable
from include.errors import InvalidInput
from include.models import ApplyOrder, Match, digest
from include.store import Connection

MAX_PER_RUN = 1000
"""Applications of one run: Airflow maps at most 1,024 tasks. What is over goes back to the dispatcher."""

CANONICAL = """
with recursive asked as (
    select ord, id, source from unnest(%(ids)s::text[], %(sources)s::text[]) with ordinality as a (id, source, ord)
), path as (
    select asked.ord, job.id, job.merged_into, job.state, job.apply_url, 0 as depth from asked join job on job.id = asked.id
    union all
    select path.ord, job.id, job.merged_into, job.state, job.apply_url, depth + 1
    from path join job on job.id = path.merged_into where depth < 50
), canonical as (select ord, id, state, apply_url from path where merged_into is null)
select coalesce(canonical.id, asked.source || ':' || asked.id) as job_key, canonical.state as job_state, canonical.apply_url,
       (select array_agg(a.state) from application_lock l join application a on a.id = l.application_id
        where l.person_id = %(person)s
          and l.job_key in (coalesce(canonical.id, asked.source || ':' || asked.id), 'apply:' || canonical.apply_url)) as locked_states
from asked
left join canonical using (ord)
order by asked.ord
"""

INSERT = """
insert into application (person_id, job_key, job_id, source, apply_url, cv_id, cv_sha256, person_email, title, company, score, letter,
                         state_reason, idempotency_key, run_id)
select %(person)s, p.job_key, p.job_id, p.source, p.apply_url, %(cv)s, %(cv_sha256)s, %(email)s, p.title, p.company, p.score, p.letter,
       'score ' || round(p.score::numeric, 2) || ', at or above ' || %(threshold)s::numeric, p.idempotency_key, %(run)s
from jsonb_to_recordset(%(rows)s)
     as p (job_key text, job_id text, source text, apply_url text, title text, company text, score float8, letter text,
           idempotency_key text)
on conflict do nothing
"""

APPROVE = """
update application set state = 'approved', state_reason = 'no approval asked for in the preferences'
where run_id = %(run)s and state = 'planned'
"""

ADOPT = """
update application a set run_id = %(run)s
from application_lock lock
where lock.person_id = %(person)s and lock.job_key = any(%(keys)s) and a.id = lock.application_id
  and a.state in ('planned', 'approved') and a.run_id <> %(run)s
"""


@dataclass(frozen=True)
class Candidate:
    """A match that may be applied for.

    :param job_key: canonical job id, or ``source:id`` of a job that only an external service knows
    :param apply_url: where the application goes; two postings with the same address are one job, whatever else they say
    """

    match: Match
    job_key: str
    apply_url: str | None


@dataclass(frozen=True)
class Plan:
    """What one run will do.

    :param applications: ``{"application_id", "label"}`` each, best score first; the label is ``title @ company``
    :param skipped: how many matches each rule held back
    """

    applications: list[dict[str, str]]
    skipped: dict[str, int]


def idempotency_key(person_id: str, job_key: str) -> str:
    """The key under which one person's application for one job is sent; stored in its row, never derived again."""
    return "rolecall-" + digest([person_id, job_key])[:40]


def plan(conn: Connection, order: ApplyOrder, *, run_id: str, cv_sha256: str, matches: Sequence[Match]) -> Plan:
    """Keeps the applicable matches and commits to them: one row per person and job, whoever else plans at the same time.

    Running it again for the same run gives the same list. Intents of an earlier run that were never sent are taken over.

    :param run_id: the DAG run
    :param cv_sha256: of the CV that the letters were written from
    :raises InvalidInput: the CV is ours and belongs to somebody else
    """
    _check_owner(conn, order)
    chosen, skipped = _choose(conn, order, matches)
    if order.dry_run:
        skipped["dry_run"] = len(chosen)
        return Plan([], dict(skipped))
    if len(chosen) > MAX_PER_RUN:
        _hand_back(conn, order, chosen[MAX_PER_RUN:])
        skipped["next_run"] = len(chosen) - MAX_PER_RUN
        chosen = chosen[:MAX_PER_RUN]
    values = {
        "person": order.user_id,
        "cv": order.cv_id,
        "cv_sha256": cv_sha256,
        "email": order.user_email,
        "threshold": order.threshold,
        "run": run_id,
        "rows": Jsonb(storable([_row(order.user_id, candidate) for candidate in chosen])),
        "keys": [candidate.job_key for candidate in chosen],
    }
    conn.execute(INSERT, values)
    conn.execute(ADOPT, values)
    conn.execute(APPROVE, values)
    rows = conn.execute("select id, title, company from application where run_id = %s order by score desc, id", (run_id,)).fetchall()
    return Plan([{"application_id": str(row["id"]), "label": label(row)} for row in rows], dict(skipped))


def label(row: dict[str, Any]) -> str:
    """``title @ company``, as it names a mapped task."""
    return f"{row['title'] or 'a job'} @ {row['company'] or 'an unnamed company'}"


def _choose(conn: Connection, order: ApplyOrder, matches: Sequence[Match]) -> tuple[list[Candidate], Counter[str]]:
    person = conn.execute("select preferences from person where id = %s", (order.user_id,)).fetchone()
    preferences = person["preferences"] if person else {}
    known = conn.execute(
        CANONICAL,
        {"person": order.user_id, "ids": [match.id for match in matches], "sources": [match.source for match in matches]},
    ).fetchall()
    skipped: Counter[str] = Counter()
    allowed: list[Candidate] = []
    for match, row in zip(matches, known, strict=True):
        facts = Facts(
            threshold=order.threshold,
            job_state=row["job_state"],
            preferences=preferences,
            locked=bool(set(row["locked_states"] or ()) - {"planned", "approved"}),
        )
        rule = verdict(match, facts)
        if rule:
            skipped[rule.name] += 1
        else:
            allowed.append(Candidate(match, row["job_key"], row["apply_url"]))
    chosen: dict[str, Candidate] = {}
    for candidate in sorted(allowed, key=lambda one: (-one.match.match_score, one.job_key)):
        chosen.setdefault(candidate.apply_url or candidate.job_key, candidate)
    if len(chosen) < len(allowed):
        skipped["same_job"] = len(allowed) - len(chosen)
    return list(chosen.values()), skipped


def _row(person_id: str, candidate: Candidate) -> dict[str, Any]:
    match = candidate.match
    return {
        "job_key": candidate.job_key,
        "job_id": match.id,
        "source": match.source,
        "apply_url": candidate.apply_url,
        "title": match.title,
        "company": match.company,
        "score": match.match_score,
        "letter": match.generated_cover_letter,
        "idempotency_key": idempotency_key(person_id, candidate.job_key),
    }


def _hand_back(conn: Connection, order: ApplyOrder, rest: Sequence[Candidate]) -> None:
    conn.execute(
        "update match set request_id = null where person_id = %s and cv_id = %s and job_id = any(%s)",
        (order.user_id, order.cv_id, [candidate.match.id for candidate in rest]),
    )


def _check_owner(conn: Connection, order: ApplyOrder) -> None:
    owner = conn.execute("select person_id from cv where id = %s", (order.cv_id,)).fetchone()
    if owner and owner["person_id"] != order.user_id:
        raise InvalidInput("userId", f"the CV {order.cv_id} belongs to somebody else", fix="send the id of the CV's own person")
