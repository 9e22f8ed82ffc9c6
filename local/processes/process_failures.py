"""What ended or hung by itself during the last day: counted by `make status`, reported by :mod:`local.processes.failure_alerts`."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

from local.base.files import read_json, write_json

DAY = 86_400.0
MOST = 200
"""Failures kept: a process that dies every few seconds does not fill the disk."""

Said = Literal["nothing", "away", "all"]


@dataclass(frozen=True)
class ProcessFailure:
    """One end that nobody asked for.

    :param process: its name
    :param what: ``killed by SIGKILL``, ``hung: no sign of life for 92 s``
    :param at: when it was noticed, in seconds since 1970
    :param back: when the process was ready again; ``None``: it is not
    :param said: what the team was told of it: that it is away, or all that there is to say
    :param said_at: when, in seconds since 1970; 0: never
    """

    process: str
    what: str
    at: float
    back: float | None = None
    said: Said = "nothing"
    said_at: float = 0.0


class FailureLog:
    """The list, oldest first. It survives the supervisor: what Postgres could not be told of yet is told later.

    One thread notes what ends while another notes what was told: neither loses what the other wrote.

    :param path: ``troubles.json``
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changing = threading.Lock()

    def all(self) -> list[ProcessFailure]:
        """Everything that is known."""
        try:
            return [ProcessFailure(**each) for each in read_json(self._path).get("troubles", [])]
        except TypeError:  # of another version
            return []

    def of_last_day(self, now: float) -> list[ProcessFailure]:
        """What `make status` counts."""
        return [each for each in self.all() if now - each.at < DAY]

    def note(self, process: str, what: str, now: float, *, follows: bool = False) -> None:
        """A process has ended by itself, or hung.

        :param follows: what it stands on was in trouble first, and that is what is told
        """
        with self._changing:
            self._write([*self.of_last_day(now), ProcessFailure(process, what, now, said="all" if follows else "nothing")])

    def back(self, process: str, now: float) -> None:
        """A process is ready again."""
        with self._changing:
            everything = self.all()
            if any(each.process == process and each.back is None for each in everything):
                self._write([replace(each, back=now) if each.process == process and each.back is None else each for each in everything])

    def mark_reported(self, process: str, said: Said, up_to: float, now: float) -> None:
        """The team was told of the failures of one process up to a moment."""
        with self._changing:
            self._write(
                [
                    replace(each, said=said, said_at=now) if each.process == process and each.at <= up_to and each.said != "all" else each
                    for each in self.all()
                ]
            )

    def _write(self, failures: list[ProcessFailure]) -> None:
        write_json(self._path, {"troubles": [asdict(each) for each in failures[-MOST:]]})
