"""A request on its way, in a thread of its own.

Neither a service that answers one byte a second nor a name server that hangs can then hold the task beyond its limit, and an answer
that comes after the task was told to stop is still heard.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

STEP = 0.05
"""Seconds between looks at whether the task was told to stop. An answer itself ends the wait at once."""


class Stop:
    """Whether this process was asked to end (SIGTERM). A plain flag: a signal handler may run in the middle of anything."""

    asked = False

    def wait(self, seconds: float, until: Callable[[], bool] = lambda: False) -> None:
        """Waits that long, at most; ends early when asked to stop, or when ``until`` holds."""
        deadline = time.monotonic() + seconds
        while not self.asked and not until() and (left := deadline - time.monotonic()) > 0:
            time.sleep(min(STEP, left))


@contextlib.contextmanager
def noticing_sigterm() -> Iterator[Stop]:
    """For the length of the block SIGTERM is noted, and what Airflow does with it is still done. Only the main thread can."""
    stop = Stop()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = signal.getsignal(signal.SIGTERM)

    def noted(number: int, frame: Any) -> None:
        stop.asked = True
        if callable(before):
            before(number, frame)

    signal.signal(signal.SIGTERM, noted)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)


class PendingRequest:
    """One call in a thread. It goes on after nobody waits for it any more, until the process ends.

    :param call: gets a function that says whether it was given up: it must not begin anything new then
    """

    def __init__(self, call: Callable[[Callable[[], bool]], dict[str, Any]]) -> None:
        self.given_up = False
        self.answer: dict[str, Any] | None = None
        self.error: BaseException | None = None
        self._call = call
        self._thread = threading.Thread(target=self._run, name="application", daemon=True)
        self._thread.start()

    def wait(self, seconds: float, stop: Stop) -> bool:
        """Whether it is done within so many seconds; gives up earlier when the task is told to stop."""
        deadline = time.monotonic() + seconds
        while self._thread.is_alive() and not stop.asked and (left := deadline - time.monotonic()) > 0:
            self._thread.join(min(STEP, left))
        return self.done

    @property
    def done(self) -> bool:
        """Whether its answer or its error is there."""
        return self.answer is not None or self.error is not None

    def _run(self) -> None:
        try:
            self.answer = self._call(lambda: self.given_up)
        except BaseException as error:  # handed to whoever waits; in a thread it would only be printed
            self.error = error
