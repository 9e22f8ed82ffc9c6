"""The real stack with processes that hang: each is killed, started again, told of once and counted."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from local.base.files import read_json
from local.base.paths import Home
from local.processes.process_failures import FailureLog
from rolecall.store import connect
from tests.local.test_whole_stack import facts, make

pytestmark = pytest.mark.chaos

LIMIT = 240.0
"""Seconds until a process that was stopped is ready again: patience, the end of what it left, and a start on a loaded machine."""

TOGETHER = (("scheduler", "dag-processor", "triggerer"), ("api-server", "services", "sandbox", "redis"), ("postgres",))
"""Stopped at the same moment. Postgres by itself: while it hangs nobody else is blamed."""


@pytest.fixture(scope="module")
def home() -> Iterator[Home]:
    folder = Path(tempfile.mkdtemp(prefix="rolecall-hung-"))
    made = Home(folder / "home")
    try:
        make("up", made)
        yield made
    finally:
        make("down", made)
        shutil.rmtree(folder, ignore_errors=True)


def processes(home: Home) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = read_json(home.run / "status.json")["processes"]
    return found


def until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.5)


def ready(home: Home) -> bool:
    return read_json(home.run / "status.json").get("ready") is True


def mark_reported(home: Home, process: str) -> list[str]:
    with connect(facts(home)["postgres_dsn"], name="drill") as conn:
        rows = conn.execute("select message from notification where dedupe_key like %s", (f"stack:{process}:%",)).fetchall()
    return [row["message"] for row in rows]


@pytest.mark.parametrize("names", TOGETHER, ids="+".join)
def test_a_stopped_process_is_killed_started_again_and_told_of_once(home: Home, names: tuple[str, ...]) -> None:
    until(lambda: ready(home), "the stack is not ready")
    before = {name: process["pid"] for name, process in processes(home).items()}
    began = time.time()
    noted_before = {failure.process for failure in FailureLog(home.failures).all()}  # a start on a busy machine may have taken two tries
    for name in names:
        os.kill(before[name], signal.SIGSTOP)
    until(lambda: ready(home) and all(processes(home)[name]["pid"] != before[name] for name in names), f"{names} still hang")
    until(lambda: all(failure.back for failure in FailureLog(home.failures).all()), "not everything is noted as back")
    noted = [failure for failure in FailureLog(home.failures).all() if failure.at > began]
    hung = sorted(failure.process for failure in noted if failure.what.startswith("hung"))
    assert hung == sorted(names), "somebody else was killed for it"
    assert not any(psutil.pid_exists(before[name]) for name in names)
    until(lambda: all(mark_reported(home, name) for name in names), f"nobody was told of {names}")
    for name in set(names) - noted_before:  # within the hour further ones are only counted
        (message,) = mark_reported(home, name)
        assert "was found hanging and killed: no sign of life for" in message
    followers = {failure.process for failure in noted} - set(names)  # Airflow's components end when their database does
    assert all(failure.said == "all" and not failure.said_at for failure in noted if failure.process in followers)
    until(lambda: make("status", home).startswith("Rolecall is ready"), "make status does not call it well")  # Airflow's own view is slower
    said = make("status", home)
    assert f"restarts      {len(FailureLog(home.failures).all())} in the last day" in said


def test_a_killed_process_is_told_of_once_too(home: Home) -> None:
    until(lambda: ready(home), "the stack is not ready")
    pid = processes(home)["sandbox"]["pid"]
    known = len(mark_reported(home, "sandbox"))
    os.kill(pid, signal.SIGKILL)
    until(lambda: ready(home) and processes(home)["sandbox"]["pid"] != pid, "the sandbox is not started again")
    ended = [failure.what for failure in FailureLog(home.failures).all() if failure.process == "sandbox"]
    assert ended[-1].startswith("killed by SIGKILL, not by this stack")  # who follows Postgres may end later
    assert len(mark_reported(home, "sandbox")) == known, "within the hour it is only counted"
