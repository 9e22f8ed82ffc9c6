"""The same promise through Airflow itself: its processes are killed and its levers are pulled while requests are on their way.

Slow and heavy (a stack of its own, minutes a test): part of ``make chaos`` only.
"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from tests.chaos.airflow import Case, Stack, running_stack, webhook
from tests.chaos.receiver import receiving
from tests.chaos.verdict import Line

pytestmark = pytest.mark.chaos
JOBS = 20

DAG = "/api/v2/dags/auto_apply"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """One stack for all drills here."""
    with receiving(jobs=JOBS) as receiver, running_stack(receiver) as running:
        yield running


Disturbance = Callable[[Case], list[str]]
"""Starts runs, disturbs them, and returns their ids."""


def play(stack: Stack, lines: list[Line], drills: dict[str, Disturbance], *, at_once: int = 3, certain: bool = False) -> None:
    """Disturbs, waits until everything is closed, and asks what became of it. Drills that disturb only themselves go side by side;
    what is disturbed one after the other (``at_once=1``) settles side by side."""
    cases = [Case(stack, name, JOBS) for name in drills]
    with ThreadPoolExecutor(at_once) as disturbing, ThreadPoolExecutor(len(cases)) as settling:
        disturbed = [disturbing.submit(drills[case.name], case) for case in cases]

        def settled(case: Case, runs: Future[list[str]]) -> None:
            case.settle(*runs.result())
            found = case.verdict()
            lines.append(Line.of(case.name, "Airflow", case.times, found, case.seconds))
            found.holds(certain=certain)

        outcomes = [settling.submit(settled, case, runs) for case, runs in zip(cases, disturbed, strict=True)]
    for each in outcomes:  # one that fails keeps nobody else from the table
        each.result()


def killed_task(case: Case) -> list[str]:
    """The process that sends."""
    _, run, hold = case.in_window()
    case.stack.whose(hold.port).kill()
    case.release()
    return [run]


def killed_supervisor(case: Case) -> list[str]:
    """The process above it."""
    _, run, hold = case.in_window()
    parent = case.stack.whose(hold.port).parent()
    assert parent is not None
    parent.kill()
    time.sleep(1)
    case.release()
    return [run]


def killed_later(case: Case) -> list[str]:
    """The process that sends, at a random moment, three times."""
    runs = []
    chance = random.Random(case.name)
    for number in (1, 5, 9):
        _, run, hold = case.in_window(number)
        sender = case.stack.whose(hold.port)
        hold.released.set()
        time.sleep(chance.uniform(0, 0.05))
        if sender.is_running():
            sender.kill()
        runs.append(run)
    return runs


def cancelled(case: Case) -> list[str]:
    """The run is set to failed."""
    _, run, _ = case.in_window()
    case.stack.call("PATCH", f"{DAG}/dagRuns/{run}", json={"state": "failed"})
    time.sleep(1)
    case.release()
    return [run]


def cleared(case: Case) -> list[str]:
    """The task that sends is cleared."""
    _, run, _ = case.in_window()
    body = {"dry_run": False, "dag_run_id": run, "task_ids": [["apply", case.index(run, 2)]], "only_failed": False}
    case.stack.call("POST", f"{DAG}/clearTaskInstances", json=body)
    time.sleep(1)
    case.release()
    return [run]


def marked(state: str) -> Disturbance:
    """The task that sends is marked."""

    def mark(case: Case) -> list[str]:
        _, run, _ = case.in_window()
        path = f"{DAG}/dagRuns/{run}/taskInstances/apply/{case.index(run, 2)}"
        case.stack.call("PATCH", path, json={"new_state": state})
        time.sleep(1)
        case.release()
        return [run]

    return mark


def deleted(case: Case) -> list[str]:
    """The run is deleted; where Airflow refuses that for a run under way, after it was cancelled."""
    _, run, _ = case.in_window()
    if case.stack.call("DELETE", f"{DAG}/dagRuns/{run}", fine=(409, 400)).is_error:
        case.stack.call("PATCH", f"{DAG}/dagRuns/{run}", json={"state": "failed"})
        case.stack.call("DELETE", f"{DAG}/dagRuns/{run}")
    time.sleep(1)
    case.release()
    return [run]


def paused(case: Case) -> list[str]:
    """The DAG is paused for a while."""
    _, run, _ = case.in_window()
    case.stack.call("PATCH", DAG, json={"is_paused": True})
    case.release()
    time.sleep(5)
    case.stack.call("PATCH", DAG, json={"is_paused": False})
    return [run]


def killed(name: str, how: signal.Signals = signal.SIGKILL) -> Disturbance:
    """One of the stack's processes."""

    def kill(case: Case) -> list[str]:
        _, run, _ = case.in_window()
        case.stack.kill(name, how)
        case.release()
        return [run]

    return kill


def killed_triggerer(case: Case) -> list[str]:
    """The triggerer, just before a request comes that only its trigger would see."""
    person = case.person()
    case.begins()
    case.stack.kill("triggerer")
    return started(case, webhook(case.stack, person, 1))


def started(case: Case, runs: set[str]) -> list[str]:
    """Waits until the dispatcher has started these runs."""
    deadline = time.monotonic() + 200
    for run in runs:
        while case.state(run) == "gone":
            assert time.monotonic() < deadline, f"{run} was not started"
            time.sleep(0.5)
    return list(runs)


