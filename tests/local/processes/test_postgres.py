from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from local.processes import postgres
from local.processes.postgres import NOBODY, Postgres, ServerAccount, check_reachable
from tests.conftest import free_port, running
from tests.local.conftest import Start

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to be somebody else for Postgres")


@pytest.fixture
def closed() -> Iterator[Path]:
    """A folder that only its owner may enter, with a space in its name."""
    folder = Path(tempfile.mkdtemp(prefix="rolecall closed "))
    folder.chmod(0o700)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def answer(server: Postgres, log: Path) -> object:
    """Starts the server, asks it something, stops it."""
    with running(server.command, log, signal.SIGINT) as process:
        deadline = time.monotonic() + 60
        while True:
            try:
                with psycopg.connect(server.dsn("postgres"), connect_timeout=2) as conn:
                    return (conn.execute("select 6 * 7").fetchone() or [None])[0]
            except psycopg.OperationalError:
                assert process.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)


def test_it_runs_below_a_closed_folder_with_a_space_in_its_name_and_after_a_crash(closed: Path) -> None:
    server = Postgres(closed / "data of mine", free_port(), "secret", durable=False)
    server.prepare()
    assert answer(server, closed / "log") == 42
    (server.data / "postmaster.pid").write_text("1\n")  # alive, but no Postgres: the pid was used again
    server.prepare()
    assert answer(server, closed / "log") == 42


def test_its_folder_is_its_owners_alone_and_the_password_on_no_command_line(closed: Path) -> None:
    server = Postgres(closed / "data", free_port(), "the password", durable=False)
    server.prepare()
    assert server.data.stat().st_mode & 0o077 == 0
    assert "the password" not in " ".join(server.command)
    assert closed.stat().st_mode & 0o777 == 0o700


def test_a_half_made_cluster_is_made_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    (data / "base").mkdir(parents=True)
    server = Postgres(data, free_port(), "secret", durable=False)
    server.prepare()
    assert (data / "PG_VERSION").read_text().strip() == "18"


def test_a_pid_file_goes_when_its_process_is_gone_or_another_program(tmp_path: Path, start: Start) -> None:
    data = tmp_path / "data"
    data.mkdir()
    (data / "PG_VERSION").write_text("18")
    server = Postgres(data, free_port(), "secret")
    pid_file = data / "postmaster.pid"
    for pid in (2**31 - 1, start().pid, "nonsense"):
        pid_file.write_text(f"{pid}\n{data}\n")
        server.prepare()
        assert not pid_file.exists(), pid


def test_where_it_must_run_as_nobody_the_closed_folder_is_named_with_its_cure(closed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "server_account", lambda: ServerAccount(("setpriv",), NOBODY))
    with pytest.raises(RuntimeError, match=f"nobody else may enter {closed} → chmod o\\+x it"):
        check_reachable(closed / "deeper" / "data")


def test_open_folders_are_no_obstacle_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "server_account", lambda: ServerAccount(("setpriv",), NOBODY))
    check_reachable(Path("/usr/bin/env"))


@as_root
def test_root_without_a_way_to_be_somebody_else_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(RuntimeError, match="→ run as an ordinary user"):
        postgres.server_account.__wrapped__()


def test_an_ordinary_user_runs_it_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert postgres.server_account.__wrapped__() == ServerAccount()


def test_without_its_wheel_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "find_spec", lambda name: None)
    with pytest.raises(RuntimeError, match="make setup"):
        postgres.binaries()
