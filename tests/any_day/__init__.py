"""``make test-any-day``: the tests under other clocks than today's."""

from __future__ import annotations

import os
from pathlib import Path

SHIFT = "ROLECALL_CLOCK_SHIFT"
"""Seconds by which a process' clock is ahead."""
MOMENT = "ROLECALL_CLOCK_MOMENT"
"""Seconds since 1970 at which each test begins; empty: the clock goes on from test to test."""
ONLY = "ROLECALL_CLOCK_TESTS"
"""A file with the tests to run, one a line; empty: all."""
CASES = "ROLECALL_CLOCK_CASES"
"""Which cases of each test, ``first:how many``, from the first again after the last; empty: all."""

FOLDER = Path(__file__).parent / "shift"


def shifted(environment: dict[str, str], shift: str | None = None) -> dict[str, str]:
    """The environment for a Python process whose clock is so many seconds ahead; by default as many as this process'."""
    shift = shift or os.environ.get(SHIFT)
    if not shift:
        return environment
    path = os.pathsep.join(filter(None, (str(FOLDER), environment.get("PYTHONPATH"))))
    return {**environment, SHIFT: shift, "PYTHONPATH": path}
