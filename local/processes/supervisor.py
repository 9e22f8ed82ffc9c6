"""The process ``local.processes.supervisor``: the one background process that starts the others, watches them and stops them.

Its input is ``run/wanted.json`` (written by ``make up``), ports and credentials; SIGHUP makes it read them again and restart what
changed, SIGTERM makes it stop everything and leave. What it knows is in ``run/status.json``.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import psutil

from local.base.credentials import credentials
from local.base.files import Taken, lock, read_json, write_json, write_private
from local.base.logs import trim
from local.base.paths import Home
from local.base.ports import Ports, is_free
from local.processes import failure_alerts, process_registry
from local.processes.environment import StackEnvironment, StackOptions
from local.processes.managed_process import ManagedProcess
from local.processes.plan import Process, plan
from local.processes.process_failures import FailureLog

TRIM_EVERY = 10.0
TELL_EVERY = 5.0

AFTERSHOCK = 60.0
"""Seconds for which the end of a process is put down to a restart of what it stands on."""

SILENT = 60.0
"""Seconds after which a supervisor that has not written that it lives counts as hung."""


class Supervisor:
    """Keeps the processes of one stack running.

    :param home: where the stack keeps its things
    """

    def __init__(self, home: Home) -> None:
        self.home = home
        self.ports = Ports(home.folder / "ports.json")
        self.register = process_registry.ProcessRegistry(home.run / "processes.json")
        self.managed: dict[str, ManagedProcess] = {}
        self.readiness: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self.failures = FailureLog(home.failures)
        self.asked = 0
        self._around: StackEnvironment | None = None
        self._stopping = asyncio.Event()
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Until SIGTERM or SIGINT."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        loop.add_signal_handler(signal.SIGHUP, self._changed.set)
        self._changed.set()
        watch = asyncio.create_task(self._watch())
        beside = [asyncio.create_task(each) for each in (self._trim_logs(), self._tell())]
        await self._stopping.wait()
        for task in (watch, *beside):
            task.cancel()
        await asyncio.gather(watch, *beside, return_exceptions=True)
        await self._stop([one.process for one in self.managed.values()])
        self.home.stack_json.unlink(missing_ok=True)

    async def _watch(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            try:
                await self._apply()
            except Exception as error:  # say it where `make up` looks, and go on with what runs
                print(f"the new settings cannot be used: {error}", flush=True)
                self.report(problem=str(error))

    async def _apply(self) -> None:
        """Reads what is wanted and restarts what differs."""
        document = read_json(self.home.run / "wanted.json")
        around = StackEnvironment(
            self.home, StackOptions.from_json(document["wanted"]), credentials(self.home.folder / "secrets.json"), self.ports
        )
        write_private(self.home.airflow / "passwords.json", around.passwords())
        ignored = {*around.wanted.system, *(self._around.wanted.system if self._around else ())} | {"NO_PROXY", "no_proxy"}
        processes = {process.name: process for process in plan(around)}
        gone = [one.process for name, one in self.managed.items() if not _may_stay(one.process, processes.get(name), ignored)]
        await self._stop(gone)
        self._around = around
        self.asked = int(document["asked"])
        for name, process in processes.items():
            if name not in self.managed:
                self.managed[name] = ManagedProcess(process, self)
                self.managed[name].start()
        self.report()

    async def _stop(self, processes: list[Process]) -> None:
        """Stops processes stage by stage: first what works, then what it works with."""
        for stage in sorted({process.stage for process in processes}):
            names = [process.name for process in processes if process.stage == stage]
            await asyncio.gather(*(self.managed[name].stop() for name in names))
            for name in names:
                del self.managed[name]
            self.report()

    def below(self, names: Iterable[str]) -> list[str]:
        """These processes, and what they stand on: a step that is done does not stand in for the database that it was done in."""
        found: dict[str, None] = {}
        for name in names:
            under = self.below(self.managed[name].process.after) if name in self.managed else []
            found |= dict.fromkeys([*under, name])
        return list(found)

    def healthy(self, names: Iterable[str]) -> bool:
        """Whether these processes, and what they stand on, are ready and give signs of life. What is not ours counts as healthy."""
        return all(self.managed[name].healthy for name in self.below(names) if name in self.managed)

    def restarted_since(self, names: Iterable[str], since: float) -> bool:
        """Whether one of these, or what they stand on, was started again after ``since`` and within :data:`AFTERSHOCK`: who was there
        before lost it, and ends for that."""
        least = max(since, time.time() - AFTERSHOCK)
        return any(self.managed[name].began > least for name in self.below(names) if name in self.managed)

    def died_early(self, process: Process) -> None:
        """A process that never got ready may have found its port taken: it gets another one, and whoever calls it learns of it."""
        taken = [port for port in process.ports if not is_free(self.ports[port])]
        for port in taken:
            self.ports.move(port)
            print(f"{process.name}: its port is taken, moving to {self.ports[port]}", flush=True)
        if taken:
            self._changed.set()

    def report(self, problem: str = "") -> None:
        """Writes what is known, and ``stack.json`` as long as everything is ready."""
        states = {name: one.report() for name, one in self.managed.items()}
        ready = bool(states) and all(state["state"] in ("ready", "done") for state in states.values())
        document: dict[str, Any] = {"asked": self.asked, "ready": ready, "problem": problem, "processes": states}
        if ready and self._around and not self._stopping.is_set():
            kept = {name: value for name, value in read_json(self.home.stack_json).items() if name == "page_login_url"}
            write_json(self.home.stack_json, self._around.stack() | kept)  # first: who reads that all is ready reads this next
        write_json(self.home.run / "status.json", document)

    async def _tell(self) -> None:
        """Tells the team what ended or hung by itself."""
        while True:
            await asyncio.sleep(TELL_EVERY)
            if self._around is not None:
                try:
                    await asyncio.to_thread(failure_alerts.enqueue_alerts, self.failures, self._around.rolecall, time.time())
                except Exception as error:  # the processes matter more than the news of them
                    print(f"a failure was not reported: {type(error).__name__}: {error}", flush=True)

    async def _trim_logs(self) -> None:
        while True:
            self.home.alive.touch()
            await asyncio.sleep(TRIM_EVERY)
            for log in self.home.logs.glob("*.log"):
                with contextlib.suppress(OSError):
                    await asyncio.to_thread(trim, log)


def _may_stay(running: Process, wanted: Process | None, ignored: set[str]) -> bool:
    return wanted is not None and running.like(wanted, ignored)


def main() -> int:
    """Runs until told to stop; a second supervisor of the same stack leaves at once."""
    home = Home.of()
    try:
        with lock(home.run / "supervisor.lock"), contextlib.suppress(KeyboardInterrupt):
            os.umask(0o077)
            write_json(home.run / "supervisor.json", {"pid": os.getpid(), "created": psutil.Process().create_time()})
            asyncio.run(Supervisor(home).run())
    except Taken:
        print("another supervisor runs this stack already", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
