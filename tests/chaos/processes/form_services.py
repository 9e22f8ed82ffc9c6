"""Processes of the drill over forms: the AI service with its one browser, and a task that sends. Each can be killed anywhere.

The service is told beforehand at which step it is struck, and how (``{"step": …, "how": …}``). The product has no hooks but the names of
its steps; the others are made here, by wrapping, in the process that is to die.
"""

from __future__ import annotations

import functools
import importlib
import os
import signal
import threading
from contextlib import suppress
from datetime import timedelta
from multiprocessing.connection import Connection as Pipe
from typing import Any

import httpx
import psutil
import uvicorn

from rolecall.applying import ledger
from rolecall.applying.effects import enqueue_effects
from rolecall.applying.submit import Pace, submit
from rolecall.clients import ai_client
from rolecall.errors import RolecallError
from rolecall.matching.papers import paper_pdf as _set_in_type  # noqa: F401  # read before the fork, not after each kill
from rolecall.services.ai import forwarding, submissions
from rolecall.services.ai.ai_app import create_ai_app
from rolecall.services.browser import browser_process
from rolecall.services.browser.browser_process import BrowserProcess
from rolecall.services.submitters import browser_way, way_out
from tests.browser.form_sends import chromium_of
from tests.services.conftest import make_settings

STEPS = (
    "open",
    "recognise",
    "upload",
    "fill",
    "read back",
    "picture",
    "intent",
    "click",
    "receipt",
    "receipt not stored",
    "receipt stored",
)
"""From the form's address to the ledger of the service; ``intent``: the yes to the click is committed, and not given yet."""

LIMITS = {name: getattr(browser_process, name) for name in ("FILL_LIMIT", "RECEIPT_LIMIT", "SHOW_LIMIT")}
SUBMIT: Any = importlib.import_module("rolecall.applying.submit")
"""Its limits are the drill's."""


def without_interface() -> None:
    """Recruitee's open interface comes first in life; here its form is filled in, too."""
    ways = tuple(one for one in way_out.all_ways() if one.name != "recruitee")
    way_out.all_ways = lambda: ways  # type: ignore[assignment]


def slower(by: float) -> None:
    """All limits together: a loaded machine is slower than any employer."""
    for name, value in LIMITS.items():
        setattr(browser_process, name, value * by)
    browser_way.BrowserSubmitter.limit = 29.0 * by
    submissions.LEASE = timedelta(seconds=25 * by)


class Strikes:
    """What the next application meets.

    :param pipe: orders come by it, and are acknowledged; ``at`` is said where somebody else is to be killed, and waited for
    """

    def __init__(self, pipe: Pipe) -> None:
        self.process: BrowserProcess | None = None
        self._pipe, self._go = pipe, threading.Event()
        self._armed: dict[str, Any] = {}
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(EOFError, OSError):
            while True:
                order = self._pipe.recv()
                if order == "go":
                    self._go.set()
                    continue
                slower(order.get("slower", 1))
                self._armed = dict(order)
                self._pipe.send("armed")

    def at(self, step: str) -> None:
        """A step has been reached."""
        if self._armed.get("step") != step:
            return
        how = self._armed.pop("step") and self._armed["how"]
        self._pipe.send("struck")
        if how == "services":
            os.kill(os.getpid(), signal.SIGKILL)
        elif how == "task":
            self._go.clear()
            self._pipe.send("at")
            self._go.wait(120)
        elif self.process is not None and self.process.pid:
            for one in chromium_of(self.process.pid)[: None if how == "hang" else 1]:
                with suppress(psutil.Error):
                    one.send_signal(signal.SIGSTOP if how == "hang" else signal.SIGKILL)


def serve(dsn: str, port: int, sandbox: str, environment: dict[str, str], pipe: Pipe) -> None:
    """The AI service, until it is killed."""
    os.environ.update(environment)
    without_interface()
    strikes = Strikes(pipe)

    class Told(BrowserProcess):
        def __init__(self) -> None:
            super().__init__(told=strikes.at)
            strikes.process = self

    browser_way.BrowserProcess = Told  # type: ignore[misc]
    leaves, write, left = forwarding.Forwarder._leaves, forwarding.Forwarder._write, set[str]()

    @functools.wraps(leaves)
    def leaving(self: forwarding.Forwarder, key: str) -> bool:
        said = leaves(self, key)
        if key in left:  # asked the second time: just before the click
            strikes.at("intent")
        left.symmetric_difference_update({key})
        return said

    @functools.wraps(write)
    def writing(self: forwarding.Forwarder, key: str, outcome: forwarding.ForwardOutcome) -> None:
        left.discard(key)
        strikes.at("receipt not stored")
        write(self, key, outcome)
        strikes.at("receipt stored")

    forwarding.Forwarder._leaves, forwarding.Forwarder._write = leaving, writing  # type: ignore[method-assign]
    app = create_ai_app(make_settings(dsn, sandbox_url=sandbox))
    uvicorn.run(app, host="127.0.0.1", port=port, log_config=None, access_log=False, ws="none")


def send(dsn: str, url: str, application: str, by: float) -> None:
    """One application, as the task sends it."""
    ledger.LEASE = timedelta(seconds=45 * by)
    SUBMIT.ANSWER_LIMIT = 30.0 * by
    ai_client.APPLY_TIMEOUT = httpx.Timeout(30.0 * by, connect=5)
    with ai_client.AiClient(url, "ai-secret") as service, suppress(RolecallError):
        submit(ledger.Ledger(dsn, application, enqueue_effects), send=service.auto_apply, pace=Pace(100_000, 0))
