"""The one browser of a service: started when it is needed, watched, bounded, and killed as a group.

What became of an application is known here, whatever happens over there: before the yes to the click nothing was sent, after it only the
other side's answer tells.
"""

from __future__ import annotations

import importlib.util
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, Queue
from typing import Any

import psutil

from rolecall.errors import MaybeReceived, NeverSent, ServiceBusy

log = logging.getLogger("rolecall.services")

NAMES = ("chromium", "chromium-browser", "google-chrome")
FILL_LIMIT = 19.0
"""Seconds until the click: a caller waits 30 for all of it."""

TURN_LIMIT = 6.0
"""Seconds of them that another application may take; longer, and this one is tried again later."""

RECEIPT_LIMIT = 7.0
SHOW_LIMIT = 24.0
MOST_MEMORY = 2_000_000_000
"""Bytes of the browser and all its processes together."""

KEPT = 40
"""Applications after which a fresh browser is started."""

NEEDED = frozenset({"PATH", "LANG", "LC_ALL", "TZ", "BROWSER_SANDBOX"})
"""Of our environment what the browser gets: no credential."""

FOLDER = "rolecall-chromium-{pid}-"
"""Its folder, named after who started it: profile, caches, whatever it writes is in there, and goes with it."""

SET_RIGHT = 60.0
"""Seconds by which a clock that is set right may make a process look younger than it is."""

Said = dict[str, Any]


def missing() -> str:
    """What a browser lacks here, in words a person reads; ``""``: nothing."""
    if importlib.util.find_spec("playwright") is None:
        return "playwright is not installed (requirements-browser.txt)"
    if chromium() is None:
        return "Chromium is not installed (Debian's package: chromium)"
    return ""


