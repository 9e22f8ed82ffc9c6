from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from local.base import report
from local.base.files import read_json, write_json
from local.base.paths import Home
from local.processes import process_registry
from local.processes.environment import MARK
from tests.local.conftest import Start, over

FORKS = """
import os, time
held = bytearray(os.urandom(1) * (64 << 20))
for _ in range(3):
    if os.fork() == 0:
        break
time.sleep(120)
"""


def until(condition: Callable[[], object], seconds: float = 60) -> None:
    """Waits for something to become true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.02)


def marked(process: subprocess.Popen[bytes]) -> bool:
    """Whether the process has got its own environment yet: between fork and exec it has ours."""
    return MARK in psutil.Process(process.pid).environ()


def test_a_process_is_ours_by_the_mark_it_carries(home: Home, tmp_path: Path, start: Start) -> None:
    ours, others, nobodys = start(home), start(Home(tmp_path / "other")), start()
    until(lambda: marked(ours) and marked(others))
    found = {process.pid for process in process_registry.ours(home)}
    assert ours.pid in found
    assert not found & {others.pid, nobodys.pid, os.getpid()}


def test_children_that_lost_the_mark_are_ours_through_their_parent(home: Home, start: Start) -> None:
    code = f"import subprocess, sys\nsubprocess.run([{sys.executable!r}, '-c', 'import time; time.sleep(120)'], env={{}})"
    parent = start(home, code)
    until(lambda: marked(parent) and psutil.Process(parent.pid).children())
    child = psutil.Process(parent.pid).children()[0]
    found = process_registry.ours(home)
    assert {parent.pid, child.pid} <= {process.pid for process in found}
    assert process_registry.end(found) == []
    assert over(child)


def test_a_noted_process_is_known_by_pid_and_start_time(home: Home, start: Start) -> None:
    process = start()
    register = process_registry.ProcessRegistry(home.run / "processes.json")
    register.note("services", process.pid)
    assert [alive.pid for alive in register.alive().values()] == [process.pid]


def test_a_pid_that_was_used_again_is_not_mistaken_for_ours(home: Home, start: Start) -> None:
    stranger = start()
    write_json(home.run / "processes.json", {"services": {"pid": stranger.pid, "created": time.time() - 5000}})
    assert process_registry.ProcessRegistry(home.run / "processes.json").alive() == {}
    assert stranger.pid not in {process.pid for process in process_registry.ours(home)}


@pytest.mark.parametrize("entry", [None, {}, {"pid": "12"}, {"pid": 2**31 - 1, "created": 0}, {"pid": 1, "created": "yesterday"}])
def test_what_is_no_note_is_no_process(entry: object) -> None:
    assert process_registry.same_process(entry) is None


def test_a_process_that_does_not_listen_is_killed_after_its_grace(start: Start) -> None:
    deaf = start(code="import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint(flush=True)\ntime.sleep(120)")
    until(lambda: _ignores(deaf.pid, signal.SIGTERM))
    assert process_registry.end([psutil.Process(deaf.pid)], grace=0.2) == []
    assert process_registry.session(deaf.pid) == []


def _ignores(pid: int, number: int) -> bool:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    ignored = next(int(line.split()[1], 16) for line in lines if line.startswith("SigIgn"))
    return bool(ignored >> (number - 1) & 1)


def test_what_a_dead_leader_left_in_its_session_is_found(start: Start) -> None:
    leader = start(code="import os, time\nif os.fork() == 0:\n    time.sleep(120)\ntime.sleep(120)")
    until(lambda: psutil.Process(leader.pid).children())
    child = psutil.Process(leader.pid).children()[0]
    leader.kill()
    leader.wait()
    assert [process.pid for process in process_registry.session(leader.pid)] == [child.pid]
    assert process_registry.end(process_registry.session(leader.pid)) == []


def test_memory_that_forked_processes_share_counts_once(start: Start, capsys: pytest.CaptureFixture[str]) -> None:
    parent = start(code=FORKS)
    until(lambda: len(psutil.Process(parent.pid).children()) == 3)
    each = [psutil.Process(parent.pid), *psutil.Process(parent.pid).children()]
    resident = sum(process.memory_info().rss for process in each) / 1_000_000
    now = {"state": "ready", "pid": parent.pid, "since": time.time(), "deaths": 0, "reason": "", "waiting_for": "", "log": ""}
    report.table({"scheduler": now})
    shown = int(capsys.readouterr().out.splitlines()[1].split()[-2])
    assert resident > 4 * 64
    assert 64 < shown < resident / 2
    process_registry.end(each)


def test_a_note_outlives_other_notes(home: Home, start: Start) -> None:
    register = process_registry.ProcessRegistry(home.run / "processes.json")
    for name in ("one", "two"):
        register.note(name, start().pid)
    assert set(read_json(home.run / "processes.json")) == {"one", "two"}
