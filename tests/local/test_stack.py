"""`make up`, `make down` and `make status` around a supervisor that is gone, asleep, or somebody else's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from local import stack
from local.base.credentials import credentials
from local.base.files import lock, read_json, write_json
from local.base.paths import IMPORTS, Home
from local.base.ports import Ports
from local.processes import process_registry
from local.processes.environment import stack_options
from rolecall.errors import InvalidInput
from tests.local.conftest import Start
from tests.local.processes.test_process_registry import marked, until

HOLDS = """
import os, sys, time
from pathlib import Path
from typing import Any
import psutil
from local.base.files import lock, write_json
from local.base.paths import Home
home = Home.of()
with lock(home.run / "supervisor.lock"):
    write_json(home.run / "supervisor.json", {"pid": os.getpid(), "created": psutil.Process().create_time()})
    print("held", flush=True)
    time.sleep(120)
"""


def orphan(home: Home, start: Start) -> int:
    """A process that a killed supervisor left, with everything it wrote about itself."""
    left = start(home)
    until(lambda: marked(left))
    write_json(home.run / "supervisor.json", {"pid": 2**31 - 1, "created": 1.0})
    write_json(home.run / "status.json", {"asked": 3, "ready": True, "problem": "", "processes": {}})
    write_json(home.run / "wanted.json", {"asked": 3, "wanted": {}})
    write_json(home.stack_json, {"airflow_url": "http://127.0.0.1:1"})
    return left.pid


def test_what_a_killed_supervisor_left_does_not_look_like_a_running_stack(
    home: Home, start: Start, capsys: pytest.CaptureFixture[str]
) -> None:
    orphan(home, start)
    assert stack.status(home) == 3
    assert capsys.readouterr().out == "not running, but 1 processes are left of it → make down\n"


def test_down_ends_what_a_killed_supervisor_left_and_nothing_else(home: Home, tmp_path: Path, start: Start) -> None:
    left = orphan(home, start)
    neighbour, stranger = start(Home(tmp_path / "neighbour")), start()
    until(lambda: marked(neighbour))
    assert stack.down(home)
    assert process_registry.session(left) == []
    assert neighbour.poll() is None
    assert stranger.poll() is None
    assert not home.stack_json.exists()
    assert not stack.down(home)


def test_the_next_start_ends_what_was_left_before_it_begins_its_own(home: Home, start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    left = orphan(home, start)
    spawned: list[int] = []
    monkeypatch.setattr(stack, "_spawn", lambda *_: spawned.append(len(stack.process_registry.ours(home))))
    credentials(home.folder / "secrets.json")
    asked = stack._ask(home, stack_options({}), Ports(home.folder / "ports.json"))
    assert (asked, spawned) == (4, [0])
    assert process_registry.session(left) == []
    assert not home.stack_json.exists()
    assert not (home.run / "status.json").exists()


@pytest.mark.parametrize("before", [{"code": {"local": "of another version"}, "and": "fields of its own"}, {}])
def test_a_supervisor_of_another_version_is_replaced_since_it_would_start_modules_that_are_gone(
    home: Home, monkeypatch: pytest.MonkeyPatch, before: dict[str, Any]
) -> None:
    write_json(home.run / "wanted.json", {"asked": 3, "wanted": before})
    did: list[str] = []
    monkeypatch.setattr(stack, "_supervised", lambda _: object())
    monkeypatch.setattr(stack, "_down", lambda _: did.append("down"))
    monkeypatch.setattr(stack, "_spawn", lambda *_: did.append("spawn"))
    credentials(home.folder / "secrets.json")
    assert stack._ask(home, stack_options({}), Ports(home.folder / "ports.json")) == 4
    assert did == ["down", "spawn"]


def test_a_supervisor_of_this_version_is_told_what_changed_and_goes_on(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    class Running:
        def send_signal(self, number: int) -> None:
            did.append(signal.Signals(number).name)

    did: list[str] = []
    write_json(home.run / "wanted.json", {"asked": 3, "wanted": asdict(stack_options({}))})
    monkeypatch.setattr(stack, "_supervised", lambda _: Running())
    monkeypatch.setattr(stack, "_down", lambda _: did.append("down"))
    ports = Ports(home.folder / "ports.json")
    assert (stack._ask(home, stack_options({}), ports), did) == (3, [])
    assert (stack._ask(home, stack_options({"SLACK_WEBHOOK_URL": "https://hooks.example/x"}), ports), did) == (4, ["SIGHUP"])


def test_a_stack_that_never_ran_is_not_running_and_leaves_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = Home(tmp_path / "nowhere")
    assert not stack.down(nowhere)
    assert stack.status(nowhere) == 3
    assert capsys.readouterr().out == "not running → make up\n"
    assert not nowhere.folder.exists()


def test_the_supervisor_is_known_by_the_lock_it_holds(home: Home) -> None:
    assert stack._supervised(home) is None
    environment = {"PYTHONPATH": IMPORTS, "ROLECALL_HOME": str(home.folder), "PATH": os.environ["PATH"]}
    holder = subprocess.Popen([sys.executable, "-c", HOLDS], env=environment, stdout=subprocess.PIPE)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        found = stack._supervised(home)
        assert found is not None
        assert found.pid == holder.pid
    finally:
        holder.kill()
        holder.communicate()
    assert stack._supervised(home) is None


def test_a_lock_without_a_name_is_an_error_that_says_what_to_do(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    moments = iter(range(0, 1000, 10))
    monkeypatch.setattr(stack.time, "monotonic", lambda: float(next(moments)))
    with lock(home.run / "supervisor.lock"), pytest.raises(stack.Failed, match="→ make down"):
        stack._supervised(home)


def test_pages_that_are_no_folder_are_refused_before_anything_starts(home: Home, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"PAGES=.*/nothing is not a folder → give one that holds <board>/\*\.html"):
        stack.up(home, {"PAGES": str(tmp_path / "nothing")})
    assert read_json(home.run / "wanted.json") == {}


def test_a_bad_address_is_an_error_of_the_command_that_names_the_variable(home: Home) -> None:
    with pytest.raises(InvalidInput, match="API_BASE_URL"):
        stack.up(home, {"API_BASE_URL": "api.yourapp.com"})
    assert read_json(home.run / "wanted.json") == {}


def test_somebody_elses_stack_is_an_error_that_says_so() -> None:
    told = stack.reason(PermissionError(13, "Permission denied", "/there/run/cli.lock"))
    assert told.startswith("no access to /there/run/cli.lock: another user started this stack → ")
    assert stack.reason(stack.Failed("as it is")) == "as it is"


def test_a_process_that_keeps_dying_ends_the_wait_with_its_reason_and_log(home: Home) -> None:
    state = {"state": "failing", "deaths": 3, "reason": "ended with status 1\nno such table", "log": "logs/services.log"}
    write_json(home.run / "status.json", {"asked": 1, "ready": False, "problem": "", "processes": {"services": state}})
    with pytest.raises(stack.Failed, match=r"services does not stay up \(3 times\): ended with status 1\nno such table\nmore in logs"):
        stack._wait(home, 1)
