"""Threads for work that mostly waits for somebody's answer."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import psycopg

from rolecall.errors import StoreUnavailable


class RowBudget:
    """How many rows one call may still take, shared by its threads."""

    def __init__(self, limit: int) -> None:
        self._left = limit
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Takes one; ``False`` when none is left, or after ``stop``."""
        with self._lock:
            self._left -= 1
            return self._left >= 0

    def stop(self) -> None:
        """Lets :meth:`take` give out nothing more: threads end after the row they hold."""
        with self._lock:
            self._left = 0


def run(works: Sequence[Callable[[], None]], *, budget: RowBudget) -> None:
    """Runs each in a thread of its own and waits for all; the first error stops the others after the row they hold, and is raised.

    :raises StoreUnavailable: Postgres went away meanwhile
    """
    with ThreadPoolExecutor(max_workers=len(works)) as pool:
        futures = [pool.submit(work) for work in works]
        try:
            for future in futures:
                future.result()
        except psycopg.OperationalError as error:
            words = str(error).strip().splitlines() or [type(error).__name__]
            raise StoreUnavailable(
                f"Postgres went away ({words[0]})", fix="start it and run the task again; what was done is kept"
            ) from error
        finally:
            budget.stop()
