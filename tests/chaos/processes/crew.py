"""The process ``tests.chaos.processes.crew`` forks runs of the apply code, as processes that can be killed anywhere.

One JSON order a line on stdin starts one run: it plans and sends for one person, as the tasks of ``auto_apply`` do. On stdout:
``born PID``, ``at PID`` (it has come to the place where it stops, and waits there to be killed), ``done PID WORD``.

The product has no hooks. The places are made here, in the forked process only, by wrapping what the product calls: a statement that
was executed, a transaction that was committed, a function, the write of a request's body.
"""

from __future__ import annotations

import functools
import importlib
import json
import logging
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NoReturn

import httpx
import psycopg

from rolecall.applying import ledger
from rolecall.applying.effects import enqueue_effects, park_and_tell
from rolecall.applying.plan import plan
from rolecall.applying.restored.sent_log import SentLog
from rolecall.applying.submit import InFlight, Pace, Refused, Uncertain, submit
from rolecall.clients import ai_client
from rolecall.clients.platform_client import PlatformClient
from rolecall.errors import RolecallError
from rolecall.models import ApplyOrder, Match
from rolecall.notifying.send.platform_calls import deliver_outbox
from rolecall.outbox.compose import compose
from rolecall.store import connect
from tests.chaos.receiver import matches

FULL_PACE = Pace(batch=100_000, delay=0)


SUBMIT: Any = importlib.import_module("rolecall.applying.submit")
"""Its limits are the drill's."""


def say(word: str) -> None:
    """One line, whole, whatever else is written at the same time."""
    os.write(1, f"{word}\n".encode())


def stop_here() -> NoReturn:
    """The place has been reached: whoever watches kills this process."""
    say(f"at {os.getpid()}")
    while True:
        time.sleep(60)


class Countdown:
    """Reaches zero at the how-manieth call."""

    def __init__(self, nth: int) -> None:
        self.left = nth

    def reached(self) -> bool:
        """Counts one call."""
        self.left -= 1
        return self.left == 0


def stop_at(place: dict[str, Any]) -> None:
    """Arms one place: ``{"kind": …, "what": …, "nth": …}``."""
    count, what = Countdown(place["nth"]), place["what"]
    if place["kind"] in ("executed", "committed"):
        _stop_at_statement(what, count, committed=place["kind"] == "committed")
    elif place["kind"] in ("before", "after"):
        _wrap(what, count, after=place["kind"] == "after")
    elif place["kind"] in ("unsent", "half sent"):
        _stop_in_request(count, half=place["kind"] == "half sent")
    elif place["kind"] == "disk full":
        _fail_statement(what, count)


