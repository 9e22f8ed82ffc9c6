"""``make doctor`` on machines that lack something: each is named with its remedy, and only what the demo needs makes it end with 1."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.base.paths import ROOT, Home
from local.base.ports import preferred
from local.doctor import Finding, examine
from tests.conftest import free_port
from tests.http_double import http_double


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A machine on which the demo can run, with a package index of its own and nothing installed."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("make", "gcc", "git"):
        (programs / name).symlink_to("/bin/true")
    (programs / "python3").symlink_to(sys.executable)
    with http_double() as index:
        places = {"VENV": str(tmp_path / "venv"), "ROLECALL_HOME": str(tmp_path / "home"), "PIP_INDEX_URL": index.url}
        yield {"PATH": str(programs), **places}


def findings(environment: dict[str, str], grade: str) -> list[Finding]:
    return [finding for finding in examine(environment) if finding.grade == grade]


def test_a_machine_that_can_run_the_demo_lacks_nothing(machine: dict[str, str]) -> None:
    assert findings(machine, "missing") == []


@pytest.mark.parametrize("tool", ["make", "gcc", "git"])
def test_a_tool_that_is_not_there_is_named_with_its_package(tool: str, machine: dict[str, str]) -> None:
    (Path(machine["PATH"]) / tool).unlink()
    (finding,) = findings(machine, "missing")
    assert (finding.what, finding.remedy) == (f"no {tool} on PATH", f"install it (Debian: apt install {tool})")


@pytest.mark.parametrize(
    ("script", "said", "remedy"),
    [
        ("echo 3.9.2", "python3 is Python 3.9.2", "PYTHON="),
        ("echo \"ModuleNotFoundError: No module named 'ensurepip'\" >&2; exit 1", "ensurepip", "python3-venv"),
    ],
    ids=["too old", "without venv"],
)
def test_a_python_that_does_not_do_is_named_with_what_to_do(machine: dict[str, str], script: str, said: str, remedy: str) -> None:
    python = Path(machine["PATH"]) / "python3"
    python.unlink()
    python.write_text(f"#!/bin/sh\n{script}\n")
    python.chmod(0o755)
    (finding,) = findings(machine, "missing")
    assert said in finding.what
    assert remedy in finding.remedy


def test_an_index_that_does_not_answer_is_named_without_its_password(machine: dict[str, str]) -> None:
    machine["PIP_INDEX_URL"] = f"http://me:secret@127.0.0.1:{free_port()}/simple"
    (finding,) = findings(machine, "missing")
    assert "does not answer" in finding.what
    assert "secret" not in str(finding)


def test_a_port_that_is_taken_is_a_note(machine: dict[str, str]) -> None:
    port = preferred(Home.of(machine).folder)["page"]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert any(f"port {port} is taken: the page" in finding.what for finding in findings(machine, "note"))
        assert findings(machine, "missing") == []


def test_what_only_tests_need_is_a_note_with_its_package(machine: dict[str, str]) -> None:
    assert any("Chromium" in finding.what and "apt install chromium" in finding.remedy for finding in findings(machine, "note"))


def test_a_mail_server_that_is_named_is_asked_whether_it_answers(machine: dict[str, str]) -> None:
    machine |= {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(free_port())}
    assert any("does not answer" in finding.what and "SMTP_PORT" in finding.remedy for finding in findings(machine, "note"))
    machine["SMTP_PORT"] = "mail"
    assert any("'mail'" in finding.what for finding in findings(machine, "note"))


def test_it_runs_before_anything_is_installed_and_says_in_the_end_what_comes_next(machine: dict[str, str]) -> None:
    for name in ("sh", "readlink", "dirname"):
        (Path(machine["PATH"]) / name).symlink_to(shutil.which(name) or "/bin/false")
    done = subprocess.run([ROOT / "rolecall", "doctor"], env=machine, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("the demo can run → make demo\n")
    (Path(machine["PATH"]) / "git").unlink()
    done = subprocess.run([ROOT / "rolecall", "doctor"], env=machine, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stdout.endswith("the demo cannot run yet: 1 missing, each with its remedy above\n")
