"""SIGKILL at random moments while applications are sent through the real service to an employer that does not deduplicate."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from local.base.paths import IMPORTS
from rolecall.applying.effects import enqueue_effects, park_and_tell
from rolecall.applying.ledger import Ledger
from rolecall.applying.plan import plan
from rolecall.applying.submit import Pace, Uncertain, submit
from rolecall.clients.ai_client import AiClient
from rolecall.models import ApplyOrder, Match
from rolecall.people.records import save_cv, save_person
from rolecall.store import connect
from tests.any_day import shifted
from tests.chaos.verdict import Line
from tests.conftest import free_port, running

ROOT = Path(__file__).parents[2]
TOKEN = "drill"


class World:
    """The bundled services and the sandbox's employer, as processes of their own."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.services, self.sandbox = (f"http://127.0.0.1:{free_port()}" for _ in range(2))

    def environment(self) -> dict[str, str]:
        ours = {
            "ROLECALL_DSN": self.dsn,
            "API_TOKEN": TOKEN,
            "AI_SERVICE_TOKEN": TOKEN,
            "SANDBOX_URL": self.sandbox,
            "SANDBOX_TOKEN": TOKEN,
        }
        return shifted({**os.environ, **ours, "PYTHONPATH": IMPORTS})

    def receipts(self) -> Counter[str]:
        """Applications that the employer received, by idempotency key."""
        answer = httpx.get(f"{self.sandbox}/_sandbox/receipts", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10).raise_for_status()
        return Counter(receipt["key"] for receipt in answer.json()["receipts"])

    def slow_employer(self, seconds: float) -> None:
        fault = {"target": "ats", "kind": "latency", "seconds": seconds, "times": None}
        httpx.put(
            f"{self.sandbox}/_sandbox/faults", json=fault, headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10
        ).raise_for_status()

    def plan(self, many: int) -> list[str]:
        """Plans applications for as many jobs, each with a form of its own at the employer."""
        with connect(self.dsn) as conn:
            save_person(
                conn, person_id="p1", name="Ada Quill", email="ada@mail.example", phone=None, preferences={"applying": {"approval": False}}
            )
            save_cv(conn, cv_id="c1", person_id="p1", data={"name": "Ada Quill", "email": "ada@mail.example"})
            for number in range(many):
                conn.execute(
                    """
                    insert into job (id, merge_key, title, company, url, source, content_hash, state, validated_hash, apply_url,
                                     description)
                    values (%(id)s, %(id)s, 'Nurse', 'Clinic', 'https://x', 'linkedin', 'h', 'valid', 'h', %(form)s, 'Nurse wanted')
                    """,
                    {"id": f"j{number}", "form": f"{self.sandbox}/ats/applications/D-{number}"},
                )
            found = [
                Match.model_validate(
                    {"id": f"j{n}", "source": "linkedin", "matchScore": 0.9, "canAutoApply": True, "generatedCoverLetter": "Hello"}
                )
                for n in range(many)
            ]
            order = ApplyOrder(cv_id="c1", user_id="p1", user_email="ada@mail.example")
            return [one["application_id"] for one in plan(conn, order, run_id="drill", cv_sha256="h", matches=found).applications]

    def sender(self, application: str) -> subprocess.Popen[bytes]:
        """A sender at work."""
        command = [sys.executable, "-m", "tests.chaos.processes.sender", self.dsn, self.services, TOKEN, application]
        return subprocess.Popen(command, env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=ROOT)

    def send_and_kill(self, application: str, after: float) -> None:
        """Starts a sender and kills it ``after`` seconds from the moment it begins to work."""
        with self.sender(application) as sender:
            assert sender.stdout is not None
            assert sender.stdout.readline() == b"ready\n"
            time.sleep(after)
            sender.kill()


def until_healthy(url: str, log: Path) -> None:
    """Waits until a process answers."""
    deadline = time.monotonic() + 30
    while True:
        try:
            httpx.get(url, timeout=2).raise_for_status()
            return
        except httpx.HTTPError:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)


