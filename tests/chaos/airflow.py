"""The embedded stack as the drills see it: Airflow's levers, its processes by their pids, and people for whom runs apply."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from local.base.paths import IMPORTS, ROOT, Home
from local.processes import process_registry
from rolecall.errors import StoreUnavailable
from rolecall.store import connect
from tests.chaos.drill import Person
from tests.chaos.receiver import Hold, Receiver
from tests.chaos.verdict import Verdict, verdict

SETTLE_LIMIT = 400.0
"""Seconds until everything must be closed: a lease, the sweep, and the next run, on a machine that others use."""

SECRET = secrets.token_hex(16)
"""Of the webhook."""


class Stack:
    """A running stack whose AI service and platform are the receiver.

    :param home: its folder
    :param more: further variables of its `make up`
    """

    def __init__(self, home: Home, receiver: Receiver, more: Mapping[str, str]) -> None:
        self.home, self.receiver, self.more = home, receiver, more
        self._token = ""

    def command(self, word: str) -> None:
        """``make up`` or ``make down`` without the installing."""
        theirs = {"URL": self.receiver.url, "TOKEN": "drill"}
        wanted = {
            **{f"AI_SERVICE_{name}": value for name, value in theirs.items()},
            "API_BASE_URL": self.receiver.url,
            "API_TOKEN": "drill",
            "WEBHOOK_SECRET": SECRET,
            **self.more,
        }
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("AIRFLOW", "PYTEST"))}
        done = subprocess.run(
            [sys.executable, "-m", "local.stack", word], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False,
            env={**clean, **wanted, "ROLECALL_HOME": str(self.home.folder), "PYTHONPATH": IMPORTS},
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]

    @property
    def facts(self) -> dict[str, Any]:
        """``stack.json``."""
        found: dict[str, Any] = json.loads(self.home.stack_json.read_text())
        return found

    def call(self, method: str, path: str, *, fine: tuple[int, ...] = (), **kwargs: Any) -> httpx.Response:
        """One REST call, asked again while the web server is away.

        :param fine: answers that are no failure besides 2xx
        """
        deadline = time.monotonic() + 120
        while True:
            with contextlib.suppress(httpx.HTTPError, OSError, ValueError):
                answer = self._once(method, path, **kwargs)
                if answer.is_success or answer.status_code in fine:
                    return answer
                assert answer.status_code >= 500 or answer.status_code == 401, f"{method} {path}: {answer.status_code} {answer.text[:500]}"
            assert time.monotonic() < deadline, f"no answer to {method} {path}"
            time.sleep(0.5)

    def _once(self, method: str, path: str, **kwargs: Any) -> httpx.Response:
        facts = self.facts
        with httpx.Client(base_url=facts["airflow_url"], timeout=30, trust_env=False) as client:
            if not self._token:
                login = {"username": facts["username"], "password": facts["password"]}
                self._token = client.post("/auth/token", json=login).raise_for_status().json()["access_token"]
            answer = client.request(method, path, headers={"Authorization": f"Bearer {self._token}"}, **kwargs)
            if answer.status_code == 401:
                self._token = ""
            return answer

    def process(self, name: str) -> psutil.Process:
        """One of the stack's processes."""
        return process_registry.ProcessRegistry(self.home.run / "processes.json").alive()[name]

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> None:
        """Kills a process and, where it has been killed outright, what it started; waits until the supervisor has another one."""
        before = self.process(name)
        family = [before] if how != signal.SIGKILL else [before, *before.children(recursive=True)]
        for each in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                each.send_signal(how)
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(KeyError):
                if self.process(name).pid != before.pid:
                    return
            assert time.monotonic() < deadline, f"{name} was not started again"
            time.sleep(0.1)

    @contextmanager
    def airflow(self, *arguments: str) -> Iterator[subprocess.Popen[bytes]]:
        """An ``airflow`` command in the scheduler's own environment, stopped at the end of the block."""
        command = [sys.executable, "-m", "airflow", *arguments]
        log = (self.home.logs / f"drill-{arguments[0]}.log").open("ab")
        process = subprocess.Popen(command, cwd=ROOT, env=self.process("scheduler").environ(), stdout=log, stderr=log)
        try:
            yield process
        finally:
            family = [] if process.poll() is not None else psutil.Process(process.pid).children(recursive=True)
            process.kill()
            for each in family:
                with contextlib.suppress(psutil.NoSuchProcess):
                    each.kill()
            process.wait()
            log.close()

    def whose(self, port: int) -> psutil.Process:
        """The process that holds the other end of a connection to the receiver."""
        for each in psutil.net_connections("tcp4"):
            if each.laddr.port == port and each.pid and each.pid != os.getpid():
                return psutil.Process(each.pid)
        raise AssertionError(f"nobody holds port {port}")


