"""Fill, back up, destroy, restore, compare: in small."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import psycopg
import pytest
from cryptography.fernet import Fernet

from rolecall.backup import dump
from rolecall.backup.archive import read
from rolecall.backup.backup_errors import BackupError, DamagedBackup, DumpFailed, NotEmpty, NotTheSame, TargetFailed, WrongKey
from rolecall.backup.make import Installation, make_backup
from rolecall.backup.restore import open_archive, restore
from rolecall.backup.target import Target
from rolecall.store import Connection, connect
from tests.store.test_schema import insert, move

SECRETS = ("the connection's secret", "not encrypted by Airflow", "S3cr3t-token")


def fill(db: Connection) -> None:
    db.execute("insert into person (id, name, email) values ('p1', 'Ada Quill', 'ada@example.com')")
    move(db, insert(db), "approved", "submitting", "submitted")
    insert(db, job_key="j2", job_id="j2", idempotency_key="k2")
    db.commit()


def tables(dsn: str) -> dump.Tables:
    with connect(dsn) as conn:
        return dump.fingerprints(conn)


def databases_like(installation: Installation) -> list[str]:
    with psycopg.connect(installation.dsns["rolecall"].rsplit("/", 1)[0] + "/postgres") as conn:
        return [row[0] for row in conn.execute("select datname from pg_database where datname like 'b\\_%'").fetchall()]


def test_what_was_backed_up_is_restored_row_by_row_and_sends_nothing_yet(
    installation: Installation, empty: Installation, db: Connection, folder: Path
) -> None:
    fill(db)
    before = tables(installation.dsns["rolecall"])
    made = make_backup(installation, Target(folder))
    done = restore(empty, partial(open_archive, folder / made.note.name))
    after = tables(empty.dsns["rolecall"])
    assert {table for table in before if before[table] != after[table]} == {"public.ledger_home", "public.restore"}
    assert done.rows["rolecall"] == sum(about["rows"] for about in before.values())
    assert done.warnings == []
    with connect(empty.dsns["airflow"]) as conn:
        assert {row["dag_id"] for row in conn.execute("select dag_id from dag where is_paused")} == {"auto_apply", "dispatch_auto_apply"}
        for statement in ("select password as sealed from connection", "select kwargs as sealed from trigger"):
            row = conn.execute(statement).fetchone()  # type: ignore[arg-type]
            assert row
            assert Fernet(empty.fernet.encode()).decrypt(row["sealed"].encode()) == b"the connection's secret"
    with connect(empty.dsns["rolecall"]) as conn:
        conn.execute("update application set state = 'approved' where job_key = 'j2'")
        with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="restored"):
            conn.execute("update application set state = 'submitting' where job_key = 'j2'")
    assert made.tables["public.application"] == 2


def test_two_backups_of_one_second_are_two_backups(installation: Installation, db: Connection, folder: Path) -> None:
    now = datetime.now(UTC)
    made = [make_backup(installation, Target(place), now=now) for place in (folder, folder, folder / "elsewhere")]
    assert len({one.note.name for one in made}) == 3
    assert Target(folder).backups()[0].sha256 == made[1].note.sha256
    assert db.execute("select count(*) as n from backup").fetchone() == {"n": 3}


def test_an_archive_holds_no_secret_in_the_clear_and_none_in_its_members(installation: Installation, db: Connection, folder: Path) -> None:
    fill(db)
    made = make_backup(
        installation, Target(folder), env={"API_TOKEN": SECRETS[2], "API_BASE_URL": f"https://u:{SECRETS[2]}@api.example/x?k=1"}
    )
    whole = (folder / made.note.name).read_bytes() + (folder / f"{made.note.name}.json").read_bytes()
    inside: dict[str, bytes] = {}
    with (folder / made.note.name).open("rb") as file:
        manifest = read(file, installation.key, lambda name, part: inside.update({name: inside.get(name, b"") + part}))
    shown = b"".join(content for name, content in inside.items() if not name.endswith(".dump"))
    for secret in (*SECRETS, installation.key, installation.fernet, "ada@example.com"):
        assert secret.encode() not in whole
        assert secret.encode() not in shown
    assert b'"API_BASE_URL": "https://api.example/x"' in shown
    assert b'"API_TOKEN": "(set)"' in shown
    assert b'"0 * * * *"' in inside["dags/export/check_health.json"]
    assert b"def backup" in inside["dags/source/backup.py"]
    assert b"default_pool" in inside["airflow/pools.json"]
    assert manifest["commit"]
    assert manifest["databases"]["rolecall"]["tables"]["public.person"]["rows"] == 1


def test_a_stack_with_data_is_not_restored_into(installation: Installation, empty: Installation, db: Connection, folder: Path) -> None:
    fill(db)
    made = make_backup(installation, Target(folder))
    with pytest.raises(NotEmpty, match=r"holds data already \(person.*ROLECALL_HOME"):
        restore(installation, partial(open_archive, folder / made.note.name))
    restore(empty, partial(open_archive, folder / made.note.name))
    with pytest.raises(NotEmpty):
        restore(empty, partial(open_archive, folder / made.note.name))


def test_with_another_key_nothing_is_restored_and_the_error_says_so(installation: Installation, empty: Installation, folder: Path) -> None:
    made = make_backup(installation, Target(folder))
    other = Installation(empty.dsns, "another-key-of-the-same-length-000000000", empty.fernet, empty.tools)
    before = databases_like(installation)
    with pytest.raises(WrongKey, match="BACKUP_KEY"):
        restore(other, partial(open_archive, folder / made.note.name))
    assert databases_like(installation) == before


@pytest.mark.parametrize("how", ["cut off", "flipped", "not there", "no backup"])
def test_a_damaged_archive_restores_nothing(installation: Installation, empty: Installation, folder: Path, how: str) -> None:
    made = make_backup(installation, Target(folder))
    path, whole = folder / made.note.name, (folder / made.note.name).read_bytes()
    changed = {
        "cut off": whole[: len(whole) * 2 // 3],
        "flipped": whole[:5000] + bytes([whole[5000] ^ 1]) + whole[5001:],
        "no backup": b"PK\x03\x04" + b"x" * 1000,
    }
    path.unlink() if how == "not there" else path.write_bytes(changed[how])
    before = databases_like(installation)
    with pytest.raises(TargetFailed if how == "not there" else DamagedBackup, match="→"):
        restore(empty, partial(open_archive, path))
    assert databases_like(installation) == before


@pytest.mark.long
def test_restored_tables_that_differ_from_the_manifest_are_refused_and_removed(
    installation: Installation, empty: Installation, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make_backup(installation, Target(folder))
    honest = dump.fingerprints
    monkeypatch.setattr("rolecall.backup.restore.fingerprints", lambda conn: {**honest(conn), "public.job": {"rows": 1, "hash": "1"}})
    before = databases_like(installation)
    with pytest.raises(NotTheSame, match=r"public\.job"):
        restore(empty, partial(open_archive, folder / made.note.name))
    assert databases_like(installation) == before


def test_a_pg_dump_that_is_killed_leaves_no_backup_behind(installation: Installation, folder: Path, tmp_path: Path) -> None:
    killed = tmp_path / "bin"
    killed.mkdir()
    (killed / "pg_dump").write_text("#!/bin/sh\nprintf PGDMP\nkill -9 $$\n")
    (killed / "pg_dump").chmod(0o755)
    with pytest.raises(DumpFailed, match="killed by SIGKILL"):
        make_backup(Installation(installation.dsns, installation.key, installation.fernet, dump.Tools(str(killed))), Target(folder))
    assert list(folder.iterdir()) == []
    with connect(installation.dsns["rolecall"]) as conn:
        assert conn.execute("select * from backup").fetchall() == []


def test_a_full_disk_is_named_and_leaves_no_backup_behind(
    installation: Installation, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Full:
        def __init__(self, file: object) -> None:
            self.bytes = 0

        def write(self, block: bytes) -> int:
            self.bytes += len(block)
            if self.bytes > 10_000:
                raise OSError(28, "No space left on device")
            return len(block)

    monkeypatch.setattr("rolecall.backup.target.Counting", Full)
    with pytest.raises(TargetFailed, match="No space left on device → free space"):
        make_backup(installation, Target(folder))
    assert list(folder.iterdir()) == []


def test_a_connection_of_an_unknown_fernet_key_is_named(installation: Installation, folder: Path) -> None:
    with pytest.raises(BackupError, match="connection their_smtp is encrypted with another Fernet key"):
        make_backup(Installation(installation.dsns, installation.key, Fernet.generate_key().decode(), installation.tools), Target(folder))


@pytest.mark.long
def test_old_backups_and_leftovers_go_when_a_new_one_is_good(installation: Installation, folder: Path) -> None:
    target, now = Target(folder), datetime.now(UTC)
    folder.mkdir()
    (folder / target.name(now - timedelta(days=3))).write_bytes(b"half an archive")
    (folder / "somebody else's file").write_text("stays")
    first = make_backup(installation, target, now=now)
    second = make_backup(installation, target, now=now + timedelta(hours=1))
    assert first.removed == [target.name(now - timedelta(days=3))]
    assert second.removed == [first.note.name]
    assert [note.name for note in target.backups()] == [second.note.name]
    assert (folder / "somebody else's file").exists()
