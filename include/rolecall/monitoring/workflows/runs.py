"""Every failed run of a workflow is told of once, with its mistakes, and once more that the workflow succeeds again.

What has been told under a name of its own is not told again as a red run: critical errors
(:mod:`rolecall.monitoring.workflows.failed_tasks`), and the ways a board fails (:mod:`rolecall.boards.board_report`).
A run with another mistake beside them is.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from rolecall.monitoring.incidents import IncidentChange, Observation, format_duration, observe
from rolecall.outbox.messages import Draft, enqueue
from rolecall.settings import Settings
from rolecall.store import Connection, sql

SQL = Path(__file__).parents[1] / "sql"

LONGEST = 1500
"""Characters of one message; more failed runs than fit are named in the next one."""

SHORT = 200
"""Characters of a run's line where a message names several."""


MISTAKES = 3
"""Mistakes of one run that are told in words; the others are counted."""


@dataclass(frozen=True)
class FailedRun:
    """A run that failed.

    :param mistakes: ``task: class: message``, the first one first; none: no task says why
    :param ended_at: ISO 8601
    :param asked_for: by a person, over REST, for a request, or cleared: not by the clock or an asset
    :param ids: rows of ``workflow_error``, a list a mistake
    :param link: the task of the first mistake in the web UI
    """

    run_id: str
    mistakes: Sequence[str]
    ended_at: str = ""
    asked_for: bool = False
    ids: Sequence[Sequence[int]] = ()
    link: str | None = None

    def __str__(self) -> str:
        if len(self.mistakes) < 2:
            return f"run {self.run_id}" + (f", {self.mistakes[0]}" if self.mistakes else ": no task says why; see the run's page")
        shown = "; ".join(textwrap.shorten(each, SHORT, placeholder="…") for each in self.mistakes[:MISTAKES])
        more = f"; and {len(self.mistakes) - MISTAKES} more" if len(self.mistakes) > MISTAKES else ""
        return f"run {self.run_id}, {len(self.mistakes)} mistakes: {shown}{more}"


@dataclass(frozen=True)
class Workflow:
    """What one look found about one workflow.

    :param bad: whether its last run failed; ``None``: it did, and that was told under another name
    :param last: its last run, with all its mistakes
    :param ended_at: when that ended
    :param untold: failed runs with something that nobody was told of, oldest first, each with that
    """

    dag_id: str
    bad: bool | None
    last: FailedRun
    ended_at: datetime
    untold: tuple[FailedRun, ...]


def look(conn: Connection, now: datetime) -> list[Workflow]:
    """One look at every workflow that ended a run in the last 30 days: one statement."""
    return [
        Workflow(
            row["dag_id"],
            row["bad"],
            FailedRun(row["run_id"], row["mistakes"]),
            row["ended_at"],
            tuple(FailedRun(**run) for run in row["untold"]),
        )
        for row in conn.execute(sql(SQL / "failed_runs.sql"), {"now": now})
    ]


def watch(conn: Connection, settings: Settings, now: datetime) -> list[IncidentChange]:
    """Looks, opens and closes incidents, writes the alerts. Returns what changed.

    A run that somebody asked for is told of at the next look. Where the clock or an asset starts the runs, the first that fails is told
    of; those that fail after it are named with the reminder or the all-clear.
    """
    found = look(conn, now)
    looks = [
        Observation(f"run:{each.dag_id}", "run", each.dag_id, each.bad, str(each.last) if each.bad else "its last run succeeded")
        for each in found
    ]
    changes = observe(conn, looks, now, remind_after=timedelta(hours=settings.remind_hours))
    change_of = {change.service: change for change in changes}
    for each in found:
        change = change_of.get(each.dag_id)
        if change or (each.untold and (not each.bad or any(run.asked_for for run in each.untold))):
            enqueue(conn, alerts(each, change))
            told, mistakes = [run.run_id for run in each.untold], [number for run in each.untold for ids in run.ids for number in ids]
            conn.execute("update dag_run_end set told_at = %s where dag_id = %s and run_id = any(%s)", (now, each.dag_id, told))
            conn.execute("update workflow_error set told = true where id = any(%s)", (mistakes,))
    return changes


@dataclass(frozen=True)
class FailedLately:
    """A workflow with failed runs in the last day.

    :param run_id: the last of them
    :param reason: the task that failed first in it, and the first line of its error
    """

    dag_id: str
    runs: int
    run_id: str
    reason: str


def failed_of_last_day(conn: Connection) -> list[FailedLately]:
    """Workflows with runs that failed during the last day, those with most first."""
    return [
        FailedLately(row["dag_id"], row["runs"], row["run_id"], (row["says"].strip().splitlines() or ["no task says why"])[0][:300])
        for row in conn.execute(sql(SQL / "failed_lately.sql"))
    ]


def failing_workflows(conn: Connection) -> set[str]:
    """The workflows of which it is told that they fail."""
    return {row["service"] for row in conn.execute("select service from incident where kind = 'run' and closed_at is null")}


def alerts(each: Workflow, change: IncidentChange | None) -> list[Draft]:
    """What is told about a workflow to ``#alerts``: its failed runs by name, and whether it works again."""
    if change and change.change == "closed":
        first = f"✅ {each.dag_id} succeeds again after {format_duration(change.lasted)}"
        if not each.untold:
            return [_draft(_key(each, change), first)]
        first += "; failed in between"
    elif change and change.change == "reminded":
        first = f"🟥 {each.dag_id} still fails after {format_duration(change.lasted)}"
    else:
        first = f"🟥 {each.dag_id} failed" + (" (a later run succeeded)" if each.bad is False else "")
    if len(each.untold) > 1:
        return [_draft(f"{_key(each, change)}:{number}", text) for number, text in enumerate(_pages(first, each.untold))]
    run = each.untold[0] if each.untold else each.last
    return [_draft(_key(each, change), f"{first}: {run}" + (f"\n{run.link}" if run.link else ""))]


def _key(each: Workflow, change: IncidentChange | None) -> str:
    if change:
        return f"run:{change.id}:{change.change}:{change.occurrences}"
    first = each.untold[0]
    return ":".join(("run", each.dag_id, first.run_id, first.ended_at, *(str(ids[0]) for ids in first.ids[:1])))


def _pages(first: str, runs: Sequence[FailedRun]) -> Iterator[str]:
    """Messages that name every run, each no longer than :data:`LONGEST`."""
    page = f"{first}, {len(runs)} runs:"
    for run in runs:
        line = "\n• " + textwrap.shorten(str(run), max(SHORT, len(run.run_id) + 6), placeholder="…")
        if len(page) + len(line) > LONGEST:
            yield page
            page = f"{first}, more of the {len(runs)} runs:"
        page += line
    yield page


def _draft(key: str, text: str) -> Draft:
    return Draft(dedupe_key=f"{key}:slack", kind="health_alert", type="slack", recipient="#alerts", message=text[:LONGEST])
