from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from local.base.credentials import Credentials, credentials
from local.base.files import Taken, lock, read_json, write_json, write_private
from local.base.logs import tail, trim

HOLDS = """
import sys, time
from pathlib import Path
from local.base.files import lock
with lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_private_file_is_readable_by_its_owner_only_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_private(tmp_path / "secret", "text")
    finally:
        os.umask(before)
    assert mode(tmp_path / "secret") == 0o600


def test_two_threads_that_replace_one_file_at_once_disturb_neither(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda number: write_json(tmp_path / "status", {"n": number}), range(400)))
    assert read_json(tmp_path / "status")["n"] in range(400)
    assert [each.name for each in tmp_path.iterdir()] == ["status"]


def test_replacing_an_open_file_closes_it_and_leaves_no_draft(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("old")
    file.chmod(0o644)
    write_private(file, "new")
    assert (mode(file), file.read_text(), [path.name for path in tmp_path.iterdir()]) == (0o600, "new", ["secret"])


def test_what_a_crash_left_of_a_file_reads_as_nothing(tmp_path: Path) -> None:
    (tmp_path / "half").write_text('{"pid": 1')
    (tmp_path / "list").write_text("[1]")
    assert [read_json(tmp_path / name) for name in ("half", "list", "absent")] == [{}, {}, {}]


def test_a_lock_dies_with_the_process_that_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(path)], stdout=subprocess.PIPE, env={"PYTHONPATH": os.pathsep.join(sys.path)}
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(Taken), lock(path):
            pass
        holder.send_signal(signal.SIGKILL)
        with lock(path, wait=True):
            pass
    finally:
        holder.kill()
        holder.communicate()


def test_secrets_are_generated_once_and_kept_private(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    first = credentials(path)
    written = path.stat().st_mtime_ns
    time.sleep(0.01)
    assert credentials(path) == first
    assert (path.stat().st_mtime_ns, mode(path)) == (written, 0o600)


def test_two_stacks_share_no_secret(tmp_path: Path) -> None:
    one, other = (credentials(tmp_path / name) for name in ("one.json", "other.json"))
    assert not set(vars(one).values()) & set(vars(other).values())


def test_a_secret_that_a_newer_version_needs_is_added_and_the_old_ones_stay(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    write_json(path, {"postgres_password": "kept", "of_another_version": "kept too"})
    assert credentials(path).postgres_password == "kept"
    assert read_json(path)["of_another_version"] == "kept too"
    assert set(vars(Credentials())) <= set(read_json(path))


def test_secrets_that_everybody_could_read_are_closed_again(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    credentials(path)
    path.chmod(0o644)
    credentials(path)
    assert mode(path) == 0o600


def test_a_damaged_secrets_file_is_not_replaced_but_explained(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    path.write_text("{")
    with pytest.raises(RuntimeError, match="damaged → restore it, or begin anew: make down"):
        credentials(path)
    assert path.read_text() == "{"


def test_a_log_that_is_too_large_keeps_its_newest_part_beside_it(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    with log.open("ab") as writer:
        writer.write(b"old\n" * 100 + b"new\n")
        writer.flush()
        assert trim(log, limit=40)
        writer.write(b"after\n")
    assert (log.read_text(), (tmp_path / "a.log.1").read_text()[-4:]) == ("after\n", "new\n")
    assert mode(tmp_path / "a.log.1") == 0o600
    assert not trim(log, limit=40)


def test_the_end_of_a_log_begins_where_it_is_told(tmp_path: Path) -> None:
    log = tmp_path / "a.log"
    log.write_text("before\n")
    size = log.stat().st_size
    log.write_text("before\n\none\ntwo\n")
    assert tail(log, after=size) == ["one", "two"]
    assert tail(tmp_path / "absent") == []