def two_at_once(case: Case) -> list[str]:
    """Two runs for one person."""
    person = case.person()
    case.begins()
    return [case.trigger(person), case.trigger(person)]


def hundred_requests(case: Case) -> list[str]:
    """The same webhook a hundred times at once."""
    person = case.person()
    case.begins()
    runs = webhook(case.stack, person, 100)
    assert len(runs) == 1
    return started(case, runs)


def again(case: Case) -> list[str]:
    """A finished run, cleared as a whole; one of its tasks cleared; and another run."""
    person = case.person()
    case.begins()
    run = case.trigger(person)
    case.settle(run)
    ended(case, run)
    before = case.stack.receiver.received.total()
    case.stack.call("POST", f"{DAG}/dagRuns/{run}/clear", json={"dry_run": False})
    time.sleep(2)
    ended(case, run)
    ended(case, case.trigger(person))
    assert case.stack.receiver.received.total() == before or case.verdict().duplicates == 0
    return [run]


def by_command_line(case: Case) -> list[str]:
    """The task that sends is run once more by hand, on the command line, while its request is out."""
    _, run, _ = case.in_window()
    command = ["tasks", "test", "auto_apply", "apply", run, "--map-index", str(case.index(run, 2))]
    with case.stack.airflow(*command) as process:
        process.wait(120)
    case.release()
    return [run]


def by_two_schedulers(case: Case) -> list[str]:
    """A second scheduler works beside the first for a while."""
    with case.stack.airflow("scheduler", "--skip-serve-logs") as second:
        time.sleep(10)
        _, run, _ = case.in_window()
        case.release()
        ended(case, run)
        second.kill()
    return [run]


def backfilled(case: Case) -> list[str]:
    """What runs by the clock, over yesterday, while a run applies."""
    person = case.person()
    case.begins()
    run = case.trigger(person)
    until = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(days=1)
    for dag, since in (("sweep_applications", timedelta(minutes=5)), ("process_applications", timedelta(hours=1))):
        body = {"dag_id": dag, "from_date": (until - since).isoformat(), "to_date": until.isoformat(), "reprocess_behavior": "completed"}
        case.stack.call("POST", "/api/v2/backfills", json=body, fine=(409,))
    return [run]


def ended(case: Case, run: str) -> None:
    """Waits for the end of a run."""
    deadline = time.monotonic() + 200
    while case.state(run) not in ("success", "failed", "gone"):
        assert time.monotonic() < deadline, f"{run} does not end"
        time.sleep(0.5)


def test_repeating_what_is_done_or_under_way_sends_nothing_twice(stack: Stack, lines: list[Line]) -> None:
    drills = {
        "two runs for one person at once": two_at_once,
        "webhook 100 times at once": hundred_requests,
        "finished run cleared, then another run": again,
        "backfill of yesterday": backfilled,
        "two schedulers": by_two_schedulers,
    }
    play(stack, lines, drills, at_once=2, certain=True)


def test_airflows_levers_in_the_submit_window(stack: Stack, lines: list[Line]) -> None:
    drills = {
        "cancel the run": cancelled,
        "clear the task": cleared,
        "mark success": marked("success"),
        "mark failed": marked("failed"),
        "delete the run": deleted,
        "a task run by hand, on the command line": by_command_line,
    }
    play(stack, lines, drills)
    play(stack, lines, {"pause the DAG": paused})


def test_killed_processes(stack: Stack, lines: list[Line]) -> None:
    """One after the other, while what the one before left behind is still settling."""
    drills = {
        "SIGKILL: task": killed_task,
        "SIGKILL: task's supervisor": killed_supervisor,
        "SIGKILL: scheduler": killed("scheduler"),
        "Postgres: immediate stop": killed("postgres", signal.SIGQUIT),
        "SIGKILL: api-server": killed("api-server"),
        "SIGKILL: triggerer": killed_triggerer,
        "SIGKILL: dag-processor": killed("dag-processor"),
        "SIGKILL: services": killed("services"),
        "SIGKILL: Redis": killed("redis"),
        "SIGKILL: task, at random moments": killed_later,
    }
    play(stack, lines, drills, at_once=1)


@pytest.mark.parametrize("fails_at", [0, 48], ids=["all well", "the 48th answer is a 500"])
def test_a_hundred_jobs_at_services_that_are_not_ours(stack: Stack, lines: list[Line], fails_at: int) -> None:
    jobs = 100
    case = Case(stack, f"foreign services, {jobs} jobs" + (f", answer {fails_at} is a 500" if fails_at else ""), jobs)
    person = case.person()
    stack.receiver.jobs, stack.receiver.fails_at[person.cv] = jobs, fails_at
    case.begins()
    try:
        run = case.trigger(person)
        ended(case, run)
    finally:
        stack.receiver.jobs = JOBS
    case.settle(run)
    assert case.state(run) == "success"
    found, unclear = case.verdict(), int(fails_at > 0)
    lines.append(Line.of(case.name, "Airflow", 1, found, case.seconds))
    found.holds()
    assert found.states == {"submitted": jobs - unclear} | ({"uncertain": 1} if unclear else {})
    assert case.recorded() == jobs - unclear
    assert case.mails(jobs) == jobs
