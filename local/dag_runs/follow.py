"""Follows the DAG runs that a demo sets off, tells what happens, and knows when all is quiet again."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from local.base import report
from local.dag_runs.airflow_api import AirflowApi
from rolecall.store import Connection, connect

CHAIN = ("aggregate_jobs", "validate_jobs", "match_jobs", "match_changed_people", "auto_apply", "send_notifications")
"""What follows a scrape. ``dispatch_auto_apply`` is not among them: it always waits for more; what it has to do is read from its rows."""

ACTIVE = ("queued", "running", "restarting")

BUSY = frozenset({"scheduled", "queued", "running", "restarting", "up_for_retry", "up_for_reschedule", "deferred"})
"""States of a task that goes on by itself; one that is ``awaiting_input`` waits for a person."""

LOOK_EVERY = 0.7
"""Seconds between two looks, at least."""

SHARE, LONGEST = 5, 5.0
"""A look is some requests to the API server, which tasks wait for too: it takes one part in so many of the time, and no pause is longer."""

STUCK_AFTER = 300.0
"""Seconds without any news after which it is not waited any longer: a busy machine is slow, but it moves."""

STILL_FOR = 2.5
"""Seconds for which nothing may be left to do: longer than the scheduler takes from an event to the run that it starts."""

WAITING = """
select 'matches to dispatch' as what, count(*) as many
from match m join person p on p.id = m.person_id
where m.request_id is null and m.gone_at is null and m.score >= match_threshold(p.preferences) and m.can_auto_apply
  and not m.already_applied
  and p.preferences ->> 'auto_apply' = 'true'
