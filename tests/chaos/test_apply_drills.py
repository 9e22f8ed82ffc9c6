"""Applications are sent at most once and never lost, whoever is killed where and whatever the receiving side does.

The apply code runs in bare processes against a real Postgres and a receiver that counts and does not deduplicate. Each drill has a
short form for every change and a full one (``make chaos``), which writes its line into ``docs/drills.md``.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from rolecall.applying import ledger
from rolecall.store import connect
from tests.chaos.conftest import Stage
from tests.chaos.drill import LIMIT, Drill, Person, Run
from tests.chaos.places import FAULTS, INTENT, OUTCOME, PLACES, SEND, Place
from tests.chaos.receiver import Hold
from tests.chaos.verdict import Line, Verdict

AT_ONCE = 6
"""Rounds played side by side."""

Play = Callable[[Drill, int], float]
"""One round of a drill: seconds it took to settle."""

both = pytest.mark.parametrize("thorough", [pytest.param(False, id="short"), pytest.param(True, marks=pytest.mark.chaos, id="full")])


def played(base: Drill, plays: Mapping[str, Play], times: int, lines: list[Line]) -> dict[str, Verdict]:
    """Plays each drill so often, some rounds side by side; notes their lines and returns their verdicts."""
    parts = {name: base.part() for name in plays}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        rounds = {name: [pool.submit(play, parts[name], number) for number in range(times)] for name, play in plays.items()}
        seconds = {name: max(one.result() for one in those) for name, those in rounds.items()}
    found = {name: part.verdict() for name, part in parts.items()}
    lines += [Line.of(name, "bare", times, one, seconds[name]) for name, one in found.items()]
    return found


def reach(run: Run, place: str, reached: Callable[[float], bool]) -> None:
    """Waits until a run is where it is to be."""
    while not reached(0.2):
        assert not run.done.is_set(), f"{place!r} was not reached: the run {run.word}"


def killed_at(place: Place, jobs: int) -> Play:
    """Kills a run where it stands, and settles."""

    def play(drill: Drill, number: int) -> float:
        person, nth = drill.person(jobs), 1 + number % jobs
        extra = dict.fromkeys(place.extra, True)
        if place.kind != "receiver":
            run = drill.start(person, place=place.order(nth), answer_limit=LIMIT, **extra)
            reach(run, place.name, run.at.wait)
            drill.crew.end(run)
            return drill.settle(person)
        hold = drill.receiver.holds.setdefault(person.job(nth - 1), Hold(place.what))
        run = drill.start(person, answer_limit=LIMIT, **extra)
        reach(run, place.name, hold.arrived.wait)
        drill.crew.end(run)
        hold.released.set()
        return drill.settle(person)

    return play


@both
def test_a_kill_at_any_place_sends_nothing_twice_and_loses_nothing(stage: Stage, lines: list[Line], thorough: bool) -> None:
    times, jobs = (14, 16) if thorough else (1, 2)
    with stage.drill() as drill:
        found = played(drill, {f"SIGKILL: {place.name}": killed_at(place, jobs) for place in PLACES}, times, lines)
    for place, one in zip(PLACES, found.values(), strict=True):
        one.holds(certain=place.certain)
        assert one.uncertain == (0 if place.certain else times), (place.name, one)


@both
def test_whatever_the_receiver_answers_counts_for_what_it_proves(stage: Stage, lines: list[Line], thorough: bool) -> None:
    times, jobs = (14, 16) if thorough else (1, 2)

    def answered(fault: str) -> Play:
        def play(drill: Drill, number: int) -> float:
            person = drill.person(jobs)
            drill.receiver.faults[person.job(number % jobs)] = fault
            return drill.settle(person)

        return play

    with stage.drill() as drill:
        found = played(drill, {fault: answered(fault) for fault in FAULTS}, times, lines)
    for fault, one in found.items():
        one.holds(certain=FAULTS[fault] == "submitted")
        assert one.uncertain == (times if FAULTS[fault] == "uncertain" else 0), (fault, one)


@both
def test_a_service_that_cannot_be_reached_was_sent_nothing(stage: Stage, lines: list[Line], thorough: bool) -> None:
    times, jobs = (5, 10) if thorough else (1, 2)

    def unreachable(url: str) -> Play:
        def play(drill: Drill, _: int) -> float:
            person = drill.person(jobs)
            drill.complete(person, url=url)
            assert drill.open(person) == jobs
            return drill.settle(person)

        return play

    with stage.drill() as drill:
        nowhere = {
            "DNS failure": "http://receiver.invalid",
            "connection refused": "http://127.0.0.1:9",
            "TLS failure": drill.receiver.url.replace("http", "https"),
        }
        found = played(drill, {name: unreachable(url) for name, url in nowhere.items()}, times, lines)
    for one in found.values():
        one.holds(certain=True)


@both
def test_kills_at_random_moments(stage: Stage, lines: list[Line], thorough: bool) -> None:
    times, jobs = (100, 24) if thorough else (3, 6)
    chance = random.Random(6)
    moments = [[(chance.randint(0, jobs - 1), chance.uniform(0, 0.03)) for _ in range(3)] for _ in range(times)]

    def play(drill: Drill, number: int) -> float:
        person = drill.person(jobs)
        for many, moment in sorted(moments[number]):
            run = drill.start(person)
            while drill.receiver.taken[person.cv] < many and not run.done.wait(0.005):
                pass  # a moment in the life of the run, however slow the machine is
            time.sleep(moment)
            drill.crew.end(run)
        return drill.settle(person)

    with stage.drill(pace=0.01) as drill:
        found = played(drill, {"SIGKILL: at random moments, three times a person": play}, times, lines)
    for one in found.values():
        one.holds()


def four_at_once(drill: Drill, person: Person) -> None:
    """Four runs for one person at the same time."""
    for run in [drill.start(person) for _ in range(4)]:
        drill.crew.end(run, kill=False)


def three_times(drill: Drill, person: Person) -> None:
    """A finished run, three times again."""
    for _ in range(4):
        drill.complete(person)


def log_on_a_full_disk(drill: Drill, person: Person) -> None:
    """Every line of the log fails."""
    drill.complete(person, log="/dev/full")


def full_disk_at(statement: str) -> Callable[[Drill, Person], None]:
    """One statement finds the disk full."""

    def fail(drill: Drill, person: Person) -> None:
        drill.complete(person, place={"kind": "disk full", "what": statement, "nth": 1})

    return fail


@both
def test_what_leaves_no_doubt_ends_submitted(stage: Stage, lines: list[Line], thorough: bool) -> None:
    times, jobs = (12, 20) if thorough else (1, 3)
    drills = {
        "four runs for one person at once": four_at_once,
        "finished run again, three times": three_times,
        "disk full: log (/dev/full)": log_on_a_full_disk,
        "disk full: at the intent (injected)": full_disk_at(INTENT),
        "disk full: at the outcome (injected)": full_disk_at(OUTCOME),
    }

    def then_settled(disturb: Callable[[Drill, Person], None]) -> Play:
        def play(drill: Drill, _: int) -> float:
            person = drill.person(jobs)
            disturb(drill, person)
            return drill.settle(person)

        return play

    with stage.drill() as drill:
        found = played(drill, {name: then_settled(disturb) for name, disturb in drills.items()}, times, lines)
    for one in found.values():
        one.holds(certain=True)


@both
def test_postgres_stopped_at_once_and_started_again(stage: Stage, lines: list[Line], thorough: bool) -> None:
    times, jobs = (12, 24) if thorough else (1, 6)
    chance, worst = random.Random(18), 0.0
    with stage.drill(pace=0.02) as drill:
        for _ in range(times):
            people = [drill.person(jobs) for _ in range(4)]
            runs = [drill.start(person) for person in people]
            time.sleep(chance.uniform(0.1, 0.8))
            stage.database.stop()
            time.sleep(chance.uniform(0.1, 1.0))
            stage.database.start()
            for run in runs:
                drill.crew.end(run, kill=False)
            worst = max([worst, *(drill.settle(person) for person in people)])
        found = drill.verdict()
    lines.append(Line.of("Postgres: immediate stop and start", "bare", times, found, worst))
    found.holds()


JUMP = """
create schema drill;
create table drill.jump as select interval '0' as by;
create function drill.clock_timestamp() returns timestamptz language sql volatile
    as 'select pg_catalog.clock_timestamp() + (select by from drill.jump)';
