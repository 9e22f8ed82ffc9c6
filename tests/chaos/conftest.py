"""The drills' Postgres, crew and table."""

from __future__ import annotations

import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local.processes.redis import Redis
from tests.chaos import verdict
from tests.chaos.drill import Crew, Database, Drill
from tests.chaos.receiver import receiving

MEMORY = Path("/dev/shm")  # noqa: S108 - the drills kill processes, not the machine: what is in memory survives them


@pytest.fixture(scope="session")
def database() -> Iterator[Database]:
    """A durable Postgres of the drills' own."""
    folder = Path(tempfile.mkdtemp(prefix="rolecall-drill-", dir=MEMORY if MEMORY.is_dir() else None))
    made = Database(folder)
    try:
        yield made
    finally:
        made.stop(signal.SIGINT)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def crew(tmp_path_factory: pytest.TempPathFactory, redis_server: Redis) -> Iterator[Crew]:
    """Who runs, and is killed."""
    made = Crew(tmp_path_factory.mktemp("crew") / "log", redis_server.url)
    try:
        yield made
    finally:
        made.close()


class Stage:
    """Makes drills, each with a database and a receiver of its own."""

    def __init__(self, database: Database, crew: Crew) -> None:
        self.database, self.crew = database, crew

    @contextmanager
    def drill(self, **settings: object) -> Iterator[Drill]:
        """One drill."""
        with self.database.fresh() as dsn, receiving(**settings) as receiver:
            yield Drill(dsn, receiver, self.crew)


@pytest.fixture
def stage(database: Database, crew: Crew) -> Stage:
    """Where drills are played."""
    return Stage(database, crew)


@pytest.fixture(scope="session")
def lines(request: pytest.FixtureRequest) -> Iterator[list[verdict.Line]]:
    """The table's lines. Printed at the end; kept in the docs after full drills (``make chaos``), not after the short form."""
    made: list[verdict.Line] = []
    yield made
    if made:
        full = "chaos" in str(request.config.option.markexpr) and "not chaos" not in str(request.config.option.markexpr)
        print("\n" + (verdict.keep(made) if full else verdict.table(made)))
