"""What a demo has led to, in numbers: totals in the ledger and at the receiving side."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString

from local.processes import health
from rolecall.store import Connection, connect

PAIRS: LiteralString = """(
    select distinct on (m.person_id, m.source, m.job_id) m.*
    from good_match m left join job on job.id = m.job_id where job.merged_into is null
    order by m.person_id, m.source, m.job_id, m.gone_at nulls first, m.score desc, m.cv_id
)"""
"""One row a person and job, of the CV that fits it best: a match is of a CV, and a person may have several."""

TOTALS = f"""
select (select count(*) from posting) as postings,
       (select count(*) from job where merged_into is null) as jobs,
       (select count(*) from {PAIRS} m) as matches
"""  # noqa: S608  # put together from the constant above
APPLICATIONS = "select state, count(*) as many from application where run_id not like 'elsewhere%' group by state"
BY_HAND = "select count(*) as many from application where run_id like 'elsewhere%' and state = 'submitted'"
NEEDS_ANSWER = "select count(*) as many from application where state = 'planned' and open_questions <> '[]'"
TWICE = """
select coalesce(sum(many - 1), 0)::int as many
from (select count(*) as many from application where state = 'submitted' group by person_id, job_key having count(*) > 1) several
"""
HUNG_UP = """
select a.company, a.run_id, a.state from application a join application_event e on e.application_id = a.id
where a.way = 'mail' and e.to_state = 'uncertain' order by e.at, a.id limit 1
"""
"""The one application whose answer the demo's sandbox loses on purpose."""
UNFINISHED = """
select state, count(*) as many from application
where state in ('approved', 'submitting') or (state = 'planned' and not approval_required and obstacle is null) group by state
"""
ANSWERS = """
select count(*) as read, count(*) filter (where effects ? 'settled') as settled, count(*) filter (where kind = 'rejected') as rejected,
       count(*) filter (where kind = 'assessment') as assessments,
       (select count(*) from interview where status = 'planned') as interviews
from mail where application_id is not null and suspicious = ''
"""
SENT = "select type, count(*) as many from notification where state = 'sent' group by type"


def submitted(stack: Mapping[str, str]) -> int:
    """How many applications are submitted by now, without those that people sent by hand."""
    with connect(stack["postgres_dsn"], name="rolecall demo") as conn:
        return _counts(conn, APPLICATIONS, "state").get("submitted", 0)


def totals(stack: Mapping[str, str], seconds: float, before: int = 0) -> dict[str, Any]:
    """What ``demo.json`` holds. Receipts are ``None`` where the receiving side is not the sandbox; what people sent
    by hand is ``handed_over``, and in none of the other figures. ``answers`` counts employers' mails: how many were read, settled an
    unclear application, declined, asked for a test, and the meetings that are planned.

    ``twice`` counts applications for a job that the person had applied for, ``hung_up`` is the one whose answer was lost on purpose.

    :param seconds: from the start of the stack to the end of the chain, without installing
    :param before: how many applications were submitted before this run (:func:`submitted`)
    """
    with connect(stack["postgres_dsn"], name="rolecall demo") as conn:
        made: dict[str, Any] = dict(conn.execute(TOTALS).fetchone() or {})
        states = _counts(conn, APPLICATIONS, "state")
        sent = _counts(conn, SENT, "type")
        answers = dict(conn.execute(ANSWERS).fetchone() or {})
        by_hand, unanswered, twice = ((conn.execute(query).fetchone() or {"many": 0})["many"] for query in (BY_HAND, NEEDS_ANSWER, TWICE))
        hung_up = conn.execute(HUNG_UP).fetchone() if stack["sandbox_url"] else None
    made["applications"] = {state: states.get(state, 0) for state in ("submitted", "uncertain", "refused")}
    receipts = health.sandbox(stack, "receipts?limit=1") if stack["sandbox_url"] else {}
    made["receipts"] = {"total": receipts.get("total"), "duplicates": receipts.get("duplicates"), "ways": receipts.get("ways")}
    made["handed_over"], made["needs_answer"] = by_hand, unanswered
    made["answers"], made["before"], made["twice"], made["hung_up"] = answers, before, twice, hung_up
    made["notifications"] = {channel: sent.get(channel, 0) for channel in ("email", "sms", "push", "slack")}
    return {**made, "seconds": round(seconds, 1)}


def _counts(conn: Connection, query: LiteralString, key: str) -> dict[str, int]:
    return {row[key]: row["many"] for row in conn.execute(query).fetchall()}


def problems(made: Mapping[str, Any], *, sandboxed: bool) -> list[str]:
    """What must not be: a duplicate, or a difference between what we say we sent and what was received.

    :param sandboxed: applications go to the sandbox, so that the two can be compared
    """
    if not sandboxed:
        return []
    submitted, uncertain, receipts = made["applications"]["submitted"], made["applications"]["uncertain"], made["receipts"]
    found = []
    if receipts["duplicates"]:
        found.append(f"{receipts['duplicates']} applications were received more than once")
    if not submitted <= receipts["total"] <= submitted + uncertain:  # an uncertain one may have been received, or not
        doubt = f" and {uncertain} uncertain" if uncertain else ""
        found.append(f"{submitted} applications are submitted in the ledger{doubt}, {receipts['total']} were received")
    return found


def silent(dsn: str, scrapes: Mapping[str, str]) -> list[str]:
    """Scrapes none of whose searches left a record, a line each: their tasks failed before they asked anybody.

    :param scrapes: DAG → run id
    """
    with connect(dsn, name="rolecall demo") as conn:
        rows = conn.execute("select distinct board from board_run where run_id = any(%s)", (list(scrapes.values()),)).fetchall()
    told = {f"scrape_{row['board']}" for row in rows}
    return [f"{dag_id}: no search left a word → see its red squares in the web UI" for dag_id in sorted(set(scrapes) - told)]


def unfinished(dsn: str) -> int:
    """Applications that were planned and neither sent nor given up; what waits for a person's yes is not among them."""
    with connect(dsn, name="rolecall demo") as conn:
        states = _counts(conn, UNFINISHED, "state")
    return sum(states.values())
