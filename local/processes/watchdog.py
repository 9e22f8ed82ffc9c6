"""Notices a process that runs but does nothing any more: stopped, or waiting for itself for ever."""

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
    """

    def __init__(self, pulse: Pulse, patience: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._pulse, self._patience, self._clock = pulse, patience, clock
        self._looked = clock()
        self._sign: object = None
        self._silent = 0.0
        self._used: float | None = None

    @property
    def suspicious(self) -> bool:
        """Whether the last look found no sign of life."""
        return self._silent > 0

    def look(self, pid: int) -> str:
        """One look; returns why the process counts as hung, or ``""``."""
        now = self._clock()
        step, self._looked = min(now - self._looked, LONGEST_STEP), now
        used = _used(pid)
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


def _used(pid: int) -> float:
    """Seconds of CPU that a process has used."""
    try:
        times = psutil.Process(pid).cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)
