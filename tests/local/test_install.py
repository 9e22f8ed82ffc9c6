"""local/install.sh with stand-ins for uv and Python that write down how they were called."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest

from local.base.paths import ROOT

INSTALL = ROOT / "local" / "install.sh"

PYTHON = """#!/bin/sh
echo "python $*" >> "$SAID"
case "$1 $2" in
    "-c "*) echo "${VERSION:-3.12.0}" ;;
    "-m venv") mkdir -p "$4/bin" "$4/lib" && cp "$0" "$4/bin/python" ;;
    "-m pip") [ "$3" = --version ] || { echo "${PIP_SAYS:-}" >&2; exit ${PIP_FAILS:-0}; } ;;
esac
"""

UV = """#!/bin/sh
echo "uv $*" >> "$SAID"
case "$1" in
    venv) for venv; do :; done; mkdir -p "$venv/bin" && cp "$(command -v python3)" "$venv/bin/python" ;;
    pip) echo "${PIP_SAYS:-}" >&2; exit ${UV_FAILS:-0} ;;
esac
"""


COMPILING = "all are installed; compiling their modules, so that the first start is quick"


class Machine:
    """A machine with nothing on its PATH but the usual tools and what it is given."""

    def __init__(self, folder: Path) -> None:
        self.bin = folder / "bin"
        self.bin.mkdir()
        for tool in ("sh", "cmp", "cp", "rm", "mkdir", "grep", "env", "cat", "head", "tail", "uname", "sleep"):
            (self.bin / tool).symlink_to(shutil.which(tool) or "/bin/false")
        self.venv = folder / "a venv"
        self.lock = folder / "small.lock"
        self.larger = folder / "large.lock"
        self.lock.write_text("one==1\ntwo==2\n")
        self.larger.write_text("one==1\ntwo==2\nthree==3\n")
        self.said = folder / "said"

    def has(self, name: str, script: str) -> None:
        (self.bin / name).write_text(script)
        (self.bin / name).chmod(0o755)

    def install(self, lock: Path | None = None, *, larger: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        self.said.unlink(missing_ok=True)
        arguments = [str(lock or self.lock), *([str(larger)] if larger else [])]
        return subprocess.run(
            [self.bin / "sh", INSTALL, self.venv, *arguments],
            env={"PATH": str(self.bin), "SAID": str(self.said), **environment},
            capture_output=True,
            text=True,
            check=False,
        )

    @property
    def calls(self) -> list[str]:
        return self.said.read_text().splitlines() if self.said.exists() else []


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.has("python3", PYTHON)
    return made


def test_pip_installs_exactly_the_lock_where_there_is_no_uv(machine: Machine) -> None:
    done = machine.install()
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-2:] == [f"installing 2 packages from {machine.lock}", COMPILING]
    pip = next(call for call in machine.calls if " pip install " in call)
    assert "--no-deps --require-hashes" in pip
    assert pip.endswith(f"-r {machine.lock}")


@pytest.mark.parametrize("with_uv", [True, False])
def test_an_installation_that_takes_long_says_how_far_it_has_come(machine: Machine, with_uv: bool) -> None:
    if with_uv:
        machine.has("uv", UV.replace("pip) ", "pip) sleep 2.5; "))
    else:
        fetches = 'echo "Collecting one==1"; mkdir -p "${0%/bin/*}/lib/python3.12/site-packages/one-1.dist-info"; sleep 2.5;'
        machine.has("python3", PYTHON.replace("|| { echo", f"|| {{ {fetches} echo"))
    began = time.monotonic()
    done = machine.install(EVERY="1")
    assert done.returncode == 0, done.stderr
    told = [line for line in done.stdout.splitlines() if line.startswith("  ")]
    assert told[0] == ("  1 s: 0 of at most 2 installed" if with_uv else "  1 s: 1 of at most 2 packages fetched, 1 of at most 2 installed")
    assert time.monotonic() - began < 30
    assert done.stderr == ""


def test_while_pip_installs_what_it_has_fetched_that_is_said(machine: Machine) -> None:
    fetches = 'echo "Collecting one==1"; echo "Installing collected packages: one"; sleep 1.5;'
    machine.has("python3", PYTHON.replace("|| { echo", f"|| {{ {fetches} echo"))
    assert "  1 s: 1 packages fetched, installing: 0 of them are there" in machine.install(EVERY="1").stdout


@pytest.mark.parametrize("with_uv", [True, False])
def test_what_it_does_after_the_last_package_is_said_too(machine: Machine, with_uv: bool) -> None:
    machine.has("python3", PYTHON.replace("case", '[ "$2" != compileall ] || sleep 2.5\ncase', 1))
    if with_uv:
        machine.has("uv", UV)
    done = machine.install(EVERY="1")
    assert done.returncode == 0, done.stderr
    last = done.stdout.splitlines()[done.stdout.splitlines().index(COMPILING) + 1 :]
    assert last[0] == "  1 s: still compiling"
    assert all(line.endswith("still compiling") for line in last)


def test_uv_installs_where_it_is_on_path(machine: Machine) -> None:
    machine.has("uv", UV)
    done = machine.install()
    assert done.returncode == 0, done.stderr
    assert [call.split()[1] for call in machine.calls if call.startswith("uv")] == ["venv", "pip", "pip"]
    assert not [call for call in machine.calls if "-m pip install" in call]


@pytest.mark.parametrize("with_uv", [True, False])
def test_what_is_installed_is_not_installed_again(machine: Machine, with_uv: bool) -> None:
    if with_uv:
        machine.has("uv", UV)
    machine.install()
    again = machine.install()
    assert (again.returncode, again.stdout) == (0, "")
    assert {call.split()[1] for call in machine.calls} == {"-c"}  # its version is asked, nothing else


def test_an_environment_whose_python_is_gone_is_made_anew(machine: Machine) -> None:
    machine.install()
    (machine.venv / "bin" / "python").unlink()
    assert "making" in machine.install().stdout


def test_a_changed_lock_is_installed_into_the_same_environment(machine: Machine) -> None:
    machine.install()
    machine.lock.write_text("one==1\ntwo==3\n")
    assert machine.install().stdout == f"installing 2 packages from {machine.lock}\n{COMPILING}\n"
    assert not [call for call in machine.calls if "venv" in call.split()[:3]]


def test_the_larger_lock_serves_for_the_smaller_but_not_the_other_way_round(machine: Machine) -> None:
    machine.install(machine.larger)
    assert machine.install(machine.lock, larger=machine.larger).stdout == ""
    shutil.rmtree(machine.venv)
    machine.install(machine.lock)
    assert "3 packages" in machine.install(machine.larger).stdout


def test_an_installation_that_failed_is_tried_again(machine: Machine) -> None:
    failed = machine.install(PIP_FAILS="1")
    assert failed.returncode != 0
    assert "installing 2 packages" in machine.install().stdout
    machine.lock.write_text("one==2\ntwo==2\n")
    assert machine.install(PIP_FAILS="1").returncode != 0
    machine.lock.write_text("one==1\ntwo==2\n")  # back to what was installed before the failure: who knows what is there now
    assert "installing 2 packages" in machine.install().stdout


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("ERROR: No matching distribution found for one==1", "the index has no such package for Python 3.12.0"),
        ("one==1 has no wheels with a matching Python ABI tag (e.g., `cp312`)", "the index has no such package for Python 3.12.0"),
        ("Retrying after connection broken by 'NewConnectionError'\nERROR: No matching distribution", "the package index does not answer"),
        ("error sending request for url", "the package index does not answer"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "what failed is above"),
    ],
)
@pytest.mark.parametrize("with_uv", [True, False])
def test_a_failed_installation_shows_what_failed_and_says_what_it_means(machine: Machine, said: str, reason: str, with_uv: bool) -> None:
    if with_uv:
        machine.has("uv", UV)
    failed = machine.install(PIP_FAILS="1", UV_FAILS="1", PIP_SAYS=said)
    assert failed.returncode != 0
    assert said in failed.stderr
    assert f"→ {reason}" in failed.stderr.splitlines()[-1]


def test_a_machine_without_a_python_that_fits_is_told_what_it_has_and_what_to_install(machine: Machine) -> None:
    done = machine.install(VERSION="3.10.13")
    assert done.returncode != 0
    assert "Rolecall needs Python 3.11, 3.12 or 3.13, and there is none on PATH (python3 is Python 3.10.13)" in done.stderr
    assert "apt install python3 python3-venv" in done.stderr
    assert not machine.venv.exists()


@pytest.mark.parametrize("version", ["3.10.13", "3.14.0", "3.110.1", "2.7.18"])
def test_only_versions_that_were_tested_are_taken(machine: Machine, version: str) -> None:
    assert f"python3 is Python {version}" in machine.install(VERSION=version).stderr


@pytest.mark.parametrize("version", ["3.11.2", "3.12.1", "3.13.0"])
def test_every_version_that_was_tested_is_taken(machine: Machine, version: str) -> None:
    assert f"with Python {version}" in machine.install(VERSION=version).stdout


def test_the_python_that_is_named_is_used(machine: Machine) -> None:
    machine.has("mine", PYTHON)
    machine.has("python3", "#!/bin/sh\nexit 1\n")
    assert machine.install(PYTHON=str(machine.bin / "mine")).returncode == 0


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        (None, "PYTHON=mine: there is no such program"),
        ("echo 'python3.12: command not found' >&2; exit 127", "PYTHON=mine does not run as a Python:\npython3.12: command not found"),
        ("echo 3.9.18", "PYTHON=mine is Python 3.9.18; Rolecall needs Python 3.11, 3.12 or 3.13"),
        ("echo 3.14.0", "PYTHON=mine is Python 3.14.0; Rolecall needs Python 3.11, 3.12 or 3.13"),
    ],
)
def test_a_named_python_that_cannot_be_used_is_told_why(machine: Machine, script: str | None, reason: str) -> None:
    if script:
        machine.has("mine", f"#!/bin/sh\n{script}\n")
    for _ in range(2):
        done = machine.install(PYTHON="mine")
        assert done.returncode != 0
        assert done.stderr.startswith(reason)
        assert "PYTHON=/path/to/python3.12" in done.stderr
        assert machine.install().returncode == 0  # that another one works, or is installed already, hides nothing


def test_an_environment_made_by_another_python_than_the_named_one_is_made_anew(machine: Machine) -> None:
    machine.install()
    machine.has("mine", PYTHON.replace("3.12.0", "3.13.0"))
    assert "with Python 3.13.0" in machine.install(PYTHON="mine").stdout
    assert machine.install(PYTHON="mine").stdout == ""


def test_an_environment_made_without_pip_is_made_anew_where_uv_is_gone(machine: Machine) -> None:
    (machine.venv / "bin").mkdir(parents=True)
    script = PYTHON.replace("--version ] ||", "--version ] && exit 1 ||")
    (machine.venv / "bin" / "python").write_text(script)
    (machine.venv / "bin" / "python").chmod(0o755)
    assert "making" in machine.install().stdout


def test_the_script_can_be_run_as_it_is() -> None:
    assert os.access(INSTALL, os.X_OK)


WAITS = """#!/bin/sh
trap 'echo "Traceback (most recent call last):" >&2; echo "KeyboardInterrupt" >&2; exit 1' INT
case "$1 $2 $3" in
    "-c "*) echo 3.12.0; exit ;;
    "-m pip --version") exit ;;
    "-m venv"*) mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
esac
case "$*" in *"${SLOW}"*) touch "$SAID"; while :; do sleep 0.1; done ;; esac
"""


@pytest.mark.parametrize("slow", ["-m venv", "pip install"])
def test_ctrl_c_at_any_moment_leaves_one_line_and_no_traceback(machine: Machine, slow: str) -> None:
    machine.has("python3", WAITS)
    (machine.bin / "touch").symlink_to(shutil.which("touch") or "/bin/false")
    child = subprocess.Popen(
        [machine.bin / "sh", INSTALL, machine.venv, machine.lock], env={"PATH": str(machine.bin), "SAID": str(machine.said), "SLOW": slow},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests that run in the background were told to ignore it
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 30
        while not machine.said.exists():
            assert time.monotonic() < deadline
            time.sleep(0.05)
        os.killpg(child.pid, signal.SIGINT)
        _, errors = child.communicate(timeout=30)
    finally:
        with contextlib.suppress(ProcessLookupError):  # whoever did not end goes on for ever otherwise
            os.killpg(child.pid, signal.SIGKILL)
    assert (child.returncode, errors) == (130, "interrupted before everything was installed; the same command goes on from there\n")
    assert not (machine.venv / ".installed.lock").exists()
