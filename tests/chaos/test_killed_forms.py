"""Employers' forms in a real Chromium while the browser, the services and the task are killed, or hang, at each step to the receipt."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import queue
import random
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from typing import Any

import pytest
from cryptography.fernet import Fernet

from rolecall.applying import follow
from rolecall.applying.effects import park_and_tell
from rolecall.applying.tokens import KEY
from rolecall.clients.ai_client import AiClient
from rolecall.services.ai import shown_forms
from rolecall.services.ai.preparing import PrepareOrder, prepare
from rolecall.services.browser.browser_process import NAMES
from rolecall.services.submitters import way_out
from rolecall.services.submitters.browser_way import BrowserSubmitter
from rolecall.store import Connection, connect
from sandbox.app import Sandbox
from sandbox.forms.asked import STANDARD
from tests.browser.form_sends import LETTER, ada, asked_of, job_with_form, planned_forms
from tests.chaos.processes import form_services
from tests.chaos.verdict import Line
from tests.conftest import free_port
from tests.sandbox.conftest import served

pytestmark = [pytest.mark.browser, pytest.mark.skipif(not any(map(shutil.which, NAMES)), reason="no Chromium (apt install chromium)")]

SLOWER = float(os.environ.get("SLOWER", "4"))
"""All limits of a send that nothing is to stop; those of one that hangs are the product's own."""

ENDINGS = ("lost", "broken", "endless", "errors", "twice", "upload-hangs", "double", "code", "closes", "anyget")
"""What some of the forms do that nobody is killed at."""

HOWS = ("browser", "services", "task", "hang")
BEFORE = form_services.STEPS[: form_services.STEPS.index("intent")]
"""Steps at which nothing can have left."""


@dataclass(frozen=True)
class Send:
    """One application of the drill: ``job`` is also its number, and, behind ``--``, how its form behaves."""

    number: int
    system: str
    step: str = ""
    how: str = ""
    quirk: str = ""

    @property
    def job(self) -> str:
        return f"{self.number}--{self.quirk}" if self.quirk else str(self.number)

    @property
    def id(self) -> str:
        return f"j{self.number}"


def sends(many: int) -> list[Send]:
    """By turns over all systems: half of them struck, at each step in each way; a sixth with a form that misbehaves; the others plain."""
    strikes = itertools.cycle(itertools.product(form_services.STEPS, HOWS))
    quirks = itertools.cycle(ENDINGS)
    made = []
    for number, system in zip(range(many), itertools.cycle(STANDARD), strict=False):
        turn = number // len(STANDARD) % 6
        if turn % 2 == 0 or (turn == 5 and number % 3 == 0):
            made.append(Send(number, system, *next(strikes)))
        else:
            made.append(Send(number, system, quirk=next(quirks) if turn == 3 else ""))
    return made


def world(db: Connection, asked: list[Send]) -> None:
    """A person whose answers the forms know, and as many jobs, each with a form of its own."""
    ada(db)
    for one in asked:
        where = job_with_form(db, one.id, one.system, one.job)
        shown_forms.keep_form(db, where, asked_of(one.system))
    db.commit()


def planned(db: Connection, asked: list[Send], sandbox: str, run: str) -> dict[int, str]:
    """What waits to be sent, prepared: number → application."""
    submitters = [BrowserSubmitter(sandbox=sandbox)]
    prepared = {}
    for one in asked:
        found = prepare(db, PrepareOrder(one.id, "cv-ada", LETTER), submitters, today=datetime.now(UTC).date())
        assert found is not None
        assert (found.where.way, found.obstacles) == ("browser_form", ()), (one, found.left)
        prepared[one.id] = found.said
    return {int(job[1:]): application for job, application in planned_forms(db, prepared, run).items()}


