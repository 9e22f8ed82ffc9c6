"""SIGKILL for the watcher, for Redis (then flushed) and for a sender half-way, while a hundred messages arrive.

The watcher and the sender are the code that the triggerer and ``send_notifications`` run, in bare processes; sinks, platform API,
Postgres and Redis are real. Counted at the sinks: every message once.
"""

from __future__ import annotations

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis

from local.base.paths import IMPORTS
from local.processes.redis import Redis
from rolecall.outbox.compose import compose
from rolecall.outbox.messages import enqueue
from rolecall.outbox.wakeup import STREAM, nudge
from rolecall.store import Connection, connect
from tests.any_day import shifted
from tests.conftest import free_port, running

ROOT = Path(__file__).parents[2]
TOKEN = "drill"


class World:
    """Sandbox, services and a Redis of its own, each a process that can be killed."""

    def __init__(self, dsn: str, folder: Path, stack: ExitStack) -> None:
        self.dsn, self.folder, self.stack = dsn, folder, stack
        self.services, self.sandbox = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        self.smtp = free_port()
        self.redis = Redis(folder / "redis", free_port(), TOKEN)
        self.redis.prepare()
        self.wakes: queue.Queue[str] = queue.Queue()

    def environment(self) -> dict[str, str]:
        ours = {
            **{"ROLECALL_DSN": self.dsn, "REDIS_URL": self.redis.url, "API_BASE_URL": self.services, "API_TOKEN": TOKEN},
            **{"AI_SERVICE_TOKEN": TOKEN, "SANDBOX_URL": self.sandbox, "SANDBOX_TOKEN": TOKEN, "ROLECALL_SERVICES_URL": self.services},
            **{"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(self.smtp), "SMTP_SECURITY": "none"},
            **{"TWILIO_BASE_URL": f"{self.sandbox}/twilio", "TWILIO_ACCOUNT_SID": "AC1", "TWILIO_AUTH_TOKEN": "t"},
            **{"TWILIO_PHONE_NUMBER": "+15005550006", "PUSH_NOTIFICATION_URL": f"{self.sandbox}/push", "PUSH_IDEMPOTENT": "true"},
            "SLACK_WEBHOOK_URL": f"{self.sandbox}/slack",
        }
        return shifted({**os.environ, **ours, "PYTHONPATH": IMPORTS})

    def start(self) -> None:
        """Everything but watcher and sender."""
        sandbox = [sys.executable, "-m", "sandbox", "--port", self.sandbox.rsplit(":", 1)[1], "--smtp-port", str(self.smtp)]
        services = [sys.executable, "-m", "rolecall.services", "--port", self.services.rsplit(":", 1)[1]]
        for name, command in (("sandbox", sandbox), ("services", services)):
            self.stack.enter_context(running(command, self.folder / f"{name}.log", signal.SIGTERM))
        for url in (f"{self.sandbox}/_sandbox/health", f"{self.services}/health"):
            _until(lambda url=url: httpx.get(url, timeout=2).is_success, 30)  # type: ignore[misc]

    def start_redis(self) -> subprocess.Popen[bytes]:
        process = self.stack.enter_context(running(self.redis.command, self.folder / "redis.log", signal.SIGTERM))
        _until(lambda: self.client().ping(), 10)
        return process

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.redis.url, decode_responses=True, socket_timeout=2)

    def process(self, name: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "tests.chaos.processes.notifier", name]
        started = subprocess.Popen(
            command, env=self.environment(), cwd=ROOT, stdout=subprocess.PIPE, stderr=(self.folder / f"{name}.err").open("ab"), text=True
        )
        self.stack.callback(_end, started)
        assert started.stdout is not None
        assert started.stdout.readline() == "ready\n", (self.folder / f"{name}.err").read_text()
        return started

    def watch(self) -> subprocess.Popen[str]:
        """A watcher whose wake-ups come to ``wakes``."""
        watcher = self.process("watch")

        def listen() -> None:
            assert watcher.stdout is not None
            for line in watcher.stdout:
                self.wakes.put(line.strip())

        threading.Thread(target=listen, daemon=True).start()
        return watcher

    def slow(self, target: str, seconds: float) -> None:
        """HTTP sinks take the message and answer late; the mail server is slow before it takes the letter."""
        fault = {"target": target, "kind": "latency", "seconds": seconds, "times": None, "after": target != "smtp"}
        httpx.put(f"{self.sandbox}/_sandbox/faults", json=fault, headers={"Authorization": f"Bearer {TOKEN}"}).raise_for_status()

    def delivered(self) -> Counter[str]:
        """What the sinks have, by the number in its text."""
        answer = httpx.get(f"{self.sandbox}/_sandbox/messages?limit=5000", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10)
        found: list[dict[str, Any]] = answer.raise_for_status().json()["messages"]
        return Counter(one["text"].split("No.")[1].split()[0] for one in found if "No." in one["text"])


