"""``make up``, ``make down``, ``make status``: the embedded stack, started and stopped as one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import psutil

from local import containers
from local import status as overview
from local.base import report
from local.base.credentials import credentials
from local.base.files import Taken, lock, read_json, write_json
from local.base.logs import tail
from local.base.paths import IMPORTS, ROOT, Home
from local.base.ports import Ports
from local.dag_runs.airflow_api import AirflowApi
from local.dag_runs.dags import stopped_by_restore, wait_for_dags
from local.processes import process_registry
from local.processes.environment import KEEP_MARK, MARK, PYTHON, StackEnvironment, StackOptions, stack_options
from local.processes.health import airflow_healthy
from local.processes.managed_process import REPEATED
from local.processes.plan import plan
from local.processes.supervisor import SILENT
from local.search.own_search import OwnSearch
from rolecall.errors import RolecallError
from rolecall.maintenance.connection_rows import ConnectionStatus, write
from rolecall.people.logins import make_login
from rolecall.store import connect

START_LIMIT = 600.0
"""Seconds until `make up` gives up waiting: a machine that does other work takes several times what a quiet one does, and whoever keeps
dying is told at once."""

SPAWN_LIMIT = 45.0
"""Seconds a supervisor may take until it is at work: a busy machine is slow to import."""

STOP_LIMIT = 90.0
"""Seconds until `make down` stops asking politely."""


class Failed(RuntimeError):
    """The stack is not what it should be; says why."""


def up(home: Home, env: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Starts the stack, or brings a running one to what the environment asks for now. Returns what ``stack.json`` holds.

    :raises Failed: a process does not stay up, or a DAG file cannot be read; the reason is in the message
    """
    home.make()
    if containers.is_inside_container(env):
        return containers.up(home, env)
    asking = stack_options(env)
    with lock(home.run / "cli.lock", wait=True):
        around = StackEnvironment(home, asking, credentials(home.folder / "secrets.json"), Ports(home.folder / "ports.json"))
        plan(around)  # a bad address is an error of this command, not of a process in the background
        if _supervised(home) and _wanted(home).get("code", {}).get("local") != asking.code["local"]:
            report.say("the stack's own code has changed: starting afresh")
            _down(home)
        asked = _ask(home, asking, around.ports)
    _wait(home, asked)
    stack = {name: str(value) for name, value in read_json(home.stack_json).items()}
    _wait_for_airflow(stack["airflow_url"])
    for standing in _connections(around):
        report.say(standing.words)
    with AirflowApi(stack) as airflow:
        started = read_json(home.run / "status.json")["processes"]["dag-processor"]["since"]
        stopped = stopped_by_restore(stack["postgres_dsn"])
        problems = wait_for_dags(airflow, ROOT / "dags", started, stopped)
    stack |= _page_login(home, stack)
    if stopped:
        report.say(f"{', '.join(stopped)} stand still: this ledger came out of a backup → make reconcile NAME='who says so'")
    if problems:
        raise Failed("\n".join(["Airflow cannot read every DAG file:", *problems]))
    return stack


def _ask(home: Home, asking: StackOptions, ports: Ports) -> int:
    """Tells the supervisor what is wanted, starting one where there is none. Returns the number of the request."""
    before = read_json(home.run / "wanted.json")
    supervisor = _supervised(home)
    if supervisor and _wanted(home).get("code", {}).get("local") != asking.code["local"]:
        report.say("the supervisor runs another version of the code: it is replaced")  # it would go on starting what that one starts
        _down(home)
        supervisor = None
    if supervisor and before and asking.same_as(StackOptions.from_json(before["wanted"])):
        report.say("the stack is running already")
        return int(before["asked"])
    asked = int(before.get("asked", 0)) + 1
    if supervisor:
        report.say("the environment or the code has changed: restarting what uses it")
        write_json(home.run / "wanted.json", {"asked": asked, "wanted": asdict(asking)})
        supervisor.send_signal(signal.SIGHUP)
        return asked
    _sweep(home)
    home.stack_json.unlink(missing_ok=True)
    for moved in ports.assign():
        report.say(moved)
    write_json(home.run / "wanted.json", {"asked": asked, "wanted": asdict(asking)})
    (home.run / "status.json").unlink(missing_ok=True)
    _spawn(home, asking)
    return asked