def chromium() -> str | None:
    """Its path."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class BrowserProcess:
    """A handle on the process; one application at a time.

    :param told: called with each step's name: drills hang and kill by it
    """

    def __init__(self, *, told: Callable[[str], None] = lambda step: None) -> None:
        self.told = told
        self._turn = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._lines: Queue[str | None] = Queue()
        self._folder: Path | None = None
        self._seen: set[psutil.Process] = set()
        self._done = 0

    @property
    def pid(self) -> int | None:
        """Of the process that drives the browser."""
        return self._process.pid if self._process is not None else None

    @property
    def folder(self) -> Path | None:
        """Where it writes what it writes."""
        return self._folder

    def close(self) -> None:
        """Ends it with all its children, those that its death left behind among them; what it wrote goes with it."""
        process, self._process = self._process, None
        if process is not None:
            self._look_at_children(process.pid)
            for one in self._seen:
                with suppress(psutil.Error):
                    one.kill()
            process.kill()
            process.wait(10)
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    with suppress(OSError):
                        stream.close()
        folder, self._folder = self._folder, None
        self._seen.clear()
        if folder is not None:
            end(folder)

    def _look_at_children(self, pid: int) -> list[psutil.Process]:
        """Its children by now; remembered, since nobody could find them any more once it is dead."""
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            found = [process, *process.children(recursive=True)]
            self._seen.update(found)
            return found
        return []

    def apply(
        self,
        order: Said,
        *,
        form: Callable[[str, int], Said],
        leave: Callable[[Said], bool],
        code: Callable[[], str] = lambda: "",
        sends: bool = True,
    ) -> Said:
        """One application; what the other side said at its end.

        :param form: given the page and its number, what it is filled with, or ``{"stop": reason}``
        :param leave: given the picture and the page as filled in, whether the one click may be made
        :param code: waits for the code that was sent by mail; ``""``: there is none
        :raises ServiceBusy: it is at work; nothing was sent
        :raises NeverSent: it broke, or took too long, before the click
        :raises MaybeReceived: the same after it
        """
        began = time.monotonic()
        if not self._turn.acquire(timeout=TURN_LIMIT if sends else SHOW_LIMIT):
            raise ServiceBusy("the browser is filling in another form", retry_after=15, fix="it is tried again")
        gone = False
        until = began + FILL_LIMIT + 4 if sends else time.monotonic() + SHOW_LIMIT
        try:
            self._begin(until)
            self._send({**order, "sends": sends, "fill_limit": began + FILL_LIMIT - time.monotonic(), "receipt_limit": RECEIPT_LIMIT})
            while True:
                said = self._next_message(until)
                if "step" in said:
                    self.told(said["step"])
                elif said.get("ask") == "form":
                    self._send(form(said["page"], said["number"]))
                elif said.get("ask") == "leave":
                    go = leave(said)
                    gone = gone or go
                    if go:  # also a second time, with a code
                        until = time.monotonic() + RECEIPT_LIMIT + 3
                    self._send({"go": go})
                elif said.get("ask") == "code":
                    said_code = code()
                    until = time.monotonic() + RECEIPT_LIMIT + 3
                    self._send({"code": said_code})
                elif "done" in said:
                    return self._ended(said["done"], gone=gone)
        except (OSError, ValueError, TimeoutError, EOFError) as error:
            self.close()
            if gone:
                fix = "look into your mails, and ask the employer, before anything else"
                raise MaybeReceived(f"the browser ended after the click ({error or type(error).__name__})", fix=fix) from error
            raise NeverSent(f"the browser ended before the click ({error or type(error).__name__})", fix="nothing was sent") from error
        except BaseException:
            self.close()
            raise
        finally:
            self._turn.release()

    def _ended(self, done: Said, *, gone: bool) -> Said:
        self._done += 1
        if done["outcome"] == "broken" or self._done >= KEPT:
            self._done = 0
            self.close()
        if done["outcome"] == "broken":
            raise EOFError(done["reason"])
        if done.get("blocked"):
            log.info("the form's page asked for what is not its own: %s", ", ".join(done["blocked"]))
        return done if gone or done["outcome"] != "uncertain" else {**done, "outcome": "never_sent"}

    def _begin(self, until: float) -> None:
        if self._process is not None and self._process.poll() is None:
            return
        self.close()
        lacks = missing()
        if lacks:
            raise NeverSent(f"there is no browser: {lacks}", fix="install it, or apply by hand; nothing was sent")
        end_abandoned()
        self._folder = folder = Path(tempfile.mkdtemp(prefix=FOLDER.format(pid=os.getpid())))
        environment = {name: value for name, value in os.environ.items() if name in NEEDED}
        environment |= dict.fromkeys(("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"), str(folder))
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, map(os.path.abspath, sys.path)))
        command = [sys.executable, "-m", "rolecall.services.browser.browser_worker", str(chromium())]
        self._process = subprocess.Popen(  # noqa: S603 - our own module and a browser from the PATH
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
            env=environment,
            cwd=folder,
        )
        lines: Queue[str | None] = Queue()
        self._lines = lines
        threading.Thread(target=self._listen, args=(self._process, lines), daemon=True, name="browser").start()
        if "ready" not in self._next_message(until):
            raise EOFError("it did not start")

    @staticmethod
    def _listen(process: subprocess.Popen[str], lines: Queue[str | None]) -> None:
        with suppress(OSError, ValueError):
            for line in process.stdout or ():
                lines.put(line)
        lines.put(None)

    def _send(self, said: Said) -> None:
        stream = self._process.stdin if self._process is not None else None
        if stream is None:
            raise EOFError("it is gone")
        stream.write(json.dumps(said, ensure_ascii=False) + "\n")
        stream.flush()

    def _next_message(self, until: float) -> Said:
        while True:
            try:
                line = self._lines.get(timeout=0.5)
            except Empty:
                if time.monotonic() > until:
                    raise TimeoutError("it took too long") from None
                if self._memory() > MOST_MEMORY:
                    raise TimeoutError("it took too much memory") from None
                continue
            if line is None:
                raise EOFError("it died")
            found: Said = json.loads(line)
            return found

    def _memory(self) -> int:
        """Bytes of the process and its children; what they share is counted once each."""
        total = 0
        for one in self._look_at_children(self.pid or 0):
            with suppress(psutil.Error):
                total += one.memory_info().rss - one.memory_info().shared
        return total


def end(folder: Path) -> None:
    """Kills whatever is at work in a browser's folder, and takes that away."""
    for one in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if Path(one.cwd()) == folder:
                one.kill()
                one.wait(5)
    shutil.rmtree(folder, ignore_errors=True)


def end_abandoned() -> None:
    """The same with the folders of services that were killed: their browser ended with its input, or hangs."""
    for folder in Path(tempfile.gettempdir()).glob(FOLDER.format(pid="*") + "*"):
        owner = folder.name.removeprefix(FOLDER.partition("{")[0]).partition("-")[0]
        if owner.isdecimal() and not _is_at_work(int(owner), folder):
            end(folder)


def _is_at_work(pid: int, folder: Path) -> bool:
    """Whether who made a folder lives: a process that began after the folder was last written has only got the dead one's number."""
    try:
        return psutil.Process(pid).create_time() <= folder.stat().st_mtime + SET_RIGHT
    except (psutil.NoSuchProcess, FileNotFoundError):
        return False
    except (psutil.Error, OSError):
        return True
