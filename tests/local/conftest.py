"""Stacks without Airflow: a home of their own, and processes that only wait."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from local.base.paths import Home
from local.processes.environment import MARK

WAIT = "import time; time.sleep(120)"


def over(process: psutil.Process) -> bool:
    """Whether it has ended, though perhaps nobody has asked how."""
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    made = Home(tmp_path / "home")
    made.make()
    return made


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts processes that wait, with the mark of a home where one is given; those that are left are killed at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def begin(home: Home | None = None, code: str = WAIT) -> subprocess.Popen[bytes]:
        environment = {MARK: str(home.folder)} if home else {}
        process = subprocess.Popen([sys.executable, "-c", code], env=environment, start_new_session=True)
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.wait()
