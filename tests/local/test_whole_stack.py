"""The real stack, killed in the middle: what is started next finds nothing in its way, and the stop leaves nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from local.base.paths import ROOT, Home
from local.processes import process_registry

pytestmark = pytest.mark.long


@pytest.fixture
def homes() -> Iterator[list[Home]]:
    """Two homes on one machine, one with a space in its path; both are stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="rolecall two "))
    made = [Home(folder / "one"), Home(folder / "the other")]
    try:
        yield made
    finally:
        for home in made:
            make("down", home)
        shutil.rmtree(folder, ignore_errors=True)


def make(target: str, home: Home) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PYTEST", "MAKE"))}
    command = ["make", "--no-print-directory", target, f"ROLECALL_HOME={home.folder}"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def facts(home: Home) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(home.stack_json.read_text())
    return found


def pids(home: Home) -> dict[str, int | None]:
    """Process → pid, as its supervisor says; all of them must run."""
    status = json.loads((home.run / "status.json").read_text())
    found = {name: process["pid"] for name, process in status["processes"].items()}
    assert all(psutil.pid_exists(pid) for pid in found.values() if pid)
    return found


def test_a_supervisor_killed_with_9_blocks_nothing_and_two_stacks_do_not_meet(homes: list[Home]) -> None:
    one, other = homes
    make("up", one)
    make("up", other)
    assert not set(facts(one).values()) & set(facts(other).values()) - {"admin"}
    beside = pids(other)

    supervisor = psutil.Process(json.loads((one.run / "supervisor.json").read_text())["pid"])
    supervisor.send_signal(signal.SIGKILL)
    supervisor.wait(10)
    assert "processes are left of it → make down" in make("status", one)
    make("up", one)
    assert "ready" in make("status", one)

    make("down", one)
    assert process_registry.ours(one) == []
    assert pids(other) == beside
    make("down", other)
    assert process_registry.ours(other) == []
