"""For pytest: Postgres goes by the shifted clock too, each test begins when it was asked to, and only the wanted tests run."""

from __future__ import annotations

import os
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine

from tests.any_day import CASES, MOMENT, ONLY, SHIFT, postgres

EXCEPTED = {
    "tests/integration/": "a whole stack: its Postgres and Redis are started by its own processes and go by the machine's clock",
    "tests/local/test_whole_stack.py": "a whole stack",
}
"""What does not run under another clock, and why."""


def pytest_configure(config: pytest.Config) -> None:
    """Servers are made by fixtures, later."""
    assert time_machine.traveller_stack, "tests/any_day/shift is not on PYTHONPATH"
    postgres.shift_new_servers()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what is excepted or not wanted."""
    only = set(Path(file).read_text(encoding="utf-8").splitlines()) if (file := os.environ.get(ONLY)) else None
    first, most = map(int, (os.environ.get(CASES) or f"0:{len(items)}").split(":"))
    names = [item.nodeid.partition("[")[0] for item in items]
    all_cases, seen, wanted, left = Counter(names), Counter[str](), [], []
    for name, item in zip(names, items, strict=True):
        turn = (seen[name] - first) % all_cases[name]
        seen[name] += 1
        excepted = name.startswith(tuple(EXCEPTED)) or (only is not None and name not in only) or turn >= most
        (left if excepted else wanted).append(item)
    config.hook.pytest_deselected(items=left)
    items[:] = wanted


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Puts all clocks back to the moment at which tests begin."""
    if moment := os.environ.get(MOMENT):
        time_machine.traveller_stack[-1].move_to(datetime.fromtimestamp(float(moment), UTC))
        shift = time.time() - time_machine.escape_hatch.time.time()  # asked once, it ticks
        os.environ[SHIFT] = str(shift)
        postgres.move_servers(shift)
