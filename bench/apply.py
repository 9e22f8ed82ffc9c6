"""Seconds from the trigger of one ``auto_apply`` run to its last receipt, over what its own pace needs.

    make bench ONLY=apply OPTIONS="[--jobs 100] [--rounds 2] [--quick]"

An embedded stack of its own, started and stopped here, with the product's settings; the AI service and the platform are the drills'
receiver, which answers at once and knows only the contract. The pace is the seed's: 5 applications, then 2 s, so that 100 jobs cannot
take less than 19 waits, 38 s. What is over that is Airflow's: three tasks before the fan-out, and a process for each application.

Exits 1 when the better round is over 1.15 times the floor, or a job did not arrive exactly once. ``--quick`` takes 25 jobs and allows
as many seconds over its floor as 100 jobs are allowed over theirs.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from dataclasses import dataclass

from tests.chaos.airflow import Case, Stack, running_stack
from tests.chaos.drill import Person
from tests.chaos.receiver import Receiver, receiving

BATCH, DELAY = 5, 2.0
"""The seed's pace."""

BOUND = 1.15
LIMIT = 300.0
"""Seconds after which a round has failed."""


@dataclass(frozen=True)
class Round:
    """One run.

    :param first: seconds from the trigger to the first receipt
    :param last: to the last
    :param doubled: receipts beyond one a job
    """

    first: float
    last: float
    doubled: int


def floor(jobs: int) -> float:
    """Seconds the pace itself needs."""
    return ((jobs + BATCH - 1) // BATCH - 1) * DELAY


def measure(stack: Stack, receiver: Receiver, jobs: int) -> Round:
    """One person, one run.

    :raises TimeoutError: not everything arrived
    """
    receiver.jobs = jobs
    case = Case(stack, "bench", jobs)
    person = case.person()
    began = time.monotonic()
    case.trigger(person, batch=BATCH, delay=DELAY)
    first = arrived(receiver, person, 1, began)
    last = arrived(receiver, person, jobs, began)
    while case.open():
        time.sleep(0.5)
    return Round(first, last, case.verdict().duplicates)


def arrived(receiver: Receiver, person: Person, many: int, began: float) -> float:
    """Seconds until so many of somebody's applications were received."""
    while len(receiver.of({person.cv})) < many:
        if time.monotonic() - began > LIMIT:
            raise TimeoutError(f"only {len(receiver.of({person.cv}))} of {many} applications arrived within {LIMIT:.0f} s")
        time.sleep(0.01)
    return (receiver.last if many > 1 else time.monotonic()) - began


def main() -> int:
    """Prints a table and one JSON line."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--jobs", type=int, default=100)
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--quick", action="store_true")
    given = options.parse_args()
    jobs, rounds = (25, 1) if given.quick else (given.jobs, given.rounds)
    with receiving() as receiver, running_stack(receiver) as stack:
        measure(stack, receiver, BATCH)  # the first run after a start loads what later ones find loaded
        found = [measure(stack, receiver, jobs) for _ in range(rounds)]
    needed, allowed = floor(jobs), floor(jobs) + floor(100) * (BOUND - 1)
    load = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"{jobs} jobs, floor {needed:.0f} s, at most {allowed:.1f} s; {load}")
    print("  round   first receipt   last receipt   over the floor   ratio")
    for number, one in enumerate(found, 1):
        print(f"  {number:5}   {one.first:11.1f} s   {one.last:10.1f} s   {one.last - needed:12.1f} s   {one.last / max(needed, 1):5.3f}")
    best = min(found, key=lambda one: one.last)
    doubled = sum(one.doubled for one in found)
    print(
        json.dumps(
            {"jobs": jobs, "floor_s": needed, "last_s": round(best.last, 2), "ratio": round(best.last / needed, 3), "doubled": doubled}
        )
    )
    return 0 if best.last <= allowed and not doubled else 1


if __name__ == "__main__":
    sys.exit(main())