@dataclass
class Case:
    """One drill: its people, their runs, and what is held of them.

    :param name: the line in the table
    """

    stack: Stack
    name: str
    jobs: int
    times: int = 0
    people: list[Person] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    seconds: float = 0.0

    def person(self) -> Person:
        """Somebody new."""
        self.people.append(Person(secrets.token_hex(6), self.jobs))
        return self.people[-1]

    def trigger(self, person: Person, *, batch: int = 100, delay: float = 0) -> str:
        """Starts a run over REST; its id."""
        run = f"drill__{person.name}__{secrets.token_hex(3)}"
        conf = {
            "cvId": person.cv,
            "userId": person.name,
            "userEmail": f"{person.name}@drill.example",
            "batchSize": batch,
            "delaySeconds": delay,
        }
        body = {"dag_run_id": run, "logical_date": None, "conf": conf}
        self.stack.call("POST", "/api/v2/dags/auto_apply/dagRuns", json=body, fine=(409,))  # asked again: it is there
        return run

    def hold(self, person: Person, number: int = 2) -> Hold:
        """Will stop one of somebody's requests after it was counted."""
        hold = self.stack.receiver.holds.setdefault(person.job(number), Hold("counted"))
        self.holds.append(hold)
        return hold

    def in_window(self, number: int = 2) -> tuple[Person, str, Hold]:
        """Somebody with a run that has a request on its way: counted, not answered."""
        person = self.person()
        hold = self.hold(person, number)
        run = self.trigger(person)
        assert hold.arrived.wait(120), f"{self.name}: no request came"
        self.begins()
        return person, run, hold

    def begins(self) -> None:
        """The fault is now."""
        self.times += 1
        self.began = time.monotonic()

    def release(self) -> None:
        """Lets every held request have its answer."""
        for hold in self.holds:
            hold.released.set()

    def state(self, run: str) -> str:
        """Of a run; ``gone`` where it was deleted."""
        answer = self.stack.call("GET", f"/api/v2/dags/auto_apply/dagRuns/{run}", fine=(404,))
        return "gone" if answer.status_code == 404 else str(answer.json()["state"])

    def index(self, run: str, job: int) -> int:
        """The map index of one job's task."""
        path = f"/api/v2/dags/auto_apply/dagRuns/{run}/taskInstances/plan_applications/xcomEntries/return_value"
        value = self.stack.call("GET", path, params={"deserialize": "true"}).json()["value"]
        planned = json.loads(value) if isinstance(value, str) else value
        return [one["label"] for one in planned].index(f"Ward nurse {job} @ St. Drill")

    def open(self) -> int:
        """Applications of these people that are not closed by now."""
        with connect(self.stack.facts["postgres_dsn"]) as conn:
            row = conn.execute(
                "select count(*) as closed from application where cv_id = any(%s) and state in ('submitted', 'uncertain', 'refused')",
                ([person.cv for person in self.people],),
            ).fetchone()
        return sum(person.jobs for person in self.people) - (row["closed"] if row else 0)

    def settle(self, *runs: str) -> None:
        """Waits until everything is closed. When the runs have ended and something is open, the next run does it."""
        last = list(runs)
        while True:
            with contextlib.suppress(StoreUnavailable, OSError, ValueError):
                if not self.open():
                    break
                if all(self.state(run) in ("success", "failed", "gone") for run in last):
                    last = [self.trigger(person) for person in self.people]
            assert time.monotonic() - self.began < SETTLE_LIMIT, f"{self.name}: {self.open()} stay open"
            time.sleep(1)
        self.seconds = max(self.seconds, time.monotonic() - self.began)

    def recorded(self) -> int:
        """Records at the platform of these people's applications; each counted as often as it came."""
        with connect(self.stack.facts["postgres_dsn"]) as conn:
            keys = conn.execute(
                "select idempotency_key as key from application where cv_id = any(%s)", ([one.cv for one in self.people],)
            ).fetchall()
        return sum(self.stack.receiver.recorded[row["key"]] for row in keys)

    def mails(self, wanted: int) -> int:
        """Mails to these people, as soon as there are so many, or after a minute and a half."""
        facts, deadline = self.stack.facts, time.monotonic() + 90
        headers = {"Authorization": f"Bearer {facts['sandbox_token']}"}
        while True:
            url = f"{facts['sandbox_url']}/_sandbox/messages?channel=email"
            sent = httpx.get(url, headers=headers, timeout=30, trust_env=False).raise_for_status().json()["messages"]
            found = sum(any(f"{person.name}@drill.example" in str(mail) for person in self.people) for mail in sent)
            if found >= wanted or time.monotonic() > deadline:
                return found
            time.sleep(1)

    def verdict(self) -> Verdict:
        """What became of everybody."""
        wanted = {pair for person in self.people for pair in person.wanted}
        with connect(self.stack.facts["postgres_dsn"]) as conn:
            return verdict(conn, self.stack.receiver.of({person.cv for person in self.people}), wanted)


def webhook(stack: Stack, person: Person, times: int) -> set[str]:
    """The same request so often at the same instant; the run ids that were answered."""
    asked = {"cvId": person.cv, "userId": person.name, "userEmail": f"{person.name}@drill.example", "criteria": {}}
    url = f"{stack.facts['airflow_url']}/webhook/auto-apply"

    def post(_: int) -> str:
        deadline = time.monotonic() + 120
        while True:  # asked again while the web server is away: the same request is the same run
            with contextlib.suppress(httpx.HTTPError):
                answer = httpx.post(url, json=asked, headers={"Authorization": f"Bearer {SECRET}"}, timeout=60, trust_env=False)
                if answer.status_code < 500:
                    assert answer.status_code == 202, answer.text
                    return str(answer.json()["runId"])
            assert time.monotonic() < deadline, "the webhook did not answer"
            time.sleep(0.5)

    with ThreadPoolExecutor(min(times, 50)) as pool:
        return set(pool.map(post, range(times)))


@contextmanager
def running_stack(receiver: Receiver, **more: str) -> Iterator[Stack]:
    """A stack of the drills' own for the length of the block, in a folder with a short name; ``more`` variables for it."""
    folder = Path(tempfile.mkdtemp(prefix="rcd-", dir="/tmp"))
    stack = Stack(Home(folder / "h"), receiver, more)
    try:
        stack.command("up")
        yield stack
    finally:
        stack.command("down")
        shutil.rmtree(folder, ignore_errors=True)