@dataclass
class Lane:
    """One service with its one browser, and the tasks that send through it, one after the other."""

    dsn: str
    sandbox: str
    environment: dict[str, str]
    context: ForkServerContext
    begun: list[Send] = field(default_factory=list)
    struck: set[Send] = field(default_factory=set)
    process: BaseProcess | None = None
    pipe: Any = None
    url: str = ""

    def begin(self) -> None:
        """Starts the service where it is not there."""
        if self.process is not None and self.process.is_alive():
            return
        port = free_port()
        self.pipe, theirs = self.context.Pipe()
        self.process = self.context.Process(
            target=form_services.serve, args=(self.dsn, port, self.sandbox, self.environment, theirs), daemon=True
        )
        self.process.start()
        theirs.close()
        self.url = f"http://127.0.0.1:{port}"
        deadline = time.monotonic() + 600
        with AiClient(self.url, "ai-secret") as service:
            while True:
                with suppress(Exception):
                    service.health()
                    return
                assert time.monotonic() < deadline, "the service does not start"
                time.sleep(0.2)

    def send(self, one: Send, application: str) -> None:
        """One application; whoever is to be killed at its step is."""
        self.begin()
        by = SLOWER / 3 if one.how == "hang" or one.quirk in ("endless", "upload-hangs") else SLOWER
        self.pipe.send({"step": one.step, "how": one.how, "slower": by})
        assert self._heard(120) == "armed"
        task = self.context.Process(target=form_services.send, args=(self.dsn, self.url, application, by), daemon=True)
        task.start()
        deadline = time.monotonic() + 35 * by
        while task.is_alive() and time.monotonic() < deadline:
            said = self._heard(0.1)
            if said == "struck":
                self.struck.add(one)
            if said == "at":
                task.kill()
                task.join()
                self.pipe.send("go")
                self._settled(application)
        assert not task.is_alive(), one
        task.join()
        while said := self._heard(0):
            if said == "struck":
                self.struck.add(one)

    def _settled(self, application: str) -> None:
        """Until the service has done what nobody waits for any more: it has one browser."""
        deadline = time.monotonic() + 60 * SLOWER
        while time.monotonic() < deadline:
            with connect(self.dsn) as conn:
                if not conn.execute("select from submission where state = 'forwarding' and lease_until > clock_timestamp() and key = "
                                    "(select idempotency_key from application where id = %s)", (application,)).fetchall():  # fmt: skip
                    return
            time.sleep(0.3)

    def _heard(self, seconds: float) -> str:
        with suppress(EOFError, OSError):
            if self.pipe.poll(seconds):
                return str(self.pipe.recv())
        return ""

    def close(self) -> None:
        """Ends the service, as a kill does; its browser ends with it."""
        if self.process is not None:
            self.process.kill()
            self.process.join()


def work(lane: Lane, waiting: queue.SimpleQueue[tuple[Send, str]], wrong: list[BaseException], until: float) -> None:
    """Sends what waits, as long as there is time."""
    with suppress(queue.Empty):
        while not wrong and time.monotonic() < until:
            one, application = waiting.get_nowait()
            lane.begun.append(one)
            try:
                lane.send(one, application)
            except BaseException as error:
                wrong.append(error)


def all_of(lanes: list[Lane], order: list[tuple[Send, str]], until: float = float("inf")) -> None:
    """Sends everything, by all lanes at once."""
    waiting: queue.SimpleQueue[tuple[Send, str]] = queue.SimpleQueue()
    wrong: list[BaseException] = []
    for each in order:
        waiting.put(each)
    threads = [threading.Thread(target=work, args=(lane, waiting, wrong, until)) for lane in lanes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if wrong:
        raise wrong[0]


@pytest.fixture
def lanes(dsn: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Lane]]:
    monkeypatch.setenv(KEY, Fernet.generate_key().decode())
    monkeypatch.setattr(way_out, "all_ways", way_out.all_ways)  # put back at the end
    form_services.without_interface()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([form_services.__name__])
    with served(sandbox := Sandbox()) as running:
        made = [Lane(dsn, running.url, {KEY: os.environ[KEY]}, context) for _ in range(int(os.environ.get("LANES", "3")))]
        made[0].records = sandbox.records  # type: ignore[attr-defined]
        try:
            yield made
        finally:
            for lane in made:
                lane.close()


