"""The tools of the bare drills: runs that can be killed, a Postgres that can be stopped, and the way from a fault to its verdict."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from local.base.paths import IMPORTS
from local.processes.postgres import Postgres, binaries
from rolecall.errors import StoreUnavailable
from rolecall.store import connect, migrate
from tests.any_day import shifted
from tests.chaos.receiver import Pair, Receiver
from tests.chaos.verdict import Verdict, verdict
from tests.conftest import free_port

ROOT = Path(__file__).parents[2]
LIMIT = 60.0
"""Seconds any one run may take to get where it is expected."""

LEASE = 2.0
"""Seconds: the product's lease, shortened, so that a dead sender is found at once."""

ANSWER_LIMIT = 1.0
"""Seconds: the product's 30 s for an answer, shortened likewise."""


class Run:
    """One forked run.

    :param pid: ``0`` until it is born
    """

    def __init__(self) -> None:
        self.pid = 0
        self.word = ""
        self.at, self.done, self.reaped = threading.Event(), threading.Event(), threading.Event()


class Crew:
    """Starts runs, and kills them by their pid."""

    def __init__(self, log: Path, redis_url: str) -> None:
        self.redis_url = redis_url
        environment = shifted({**os.environ, "PYTHONPATH": IMPORTS, "SMTP_HOST": "127.0.0.1"})
        self._log = log.open("wb")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.processes.crew"],
            cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log,
        )  # fmt: skip
        self._runs: defaultdict[int, Run] = defaultdict(Run)
        self._order, self._last = threading.Lock(), 0
        self._birth = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            what, pid, *word = line.decode().split()
            run = self._runs[int(pid)]
            if what == "born":
                self._last = int(pid)
                self._birth.set()
            elif what == "at":
                run.at.set()
            elif what == "done":
                run.word = word[0]
                run.done.set()
            else:
                run.reaped.set()

    def _tell(self, order: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()

    def start(self, order: dict[str, Any]) -> Run:
        """Forks one run."""
        with self._order:
            self._birth.clear()
            self._tell(order)
            while not self._birth.wait(1):
                assert self._process.poll() is None, "the crew has died: its log tells why"
            run = self._runs[self._last]
            run.pid = self._last
            return run

    def end(self, run: Run, *, kill: bool = True) -> None:
        """Kills a run (or lets it end by itself) and buries it."""
        if kill:
            os.kill(run.pid, signal.SIGKILL)  # its parent has not buried it: the pid is still its own
        else:
            assert run.done.wait(LIMIT), f"run {run.pid} does not end"
        with self._order:
            self._tell({"reap": run.pid})
        assert run.reaped.wait(LIMIT)
        del self._runs[run.pid]

    def close(self) -> None:
        """Ends the crew; it has no children left unless a drill failed."""
        for pid, run in list(self._runs.items()):
            if run.pid and not run.reaped.is_set():
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        self._process.kill()
        self._process.wait()
        self._log.close()


class Database:
    """A Postgres with its usual durability, which may be stopped in the middle. Its files are where there is room and speed."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "log"
        self.server = Postgres(folder / "data", free_port(), secrets.token_hex(8))
        self.server.prepare()
        self._process: subprocess.Popen[bytes] | None = None
        self.start()
        with psycopg.connect(self.server.dsn("postgres"), autocommit=True) as admin:
            admin.execute("create database template_rolecall")
            admin.execute("set scram_iterations = 1")  # a drill opens tens of thousands of connections: the login need not be slow
            admin.execute(sql.SQL("alter role rolecall password {}").format(sql.Literal(self.server.password)))
        migrate(self.server.dsn("template_rolecall"))
        with psycopg.connect(self.server.dsn("template_rolecall")) as template:
            template.execute("delete from ledger_home")  # each copy is a ledger of its own, not a restored one

    def start(self) -> None:
        """Starts it and waits until it answers."""
        self.server.prepare()
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(self.server.command, stdout=output, stderr=output, start_new_session=True)
        deadline = time.monotonic() + 30
        while True:
            with contextlib.suppress(psycopg.OperationalError):
                psycopg.connect(self.server.dsn("postgres"), connect_timeout=2).close()
                return
            assert self._process.poll() is None, self.log.read_text()[-2000:]
            assert time.monotonic() < deadline, self.log.read_text()[-2000:]
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """Stops it: immediately (as a crash would) unless told otherwise."""
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(30)

    @contextmanager
    def restored(self, dsn: str) -> Iterator[Callable[[], str]]:
        """Takes a backup now; called, restores it into a new database and returns its connection string."""
        backup = subprocess.run([binaries() / "pg_dump", "--format=custom", dsn], capture_output=True, check=True, timeout=60).stdout
        name = f"d_{secrets.token_hex(6)}"

        def restore() -> str:
            with psycopg.connect(self.server.dsn("postgres"), autocommit=True) as admin:
                admin.execute(f"create database {name} template template0")
            subprocess.run([binaries() / "pg_restore", f"--dbname={self.server.dsn(name)}"], input=backup, check=True, timeout=60)
            return self.server.dsn(name)

        yield restore
        with psycopg.connect(self.server.dsn("postgres"), autocommit=True) as admin:
            admin.execute(f"drop database if exists {name} with (force)")

    @contextmanager
    def fresh(self, template: str = "template_rolecall") -> Iterator[str]:
        """Connection string of a new database."""
        name = f"d_{secrets.token_hex(6)}"
        with psycopg.connect(self.server.dsn("postgres"), autocommit=True) as admin:
            admin.execute(f"create database {name} template {template}")
        yield self.server.dsn(name)
        with psycopg.connect(self.server.dsn("postgres"), autocommit=True) as admin:
            admin.execute(f"drop database {name} with (force)")


@dataclass
class Person:
    """Somebody for whom runs apply.

    :param jobs: how many jobs they match
    """

    name: str
    jobs: int

    @property
    def cv(self) -> str:
        """Their only CV."""
        return f"cv-{self.name}"

    @property
    def wanted(self) -> set[Pair]:
        """What is to be applied for."""
        return {(self.cv, f"{self.cv}-{n}") for n in range(self.jobs)}

    def job(self, number: int) -> str:
        """The id of one of their jobs."""
        return f"{self.cv}-{number}"


@dataclass
class Drill:
    """One database and one receiver in which a fault is played through, as often as asked.

    :param people: those for whom something was started
    """

    dsn: str
    receiver: Receiver
    crew: Crew
    people: list[Person] = field(default_factory=list)
    runs: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def part(self) -> Drill:
        """Another drill in the same place, with people of its own."""
        return Drill(self.dsn, self.receiver, self.crew)

    def person(self, jobs: int) -> Person:
        """Somebody new."""
        with self.lock:
            person = Person(secrets.token_hex(6), jobs)
            self.people.append(person)
        return person

    def start(self, person: Person, **extra: Any) -> Run:
        """Starts a run for somebody."""
        with self.lock:
            self.runs += 1
            number = self.runs
        order = {
            "dsn": self.dsn,
            "url": self.receiver.url,
            "redis": self.crew.redis_url,
            "person": person.name,
            "cv": person.cv,
            "jobs": person.jobs,
            "run": f"{person.name}-{number}",
            "lease": LEASE,
            "answer_limit": ANSWER_LIMIT,
        }
        return self.crew.start({**order, **extra})

    def complete(self, person: Person, **extra: Any) -> None:
        """One run that nobody disturbs."""
        self.crew.end(self.start(person, sweep=True, **extra), kill=False)

    def open(self, person: Person) -> int:
        """How many of somebody's jobs are neither sent, refused nor parked."""
        with connect(self.dsn) as conn:
            row = conn.execute(
                "select count(*) filter (where state in ('submitted', 'uncertain', 'refused')) as closed from application where cv_id = %s",
                (person.cv,),
            ).fetchone()
        return person.jobs - (row["closed"] if row else 0)

    def settle(self, person: Person) -> float:
        """Runs for somebody until nothing is open; seconds that took."""
        began = time.monotonic()
        while True:
            self.complete(person)
            with contextlib.suppress(StoreUnavailable):
                if not self.open(person):
                    return time.monotonic() - began
            assert time.monotonic() - began < LIMIT, f"{self.open(person)} of {person.jobs} stay open"
            time.sleep(0.2)

    def verdict(self) -> Verdict:
        """What became of everybody."""
        wanted = {pair for person in self.people for pair in person.wanted}
        with connect(self.dsn) as conn:
            return verdict(conn, self.receiver.of({person.cv for person in self.people}), wanted)
