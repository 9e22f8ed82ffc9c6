"""Notices a process that runs but does nothing any more (stopped, or waiting for itself for ever), and one that takes ever more memory."""

from __future__ import annotations

import time
from collections.abc import Callable

import psutil

from local.processes.health import Pulse

LOOK_EVERY = 5.0
"""Seconds between two looks."""

LONGEST_STEP = 20.0
"""Seconds of silence that one look adds at most: while this process itself was not running, nobody was listened to."""

BUSY, SLOWER = 0.02, 4.0
"""Who uses a fiftieth of a core or more is slow rather than hung, and gets so many times the patience."""


class Watchdog:
    """Listens to one process.

    :param pulse: asks for a sign of life
    :param patience: seconds of silence after which it counts as hung
    :param most: bytes of memory of its own that it may have; 0: any
    """

    def __init__(self, pulse: Pulse, patience: float, *, most: int = 0, clock: Callable[[], float] = time.monotonic) -> None:
        self._pulse, self._patience, self._most, self._clock = pulse, patience, most, clock
        self.memory = 0
        self.peak = 0
        self._looked = clock()
        self._sign: object = None
        self._silent = 0.0
        self._used: float | None = None

    @property
    def suspicious(self) -> bool:
        """Whether the last look found no sign of life."""
        return self._silent > 0

    @property
    def too_large(self) -> str:
        """Why it is to be started again for its memory, as of the last look, or ``""``."""
        if not self._most or self.memory <= self._most:
            return ""
        return f"had {in_megabytes(self.memory)} of memory, more than the {in_megabytes(self._most)} it may have"

    def look(self, pid: int) -> str:
        """One look; returns why the process counts as hung, or ``""``."""
        now = self._clock()
        step, self._looked = min(now - self._looked, LONGEST_STEP), now
        used, self.memory = _used(pid), _memory(pid)
        self.peak = max(self.peak, self.memory)
        busy, self._used = self._used is not None and used - self._used > BUSY * step, used
        try:
            sign = self._pulse()
        except Exception:  # CannotTell, or a question that broke: no reason to kill anybody
            self.forget()
            return ""
        if sign is not None and sign != self._sign:
            self._sign, self._silent = sign, 0.0
            return ""
        self._silent += step / SLOWER if busy else step
        return f"hung: no sign of life for {self._silent:.0f} s" if self._silent >= self._patience else ""

    def forget(self) -> None:
        """What it stands on is in trouble itself: its silence says nothing."""
        self._looked, self._silent = self._clock(), 0.0


def in_megabytes(size: int) -> str:
    """``1,907 MB``."""
    return f"{size / 1e6:,.0f} MB"


def _memory(pid: int) -> int:
    """Bytes of memory that a process holds itself (RSS); an address space (RLIMIT_AS) would say little of it."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0


def _used(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)
