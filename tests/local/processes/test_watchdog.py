"""A process that hangs is killed and started again; one that is slow, or whose ground is gone, is not."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from local.base.paths import Home
from local.processes import managed_process, watchdog
from local.processes.health import CannotTell, component_alive, http_alive, postgres_alive, redis_alive
from local.processes.plan import MEMORY, Process, plan
from local.processes.process_failures import FailureLog
from local.processes.watchdog import Watchdog
from tests.conftest import free_port
from tests.local.conftest import over
from tests.local.processes.test_environment import around
from tests.local.processes.test_supervisor import no_pauses, pid, process, ready, status, supervised, until  # noqa: F401

BEATS = "import pathlib, sys, time\nwhile True:\n    pathlib.Path(sys.argv[1]).write_text(str(time.time()))\n    time.sleep(0.02)"


class Clock:
    """A clock that tests turn."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def listened(pulse: Callable[[], object], patience: float, steps: int, each: float = 5.0) -> list[str]:
    """What so many looks at this process say; it uses no CPU worth the name while the clock is turned."""
    clock = Clock()
    dog = Watchdog(pulse, patience, clock=clock)
    said = []
    for _ in range(steps):
        clock.now += each
        said.append(dog.look(os.getpid()))
    return said


def test_silence_beyond_the_patience_is_a_hang_and_any_change_is_a_sign_of_life() -> None:
    assert listened(lambda: None, 60, 13)[-3:] == ["", "hung: no sign of life for 60 s", "hung: no sign of life for 65 s"]
    assert listened(lambda: "the same heartbeat", 60, 14)[-1].startswith("hung")
    beats = iter(range(1000))
    assert listened(lambda: next(beats), 60, 100) == [""] * 100
    answers = iter(number if number % 3 == 2 else None for number in range(300))
    assert listened(lambda: next(answers), 20, 90) == [""] * 90


def test_a_process_that_works_gets_four_times_the_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    used = iter(number * 1.0 for number in range(1000))  # a fifth of a core
    monkeypatch.setattr(watchdog, "_used", lambda _: next(used))
    said = listened(lambda: None, 60, 60)
    assert [bool(text) for text in said].index(True) in range(40, 50)