def _spawn(home: Home, asking: StackOptions) -> None:
    """Starts the supervisor in the background; it outlives this command and its terminal."""
    environment = {**asking.system, **KEEP_MARK, "PYTHONPATH": IMPORTS, "ROLECALL_HOME": str(home.folder), MARK: str(home.folder)}
    with (home.logs / "supervisor.log").open("ab") as log:
        subprocess.Popen(
            [PYTHON, "-m", "local.processes.supervisor"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def _supervised(home: Home) -> psutil.Process | None:
    """The running supervisor. It holds a lock: no file that a crash left behind is mistaken for it."""
    try:
        with lock(home.run / "supervisor.lock"):
            return None
    except Taken:
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:  # it writes its pid right after taking the lock
            process = process_registry.same_process(read_json(home.run / "supervisor.json"))
            if process:
                return process
            time.sleep(0.05)
        raise Failed(f"a supervisor holds {home.run / 'supervisor.lock'} but does not say who it is → make down") from None


def _wanted(home: Home) -> dict[str, Any]:
    found = read_json(home.run / "wanted.json").get("wanted", {})
    return found if isinstance(found, dict) else {}


def _wait(home: Home, asked: int) -> None:
    """Until everything is ready, telling what becomes so.

    :raises Failed: a process keeps dying, the supervisor is gone, or time is up
    """
    began = time.monotonic()
    shown = report.Progress()
    silent_since: float | None = None
    patience = SPAWN_LIMIT
    while True:
        status = read_json(home.run / "status.json")
        if status.get("asked") == asked:
            shown.update(status["processes"])
            if status["ready"]:
                return
            _raise_for(status)
        try:
            with lock(home.run / "supervisor.lock"):
                silent_since = silent_since or time.monotonic()
        except Taken:
            silent_since, patience = None, 5.0
        if silent_since and time.monotonic() - silent_since > patience:
            raise Failed("\n".join(["the supervisor has ended:", *tail(home.logs / "supervisor.log")]))
        if time.monotonic() - began > START_LIMIT:
            raise Failed(f"not everything is ready after {START_LIMIT:.0f} s → make status tells what is not")
        time.sleep(0.1)


def _raise_for(status: Mapping[str, Any]) -> None:
    if status["problem"]:
        raise Failed(status["problem"])
    for name, process in status["processes"].items():
        if process["deaths"] >= REPEATED:
            raise Failed(f"{name} does not stay up ({process['deaths']} times): {process['reason']}\nmore in {process['log']}")


def _connections(around: StackEnvironment) -> list[ConnectionStatus]:
    """Writes the connections that nobody changed, those that somebody deleted among them; returns the others."""
    with connect(around.database("airflow"), name="connections") as conn:
        found = write(conn, around.rolecall, around.credentials.fernet_key)
    return [standing for standing in found if standing.by == "person" and standing.differs]


def _page_login(home: Home, stack: Mapping[str, str]) -> dict[str, str]:
    """A fresh one-time link to the page, for whoever sits at this machine; ``stack.json`` holds it until it is used, and then another."""
    with connect(stack["postgres_dsn"], name="page login") as conn:
        made = {"page_login_url": make_login(conn, None, base_url=stack["page_url"], operator=True, actor="make up")}
    write_json(home.stack_json, read_json(home.stack_json) | made)
    return made


def _wait_for_airflow(url: str) -> None:
    deadline = time.monotonic() + 60
    while sick := airflow_healthy(url):
        if time.monotonic() > deadline:
            raise Failed(f"{sick} → make logs")
        time.sleep(0.2)


def down(home: Home) -> bool:
    """Stops everything that was started, and only that. Returns whether there was anything."""
    if not home.run.is_dir():
        return bool(_sweep(home))
    with lock(home.run / "cli.lock", wait=True):
        return _down(home)


def _down(home: Home) -> bool:
    supervisor = _supervised(home)
    if supervisor:
        report.say("stopping")
        supervisor.terminate()
        _, stubborn = psutil.wait_procs([supervisor], timeout=STOP_LIMIT)
        for process in stubborn:
            process.kill()
    left = _sweep(home)
    for name in ("wanted.json", "status.json", "processes.json", "supervisor.json"):
        (home.run / name).unlink(missing_ok=True)
    home.stack_json.unlink(missing_ok=True)
    return bool(supervisor) or left


def _unlocked(home: Home) -> bool:
    try:
        with lock(home.run / "supervisor.lock"):
            return True
    except Taken:
        return False


def _sweep(home: Home) -> bool:
    """Ends what a crash left running. Returns whether there was anything."""
    left = process_registry.ours(home)
    if left:
        report.say(f"ending {len(left)} processes that an earlier stack left behind")
        stubborn = process_registry.end(left)
        if stubborn:
            raise Failed(f"these processes do not end: {', '.join(str(process.pid) for process in stubborn)} → end them by hand")
    return bool(left)


def status(home: Home, *, everything: bool = False) -> int:
    """Prints what runs. Returns 0 when everything is ready, 1 when something is not, 3 when nothing runs."""
    if containers.is_inside_container():
        return _say(containers.look(), home, everything)
    if not home.run.is_dir() or _unlocked(home):
        left = process_registry.ours(home)
        report.say(f"not running, but {len(left)} processes are left of it → make down" if left else "not running → make up")
        return 3
    return _say(overview.look(home, _silent(home)), home, everything)


def _say(state: overview.State, home: Home, everything: bool) -> int:
    if everything:
        overview.everything(state, home, time.time())
    else:
        report.say("\n".join(overview.brief(state, time.time())))
    return 1 if state.sick else 0


def _silent(home: Home) -> str:
    """Why what the supervisor wrote is not to be believed; ``""`` while it lives."""
    try:
        silent = time.time() - home.alive.stat().st_mtime
    except FileNotFoundError:
        return ""
    return f"the supervisor has hung for {silent:.0f} s → make down, make up" if silent > SILENT else ""


def reason(error: Exception) -> str:
    """What went wrong, and what to do about it."""
    if isinstance(error, PermissionError):
        return (
            f"no access to {error.filename}: another user started this stack → be that user, or take a folder: make … ROLECALL_HOME=folder"
        )
    return str(error)


def main(arguments: list[str]) -> int:
    """Entry point of the Makefile."""
    home = Home.of()
    command = arguments[0] if arguments else "status"
    report.hear_ctrl_c()
    try:
        if command == "up":
            own = OwnSearch.of(home)
            if noted := sorted(name for name in own.environment if not os.environ.get(name, "").strip()):
                report.say(f"as make start noted, where the environment says nothing: {', '.join(noted)}")
            report.address(up(home, own.under(os.environ)))
        elif command == "down":
            report.say("stopped" if down(home) else "nothing was running")
        else:
            return status(home, everything="--all" in arguments)
    except (RolecallError, RuntimeError, PermissionError) as error:
        report.say(reason(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        report.say("\ninterrupted; what was started goes on in the background → make status, make down", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
