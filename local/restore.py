"""``make restore FROM=…``: rebuilds the embedded stack from a backup. Only Postgres runs meanwhile."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from local.base import report
from local.base.credentials import credentials
from local.base.files import Taken, lock
from local.base.paths import Home
from local.base.ports import Ports
from local.processes import process_registry
from local.processes.environment import StackEnvironment, stack_options
from local.processes.postgres import Postgres
from rolecall.backup.__main__ import restored
from rolecall.endpoints import endpoints
from rolecall.errors import RolecallError

START_LIMIT = 60.0


@contextmanager
def postgres_alone(home: Home, around: StackEnvironment) -> Iterator[None]:
    """Postgres of a stack that is down, for the length of the block.

    :raises RuntimeError: it does not start
    """
    server = Postgres(home.postgres, around.ports["postgres"], around.credentials.postgres_password)
    server.prepare()
    with (home.logs / "postgres.log").open("ab") as log:
        process = subprocess.Popen(server.command, env=around.base, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + START_LIMIT
            while not _answers(server):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"Postgres does not start → see {home.logs / 'postgres.log'}")
                time.sleep(0.1)
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(60)


def _answers(server: Postgres) -> bool:
    try:
        psycopg.connect(server.dsn("postgres"), connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def rebuild(home: Home, given: str) -> None:
    """Restores into this home.

    :raises RolecallError, RuntimeError: it could not be done; nothing was changed, or it says what is where
    """
    home.make()
    with lock(home.run / "cli.lock", wait=True):
        try:
            with lock(home.run / "supervisor.lock"):
                pass
        except Taken:
            raise RuntimeError("the stack is running → make down, or restore into another folder: ROLECALL_HOME=folder") from None
        if process_registry.ours(home):
            raise RuntimeError("processes of an earlier stack still run → make down")
        ports = Ports(home.folder / "ports.json")
        ports.assign()
        around = StackEnvironment(home, stack_options(), credentials(home.folder / "secrets.json"), ports)
        os.environ.update({name: around.commands[name] for name in NEEDED if name in around.commands})
        with postgres_alone(home, around):
            folder = "" if home == Home.of({}) else f" ROLECALL_HOME={home.folder}"
            restored(endpoints("rolecall_db"), given, start=f"make up{folder}", reconcile=f"make reconcile NAME='your name'{folder}")


NEEDED = ("ROLECALL_DSN", "AIRFLOW_DSN", "AIRFLOW__CORE__FERNET_KEY", "BACKUP_KEY", "POSTGRES_BIN", "AUDIT_ANCHOR_URL")


def main(arguments: list[str]) -> int:
    """Entry point of ``make restore``."""
    if len(arguments) != 1 or not arguments[0]:
        report.say("usage: make restore FROM=file, folder or address of a backup", file=sys.stderr)
        return 2
    report.hear_ctrl_c()
    try:
        rebuild(Home.of(), arguments[0])
    except (RolecallError, RuntimeError) as error:
        report.say(str(error), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        report.say("\ninterrupted before it was done → empty the folder and run the same command again", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
