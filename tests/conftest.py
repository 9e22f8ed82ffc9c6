"""Real servers for tests: one Postgres and one Redis a session, a fresh migrated database a test."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from local.processes.postgres import Postgres
from local.processes.redis import Redis
from rolecall import endpoints
from rolecall.store import Connection, connect, migrate
from tests.http_double import HttpDouble, http_double

SHARED = Path(os.environ.get("ROLECALL_SHARED", Path(__file__).parents[2] / "shared"))


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Long contents get the argument's name: a file made anew in every process would be another test in each of them."""
    return argname if isinstance(val, bytes | str) and len(val) > 100 else None


os.environ.setdefault("PRIVATE_MAIL_HOSTS", "127.0.0.1")  # the tests' own mail servers


def free_port() -> int:
    """A loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(command: list[str], log: Path, stop: signal.Signals) -> Iterator[subprocess.Popen[bytes]]:
    """Runs a server for the length of the block and stops it by its pid."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True)
        try:
            yield process
        finally:
            process.send_signal(stop)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def in_memory() -> str | None:
    """A folder in memory where there is room in one: a database a test is made sixteen times as fast there (0.025 s instead of 0.4 s)."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 2 * 2**30
    return str(memory) if roomy else None


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A Postgres server of our own, with a migrated template database."""
    with tempfile.TemporaryDirectory(prefix="rolecall-pg-", dir=in_memory(), ignore_cleanup_errors=True) as folder:
        server = Postgres(Path(folder) / "data", free_port(), secrets.token_hex(8), durable=False)
        server.prepare()
        with running(server.command, Path(folder) / "log", signal.SIGQUIT) as process:  # at once: nobody needs its data any more
            deadline = time.monotonic() + 60
            while True:
                try:
                    psycopg.connect(server.dsn("postgres"), connect_timeout=5).close()
                    break
                except psycopg.OperationalError:
                    if process.poll() is not None or time.monotonic() > deadline:
                        pytest.fail(f"Postgres did not start:\n{(Path(folder) / 'log').read_text()}")
                    time.sleep(0.05)
            with psycopg.connect(server.dsn("postgres"), autocommit=True) as admin:
                admin.execute("create database template_rolecall")
            migrate(server.dsn("template_rolecall"))
            with psycopg.connect(server.dsn("template_rolecall")) as template:
                template.execute("delete from ledger_home")  # each copy is a ledger of its own, not a restored one
            yield server


@contextmanager
def fresh_database(postgres: Postgres) -> Iterator[str]:
    """Connection string of a fresh, migrated, empty database, for the length of the block."""
    name = f"t_{secrets.token_hex(6)}"
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        admin.execute(f"create database {name} template template_rolecall strategy file_copy")
        yield postgres.dsn(name)
        admin.execute(f"drop database {name} with (force)")


@pytest.fixture
def dsn(postgres: Postgres) -> Iterator[str]:
    """Connection string of a fresh, migrated, empty database."""
    with fresh_database(postgres) as address:
        yield address


@pytest.fixture
def db(dsn: str) -> Iterator[Connection]:
    """A connection to a fresh database."""
    with connect(dsn, name="test") as connection:
        yield connection


@pytest.fixture(scope="session")
def airflow_template(postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with the tables of the Airflow that is installed."""
    name = f"a_{secrets.token_hex(6)}"
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        admin.execute(f"create database {name}")
    address = postgres.dsn(name).replace("postgresql://", "postgresql+psycopg2://", 1)
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("AIRFLOW")},
        "AIRFLOW_HOME": str(tmp_path_factory.mktemp("airflow")),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": address,
    }
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], env=environment, check=True, capture_output=True, timeout=120)
    return name


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    """A Redis server of our own."""
    with tempfile.TemporaryDirectory(prefix="rolecall-redis-") as folder:
        server = Redis(Path(folder), free_port(), secrets.token_hex(8))
        server.prepare()
        with running(server.command, Path(folder) / "log", signal.SIGTERM):
            client = redis.Redis.from_url(server.url)
            deadline = time.monotonic() + 60
            while True:
                try:
                    client.ping()
                    break
                except redis.ConnectionError:
                    if time.monotonic() > deadline:
                        pytest.fail(f"Redis did not start:\n{(Path(folder) / 'log').read_text()}")
                    time.sleep(0.02)
            yield server


@pytest.fixture
def provider() -> Iterator[HttpDouble]:
    """One HTTP service for whatever is asked."""
    with http_double() as running:
        yield running


@pytest.fixture
def shared() -> Path:
    """The folder with captured pages; a test that needs it is skipped, saying so, where it is not."""
    if not SHARED.is_dir():
        pytest.skip("the folder with captured pages is not here (set ROLECALL_SHARED): captured pages are not part of the repository")
    return SHARED


@pytest.fixture(autouse=True)
def _connections_of_the_environment() -> None:
    """Importing our hooks says that connections are Airflow's: here they are the environment's, unless a test says so itself."""
    endpoints.found_by(None)
