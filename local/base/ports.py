"""Loopback ports: the preferred one where it is free, another where not, and the same one again next time."""

from __future__ import annotations

import contextlib
import random
import socket
import zlib
from pathlib import Path

from local.base.files import read_json, write_json

NAMES = ("airflow", "services", "sandbox", "smtp", "postgres", "redis", "page")
SHOWN = {"airflow": "Airflow", "services": "the platform API", "sandbox": "the sandbox", "smtp": "the sandbox's mail server"} | {
    "postgres": "Postgres",
    "redis": "Redis",
    "page": "the page",
}
LOOPBACK = "127.0.0.1"

AIRFLOW = 8080
"""Where people look for Airflow first."""

RANGE = range(20_000, 32_000)
"""Below the ports that outgoing connections take on Linux (32768) and macOS (49152): one of those can be busy at any moment."""


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: connections that just ended do not count
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    with socket.socket() as probe:  # macOS lets us bind beside a server that listens on all addresses
        probe.settimeout(0.5)
        return probe.connect_ex((LOOPBACK, port)) != 0


def preferred(folder: Path) -> dict[str, int]:
    """First choice of a stack: its own ten ports by its folder, so that checkouts seldom meet, and 8080 for Airflow."""
    first = RANGE.start + zlib.crc32(str(folder).encode()) % (len(RANGE) // 10) * 10
    return {name: first + number for number, name in enumerate(NAMES)} | {"airflow": AIRFLOW}


def holder(port: int) -> str:
    """Who listens on a port, as far as this user may know: ``nginx (pid 812)``, else ``another process``."""
    import psutil  # here: ``make doctor`` reads this module before anything is installed

    with contextlib.suppress(psutil.Error, OSError):
        for each in psutil.net_connections(kind="tcp"):
            if each.status == psutil.CONN_LISTEN and each.laddr and each.laddr.port == port and each.pid:
                return f"{psutil.Process(each.pid).name()} (pid {each.pid})"
    return "another process"


class Ports:
    """The ports of one stack, remembered in a file.

    :param path: ``ports.json``
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        found = read_json(path)
        kept = {name: port for name, port in found.items() if name in NAMES and isinstance(port, int) and 0 < port < 65536}
        self.numbers: dict[str, int] = preferred(path.parent) | kept
        why = found.get("why")
        self.why: dict[str, str] = {str(name): str(text) for name, text in why.items()} if isinstance(why, dict) else {}
        """By name: why it is not the port it was before."""

    def __getitem__(self, name: str) -> int:
        return self.numbers[name]

    def assign(self) -> list[str]:
        """Moves every port that somebody else has taken, and remembers the outcome. For a stack that does not run.

        Returns what was moved and why, a sentence each.
        """
        moved = [name for name, port in self.numbers.items() if not is_free(port)]
        for name in moved:
            self._take_another(name)
        self._write()
        return [self.why[name] for name in moved]

    def move(self, name: str) -> None:
        """Takes another port for one name."""
        self._take_another(name)
        self._write()

    def _take_another(self, name: str) -> None:
        taken = self.numbers[name]
        self.numbers[name] = self._another()
        self.why[name] = f"port {taken} was taken by {holder(taken)}, so {SHOWN.get(name, name)} is at {self.numbers[name]}"

    def _write(self) -> None:
        write_json(self._path, {**self.numbers, "why": self.why})

    def _another(self) -> int:
        for port in random.sample(RANGE, 200):
            if port not in self.numbers.values() and is_free(port):
                return port
        raise RuntimeError(f"no free port between {RANGE.start} and {RANGE.stop} → stop what holds them (ss -ltnp)")
