"""The same against a real S3 server on loopback. Needs requirements-s3.txt and moto's server, which the project's lock cannot hold."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from upath import UPath

from rolecall.backup.backup_errors import TargetFailed
from rolecall.backup.make import Installation, make_backup
from rolecall.backup.restore import open_archive, restore
from rolecall.backup.target import Target
from rolecall.store import Connection
from tests.backup.test_drill import fill, tables
from tests.conftest import free_port, running
from tests.http_double import Answer, http_double

pytestmark = pytest.mark.long

WHY = "is not installed: Airflow's Amazon provider and the runtime lock disagree on python-dateutil (docs/backup.md says how to run this)"


@dataclass
class Store:
    """A bucket on a server of our own."""

    url: str
    endpoint: str

    def path(self, folder: str = "one") -> Any:
        """The bucket as Airflow's tasks see it."""
        from airflow.sdk import ObjectStoragePath

        return ObjectStoragePath(f"{self.url}/{folder}")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """moto's S3 server with one bucket; the environment leads there."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        yield from serving(tmp_path_factory.mktemp("moto"), monkeypatch)


def serving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    for module in ("s3fs", "moto", "airflow.providers.amazon"):
        pytest.importorskip(module, reason=f"{module} {WHY}")
    port = free_port()
    endpoint = f"http://127.0.0.1:{port}"
    settings = {"AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1"}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with running([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], tmp_path / "moto.log", signal.SIGTERM):
        with httpx.Client(transport=httpx.HTTPTransport(retries=60), timeout=30) as http:
            wait_for(http, endpoint)
            http.put(f"{endpoint}/backups").raise_for_status()
        yield Store("s3://backups/rolecall", endpoint)


def wait_for(http: httpx.Client, endpoint: str) -> None:
    import time

    deadline = time.monotonic() + 60
    while True:
        try:
            http.get(f"{endpoint}/moto-api/")
            return
        except httpx.TransportError:
            assert time.monotonic() < deadline, "moto's server does not start"
            time.sleep(0.2)


def test_a_backup_goes_to_s3_and_comes_back(installation: Installation, empty: Installation, db: Connection, store: Store) -> None:
    fill(db)
    before = tables(installation.dsns["rolecall"])
    target = Target(store.path())
    first = make_backup(installation, target)
    assert [note.name for note in Target(store.path()).backups()] == [first.note.name]
    restore(empty, partial(open_archive, store.path() / first.note.name))
    after = tables(empty.dsns["rolecall"])
    assert {table for table in before if before[table] != after[table]} == {"public.ledger_home", "public.restore"}


def test_an_upload_that_was_cut_off_is_no_backup(installation: Installation, store: Store) -> None:
    target, now = Target(store.path("other")), datetime.now(UTC)
    with pytest.raises(TypeError), target.writing(target.name(now - timedelta(days=2))) as file:
        file.write(b"half an archive" * 1000 + None)  # type: ignore[operator]
    (store.path("other") / target.name(now - timedelta(days=1))).write_bytes(b"and one whose end nobody saw")
    assert target.backups() == []
    made = make_backup(installation, target)
    assert made.removed == [target.name(now - timedelta(days=1))]


def test_a_store_that_answers_500_is_named_with_the_fix(installation: Installation, store: Store) -> None:
    with http_double(Answer(500)) as server:
        broken = UPath(store.url, key="a", secret="b", endpoint_url=server.url)
        with pytest.raises(TargetFailed, match="→"):
            make_backup(installation, Target(broken))