def settle(db: Connection, dsn: str, lanes: list[Lane], asked: list[Send]) -> None:
    """Leases end, the sweep comes, and runs that nobody disturbs, until nothing is open."""
    for turn in range(6):
        db.execute("update application set lease_until = clock_timestamp() - interval '1 s' where state = 'submitting'")
        db.execute("update submission set lease_until = clock_timestamp() - interval '1 s' where state = 'forwarding'")
        park_and_tell(db)
        db.commit()
        rows = db.execute("select job_id from application where state in ('planned', 'approved')").fetchall()
        db.commit()
        open_ones = {int(row["job_id"][1:]) for row in rows} & {one.number for one in asked}
        if not open_ones:
            break
        again = [Send(one.number, one.system, quirk=one.quirk) for one in asked if one.number in open_ones]
        ids = planned(db, again, lanes[0].sandbox, f"again-{turn}")
        all_of(lanes, [(one, ids[one.number]) for one in again])
    lanes[0].begin()
    with AiClient(lanes[0].url, "ai-secret") as service:
        follow.resolve_by_asking(dsn, service.auto_apply_status)


@pytest.mark.chaos
@pytest.mark.parametrize("many", [int(os.environ.get("SENDS", "324"))])
def test_forms_are_received_once_at_most_whatever_is_killed_at_whichever_step(
    db: Connection, dsn: str, lanes: list[Lane], lines: list[Line], many: int
) -> None:
    drill(db, dsn, lanes, lines, sends(many))


def drill(db: Connection, dsn: str, lanes: list[Lane], lines: list[Line], asked: list[Send]) -> None:
    """Sends, kills, settles, counts."""
    world(db, asked)
    ids = planned(db, asked, lanes[0].sandbox, "drill")
    order = [(one, ids[one.number]) for one in asked]
    random.Random(21).shuffle(order)
    began = time.monotonic()
    all_of(lanes, order, began + 60 * float(os.environ.get("MINUTES", "60")))
    asked = sorted((one for lane in lanes for one in lane.begun), key=lambda one: one.number)
    hit = {one for lane in lanes for one in lane.struck}
    settle(db, dsn, lanes, asked)
    time.sleep(1)  # what was on its way arrives
    received = Counter(one["job_id"] for one in lanes[0].records.receipts(limit=10_000)["receipts"])  # type: ignore[attr-defined]
    state = {int(row["job_id"][1:]): row["state"] for row in db.execute("select job_id, state from application").fetchall()}
    for system in STANDARD:
        mine = [one for one in asked if one.system == system]
        got = {one.number: received.pop(f"{system}/harbor-example/{one.job}", 0) for one in mine}
        twice = sum(max(0, count - 1) for count in got.values())
        lost = [one for one in mine if got[one.number] and state[one.number] not in ("submitted", "uncertain")]
        invented = [one for one in mine if state[one.number] == "submitted" and not got[one.number]]
        states = Counter(state[one.number] for one in mine)
        struck = [one for one in mine if one in hit]
        print(f"{system}: {len(mine)} sends, {len(struck)} struck, {dict(states)}, {sum(got.values())} received", flush=True)
        assert (twice, lost, invented) == (0, [], [])
        assert set(states) <= {"submitted", "uncertain", "refused"}, "nothing stays open"
        for one in struck:  # what never left is sent by the next run
            if one.step in BEFORE and one.how in ("browser", "hang"):
                assert (state[one.number], got[one.number]) == ("submitted", 1), one
        for one in mine:
            if not one.step and not one.quirk:
                assert (state[one.number], got[one.number]) == ("submitted", 1), one
        name = f"forms of {system} in Chromium: SIGKILL or hang of browser, services or task at each step"
        lines.append(
            Line(name, "browser", len(struck), len(mine), twice, len(lost), states["uncertain"], round(time.monotonic() - began, 1))
        )
    assert not received, "nothing came under another name"
    hows, steps = dict(Counter(one.how for one in hit)), dict(Counter(one.step for one in hit))
    print(f"{len(asked)} sends, struck: {hows}, at {steps}, {time.monotonic() - began:.0f} s", flush=True)
