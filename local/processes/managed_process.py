"""Keeps one process running: starts it when what it needs is ready, asks until it is ready itself, starts it again when it dies.

A process that hangs is killed first: :mod:`local.processes.watchdog`.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Protocol

import psutil

from local.base.logs import tail
from local.base.paths import Home
from local.base.ports import Ports
from local.processes import process_registry
from local.processes.plan import Process
from local.processes.process_failures import FailureLog
from local.processes.watchdog import LOOK_EVERY, Watchdog, in_megabytes

ASK_EVERY = 0.2
"""Seconds between two questions whether a process is ready."""

START_LIMIT = 180.0
"""Seconds a process may take to get ready before it is started afresh; thrice as many while it computes: a busy machine is slow."""

SETTLED = 60.0
"""Seconds after which a running process counts as well again: what happened before is forgotten."""

PAUSES = (0.5, 1, 2, 5, 10, 30)
"""Seconds before the first, second, … new start after a death."""

REPEATED = 3
"""Deaths in a row after which `make up` stops waiting."""


class Stack(Protocol):
    """What a process asks of the stack it belongs to: see :class:`local.processes.supervisor.Supervisor`."""

    home: Home
    ports: Ports
    register: process_registry.ProcessRegistry
    readiness: defaultdict[str, asyncio.Event]
    failures: FailureLog

    def below(self, names: Iterable[str]) -> list[str]:
        """These, and what they stand on."""
        ...

    def healthy(self, names: Iterable[str]) -> bool:
        """Whether these, and what they stand on, are ready and give signs of life."""
        ...

    def restarted_since(self, names: Iterable[str], since: float) -> bool:
        """Whether one of these, or of what they stand on, was started again since."""
        ...

    def died_early(self, process: Process) -> None:
        """A process ended before it was ready."""
        ...

    def report(self) -> None:
        """Writes what is known."""
        ...


class ManagedProcess:
    """One process of the stack, and what became of it so far.

    :param process: what to run
    :param stack: the supervisor it belongs to
    """

    def __init__(self, process: Process, stack: Stack) -> None:
        self.process = process
        self._stack = stack
        self._ready = stack.readiness[process.name]
        self._log = stack.home.logs / f"{process.name}.log"
        self._child: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._state, self._waiting_for = "waiting", ""
        self._deaths, self._reason = 0, ""
        self._began, self._log_before = 0.0, 0
        self._dog: Watchdog | None = None
        self._peak = 0

    def start(self) -> None:
        """Begins to start the process and to keep it running."""
        self._task = asyncio.create_task(self._keep(), name=self.process.name)

    async def stop(self) -> None:
        """Ends the process and everything it started."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._ready.clear()
        self._say("stopping")
        began = time.monotonic()
        await self._end()
        print(f"{self.process.name}: stopped in {time.monotonic() - began:.1f} s", flush=True)
        self._say("stopped")

    def report(self) -> dict[str, Any]:
        """What `make status` shows."""
        pid = self._child.pid if self._child and self._child.returncode is None else None
        return {
            "state": "restarting" if self._state == "ready" and pid is None else self._state,  # it ended a moment ago
            "pid": pid,
            "since": self._began,
            "deaths": self._deaths,
            "reason": self._reason,
            "waiting_for": self._waiting_for,
            "log": str(self._log),
        }

    @property
    def began(self) -> float:
        """When it was started last, in seconds since 1970; 0: never."""
        return self._began

    @property
    def healthy(self) -> bool:
        """Whether it is ready, and gave a sign of life when it was last listened to."""
        return self._ready.is_set() and not (self._dog and self._dog.suspicious)

    async def _keep(self) -> None:
        while True:
            try:
                await self._start()
                await self._until_ready()
                self._stack.failures.back(self.process.name, time.time())
                if self.process.probe is None:
                    return
                await self._until_death()
            except _Died as death:
                await self._bury(str(death), early=not self._ready.is_set())
            except _Hung as hung:
                await self._kill()
                await self._bury(str(hung), early=False)
            except (OSError, RuntimeError, subprocess.SubprocessError) as error:  # it could not even be started
                await self._bury(str(error), early=True)

    async def _start(self) -> None:
        while missing := [name for name in self._stack.below(self.process.after) if not self._stack.readiness[name].is_set()]:
            self._say("waiting", ", ".join(missing))
            await self._stack.readiness[missing[0]].wait()
        self._say("starting")
        if self.process.prepare:
            await asyncio.to_thread(self.process.prepare)
        descriptor = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._log_before = os.fstat(descriptor).st_size
            self._began = time.time()
            self._child = await asyncio.create_subprocess_exec(
                *self.process.command,
                env=self.process.environment,
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=descriptor,
                start_new_session=True,
            )
        finally:
            os.close(descriptor)
        self._stack.register.note(self.process.name, self._child.pid)
        self._stack.report()

    async def _until_ready(self) -> None:
        """Asks until it is ready; a step is ready when it has ended well."""
        assert self._child is not None  # noqa: S101
        if self.process.probe is None:
            await self._ended()
            if self._child.returncode != 0:
                raise _Died(self._cause())
            self._deaths, self._reason = 0, ""
            self._ready.set()
            self._say("done")
            return
        computed, computed_at = 0.0, self._began
        while waiting := await asyncio.to_thread(self._missing):
            if self._child.returncode is not None:
                raise _Died(self._cause())
            if (used := process_registry.cpu_seconds(self._child.pid)) > computed + 0.5:
                computed, computed_at = used, time.time()
            slow = time.time() - self._began
            if slow > (3 * START_LIMIT if time.time() - computed_at < START_LIMIT / 3 else START_LIMIT):
                raise _Died(f"not ready after {slow:.0f} s: {waiting}")
            self._say("starting", waiting)
            await asyncio.sleep(ASK_EVERY)
        self._ready.set()
        self._say("ready")

    def _missing(self) -> str:
        """What it still waits for. An answer counts only from its own ports: a stack beside us may have been quicker to take one."""
        assert self.process.probe is not None  # noqa: S101
        assert self._child is not None  # noqa: S101
        if waiting := self.process.probe(self._began):
            return waiting
        strange = {self._stack.ports[name] for name in self.process.ports} - process_registry.listening(self._child.pid)
        return f"somebody else answers on port {', '.join(map(str, sorted(strange)))}" if strange else ""

    async def _until_death(self) -> None:
        """Raises when it has ended, or has given no sign of life for too long."""
        assert self._child is not None  # noqa: S101
        process = self.process
        self._dog = Watchdog(process.pulse, process.patience, most=process.memory) if process.pulse else None
        self._peak = 0
        since, ended = time.monotonic(), asyncio.ensure_future(self._ended())
        try:
            while not ended.done():
                await asyncio.wait({ended}, timeout=LOOK_EVERY)
                if self._deaths and time.monotonic() - since > SETTLED:
                    self._deaths, self._reason = 0, ""
                    self._stack.report()
                if self._dog and not ended.done():
                    await self._look(self._dog, ended)
        finally:
            ended.cancel()
            self._peak = self._dog.peak if self._dog else 0
            self._dog = None
        raise _Died(self._cause())

    async def _look(self, dog: Watchdog, ended: asyncio.Future[None]) -> None:
        """One look at whether it hangs. Its silence says nothing while what it stands on is in trouble."""
        assert self._child is not None  # noqa: S101
        look = asyncio.create_task(asyncio.to_thread(dog.look, self._child.pid))
        both: set[asyncio.Future[Any]] = {ended, look}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if ended.done():
            look.cancel()
        elif large := dog.too_large:
            raise _Died(large)  # asked to end, and started again
        elif not self._stack.healthy(self.process.after):
            dog.forget()
        elif hung := look.result():
            raise _Hung(hung)

    async def _kill(self) -> None:
        """Ends a process that hangs, without asking it first, and what it started, also in sessions of their own (Postgres' servers).

        That may take ten seconds: nobody is to count on it meanwhile.
        """
        assert self._child is not None  # noqa: S101
        self._ready.clear()
        self._say("restarting")
        with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
            family = psutil.Process(self._child.pid).children(recursive=True)
            self._child.kill()
            await self._child.wait()
            await asyncio.to_thread(process_registry.end, family, grace=5)

    async def _ended(self) -> None:
        assert self._child is not None  # noqa: S101
        await self._child.wait()

    async def _bury(self, reason: str, *, early: bool) -> None:
        """Cleans up after the process died: kills what it left behind, notes the reason, waits before the restart (backoff).

        :param early: it was never ready
        """
        self._ready.clear()
        self._deaths += 1
        self._reason = reason
        follows = not self._stack.healthy(self.process.after) or self._stack.restarted_since(self.process.after, self._began)
        self._stack.failures.note(self.process.name, reason.splitlines()[0], time.time(), follows=follows)
        print(f"{self.process.name}: {reason.splitlines()[0]}", flush=True)
        self._say("failing" if self._deaths >= REPEATED else "restarting")
        await self._end()
        if early:
            self._stack.died_early(self.process)
        await asyncio.sleep(PAUSES[min(self._deaths, len(PAUSES)) - 1])

    async def _end(self) -> None:
        """Ends the process and its session: workers and tasks of a scheduler do not outlive it."""
        child = self._child
        if child is None:
            return
        if child.returncode is None:
            for process in self._asked_to_stop(child.pid):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.send_signal(self.process.stop)
            try:
                await asyncio.wait_for(child.wait(), self.process.grace)
            except TimeoutError:
                child.send_signal(self.process.stop)  # for Airflow's scheduler: do not wait for running tasks any longer
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(child.wait(), 3)
        await asyncio.to_thread(lambda: process_registry.end(process_registry.session(child.pid), grace=5))
        await child.wait()

    def _asked_to_stop(self, pid: int) -> list[psutil.Process]:
        """The process itself, or its children where it follows them."""
        try:
            process = psutil.Process(pid)
            return (process.children() if self.process.by_children else []) or [process]
        except psutil.NoSuchProcess:
            return []

    def _cause(self) -> str:
        """Why the child ended: its status, and the last lines that it wrote."""
        assert self._child is not None  # noqa: S101
        code = self._child.returncode or 0
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"ended with status {code}"
        if code == -signal.SIGKILL:
            seen = f"; it had up to {in_megabytes(self._peak)} when it was looked at" if self._peak else ""
            how += f", not by this stack: perhaps by the kernel, for lack of memory{seen}"
        return "\n".join([how, *tail(self._log, after=self._log_before)])

    def _say(self, state: str, waiting_for: str = "") -> None:
        if (state, waiting_for) != (self._state, self._waiting_for):
            self._state, self._waiting_for = state, waiting_for
            self._stack.report()


class _Died(Exception):
    """The process ended though nobody asked it to."""


class _Hung(Exception):
    """The process runs and does nothing any more."""
