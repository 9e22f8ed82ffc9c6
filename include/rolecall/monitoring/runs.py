"""A workflow whose runs fail is told of once, with the first error, and once more when it succeeds again.

What has been told under a name of its own is not told again as a red run: critical errors (:mod:`rolecall.monitoring.errors`), and the
ways a board fails (:mod:`rolecall.boards.report`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from rolecall.monitoring.incidents import Change, Look, length, observe
from rolecall.outbox.messages import Draft, enqueue
from rolecall.settings import Settings
from rolecall.store import Connection, sql

SQL = Path(__file__).parent / "sql"

WINDOW = timedelta(minutes=30)
"""A workflow with many runs at once is red for so long after one of them failed; one whose last run failed, until it succeeds."""


def look(conn: Connection, now: datetime) -> list[Look]:
    """One look at every workflow that ended a run in the last 30 days: one statement."""
    rows = conn.execute(sql(SQL / "failed_runs.sql"), {"now": now, "window": WINDOW})
    return [
        Look(f"run:{row['dag_id']}", "run", row["dag_id"], row["bad"], _detail(row["run_id"], row["node"], row["error"])) for row in rows
    ]


def _detail(run_id: str | None, node: str | None, error: str | None) -> str:
    if run_id is None:
        return "its last run succeeded"
    return f"run {run_id}" + (f", {node}: {error}" if error else ": no task says why; see the run's page")


def watch(conn: Connection, settings: Settings, now: datetime) -> list[Change]:
    """Looks, opens and closes incidents, writes the alerts. Returns what changed."""
    changes = observe(conn, look(conn, now), now, remind_after=timedelta(hours=settings.remind_hours))
    enqueue(conn, alerts(changes))
    return changes


def red(conn: Connection) -> set[str]:
    """The workflows of which it is told that they fail."""
    return {row["service"] for row in conn.execute("select service from incident where kind = 'run' and closed_at is null")}


def alerts(changes: Iterable[Change]) -> list[Draft]:
    """What is told about red runs, to ``#alerts``."""
    drafts = []
    for each in changes:
        lasted = length(each.lasted)
        text = {
            "opened": f"🟥 {each.service} failed: {each.detail}",
            "reminded": f"🟥 {each.service} still fails after {lasted}: {each.detail}",
            "closed": f"✅ {each.service} succeeds again after {lasted}",
        }[each.change]
        key = f"run:{each.id}:{each.change}:{each.occurrences}:slack"
        drafts.append(Draft(dedupe_key=key, kind="health_alert", type="slack", recipient="#alerts", message=text[:1500]))
    return drafts