@contextmanager
def services(world: World, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The bundled services, answering."""
    command = [sys.executable, "-m", "rolecall.services", "--port", world.services.rsplit(":", 1)[1]]
    with running(command, log, signal.SIGTERM) as process:
        until_healthy(f"{world.services}/health", log)
        yield process


@pytest.fixture
def employer(dsn: str, tmp_path: Path) -> Iterator[World]:
    """The sandbox alone; whoever uses it starts the services."""
    world = World(dsn)
    sandbox = [sys.executable, "-m", "sandbox", "--port", world.sandbox.rsplit(":", 1)[1], "--smtp-port", "0"]
    with pytest.MonkeyPatch.context() as patch:
        for name, value in world.environment().items():
            patch.setenv(name, value)
        patch.chdir(ROOT)
        with running(sandbox, tmp_path / "sandbox.log", signal.SIGTERM):
            until_healthy(f"{world.sandbox}/_sandbox/health", tmp_path / "sandbox.log")
            yield world


@pytest.fixture
def world(employer: World, tmp_path: Path) -> Iterator[World]:
    with services(employer, tmp_path / "services.log"):
        yield employer


@pytest.mark.parametrize("many", [6, pytest.param(120, marks=pytest.mark.chaos)])
def test_killed_senders_lose_nothing_and_send_nothing_twice(world: World, lines: list[Line], many: int) -> None:
    chance = random.Random(many)
    applications = world.plan(many)
    world.slow_employer(0.15)
    for application in applications:
        world.send_and_kill(application, chance.uniform(0.0, 0.5))
    time.sleep(1)  # what the service had already taken on reaches the employer

    found = settled(world, applications)
    lines.append(Line("bundled services: SIGKILL of the sender, at random moments", "bare", many, many, *found))


@pytest.mark.chaos
def test_killed_services_lose_nothing_and_send_nothing_twice(employer: World, lines: list[Line], tmp_path: Path) -> None:
    chance, kills, together = random.Random(31), 12, 5
    applications = employer.plan(kills * together)
    employer.slow_employer(0.15)
    for kill in range(kills):
        with services(employer, tmp_path / f"services-{kill}.log") as process:
            senders = [employer.sender(one) for one in applications[kill * together : (kill + 1) * together]]
            time.sleep(chance.uniform(0.5, 2.5))
            process.kill()
        for sender in senders:
            sender.communicate(timeout=60)
    with services(employer, tmp_path / "services.log"):
        time.sleep(1)
        found = settled(employer, applications)
    lines.append(Line("bundled services: SIGKILL of the services while they forward", "bare", kills, len(applications), *found))


def settled(world: World, applications: list[str]) -> tuple[int, int, int, float]:
    """The leases run out and the next run comes; then duplicates, lost, uncertain, and the seconds that took."""
    began = time.monotonic()
    with connect(world.dsn) as conn:
        conn.execute("update application set lease_until = now() - interval '1 second' where state = 'submitting'")  # the lease runs out
        park_and_tell(conn)
    with AiClient(world.services, TOKEN) as ai:
        for application in applications:  # the next run picks up what was never sent, and nothing else
            try:
                submit(Ledger(world.dsn, application, enqueue_effects), send=ai.auto_apply, pace=Pace(batch=1000, delay=0))
            except Uncertain:
                continue

    received = world.receipts()
    with connect(world.dsn) as conn:
        rows = conn.execute("select idempotency_key as key, state from application").fetchall()
        owed = conn.execute("select count(*) as n from outbox where topic = 'record_application'").fetchone()
    state = {row["key"]: row["state"] for row in rows}
    twice = received.total() - len(received)
    assert max(received.values()) == 1
    assert set(state.values()) <= {"submitted", "uncertain"}
    assert {key for key, one in state.items() if one == "submitted"} <= set(received)
    assert set(received) <= set(state)
    assert owed == {"n": Counter(state.values())["submitted"]}
    lost = len(set(received) - {key for key, one in state.items() if one in ("submitted", "uncertain")})
    assert (twice, lost) == (0, 0)
    return twice, lost, Counter(state.values())["uncertain"], round(time.monotonic() - began, 1)