def _stop_at_statement(fragment: str, count: Countdown, *, committed: bool) -> None:
    execute, commit, hit = psycopg.Cursor.execute, psycopg.Connection.commit, [False]

    @functools.wraps(execute)
    def executed(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        result = execute(self, query, *args, **kwargs)
        if fragment in str(query) and count.reached():
            hit[0] = True
            if not committed:
                stop_here()
        return result

    @functools.wraps(commit)
    def committing(self: Any) -> None:
        commit(self)
        if hit[0]:
            stop_here()

    psycopg.Cursor.execute = executed  # type: ignore[method-assign]
    psycopg.Connection.commit = committing  # type: ignore[method-assign]


def _fail_statement(fragment: str, count: Countdown) -> None:
    execute = psycopg.Cursor.execute

    @functools.wraps(execute)
    def full(self: Any, query: Any, *args: Any, **kwargs: Any) -> Any:
        if fragment in str(query) and count.reached():
            raise psycopg.errors.DiskFull("could not extend file: No space left on device")
        return execute(self, query, *args, **kwargs)

    psycopg.Cursor.execute = full  # type: ignore[method-assign]


def _wrap(path: str, count: Countdown, *, after: bool) -> None:
    owner_path, name = path.rsplit(".", 1)
    try:
        owner: Any = importlib.import_module(owner_path)
    except ModuleNotFoundError:
        module, kind = owner_path.rsplit(".", 1)
        owner = getattr(importlib.import_module(module), kind)
    original = getattr(owner, name)

    @functools.wraps(original)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        here = count.reached()
        if here and not after:
            stop_here()
        result = original(*args, **kwargs)
        if here:
            stop_here()
        return result

    setattr(owner, name, wrapped)


def _stop_in_request(count: Countdown, *, half: bool) -> None:
    from httpcore._backends.sync import SyncStream

    write = SyncStream.write

    def writing(self: Any, buffer: bytes, timeout: float | None = None) -> None:
        if buffer.startswith(b"{" if half else b"POST /api/auto-apply") and count.reached():
            if half:
                write(self, buffer[: len(buffer) // 2], timeout)
            stop_here()
        write(self, buffer, timeout)

    SyncStream.write = writing  # type: ignore[method-assign]


def run(order: dict[str, Any]) -> str:
    """Plans and sends for one person; returns ``ended``, or what stopped it."""
    _surround(order)
    with connect(order["dsn"]) as conn:
        found = [Match.model_validate(match) for match in matches(order["cv"], order["jobs"])]
        asked = ApplyOrder(cv_id=order["cv"], user_id=order["person"], user_email=f"{order['person']}@drill.example")
        planned = plan(conn, asked, run_id=order["run"], cv_sha256="h", matches=found).applications
    sent_log = SentLog(order["redis"])
    with ai_client.AiClient(order["url"], "drill") as service:
        for one in planned:
            try:
                submit(
                    ledger.Ledger(order["dsn"], one["application_id"], enqueue_effects),
                    send=service.auto_apply,
                    pace=FULL_PACE,
                    seen_before=sent_log,
                )
            except (Refused, Uncertain, InFlight):
                continue
            except (RolecallError, psycopg.Error) as error:
                logging.warning("%s", error)
    if order.get("sweep"):
        sweep(order)
    if order.get("record"):
        with PlatformClient(order["url"], "drill") as platform:
            deliver_outbox(order["dsn"], platform, concurrency=1)
    return "ended"


def sweep(order: dict[str, Any]) -> str:
    """Parks what died while sending, as the sweep's task does."""
    with connect(order["dsn"]) as conn:
        return str(park_and_tell(conn))


def _surround(order: dict[str, Any]) -> None:
    """The limits of the drill, and the place where the run is to stop."""
    ledger.LEASE = timedelta(seconds=order["lease"])
    SUBMIT.ANSWER_LIMIT = order["answer_limit"]
    ai_client.APPLY_TIMEOUT = httpx.Timeout(order["answer_limit"], connect=order["answer_limit"])
    if order.get("log"):
        logging.basicConfig(filename=order["log"], level=logging.INFO, force=True)
        os.dup2(os.open("/dev/full", os.O_WRONLY), 2)
    if order.get("place"):
        stop_at(order["place"])


def _child(order: dict[str, Any], work: Callable[[dict[str, Any]], str]) -> NoReturn:
    word = "failed"
    try:
        word = work(order)
    except BaseException as error:
        word = type(error).__name__
        logging.exception("the run failed")
    finally:
        say(f"done {os.getpid()} {word}")
        os._exit(0)


def _warm_up() -> None:
    """Reads templates and settings before the first fork, as a task's worker does."""
    job = {"applicationId": "a", "jobTitle": "Nurse", "companyName": "Clinic", "platform": "drillboard", "reason": "", "reasons": []}
    compose("applied", {"userId": "u", "userEmail": "u@drill.example", "phone": None, "preferences": {}, **job})


def main() -> None:
    """Forks one process an order, until stdin ends. ``{"reap": pid}`` takes a dead one off the list."""
    _warm_up()
    for line in sys.stdin:
        order = json.loads(line)
        if "reap" in order:
            os.waitpid(order["reap"], 0)
            say(f"reaped {order['reap']}")
            continue
        pid = os.fork()
        if pid == 0:
            os.close(0)
            _child(order, sweep if order.get("only_sweep") else run)
        say(f"born {pid}")


if __name__ == "__main__":
    main()
