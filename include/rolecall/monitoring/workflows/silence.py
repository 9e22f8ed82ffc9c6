"""Nothing is also news: a workflow that no longer runs, a board whose searches succeed and find nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from rolecall.boards.searches import searched
from rolecall.monitoring.incidents import IncidentChange, Observation, format_duration, observe
from rolecall.monitoring.workflows import runs
from rolecall.outbox.messages import Draft, enqueue
from rolecall.settings import Settings, named_numbers
from rolecall.store import Connection, sql

SQL = Path(__file__).parents[1] / "sql"

SCRAPE_HOURS = 14.0
"""06, 12 and 18 UTC: the longest gap is twelve hours."""

HOURS: Mapping[str, float] = {
    "sweep_applications": 0.25,
    "seal_audit": 1.0,
    "send_notifications": 0.5,
    "process_applications": 1.0,
    "aggregate_jobs": 1.0,
    "validate_jobs": 7.0,
    "match_jobs": 3.0,
    "read_mailboxes": 1.0,
    "check_health": 2.0,
    "sync_data": 3.0,
    "analytics": 26.0,
    "backup": 26.0,
    "maintain_airflow": 26.0,
}
"""How long a workflow with a schedule may go without a run that succeeded. Scraping: :data:`SCRAPE_HOURS`. The one that watches this,
``monitor_performance``, is itself watched by ``check_health``."""


def allowed_hours(settings: Settings) -> dict[str, float]:
    """Hours by workflow, as ``SILENCE_HOURS`` changes them: ``backup=50,scrape_indeed=0``; 0 stops watching.

    :raises InvalidInput: it is not ``name=hours``, separated by commas
    """
    hours = {f"scrape_{board}": SCRAPE_HOURS for board in searched()} | dict(HOURS)
    hours |= named_numbers(settings.silence_hours, "SILENCE_HOURS")
    return {name: allowed for name, allowed in hours.items() if allowed > 0}


def look(conn: Connection, hours: Mapping[str, float], now: datetime) -> list[Observation]:
    """One look at every workflow and every board: two statements."""
    rows = conn.execute(sql(SQL / "silent_runs.sql"), {"names": list(hours), "hours": list(hours.values()), "now": now})
    looks = [
        Observation(f"silence:run:{row['dag_id']}", "silence", row["dag_id"], row["bad"], _gap(now - row["last"], hours[row["dag_id"]]))
        for row in rows
    ]
    zeros = conn.execute(sql(SQL / "zero_runs.sql"), {"now": now})
    detail = "its last three runs succeeded and found nothing; before that they found something"
    return looks + [Observation(f"silence:zero:{row['board']}", "silence", f"scrape_{row['board']}", row["bad"], detail) for row in zeros]


def _gap(silent: timedelta, hours: float) -> str:
    return f"no run has succeeded for {format_duration(silent)}, at most {format_duration(timedelta(hours=hours))} are allowed"


def watch(conn: Connection, settings: Settings, now: datetime) -> list[IncidentChange]:
    """Looks, opens and closes incidents, writes the alerts. Returns what changed."""
    hours = allowed_hours(settings)
    failing = runs.failing_workflows(conn) | _failing(conn, hours, now)  # told of under that name
    looks = [replace(each, bad=None) if each.bad and each.service in failing else each for each in look(conn, hours, now)]
    changes = observe(conn, looks, now, remind_after=timedelta(hours=settings.remind_hours))
    enqueue(conn, alerts(changes))
    return changes


def _failing(conn: Connection, hours: Mapping[str, float], now: datetime) -> set[str]:
    """Workflows that do run, and whose last run failed with what is told of as an error or as a board's failure."""
    return {
        each.dag_id
        for each in runs.look(conn, now)
        if each.bad is None and now - each.ended_at < timedelta(hours=hours.get(each.dag_id, 0))
    }


def alerts(changes: Iterable[IncidentChange]) -> list[Draft]:
    """What is told about silence, to ``#alerts``."""
    texts = {
        "opened": "🔇 {0.service}: {0.detail}",
        "reminded": "🔇 {0.service} still: {0.detail}",
        "closed": "✅ {0.service} is heard of again",
    }
    found = "✅ {0.service} finds ads again"
    return [
        Draft(
            dedupe_key=f"silence:{each.id}:{each.change}:{each.occurrences}:slack", kind="health_alert", type="slack",
            recipient="#alerts", message=(found if each.change == "closed" and ":zero:" in each.key else texts[each.change]).format(each),
        )
        for each in changes
    ]  # fmt: skip
