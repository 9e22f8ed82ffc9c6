"""What a demo has led to: totals in the ledger and at the receiving side, and the best matches with their reasons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, LiteralString

from include.store import Connection, connect
from local import health, report

TOTALS = """
select (select count(*) from posting) as postings,
       (select count(*) from job where merged_into is null) as jobs,
       (select count(*) from match) as matches
"""
BEST = "select title, company, score, reasons from match order by score desc, title, job_id limit 3"
APPLICATIONS = "select state, count(*) as many from application group by state"
SENT = "select type, count(*) as many from notification where state = 'sent' group by type"
SEARCHES = "select board, search, outcome, cards, landed, error from board_run where run_id = any(%s) order by board, search"

REASONS = 3
"""Reasons shown a match."""


def totals(stack: Mapping[str, str], seconds: float) -> dict[str, Any]:
    """What ``demo.json`` holds. Receipts are ``None`` where the receiving side is not the sandbox.

    :param seconds: from the start of the stack to the end of the chain, without installing
    """
    with connect(stack["postgres_dsn"], name="rolecall demo") as conn:
        made: dict[str, Any] = dict(conn.execute(TOTALS).fetchone() or {})
        states = _counts(conn, APPLICATIONS, "state")
        sent = _counts(conn, SENT, "type")
    made["applications"] = {state: states.get(state, 0) for state in ("submitted", "uncertain", "refused")}
    receipts = _receipts(stack)
    made["receipts"] = {"total": receipts.get("total"), "duplicates": receipts.get("duplicates")}
    made["notifications"] = {channel: sent.get(channel, 0) for channel in ("email", "sms", "push", "slack")}
    return {**made, "seconds": round(seconds, 1)}


def _counts(conn: Connection, query: LiteralString, key: str) -> dict[str, int]:
    return {row[key]: row["many"] for row in conn.execute(query).fetchall()}


def _receipts(stack: Mapping[str, str]) -> dict[str, Any]:
    if not stack["sandbox_url"]:
        return {}
    answer = health.get(f"{stack['sandbox_url']}/_sandbox/receipts?limit=1", stack["sandbox_token"]).json()
    return dict(answer)


def problems(made: Mapping[str, Any], *, sandboxed: bool) -> list[str]:
    """What must not be: a duplicate, or a difference between what we say we sent and what was received.

    :param sandboxed: applications go to the sandbox, so that the two can be compared
    """
    if not sandboxed:
        return []
    submitted, receipts = made["applications"]["submitted"], made["receipts"]
    found = []
    if receipts["duplicates"]:
        found.append(f"{receipts['duplicates']} applications were received more than once")
    if submitted != receipts["total"]:
        found.append(f"{submitted} applications are submitted in the ledger, {receipts['total']} were received")
    return found


def unfinished(dsn: str) -> int:
    """Applications that were planned and neither sent nor given up."""
    with connect(dsn, name="rolecall demo") as conn:
        states = _counts(conn, APPLICATIONS, "state")
    return sum(states.get(state, 0) for state in ("planned", "approved", "submitting"))


def show(made: Mapping[str, Any], stack: Mapping[str, str], run_ids: list[str], installing: float) -> None:
    """Prints the summary."""
    with connect(stack["postgres_dsn"], name="rolecall demo") as conn:
        searches = conn.execute(SEARCHES, (run_ids,)).fetchall()
        best = conn.execute(BEST).fetchall()
    report.say("\nSearches of this run")
    for row in searches:
        error = f": {row['error']}" if row["error"] else ""
        report.say(f"  {row['board']}  {row['search']:<38} {row['outcome']}, {row['cards']} cards, {row['landed']} new{error}")
    report.say("\nIn all")
    applications, receipts, told = made["applications"], made["receipts"], made["notifications"]
    report.say(f"  postings landed   {made['postings']}")
    report.say(f"  jobs              {made['jobs']}")
    report.say(f"  matches           {made['matches']}")
    for row in best:
        report.say(f"    {row['score']:.0%}  {row['title']} · {row['company']}")
        for reason in _reasons(row["reasons"]):
            report.say(f"         {reason}")
    counts = ", ".join(f"{count} {state}" for state, count in applications.items())
    report.say(f"  applications      {counts}")
    if receipts["total"] is not None:
        report.say(f"  receipts          {receipts['total']} counted by the other side, {receipts['duplicates']} duplicates")
    report.say(f"  messages          {', '.join(f'{count} {channel}' for channel, count in told.items())}")
    report.say(f"  time              {made['seconds']:.0f} s running, {installing:.0f} s installing")


def _reasons(reasons: list[Any]) -> list[str]:
    """The heaviest pieces of evidence for a match, in words; whoever wrote them."""
    readable = [reason if isinstance(reason, dict) else {"text": str(reason)} for reason in reasons]
    speaking = [reason for reason in readable if reason.get("verdict") not in ("missing", "unknown")]
    heaviest = sorted(speaking, key=lambda reason: -float(reason.get("weight") or 0))
    return [str(reason.get("text") or reason.get("label") or "") for reason in heaviest[:REASONS]]
