"""What people see in the terminal."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Mapping
from typing import Any, TextIO

import psutil


def say(text: str, *, file: TextIO | None = None) -> None:
    """Prints a line at once, also into a pipe."""
    print(text, file=file or sys.stdout, flush=True)


def hear_ctrl_c() -> None:
    """From here on Ctrl-C is a ``KeyboardInterrupt``, which a command answers in words (see ``local/__init__.py``)."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Progress:
    """Tells, line by line, what has become of each process since the last look."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._seen: dict[str, tuple[str, int]] = {}

    def update(self, processes: Mapping[str, Mapping[str, Any]]) -> None:
        """One look."""
        for name, process in processes.items():
            now = (process["state"], process["deaths"])
            before = self._seen.get(name)
            if now == before:
                continue
            self._seen[name] = now
            if before and now[1] > before[1]:
                say(f"  {name:<17} died: {process['reason'].splitlines()[0]}; starting it again")
            elif now[0] in ("ready", "done"):
                say(f"  {name:<17} {now[0]:<6} {time.monotonic() - self._began:5.1f} s")


def table(processes: Mapping[str, Mapping[str, Any]]) -> None:
    """One line a process, and the reason below one that does not stay up."""
    say(f"{'process':<17} {'state':<11} {'pid':>7} {'up':>8} {'memory':>9}  restarts")
    for name, process in processes.items():
        running = process["pid"] is not None
        up = _duration(time.time() - process["since"]) if running else ""
        memory = _memory(process["pid"]) if running else ""
        say(f"{name:<17} {process['state']:<11} {process['pid'] or '':>7} {up:>8} {memory:>9}  {process['deaths'] or ''}")
        if process["reason"]:
            for line in process["reason"].splitlines():
                say(f"    {line}")
            say(f"    more in {process['log']}")
        elif process["waiting_for"]:
            say(f"    {'waits for' if process['state'] == 'waiting' else 'so far'}: {process['waiting_for']}")


def address(stack: Mapping[str, str]) -> None:
    """Where to go, and how to get in."""
    say("")
    say(f"Airflow    {stack['airflow_url']}    user {stack['username']}    password {stack['password']}")
    say(f"services   {stack['services_url']}    AI service {stack['services_url']}/ai")
    if stack["sandbox_url"]:
        say(f"sandbox    {stack['sandbox_url']}")
    if stack.get("page_login_url"):
        say(f"page       {stack['page_url']}    log in once with {stack['page_login_url']}")


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 6000 else f"{seconds / 3600:.0f} h"


def _memory(pid: int) -> str:
    """Memory of a process and its descendants; a page that several share counts once in all (PSS), where the system tells that."""
    try:
        process = psutil.Process(pid)
        total = sum(_share(each) for each in [process, *process.children(recursive=True)])
    except psutil.Error:
        return ""
    return f"{total / 1_000_000:.0f} MB"


def _share(process: psutil.Process) -> int:
    """Bytes: proportional share on Linux, what is its own alone elsewhere; 0 for a child that has just ended."""
    try:
        memory = process.memory_full_info()
    except psutil.NoSuchProcess:
        return 0
    return int(getattr(memory, "pss", memory.uss))