def test_who_takes_more_memory_than_it_may_is_started_again_with_a_true_word(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(managed_process, "LOOK_EVERY", 0.05)
    code = """
import pathlib, sys, time
once = pathlib.Path(sys.argv[1])
first = not once.exists()
once.touch()
kept = bytearray(120_000_000) if first else b""
time.sleep(120)
"""
    greedy = process("services", code, pulse=lambda: object(), memory=90_000_000)
    greedy = replace(greedy, command=(*greedy.command, str(home.folder / "grown")))

    async def drill() -> None:
        async with supervised(home, monkeypatch, lambda around: [greedy]):
            await until(lambda: status(home).get("services", {}).get("deaths") == 1 and ready(home))
            assert re.fullmatch(r"had \d+ MB of memory, more than the 90 MB it may have", status(home)["services"]["reason"])
            first = pid(home, "services")
            await asyncio.sleep(0.5)
            assert pid(home, "services") == first, "within its bound it stays"
            os.kill(first, signal.SIGKILL)
            await until(lambda: status(home)["services"]["deaths"] == 2)
            assert re.match(r"killed by SIGKILL, not by this stack: .*; it had up to \d+ MB", status(home)["services"]["reason"])

    asyncio.run(drill())
    assert next(one for one in plan(around(home)) if one.name == "services").memory == MEMORY


def test_silence_is_not_counted_while_nobody_listened_or_nobody_could_tell() -> None:
    assert listened(lambda: None, 90, 2, each=3600.0) == ["", ""]  # the machine slept

    def cannot() -> object:
        raise CannotTell

    def broken() -> object:
        raise KeyError("a question that breaks kills nobody")

    assert listened(cannot, 10, 100) == listened(broken, 10, 100) == [""] * 100


def test_what_nobody_answers_at_gives_no_sign_and_a_database_that_is_away_says_nothing_of_others() -> None:
    port = free_port()
    assert http_alive(f"http://127.0.0.1:{port}/health")() is None
    assert postgres_alive(f"postgresql://nobody@127.0.0.1:{port}/x")() is None
    assert redis_alive(f"redis://127.0.0.1:{port}/0")() is None
    with pytest.raises(CannotTell):
        component_alive(f"postgresql://nobody@127.0.0.1:{port}/x", "SchedulerJob")()


def test_an_answer_that_says_no_is_a_sign_of_life(dsn: str) -> None:
    assert postgres_alive(dsn)() is not None
    assert postgres_alive(dsn.replace("rolecall", "nobody", 1))() is not None  # refused, in Postgres' own words


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(managed_process, "LOOK_EVERY", 0.05)


def beating(name: str, mark: Path, code: str = BEATS, patience: float = 3.0, **how: Any) -> Process:
    """A process that writes heartbeats into a file, and what listens to them."""

    def pulse() -> object:
        return mark.read_text() if mark.exists() else None

    return Process(
        name, (sys.executable, "-c", code, str(mark)), {"PATH": os.environ["PATH"]}, probe=lambda _: "" if mark.exists() else "no beat",
        pulse=pulse, patience=patience, **how,
    )  # fmt: skip


def test_a_stopped_process_is_killed_with_its_children_and_started_again(
    home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    forks = f"import os\nif not os.fork():\n    os.setsid()\n    import time; time.sleep(120); os._exit(0)\n{BEATS}"

    async def drill() -> psutil.Process:
        async with supervised(home, monkeypatch, lambda around: [beating("scheduler", tmp_path / "beat", forks)]):
            await until(lambda: ready(home) and psutil.Process(pid(home, "scheduler")).children())
            first, child = pid(home, "scheduler"), psutil.Process(pid(home, "scheduler")).children()[0]
            os.kill(first, signal.SIGSTOP)
            await until(lambda: ready(home) and pid(home, "scheduler") != first)
            assert status(home)["scheduler"]["reason"].startswith("hung: no sign of life for ")
            await until(lambda: FailureLog(home.failures).all()[-1].back)
            return child

    child = asyncio.run(drill())
    assert over(child)
    (failure,) = FailureLog(home.failures).all()
    assert (failure.process, failure.what[:5]) == ("scheduler", "hung:")


def test_nobody_is_killed_for_the_silence_of_what_they_stand_on(home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stopped = threading.Event()

    def pulse() -> object:  # what the scheduler's heartbeats are written to hangs
        return None if stopped.is_set() else os.urandom(4)

    def made(around: Any) -> list[Process]:
        below = beating("postgres", tmp_path / "below", patience=3.0)
        above = Process(
            "scheduler", (sys.executable, "-c", "import time; time.sleep(120)"), {}, after=("postgres",), probe=lambda _: "",
            pulse=pulse, patience=2.0,
        )  # fmt: skip
        return [below, above]

    async def drill() -> None:
        async with supervised(home, monkeypatch, made):
            await until(lambda: ready(home))
            above, below = pid(home, "scheduler"), pid(home, "postgres")
            os.kill(below, signal.SIGSTOP)
            await until(lambda: not _fresh(tmp_path / "below"))
            stopped.set()
            await until(lambda: ready(home) and pid(home, "postgres") != below)
            stopped.clear()
            assert pid(home, "scheduler") == above

    asyncio.run(drill())
    assert [failure.process for failure in FailureLog(home.failures).all()] == ["postgres"]


def test_who_dies_with_what_it_stands_on_is_not_told_of_by_itself(home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    dies = f"import pathlib, time\nwhile not pathlib.Path({str(gone)!r}).exists():\n    time.sleep(0.02)\nraise SystemExit('no database')"

    def made(around: Any) -> list[Process]:
        slow = process("postgres", "import time; time.sleep(120)", probe=lambda _: "not yet" if gone.exists() else "")
        return [slow, process("scheduler", dies, after=("postgres",))]

    async def drill() -> None:
        async with supervised(home, monkeypatch, made):
            await until(lambda: ready(home))
            gone.touch()
            os.kill(pid(home, "postgres"), signal.SIGKILL)
            await until(lambda: len(FailureLog(home.failures).all()) == 2)

    asyncio.run(drill())
    assert {failure.process: failure.said for failure in FailureLog(home.failures).all()} == {"postgres": "nothing", "scheduler": "all"}


def test_a_step_that_fails_once_counts_as_back_when_it_is_done(home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mark = tmp_path / "tried"
    once = f"import pathlib\nmark = pathlib.Path({str(mark)!r})\nif not mark.exists():\n    mark.touch(); raise SystemExit('no database')"

    async def drill() -> None:
        async with supervised(home, monkeypatch, lambda around: [process("migrate", once, probe=None)]):
            await until(lambda: ready(home))

    asyncio.run(drill())
    (failure,) = FailureLog(home.failures).all()
    assert failure.back is not None


def _fresh(mark: Path) -> bool:
    import time

    return time.time() - float(mark.read_text() or 0) < 0.3


def test_every_process_of_the_stack_that_stays_is_listened_to(home: Home) -> None:
    for one in plan(around(home)):
        assert (one.pulse is None) == (one.probe is None), f"{one.name}: nobody would notice that it hangs"
        assert one.patience >= 60