create function drill.now() returns timestamptz language sql stable as 'select pg_catalog.now() + (select by from drill.jump)';
"""
"""A clock that can be moved, found before Postgres' own. Every other round the sender is killed after the jump."""


@both
@pytest.mark.parametrize("hours", [24, -24], ids=["forward", "back"])
def test_the_clock_jumps_while_a_request_is_under_way(stage: Stage, lines: list[Line], thorough: bool, hours: int) -> None:
    times, jobs = (10, 10) if thorough else (2, 3)
    worst = 0.0
    with stage.drill() as drill, psycopg.connect(drill.dsn, autocommit=True) as clock:
        clock.execute(JUMP)
        clock.execute(f"alter database {clock.info.dbname} set search_path = drill, public, pg_catalog")
        for number in range(times):
            person = drill.person(jobs)
            hold = drill.receiver.holds.setdefault(person.job(number % jobs), Hold("counted"))
            run = drill.start(person, answer_limit=LIMIT)
            reach(run, "the submit window", hold.arrived.wait)
            clock.execute(f"update drill.jump set by = by + interval '{hours} hours'")
            drill.crew.end(drill.start(person, only_sweep=True), kill=False)
            killed = number % 2 == 1
            if not killed:
                hold.released.set()
            drill.crew.end(run, kill=killed)
            hold.released.set()
            worst = max(worst, drill.settle(person))
        found = drill.verdict()
    lines.append(Line.of(f"clock jumps a day {'forward' if hours > 0 else 'back'} (injected)", "bare", times, found, worst))
    found.holds()
    assert found.uncertain == times // 2


