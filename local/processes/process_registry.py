"""Which processes on this machine are ours, and how they are made to end. Ours only: by the mark they carry or by pid *and* start time."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Iterable
from pathlib import Path

import psutil

from local.base.files import read_json, write_json
from local.base.paths import Home
from local.processes.environment import MARK
from local.processes.redis import SERVERS


class ProcessRegistry:
    """Pids of the processes that were started, each with its start time, so that a pid that was used again is not mistaken for ours.

    :param path: ``run/processes.json``
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, name: str, pid: int) -> None:
        """Remembers a process that has just been started."""
        with contextlib.suppress(psutil.NoSuchProcess):
            write_json(self._path, {**read_json(self._path), name: {"pid": pid, "created": psutil.Process(pid).create_time()}})

    def alive(self) -> dict[str, psutil.Process]:
        """Those of them that still run."""
        found = {}
        for name, entry in read_json(self._path).items():
            process = same_process(entry)
            if process is not None:
                found[name] = process
        return found


def same_process(entry: object) -> psutil.Process | None:
    """The process of ``{"pid", "created"}`` where it is still that one, else ``None``."""
    if not isinstance(entry, dict) or not isinstance(entry.get("pid"), int):
        return None
    try:
        process = psutil.Process(entry["pid"])
        same = abs(process.create_time() - float(entry.get("created", 0))) < 1 and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, TypeError, ValueError):
        return None
    return process if same else None


def cpu_seconds(pid: int) -> float:
    """What a process and those that it started have computed so far; 0 where it is gone."""
    try:
        process = psutil.Process(pid)
        times = [one.cpu_times() for one in (process, *process.children(recursive=True))]
    except psutil.Error:
        return 0.0
    return sum(one.user + one.system for one in times)


def ours(home: Home) -> list[psutil.Process]:
    """Every process of this stack that runs: noted ones, those that carry the mark, Postgres by its folder, and their descendants.

    Servers that write their title over their environment (Postgres, Redis) no longer show the mark.
    """
    found = {process.pid: process for process in ProcessRegistry(home.run / "processes.json").alive().values()}
    found |= {process.pid: process for process in psutil.process_iter() if _marked(process, home) or _serves(process, home)}
    for process in list(found.values()):
        with contextlib.suppress(psutil.Error):
            found |= {child.pid: child for child in process.children(recursive=True)}
    return [process for pid, process in found.items() if pid not in _ourselves()]


def _ourselves() -> set[int]:
    """This process and those above it, should ``make down`` be called from inside the stack."""
    return {os.getpid()} | {parent.pid for parent in psutil.Process().parents()}


def _marked(process: psutil.Process, home: Home) -> bool:
    try:
        return process.environ().get(MARK) == str(home.folder)
    except (psutil.Error, OSError):
        return False


def _serves(process: psutil.Process, home: Home) -> bool:
    try:
        return process.name() in ("postgres", *SERVERS) and Path(process.cwd()) in (home.postgres, home.redis)
    except (psutil.Error, OSError):
        return False


def session(leader: int) -> list[psutil.Process]:
    """A session leader, and what it started or left behind."""
    left = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if os.getsid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                left.append(process)
    return left


def listening(leader: int) -> set[int]:
    """The TCP ports on which a session leader or its descendants listen."""
    ports = set()
    for process in session(leader):
        with contextlib.suppress(psutil.Error, OSError):
            ports |= {each.laddr.port for each in process.net_connections(kind="tcp") if each.status == psutil.CONN_LISTEN}
    return ports


def end(processes: Iterable[psutil.Process], *, grace: float = 10.0) -> list[psutil.Process]:
    """Asks processes to stop, and kills those that have not after ``grace`` seconds. Returns those that even that did not end.

    Postgres comes last: what still writes to it is asked first, and it is asked for a fast shutdown.
    """
    everything = list(processes)
    databases = [process for process in everything if _name(process) == "postgres"]
    return _end([process for process in everything if process not in databases], grace) + _end(databases, grace)


def _end(processes: list[psutil.Process], grace: float) -> list[psutil.Process]:
    for process in processes:
        with contextlib.suppress(psutil.Error):
            if _name(process) != "postgres":
                process.terminate()
            elif process.ppid() not in {each.pid for each in processes}:
                process.send_signal(signal.SIGINT)  # the first of them tells the others
    stubborn = _wait(processes, grace)
    for process in stubborn:
        with contextlib.suppress(psutil.Error):
            process.kill()
    return _wait(stubborn, 5)


def _wait(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those that still run after at most ``seconds``; zombies do not count as running."""
    _, left = psutil.wait_procs([process for process in processes if not _over(process)], timeout=seconds)
    return [process for process in left if not _over(process)]


def _over(process: psutil.Process) -> bool:
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return True


def _name(process: psutil.Process) -> str:
    try:
        return str(process.name())
    except psutil.Error:
        return ""
