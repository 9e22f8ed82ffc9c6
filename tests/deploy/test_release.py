"""``deploy/release.sh`` over a small HTTP server that stands for a stack: a good version goes, a broken one goes back, an interrupted
one is finished; which version runs is read over HTTP."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.base.paths import ROOT
from tests.http_double import Answer, Call, http_double

SWITCH = """#!/bin/sh
[ "$1" = stuck ] || printf '%s' "$1" >{folder}/runs
[ "$1" != {dies} ] || kill -KILL $PPID
"""


class Stack:
    """Answers as the services and Airflow do; the version ``broken`` has a scheduler that is ill, ``unread`` a DAG file in error."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.state = folder, folder / "state"
        (folder / "runs").write_text("v1")
        self.switches("nothing")
        self.url, self.logins = "", list[object]()

    def answer(self, call: Call) -> Answer:
        version = (self.folder / "runs").read_text()
        if call.method == "POST":
            self.logins.append(call.json)
            return Answer(201, {"access_token": "t"})
        said: dict[str, Any] = {
            "/health": {"version": version},
            "/api/v2/monitor/health": {"scheduler": {"status": "unhealthy" if version == "broken" else "healthy"}},
            "/api/v2/importErrors?limit=1": {"total_entries": int(version == "unread")},
        }
        return Answer(200, said[call.path])

    def switches(self, dies: str) -> None:
        """The way to another version, during which the release is killed where it is ``dies``."""
        (self.folder / "switch").write_text(SWITCH.format(folder=self.folder, dies=dies))
        (self.folder / "switch").chmod(0o755)

    def release(self, version: str) -> subprocess.CompletedProcess[str]:
        ours = {"SWITCH": str(self.folder / "switch"), "STATE": str(self.state), "TRIES": "1", "AIRFLOW_PASSWORD": "pw"}
        environment = {"PATH": os.environ["PATH"], "AIRFLOW_URL": self.url, "SERVICES_URL": self.url, **ours}
        command = ["sh", str(ROOT / "deploy" / "release.sh"), version]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)

    @property
    def runs(self) -> str:
        """The version, over HTTP."""
        done = subprocess.run(["curl", "-sf", f"{self.url}/health"], capture_output=True, text=True, timeout=30, check=True)
        return str(json.loads(done.stdout)["version"])


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    made = Stack(tmp_path)
    with http_double(made.answer) as double:
        made.url = double.url
        yield made


def test_a_good_release_goes(stack: Stack) -> None:
    assert stack.release("v2").returncode == 0
    assert stack.runs == "v2"
    assert stack.logins == [{"username": "admin", "password": "pw"}]


@pytest.mark.parametrize("bad", ["broken", "unread"])
def test_a_broken_release_goes_back_to_the_one_that_passed(stack: Stack, bad: str) -> None:
    assert stack.release("v2").returncode == 0
    done = stack.release(bad)
    assert (done.returncode, stack.runs) == (1, "v2")
    assert "going back to v2" in done.stderr


def test_a_release_that_never_came_to_run_is_none(stack: Stack) -> None:
    assert stack.release("v2").returncode == 0
    done = stack.release("stuck")
    assert (done.returncode, stack.runs) == (1, "v2")
    assert "not stuck runs" in done.stderr


def test_the_first_release_has_nothing_to_go_back_to_and_says_so(stack: Stack) -> None:
    done = stack.release("broken")
    assert (done.returncode, stack.runs) == (3, "broken")
    assert "no version to go back to" in done.stderr


def test_an_interrupted_release_is_finished_by_resume(stack: Stack) -> None:
    assert stack.release("v2").returncode == 0
    stack.switches("v3")
    assert stack.release("v3").returncode < 0
    stack.switches("nothing")
    assert (stack.release("resume").returncode, stack.runs) == (0, "v3")
    assert stack.release("resume").stdout == "nothing was interrupted\n"


def test_one_interrupted_on_its_way_back_still_goes_back(stack: Stack) -> None:
    assert stack.release("v2").returncode == 0
    stack.switches("v2")
    assert stack.release("broken").returncode < 0
    stack.switches("nothing")
    assert (stack.release("resume").returncode, stack.runs) == (1, "v2")


def test_what_is_no_tag_is_refused_before_anything_is_touched(stack: Stack) -> None:
    assert stack.release("v2; rm -rf /").returncode == 2
    assert stack.runs == "v1"