@both
def test_an_answer_that_comes_after_the_row_was_given_up_settles_it(stage: Stage, lines: list[Line], thorough: bool) -> None:
    times, jobs = (10, 10) if thorough else (1, 2)

    def play(drill: Drill, number: int) -> float:
        person = drill.person(jobs)
        hold = drill.receiver.holds.setdefault(person.job(number % jobs), Hold("counted"))
        run = drill.start(person, answer_limit=LIMIT, lease=0.1)
        reach(run, "the submit window", hold.arrived.wait)
        time.sleep(0.2)
        drill.crew.end(drill.start(person, only_sweep=True), kill=False)
        hold.released.set()
        drill.crew.end(run, kill=False)
        return drill.settle(person)

    with stage.drill() as drill:
        found = played(drill, {"answer after the lease ended": play}, times, lines)
    for one in found.values():
        one.holds(certain=True)


@both
def test_a_restored_backup_sends_nothing_again(stage: Stage, lines: list[Line], thorough: bool) -> None:
    people, jobs = (20, 20) if thorough else (2, 3)
    with stage.drill() as today:
        everybody = [today.person(jobs) for _ in range(people)]
        for person in everybody[: people // 2]:
            run = today.start(person, place={"kind": "executed", "what": OUTCOME, "nth": jobs // 2 + 1}, answer_limit=LIMIT)
            reach(run, "the middle of a run", run.at.wait)
            today.crew.end(run)
        with stage.database.restored(today.dsn) as restore:
            for person in everybody:  # half of them is unknown to the backup, the others are half done in it
                today.settle(person)
            yesterday = Drill(restore(), today.receiver, today.crew, people=everybody)
            for person in everybody:
                yesterday.complete(person)
                assert yesterday.open(person)  # nothing is sent before somebody has confirmed it
            with connect(yesterday.dsn) as conn:
                ledger.confirm_restored(conn, "Ada Quill")
            worst = max(yesterday.settle(person) for person in [*everybody, yesterday.person(jobs)])
            found = yesterday.verdict()
    lines.append(Line.of("restore of yesterday's backup", "bare", 1, found, worst))
    found.holds()


def test_the_places_name_what_the_product_does() -> None:
    """A statement that changed its words would leave a place unreached: every kill above waits until it is there."""
    assert len({place.name for place in PLACES}) == len(PLACES) >= 12
    assert any(place.what == SEND for place in PLACES)
