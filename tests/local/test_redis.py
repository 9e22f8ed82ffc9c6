from __future__ import annotations

import signal
import stat
import time
from pathlib import Path

import pytest
import redis as client
from redis.backoff import NoBackoff
from redis.retry import Retry

from local import redis
from local.redis import Redis
from tests.conftest import free_port, running


def test_it_runs_in_a_folder_with_quotes_and_spaces_in_its_name_and_keeps_what_it_was_told(tmp_path: Path) -> None:
    server = Redis(tmp_path / 'a "quoted" folder', free_port(), "secret")
    server.prepare()
    assert stat.S_IMODE((server.data / "redis.conf").stat().st_mode) == 0o600
    for expected in (b"1", b"2"):
        with running(server.command, tmp_path / "log", signal.SIGTERM), client.Redis.from_url(server.url) as connection:
            deadline = time.monotonic() + 10
            while True:
                try:
                    connection.incr("started")
                    break
                except client.ConnectionError:
                    assert time.monotonic() < deadline
                    time.sleep(0.02)
            assert connection.get("started") == expected
            with pytest.raises(client.AuthenticationError), client.Redis(port=server.port, retry=Retry(NoBackoff(), 0)) as stranger:
                stranger.ping()


def test_the_password_is_on_no_command_line(tmp_path: Path) -> None:
    assert "secret" not in " ".join(Redis(tmp_path, 6379, "secret").command)


def test_without_a_wheel_the_one_on_path_is_used_and_without_both_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis, "find_spec", lambda name: None)
    monkeypatch.setattr(redis.shutil, "which", lambda name: "/somewhere/redis-server")
    assert redis.binary() == Path("/somewhere/redis-server")
    monkeypatch.setattr(redis.shutil, "which", lambda name: None)
    with pytest.raises(RuntimeError, match="install redis-server"):
        redis.binary()
