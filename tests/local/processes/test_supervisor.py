"""The supervisor with processes of a few lines instead of Postgres and Airflow."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import stat
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import psutil
import pytest

from local.base.credentials import credentials
from local.base.files import read_json, write_json
from local.base.paths import Home
from local.processes import managed_process, process_registry, supervisor
from local.processes.environment import stack_options
from local.processes.plan import Process
from local.processes.supervisor import Supervisor
from tests.local.conftest import over

Plan = Callable[[Any], list[Process]]

WAITS = "import time; time.sleep(120)"


def process(name: str, code: str = WAITS, **how: Any) -> Process:
    """A process that is ready as soon as it runs."""
    how.setdefault("probe", lambda started: "")
    return Process(name, (sys.executable, "-c", code), {"PATH": os.environ["PATH"]}, **how)


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting again at once, asking often."""
    monkeypatch.setattr(managed_process, "PAUSES", (0.01,))
    monkeypatch.setattr(managed_process, "ASK_EVERY", 0.02)


def ask(home: Home, number: int = 1, **environment: str) -> None:
    write_json(home.run / "wanted.json", {"asked": number, "wanted": asdict(stack_options(environment))})


@asynccontextmanager
async def supervised(home: Home, monkeypatch: pytest.MonkeyPatch, plan: Plan) -> AsyncIterator[Supervisor]:
    """A running supervisor; told to stop at the end."""
    monkeypatch.setattr(supervisor, "plan", plan)
    credentials(home.folder / "secrets.json")
    ask(home)
    made = Supervisor(home)
    running = asyncio.create_task(made.run())
    try:
        yield made
    finally:
        os.kill(os.getpid(), signal.SIGTERM)  # as `make down` does
        await asyncio.wait_for(running, 60)


