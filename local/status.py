"""What `make status` says: ten lines at most, the worst first, and three about the search outside the sandbox; the rest with
`./rolecall status --all`."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from textwrap import shorten
from typing import Any

import psycopg

from local.base import report
from local.base.credentials import credentials
from local.base.files import read_json
from local.base.paths import ROOT, Home
from local.base.ports import LOOPBACK, Ports
from local.dag_runs.airflow_api import AirflowApi
from local.dag_runs.dags import stopped_by_restore
from local.processes.environment import StackEnvironment, StackOptions
from local.processes.health import airflow_healthy
from local.processes.process_failures import FailureLog, ProcessFailure
from rolecall.errors import RolecallError
from rolecall.maintenance.connection_rows import ConnectionStatus, connection_statuses
from rolecall.monitoring.incidents import OpenIncident, format_duration, open_incidents
from rolecall.monitoring.workflows.dag_files import import_errors
from rolecall.monitoring.workflows.runs import FailedLately, failed_of_last_day
from rolecall.notifying.send.delivery_alerts import not_told
from rolecall.store import connect
from rolecall.store.dead_letters import counts

LINES = 10
"""Lines at most, without those about the search."""

UNREADY = "not everything is ready"


@dataclass(frozen=True)
class State:
    """What is known of a running stack.

    :param sick: what is wrong as a whole, in words; ``""``: everything is ready
    :param stack: ``stack.json``
    :param processes: as in ``status.json``
    :param moved: ports that were taken, a sentence each
    :param failures: of the last day
    :param incidents: what is wrong now, newest first
    :param unread: DAG files that Airflow cannot read → the first line of the error
    :param failed_runs: workflows with runs that failed during the last day
    :param dead_letters: queue → rows put aside
    :param not_told: channel to the team → how many messages it could not deliver, and why
    :param connections: how Airflow's connections and the variables stand to each other
    :param paused: DAGs that a person paused
    :param search: outside the sandbox, who looks for a job, which boards are read, what is not set up; a line each
    :param not_sent_for: people for whom nothing is sent, by name: paused, or they never said that anything may be
    :param still: DAGs that stand still after a restore
    :param demo: when the last demo began and ended, in seconds since 1970
    """

    sick: str
    stack: Mapping[str, str]
    processes: Mapping[str, Mapping[str, Any]]
    moved: list[str] = field(default_factory=list)
    failures: list[ProcessFailure] = field(default_factory=list)
    incidents: list[OpenIncident] = field(default_factory=list)
    unread: Mapping[str, str] = field(default_factory=dict)
    failed_runs: list[FailedLately] = field(default_factory=list)
    dead_letters: Mapping[str, int] = field(default_factory=dict)
    not_told: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    connections: list[ConnectionStatus] = field(default_factory=list)
    paused: list[str] = field(default_factory=list)
    still: list[str] = field(default_factory=list)
    not_sent_for: list[str] = field(default_factory=list)
    search: list[str] = field(default_factory=list)
    demo: tuple[float, float] = (0.0, 0.0)


def look(home: Home, silent: str = "") -> State:
    """Asks everything that can be asked; what does not answer is left out.

    :param silent: why the supervisor is not to be believed, ``""`` when it is
    """
    document, stack = read_json(home.run / "status.json"), read_json(home.stack_json)
    ports = Ports(home.folder / "ports.json")
    known: dict[str, Any] = {
        "stack": stack,
        "processes": document.get("processes", {}),
        "moved": [text for name, text in ports.why.items() if text.endswith(f" {ports.numbers.get(name)}")],
        "failures": FailureLog(home.failures).of_last_day(time.time()),
        "demo": _demo(home),
    }
    known |= from_the_store(stack) | (_from_airflow(home, ports) if stack else {})
    sick = silent or ("" if document.get("ready") else UNREADY)
    if not sick and stack:
        sick = airflow_healthy(stack["airflow_url"])
    if not sick and stack:
        known["paused"] = _paused(stack, known.get("still", []))
    if stack and not stack.get("sandbox_url"):
        known["search"] = _search(home, stack)
    return State(sick=sick, **known)


def _demo(home: Home) -> tuple[float, float]:
    """When the last demo began and ended; zeros where none did."""
    with contextlib.suppress(OSError, TypeError, ValueError):
        ended = home.demo_json.stat().st_mtime
        return ended - float(read_json(home.demo_json).get("seconds", 0)), ended
    return 0.0, 0.0


def from_the_store(stack: Mapping[str, str]) -> dict[str, Any]:
    """What the ``rolecall`` database knows of a stack; nothing where it does not answer."""
    if not stack:
        return {}
    try:
        with connect(stack["postgres_dsn"], name="status") as conn:
            return {
                "incidents": open_incidents(conn),
                "failed_runs": failed_of_last_day(conn),
                "dead_letters": counts(conn),
                "not_told": not_told(conn),
                "still": stopped_by_restore(stack["postgres_dsn"]),
                "not_sent_for": [row["name"] or row["id"] for row in conn.execute(NOT_SENT_FOR).fetchall()],
            }
    except (RolecallError, psycopg.Error):
        return {}


def _search(home: Home, stack: Mapping[str, str]) -> list[str]:
    from local.search.own_search import OwnSearch  # parsers of boards, which a demo's status does not need
    from local.search.search_status import search_lines

    own = OwnSearch.of(home)
    sandbox = f"http://{LOOPBACK}:{Ports(home.folder / 'ports.json')['sandbox']}"
    return search_lines(stack["postgres_dsn"], own, own.under(os.environ), sandbox=sandbox)


def _from_airflow(home: Home, ports: Ports) -> dict[str, Any]:
    try:
        asked = StackOptions.from_json(read_json(home.run / "wanted.json").get("wanted", {}))
        around = StackEnvironment(home, asked, credentials(home.folder / "secrets.json"), ports)
        with connect(around.database("airflow"), name="status") as conn:
            return {
                "connections": connection_statuses(conn, around.rolecall, around.credentials.fernet_key),
                "unread": import_errors(conn, ROOT / "dags", datetime.now(UTC)),
            }
    except (RolecallError, psycopg.Error, TypeError):
        return {}


NOT_SENT_FOR = "select id, name from person where preferences -> 'auto_apply' is distinct from 'true' order by name, id"


def _paused(stack: Mapping[str, str], still: list[str]) -> list[str]:
    try:
        with AirflowApi(stack) as airflow:
            return sorted(dag["dag_id"] for dag in airflow.dags() if dag["is_paused"] and dag["dag_id"] not in still)
    except RuntimeError:
        return []


def brief(state: State, now: float) -> list[str]:
    """At most ten lines."""
    about = [
        *([f"Airflow       {state.stack['airflow_url']}    user {state.stack['username']}    password {state.stack['password']}"]
          if state.stack else []),
        *([f"page          {state.stack['page_url']}    ./rolecall login"] if state.stack and state.stack.get("page_url") else []),
        *([f"ports         {'; '.join(state.moved)}"] if state.moved else []),
    ]  # fmt: skip
    every = (_open_incidents(state), _restarts(state.failures, now), _dead_letters(state), _not_told(state), _standing(state))
    below = [line for line in every if line]
    unready = {name: _waiting(name, each) for name, each in state.processes.items() if each["state"] not in ("ready", "done")}
    room = LINES - 2 - len(about) - len(below)
    lines = list(unready.values())
    if len(lines) > room:
        lines = [*lines[: room - 1], f"not ready     {', '.join(list(unready)[room - 1 :])}"[:160]]
    return [_first(state), *about, *state.search, *lines, *below, f"more          ./rolecall status --all{_by_hand(state)}"]


def _first(state: State) -> str:
    """The state as a whole; a stack that has just been started is not called sick."""
    processes = state.processes.values()
    unready = [each for each in processes if each["state"] not in ("ready", "done")]
    if state.sick == UNREADY and unready and all(each["state"] in ("waiting", "starting") and not each["deaths"] for each in unready):
        return f"Rolecall is starting: {len(processes) - len(unready)} of {len(processes)} processes are ready"
    if state.sick:
        return f"Rolecall is not well: {state.sick}"
    running = sum(1 for each in processes if each["pid"])
    return f"Rolecall is ready: {running} process{'' if running == 1 else 'es'}"


def _waiting(name: str, process: Mapping[str, Any]) -> str:
    """``scheduler     waits for migrate``, ``services      starting: no answer (ConnectError)``."""
    if process["state"] == "waiting" and process["waiting_for"] and not process["reason"]:
        return f"{name:<13} waits for {process['waiting_for']}"[:160]
    why = process["reason"].partition("\n")[0] or process["waiting_for"]
    return f"{name:<13} {process['state']}{f': {why}' if why else ''}"[:160]


def _open_incidents(state: State) -> str:
    """What is wrong now and since when; which workflows failed during the last day."""
    said = []
    if state.unread:
        name, error = next(iter(state.unread.items()))
        more = f" and {len(state.unread) - 1} more" if len(state.unread) > 1 else ""
        said.append(f"Airflow cannot read dags/{name}: {shorten(error, 160, placeholder='…')}{more}")
    if incidents := [each for each in state.incidents if not any(each.what.startswith(f"dags/{name}:") for name in state.unread)]:
        shown = "; ".join(
            f"{in_plain_words(each, state.demo, most=140)} since {each.since.astimezone(UTC):%d %b %H:%M}" for each in incidents[:2]
        )
        more = f" and {len(incidents) - 2} more" if len(incidents) > 2 else ""
        said.append(f"{len(incidents)} open: {shown}{more} (UTC)")
    if state.failed_runs:
        each = ", ".join(f"{one.dag_id} {one.runs}" for one in state.failed_runs[:3]) + (", …" if len(state.failed_runs) > 3 else "")
        first = state.failed_runs[0]
        reason = f"the last of {first.dag_id}: {shorten(first.reason, 160, placeholder='…')}"
        said.append(f"failed runs of the last day: {sum(one.runs for one in state.failed_runs)} ({each}); {reason}")
    return f"incidents     {'. '.join(said)}" if said else ""


def in_plain_words(incident: OpenIncident, demo: tuple[float, float], *, most: int = 10_000) -> str:
    """An incident as it is shown: a busy processor with what that means, and that it was the demo's own work where it was.

    :param demo: when the last demo began and ended, in seconds since 1970
    :param most: characters of what was seen, where it is shown as it was seen
    """
    if (busy := BUSY.fullmatch(incident.what)) is None:
        return shorten(incident.what, most, placeholder="…")
    began, ended = demo
    whose = "with the demo's own work" if began <= incident.since.timestamp() <= ended + LOOKED_AT else "with whatever runs on it"
    return (
        f"cpu_high: the processor was busy, {whose} ({busy[1]}, told from {busy[2]} on); nothing is broken, and it closes by itself"
        f" at the first look that finds it calm, every {LOOKED_AT // 60} minutes"
    )


BUSY = re.compile(r"cpu_high of .+: Value: (\S+ %) Threshold: (\S+ %)")
LOOKED_AT = 300
"""Seconds between two looks of ``monitor_performance``."""


def _restarts(failures: list[ProcessFailure], now: float) -> str:
    if not failures:
        return ""
    each = ", ".join(f"{name} {n}" for name, n in Counter(failure.process for failure in failures).most_common(3))
    return f"restarts      {len(failures)} in the last day ({each}); the last: {sentence(failures[-1], now)}"


def sentence(failure: ProcessFailure, now: float) -> str:
    """``14:03:22 UTC scheduler: killed by SIGKILL, ready again after 21 s``."""
    if failure.back is None:
        then = f"not ready again for {format_duration(timedelta(seconds=now - failure.at))}"
    else:
        then = f"ready again after {failure.back - failure.at:.0f} s"
    return f"{datetime.fromtimestamp(failure.at, UTC):%H:%M:%S} UTC {failure.process}: {failure.what}, {then}"


def _dead_letters(state: State) -> str:
    if not state.dead_letters:
        return ""
    each = ", ".join(f"{queue} {n}" for queue, n in state.dead_letters.items())
    return f"dead letters  {sum(state.dead_letters.values())} rows put aside ({each}) → ./rolecall dead-letters"


def _not_told(state: State) -> str:
    each = "; ".join(f"{n} by {channel}: {why}" for channel, (n, why) in state.not_told.items())
    return f"not told      messages to the team of the last day, {each}"[:240] if each else ""


def _by_hand(state: State) -> str:
    each = ", ".join(f"{one.conn_id} ({', '.join(one.differs)})" for one in state.connections if one.by == "person" and one.differs)
    return f"; connections changed by hand: {each}"[:160] + " → ./rolecall connections" if each else ""


def _standing(state: State) -> str:
    said = []
    if state.still:
        said.append(f"{', '.join(state.still)} after a restore → make reconcile NAME='who says so'")
    if state.paused:
        said.append(f"{', '.join(state.paused)}: paused")
    if state.not_sent_for:
        more = f" and {len(state.not_sent_for) - 3} more" if len(state.not_sent_for) > 3 else ""
        whom = f"{', '.join(state.not_sent_for[:3])}{more}"
        said.append(f"nothing is sent for {whom}: they never said that anything may be sent, or paused it → Me on the page")
    return f"stands still  {'; '.join(said)}" if said else ""


def everything(state: State, home: Home, now: float) -> None:
    """Prints what there is to know: `./rolecall status --all`."""
    for line in brief(state, now)[:-1]:
        report.say(line)
    report.say("")
    report.table(state.processes)
    if state.stack:
        report.address(state.stack)
    if state.failures:
        report.say("\nwhat ended or hung by itself during the last day")
        for failure in state.failures:
            report.say(f"  {sentence(failure, now)}")
    if state.incidents:
        report.say("\nopen incidents")
        for one in state.incidents:
            report.say(f"  since {one.since.astimezone(UTC):%Y-%m-%d %H:%M} UTC  {in_plain_words(one, state.demo)}")
    if state.unread:
        report.say("\nDAG files that Airflow cannot read")
        for name, error in state.unread.items():
            report.say(f"  dags/{name}  {error}")
    for failed in state.failed_runs:
        runs = f"{failed.runs} failed run{'' if failed.runs == 1 else 's'} of {failed.dag_id} during the last day"
        report.say(
            f"\n{runs} → {state.stack.get('airflow_url', '')}/dags/{failed.dag_id}/runs\n  the last, {failed.run_id}: {failed.reason}"
        )
    if state.connections:
        report.say("\nconnections in force")
        for standing in state.connections:
            report.say(f"  {standing.words}")
    for queue, n in state.dead_letters.items():
        report.say(f"\n{n} rows of {queue} are put aside → ./rolecall dead-letters {queue}")
    report.say(f"\nlogs: {home.logs}")