def _until(condition: Any, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            if condition():
                return
        except (httpx.HTTPError, redis.RedisError, OSError):
            pass
        assert time.monotonic() < deadline, "it did not come up"
        time.sleep(0.05)


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


@pytest.fixture
def world(dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with ExitStack() as stack:
        made = World(dsn, tmp_path, stack)
        for name, value in made.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(ROOT)
        made.start()
        yield made


def enqueue_effects(db: Connection, world: World, numbers: range) -> None:
    """Our own messages, as applying writes them: a row each by e-mail, SMS or push, and a wake-up."""
    for n in numbers:
        context = {
            **{"applicationId": f"a{n}", "userId": f"u{n}", "userEmail": f"u{n}@example.com", "phone": f"+49170{n:07d}"},
            **{"jobTitle": f"No.{n} nurse", "companyName": "Clinic", "platform": "indeed", "status": "viewed"},
            "preferences": {"notifications": {"channels": [("email", "sms", "push")[n % 3]]}},
        }
        enqueue(db, compose("status_change", context))
        db.commit()
        nudge(world.redis.url)


def add(world: World, numbers: range) -> None:
    """Other producers' messages, in the seed's fields."""
    for n in numbers:
        fields: dict[Any, Any] = {"id": f"m{n}", "type": "push", "userId": f"u{n}", "title": "T", "message": f"No.{n} hello", "data": "{}"}
        world.client().xadd(STREAM, fields)


def states(world: World) -> Counter[str]:
    with connect(world.dsn) as conn:
        rows = conn.execute(
            "select state, count(*) as n from notification where kind in ('status_change', 'message') group by state"
        ).fetchall()
    return Counter({row["state"]: row["n"] for row in rows})


@pytest.mark.parametrize("many", [30, pytest.param(100, marks=pytest.mark.long), pytest.param(1000, marks=pytest.mark.chaos)])
def test_all_messages_survive_the_watcher_redis_and_a_sender(world: World, db: Connection, many: int) -> None:
    own, foreign = range(many * 6 // 10), range(many * 6 // 10, many)
    server = world.start_redis()
    watcher = world.watch()

    # the watcher dies while messages arrive; the next one finds what it was never told to forget
    enqueue_effects(db, world, own[: len(own) // 3])
    add(world, foreign[: len(foreign) // 2])
    watcher.kill()
    enqueue_effects(db, world, own[len(own) // 3 : len(own) // 2])
    add(world, foreign[len(foreign) // 2 :])
    watcher = world.watch()
    assert int(world.wakes.get(timeout=15)) > 0

    # Redis dies: what was appended comes back with it; our rows never needed it
    server.kill()
    server.wait()
    enqueue_effects(db, world, own[len(own) // 2 :])
    while not world.wakes.empty():  # what is heard from now on comes from the Redis that was started again
        world.wakes.get()
    server = world.start_redis()
    assert world.wakes.get(timeout=45)

    # a run is killed half-way; everything of others is in Postgres by then
    for target in ("twilio", "push", "smtp"):
        world.slow(target, max(0.05, 6 / many))  # slow enough to be killed before the end, also where few are sent on a busy machine
    sender = world.process("run")
    _until(lambda: sum(world.delivered().values()) >= many // 3, 60)
    sender.kill()
    sender.wait()
    left = states(world)
    assert sum(left.values()) == many
    assert left["queued"] + left["sending"] > 0
    assert left["sending"] <= 20

    # and Redis is flushed: the sweep needs nothing of it
    world.client().flushall()
    with connect(world.dsn) as conn:
        conn.execute("update notification set lease_until = now() - interval '1 second' where state = 'sending'")  # three minutes later
    for _ in range(3):
        assert world.process("run").wait(120) == 0
        with connect(world.dsn) as conn:
            conn.execute("update notification set next_at = now() where state = 'queued'")

    arrived, ended = world.delivered(), states(world)
    print(
        f"\n{many} messages: killed with {dict(left)}; at the sinks {len(arrived)}, twice {arrived.total() - len(arrived)}, {dict(ended)}"
    )
    assert max(arrived.values()) == 1
    assert ended["sent"] + ended["uncertain"] == many
    assert len(arrived) >= many - ended["uncertain"]
    # who died between claim and request leaves a mail unsent rather than sent twice: named, alerted, no more than the mails in hand
    assert many - len(arrived) <= ended["uncertain"] <= 8
    patched = db.execute("select status, count(*) as n from notification_record group by status").fetchall()
    told = {row["status"]: row["n"] for row in patched}
    assert told.get("sent", 0) >= ended["sent"]
    assert told.get("uncertain", 0) == ended["uncertain"]