async def until(condition: Callable[[], object], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        await asyncio.sleep(0.02)


def status(home: Home) -> dict[str, Any]:
    return read_json(home.run / "status.json").get("processes", {})


def ready(home: Home) -> bool:
    return read_json(home.run / "status.json").get("ready") is True


def pid(home: Home, name: str) -> int:
    return int(status(home)[name]["pid"])


def test_what_is_ready_is_told_in_a_private_file_that_is_gone_after_the_stop(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    async def drill() -> int:
        async with supervised(home, monkeypatch, lambda around: [process("services")]):
            await until(lambda: ready(home))
            assert stat.S_IMODE(home.stack_json.stat().st_mode) == 0o600
            return pid(home, "services")

    number = asyncio.run(drill())
    assert process_registry.session(number) == []
    assert not home.stack_json.exists()


def test_a_process_that_dies_is_started_again_and_the_reason_is_shown(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    async def drill() -> None:
        async with supervised(home, monkeypatch, lambda around: [process("services", f"print('busy', flush=True)\n{WAITS}")]):
            await until(lambda: ready(home))
            first = pid(home, "services")
            await until(lambda: "busy" in (home.logs / "services.log").read_text())
            os.kill(first, signal.SIGKILL)
            await until(lambda: ready(home) and pid(home, "services") != first)
            shown = status(home)["services"]
            why, last = shown["reason"].splitlines()
            assert (shown["deaths"], last) == (1, "busy")
            assert why.startswith("killed by SIGKILL, not by this stack: perhaps by the kernel, for lack of memory")

    asyncio.run(drill())


def test_what_does_not_start_says_why_in_its_own_last_words(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    async def drill() -> None:
        async with supervised(home, monkeypatch, lambda around: [process("services", "raise SystemExit('no such table')", probe=_never)]):
            await until(lambda: status(home).get("services", {}).get("state") == "failing")
            assert "ended with status 1\nno such table" in status(home)["services"]["reason"]
            assert not home.stack_json.exists()

    asyncio.run(drill())


def _never(started: float) -> str:
    return "nothing listens"


def test_nothing_starts_before_what_it_needs_is_ready(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = home.folder / "migrated"
    step = process("migrate", f"import pathlib; pathlib.Path({str(mark)!r}).touch()", probe=None)
    after = process("services", f"import pathlib; assert pathlib.Path({str(mark)!r}).exists()\n{WAITS}", after=("migrate",))

    async def drill() -> None:
        async with supervised(home, monkeypatch, lambda around: [after, step]):
            await until(lambda: ready(home))
            assert status(home)["migrate"]["state"] == "done"
            assert status(home)["services"]["deaths"] == 0

    asyncio.run(drill())


def test_children_do_not_outlive_a_stop(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    async def drill() -> list[psutil.Process]:
        async with supervised(home, monkeypatch, lambda around: [process("scheduler", f"import os; os.fork()\n{WAITS}")]):
            await until(lambda: ready(home) and psutil.Process(pid(home, "scheduler")).children())
            return psutil.Process(pid(home, "scheduler")).children()

    assert all(over(child) for child in asyncio.run(drill()))


def test_a_process_that_follows_its_children_ends_by_itself(home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = tmp_path / "said"
    code = (
        "import os, pathlib, signal, time\n"
        "child = os.fork()\n"
        "if not child:\n    time.sleep(120)\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"  # asked itself, it would have to be killed
        f"os.wait(); pathlib.Path({str(said)!r}).write_text('left in good order')"
    )

    async def drill() -> None:
        async with supervised(home, monkeypatch, lambda around: [process("triggerer", code, by_children=True)]):
            await until(lambda: ready(home) and psutil.Process(pid(home, "triggerer")).children())

    asyncio.run(drill())
    assert said.read_text() == "left in good order"


def test_what_works_stops_before_what_it_works_with(home: Home, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    said = tmp_path / "said"
    code = (
        "import signal, sys, time\n"
        f"def leave(*_):\n    open({str(said)!r}, 'a').write(sys.argv[1])\n    sys.exit()\n"
        "signal.signal(signal.SIGTERM, leave)\nprint('up', flush=True)\ntime.sleep(120)"
    )
    plan = [replace(process(name, code, stage=stage)) for name, stage in (("postgres", 4), ("scheduler", 1), ("services", 2))]
    plan = [replace(one, command=(*one.command, one.name + " ")) for one in plan]

    async def drill() -> None:
        async with supervised(home, monkeypatch, lambda around: plan):
            await until(lambda: all("up" in (home.logs / f"{one.name}.log").read_text() for one in plan if ready(home)) and ready(home))

    asyncio.run(drill())
    assert said.read_text() == "scheduler services postgres "


def test_a_change_of_the_environment_restarts_only_what_reads_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def plan(around: Any) -> list[Process]:
        token = around.wanted.configuration.get("API_TOKEN", "")
        return [process("postgres"), replace(process("services"), environment={"API_TOKEN": token})]

    async def drill() -> None:
        async with supervised(home, monkeypatch, plan):
            await until(lambda: ready(home))
            before = {name: pid(home, name) for name in ("postgres", "services")}
            ask(home, 2, API_TOKEN="another")
            os.kill(os.getpid(), signal.SIGHUP)
            await until(lambda: ready(home) and read_json(home.run / "status.json")["asked"] == 2)
            assert pid(home, "postgres") == before["postgres"]
            assert pid(home, "services") != before["services"]

    asyncio.run(drill())


def test_settings_that_cannot_be_used_are_told_and_what_runs_goes_on(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    def plan(around: Any) -> list[Process]:
        if around.wanted.configuration:
            raise RuntimeError("API_BASE_URL is not a web address")
        return [process("services")]

    async def drill() -> None:
        async with supervised(home, monkeypatch, plan):
            await until(lambda: ready(home))
            before = pid(home, "services")
            ask(home, 2, API_BASE_URL="nonsense")
            os.kill(os.getpid(), signal.SIGHUP)
            await until(lambda: read_json(home.run / "status.json")["problem"])
            assert "API_BASE_URL" in read_json(home.run / "status.json")["problem"]
            assert pid(home, "services") == before

    asyncio.run(drill())


def test_a_process_that_finds_its_port_taken_moves_to_another(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    listens = (
        "import socket, sys, time\nserver = socket.socket(); server.bind(('127.0.0.1', int(sys.argv[1]))); server.listen(); time.sleep(120)"
    )

    def plan(around: Any) -> list[Process]:
        port = around.ports["services"]
        one = process("services", listens, ports=("services",), probe=lambda started: "" if _answers(port) else "not yet")
        return [replace(one, command=(*one.command, str(port)))]

    async def drill() -> None:
        with socket.socket() as thief:
            thief.bind(("127.0.0.1", 0))
            write_json(home.folder / "ports.json", {"services": thief.getsockname()[1]})
            async with supervised(home, monkeypatch, plan):
                await until(lambda: ready(home))
                moved = read_json(home.folder / "ports.json")["services"]
                assert moved != thief.getsockname()[1]
                assert read_json(home.stack_json)["services_url"] == f"http://127.0.0.1:{moved}"

    asyncio.run(drill())


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_who_ends_because_the_database_was_started_again_is_not_told_of_beside_it(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    async def drill() -> list[tuple[str, bool]]:
        async with supervised(home, monkeypatch, lambda around: [process("postgres"), process("scheduler", after=("postgres",))]) as made:
            await until(lambda: ready(home))
            for name in ("postgres", "scheduler", "scheduler"):
                before = pid(home, name)
                os.kill(before, signal.SIGKILL)
                await until(lambda name=name, before=before: ready(home) and pid(home, name) != before)
            return [(failure.process, failure.said == "all") for failure in made.failures.all()]

    assert asyncio.run(drill()) == [("postgres", False), ("scheduler", True), ("scheduler", False)]


def test_who_is_being_killed_because_it_hangs_counts_as_ready_for_nobody(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[tuple[bool, str, bool]] = []
    monkeypatch.setattr(managed_process, "LOOK_EVERY", 0.02)
    hanging = process("postgres", pulse=lambda: None, patience=0.05)
    end = process_registry.end

    async def drill() -> None:
        async with supervised(home, monkeypatch, lambda around: [hanging, process("scheduler")]) as made:

            def ends(family: list[psutil.Process], *, grace: float) -> list[psutil.Process]:
                made.report()  # as any other process makes it while this one's children take their time
                said.append((ready(home), status(home)["postgres"]["state"], made.healthy(["postgres"])))
                return end(family, grace=grace)

            monkeypatch.setattr(process_registry, "end", ends)
            await until(lambda: made.failures.all())

    asyncio.run(drill())
    assert said[0] == (False, "restarting", False)


def test_nobody_is_started_while_the_database_below_a_step_that_is_done_is_away(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    away = False

    def database(_: float) -> str:
        return "not yet" if away else ""

    async def drill() -> dict[str, Any]:
        nonlocal away
        migrate = replace(process("migrate", "", after=("postgres",)), probe=None)
        plan = [process("postgres", probe=database), migrate, process("scheduler", after=("migrate",))]
        async with supervised(home, monkeypatch, lambda around: plan):
            await until(lambda: ready(home))
            away = True
            killed = [pid(home, name) for name in ("postgres", "scheduler")]
            for each in killed:
                os.kill(each, signal.SIGKILL)
            await until(
                lambda: status(home)["postgres"]["state"] == "starting" and status(home)["scheduler"]["state"] in ("waiting", "starting")
            )
            waits = status(home)["scheduler"]
            away = False
            await until(lambda: ready(home))
            return waits

    waits = asyncio.run(drill())
    assert (waits["state"], waits["waiting_for"]) == ("waiting", "postgres")
