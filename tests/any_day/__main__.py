"""Runs the tests under each clock, one after another, and prints what came of it.

Two clocks have the whole suite; the others have the tests that ask a clock, three cases of each, by turns: cases of one test ask it at
the same places.
``SHORT=1``: tests that ask a clock in their own words or write down a day, two cases of each, under two clocks, no drills.
``CLOCK=midnight``: only the clocks with that in their name. Ends with 1 when a test failed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

from tests.any_day import CASES, MOMENT, ONLY, asks, shifted
from tests.any_day.clocks import Clock, clocks
from tests.any_day.plugin import EXCEPTED

ROOT = Path(__file__).parents[2]
PYTEST = (
    *(sys.executable, "-m", "pytest", "-q", "-n", "3", "--dist", "loadgroup", "-m", "not long and not chaos and not browser"),
    *("-p", "tests.any_day.plugin", "-W", "ignore::pytest.PytestAssertRewriteWarning"),
)
AHEAD = 600
"""Seconds before the first test at which its file is read."""


@dataclass(frozen=True)
class Outcome:
    """What came of one clock."""

    passed: int
    failed: int
    skipped: int
    seconds: float


def run(clock: Clock, tests: list[str] | None, folder: Path, *, cases: str) -> Outcome:
    """Runs these tests (``None``: all) under this clock; what pytest says is shown when one fails.

    :param cases: see :data:`tests.any_day.CASES`
    """
    only, report = folder / "tests", folder / "report.xml"
    only.write_text("\n".join(tests or ()), encoding="utf-8")
    report.unlink(missing_ok=True)
    shift = clock.moment.timestamp() - time.time() - AHEAD if clock.moment else clock.shift.total_seconds()
    wanted = {
        MOMENT: str(clock.moment.timestamp()) if clock.moment else "",
        ONLY: "" if tests is None else str(only),
        CASES: cases,
    }
    files = sorted({test.partition("::")[0] for test in tests or ()})
    began = time.monotonic()
    done = subprocess.run(
        [*PYTEST, f"--junitxml={report}", *files],
        cwd=ROOT, env=shifted({**os.environ, **clock.environment, **wanted}, str(shift)), capture_output=True, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - began
    if done.returncode:
        print(f"\n── {clock.name} ──\n{done.stdout.decode(errors='replace')[-20_000:]}\n{done.stderr.decode(errors='replace')[-4_000:]}")
    if not report.exists():
        return Outcome(0, 1, 0, seconds)
    suite = ElementTree.parse(report).getroot()[0]  # noqa: S314 - written by pytest
    ran, failures, errors, skipped = (int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped"))
    failed = max(failures + errors, bool(done.returncode))
    return Outcome(ran - failed - skipped, failed, skipped, seconds)


def main() -> int:
    """Prints a line a clock."""
    short, asked = bool(os.environ.get("SHORT")), os.environ.get("CLOCK", "")
    began = time.monotonic()
    tests = asks.asking(short=short)
    print(f"{'clock':38} {'tests':>6} {'passed':>7} {'failed':>7} {'skipped':>8} {'seconds':>8}", flush=True)
    outcomes = []
    with tempfile.TemporaryDirectory() as folder:
        for number, clock in enumerate(clocks(datetime.now(UTC))):
            if asked not in clock.name or (short and not asked and not clock.short):
                continue
            whole = clock.whole and not short
            cases = "0:2" if short else "" if whole else f"{number * 3}:3"
            one = run(clock, None if whole else tests, Path(folder), cases=cases)
            outcomes.append(one)
            kind = "all" if whole else "clock"
            print(f"{clock.name:38} {kind:>6} {one.passed:7} {one.failed:7} {one.skipped:8} {one.seconds:8.0f}", flush=True)
    for name, reason in EXCEPTED.items():
        print(f"excepted: {name} ({reason})")
    passed, failed = (sum(getattr(one, name) for one in outcomes) for name in ("passed", "failed"))
    print(f"{passed} passed, {failed} failed in {time.monotonic() - began:.0f}s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