union all
select 'requests to start', count(*) from apply_request where state = 'queued'
union all
select 'messages to send', count(*) from notification where state in ('queued', 'sending') and next_at <= now()
union all
select 'calls owed to the platform', count(*) from outbox where done_at is null and next_at <= now()
"""


@dataclass
class Followed:
    """What was seen.

    :param runs: newest state of every run of the chain
    :param failed: a line for each run that failed
    :param waiting_for: what was not over when time was up; empty: all is quiet
    """

    runs: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    waiting_for: list[str] = field(default_factory=list)


class Follower:
    """Watches from ``since`` on.

    :param scrapes: DAGs that were triggered, with the ids of their runs
    """

    def __init__(self, airflow: AirflowApi, dsn: str, since: datetime, scrapes: Mapping[str, str]) -> None:
        self._airflow, self._dsn, self._since = airflow, dsn, since
        self._scrapes = dict(scrapes)
        self._began = time.monotonic()
        self._told: dict[tuple[str, str], str] = {}
        self._names: dict[tuple[str, str], str] = {}
        self._seen = Followed()

    def also(self, dag_id: str, run_id: str) -> None:
        """Watches one more run that was triggered."""
        self._scrapes[dag_id] = run_id

    def until_quiet(self, limit: float) -> Followed:
        """Returns when nothing is left to do; with what was left after ``limit`` seconds, or when nothing has moved for long."""
        quiet_since: float | None = None
        before, moved_at = "", self._began
        with connect(self._dsn, name="rolecall demo") as conn:
            conn.autocommit = True
            while True:
                began = time.monotonic()
                try:
                    self._seen.waiting_for = self._look(conn)
                except RuntimeError as error:  # an API server that is restarted answers again
                    self._seen.waiting_for = [str(error)]
                now = time.monotonic()
                if (news := f"{self._seen.waiting_for}{self._told}") != before:
                    before, moved_at = news, now
                quiet_since = None if self._seen.waiting_for else quiet_since or now
                if quiet_since and now - quiet_since >= STILL_FOR:
                    return self._seen
                if now - self._began > limit or now - moved_at > STUCK_AFTER:
                    return self._seen
                time.sleep(max(LOOK_EVERY, min(LONGEST, (SHARE - 1) * (now - began))))

    def _look(self, conn: Connection) -> list[str]:
        """One look: tells what is new and returns what is still going on."""
        events = [event for event in self._airflow.asset_events_since(self._since) if self._concerns_us(event)]
        runs = [run for run in self._airflow.runs_since(self._since) if self._is_ours(run)]
        for run in runs:
            self._tell(run)
        going = [f"{run['dag_id']} is {run['state']}" for run in runs if run["state"] in ACTIVE and not self._waits_for_a_person(run)]
        there = {run["dag_id"] for run in runs}
        going += [f"{dag_id} has not been started" for dag_id in sorted(set(self._scrapes) - there)]
        going += [f"{dag} is due" for dag in sorted(self._unanswered(events, runs))]
        rows = conn.execute(WAITING).fetchall()
        return going + [f"{row['many']} {row['what']}" for row in rows if row["many"]]

    def _is_ours(self, run: Mapping[str, Any]) -> bool:
        return run["dag_id"] in CHAIN or self._scrapes.get(run["dag_id"]) == run["dag_run_id"]

    def _waits_for_a_person(self, run: Mapping[str, Any]) -> bool:
        """Whether a run is not over, and goes on only when somebody has answered."""
        if run["dag_id"] != "auto_apply" or run["state"] != "running":
            return False
        states = {task["state"] for task in self._airflow.tasks(run["dag_id"], run["dag_run_id"])}
        return "awaiting_input" in states and not states & BUSY

    def _concerns_us(self, event: Mapping[str, Any]) -> bool:
        source = event["source_dag_id"]
        return source is None or source in CHAIN or source in self._scrapes

    def _unanswered(self, events: Iterable[Mapping[str, Any]], runs: Sequence[Mapping[str, Any]]) -> set[str]:
        """DAGs that something was announced to, and that have not been started on it yet.

        An announcement that comes while Airflow is making the run for an earlier one gets no run of its own and is not linked to that
        one. Its rows were committed before, so that a run which starts after it sees them.
        """
        listeners = {asset["id"]: {each["dag_id"] for each in asset["scheduled_dags"]} & set(CHAIN) for asset in self._airflow.assets()}
        last_start: dict[str, datetime] = {}
        for run in runs:
            if run["start_date"]:
                started = datetime.fromisoformat(run["start_date"])
                last_start[run["dag_id"]] = max(started, last_start.get(run["dag_id"], started))
        due: set[str] = set()
        for event in events:
            announced = datetime.fromisoformat(event["timestamp"])
            late = {dag for dag, started in last_start.items() if started >= announced}
            due |= listeners.get(event["asset_id"], set()) - {run["dag_id"] for run in event["created_dagruns"]} - late
        return due

    def _tell(self, run: dict[str, Any]) -> None:
        """A line when a run starts or ends, and now and then while it works through many tasks."""
        key = (run["dag_id"], run["dag_run_id"])
        self._seen.runs[key] = run
        line = self._line(run)
        if not line or self._told.get(key) == line:
            return
        self._told[key] = line
        report.say(f"{time.monotonic() - self._began:6.1f} s  {self._name(key):<22} {line}")
        if run["state"] == "failed":
            self._seen.failed.append(f"{run['dag_id']} ({run['dag_run_id']}) failed: {', '.join(self._failures(run)) or 'see its log'}")

    def _name(self, key: tuple[str, str]) -> str:
        """The DAG, with a number from its second run on: two lines that say the same are of two runs."""
        runs = sum(1 for dag_id, _ in self._names if dag_id == key[0])
        return self._names.setdefault(key, key[0] if not runs else f"{key[0]} ({runs + 1})")

    def _line(self, run: Mapping[str, Any]) -> str:
        if run["state"] == "running":
            mapped = [task for task in self._airflow.tasks(run["dag_id"], run["dag_run_id"]) if task["map_index"] >= 0]
            many = Counter(task["task_id"] for task in mapped)
            over = Counter(task["task_id"] for task in mapped if task["end_date"])
            done = {name: over[name] // 5 * 5 if over[name] < many[name] else many[name] for name in many}
            return " · ".join(["running", *(f"{name} {done[name]} of {many[name]}" for name in many if done[name])])
        if run["state"] in ("success", "failed"):
            took = datetime.fromisoformat(run["end_date"]) - datetime.fromisoformat(run["start_date"])
            return f"{'done' if run['state'] == 'success' else 'FAILED'} in {took.total_seconds():.1f} s"
        return ""

    def _failures(self, run: Mapping[str, Any]) -> list[str]:
        tasks = self._airflow.tasks(run["dag_id"], run["dag_run_id"])
        return [f"{task['task_id']} {task['rendered_map_index'] or ''}".strip() for task in tasks if task["state"] == "failed"]
