"""Making a backup: two databases, Airflow's own things and the configuration into one sealed archive, which is then read back.

snapshot → dump → seal → store → read back and check → note that it is one → remove what is not kept
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from rolecall.backup import airflow
from rolecall.backup.archive import Manifest, Packer, read
from rolecall.backup.configuration import configuration, without_credentials
from rolecall.backup.dump import Tools, dump, fingerprints, scalar, snapshot
from rolecall.backup.sealed import checked_key
from rolecall.backup.target import Counting, Note, Target, matches
from rolecall.endpoints import Endpoints
from rolecall.errors import InvalidInput
from rolecall.store import Connection, connect

log = logging.getLogger(__name__)

ROOT = Path(__file__).parents[3]
DATABASES = ("rolecall", "airflow")


@dataclass(frozen=True)
class Installation:
    """Everything a backup is made of and a restore goes into.

    :param dsns: by database: ``rolecall``, ``airflow``
    :param key: ``BACKUP_KEY``
    :param fernet: Airflow's Fernet keys
    :param root: the checkout
    """

    dsns: Mapping[str, str] = field(repr=False)
    key: str = field(repr=False)
    fernet: str = field(repr=False)
    tools: Tools = field(default_factory=Tools)
    root: Path = ROOT

    @classmethod
    def of(cls, settings: Endpoints, env: Mapping[str, str] = os.environ) -> Installation:
        """What the environment says.

        :raises InvalidInput: ``BACKUP_KEY`` or ``AIRFLOW_DSN`` is not set
        """
        key = settings.backup_key.get_secret_value()
        checked_key(key)
        if settings.airflow_dsn is None:
            fix = "set it to the address of Airflow's metadata database: postgresql://user:password@host:5432/airflow"
            raise InvalidInput("AIRFLOW_DSN", "is not set", fix=fix)
        dsns = {"rolecall": settings.dsn, "airflow": settings.airflow_dsn.get_secret_value()}
        return cls(dsns, key, env.get("AIRFLOW__CORE__FERNET_KEY", ""), Tools(settings.postgres_bin))


@dataclass(frozen=True)
class Made:
    """A backup that was made.

    :param tables: rows by table of the ``rolecall`` database
    :param removed: archives that retention did not keep
    """

    note: Note
    seconds: float
    tables: dict[str, int]
    removed: list[str]

    def summary(self) -> dict[str, Any]:
        """In a task's return value: nothing secret."""
        return {"name": self.note.name, "bytes": self.note.bytes, "seconds": round(self.seconds, 1), "removed": self.removed}


def make_backup(installation: Installation, target: Target, *, env: Mapping[str, str] = os.environ, now: datetime | None = None) -> Made:
    """Makes one backup, reads it back, notes it in the table ``backup`` and applies retention.

    :raises InvalidInput: no key, no ``pg_dump``
    :raises BackupError: it could not be made; what was written is removed and nothing is noted
    """
    began, made_at = time.monotonic(), _unnamed_second(installation, target, now or datetime.now(UTC))
    name = target.name(made_at)
    checked_key(installation.key)
    with target.writing(name) as file:
        manifest = _pack(installation, file, made_at, env)
        note = Note(name, made_at, file.bytes, file.sum.hexdigest())
    if check(target, note, installation.key) != manifest:
        raise AssertionError("unreachable: the manifest is authentic")
    target.commit(note)
    tables = {table: about["rows"] for table, about in manifest["databases"]["rolecall"]["tables"].items()}
    seconds = time.monotonic() - began
    with connect(installation.dsns["rolecall"], name="backup") as conn:
        _keep_note(conn, note, str(target.root), seconds, tables)
    removed = target.prune(made_at)
    log.info("%s: %.1f MB in %.1f s, read back; %s older ones removed", name, note.bytes / 1e6, seconds, len(removed))
    return Made(note, seconds, tables, removed)


def _unnamed_second(installation: Installation, target: Target, now: datetime) -> datetime:
    """This second, or the first after it that no backup is named after, here or elsewhere: what was written is never written over."""
    second = now.replace(microsecond=0)
    with connect(installation.dsns["rolecall"], name="backup") as conn:
        noted = {row["name"] for row in conn.execute("select name from backup where made_at >= %s", (second,))}
    taken = noted | target.names()
    while target.name(second) in taken:
        second += timedelta(seconds=1)
    return second


def check(target: Target, note: Note, key: str) -> Manifest:
    """Reads a stored archive to its end and checks everything; nothing is restored.

    :raises BackupError: it is not what was written
    """
    with target.reading(note.name) as file:
        counted = _Read(file)
        manifest = read(counted, key)  # type: ignore[arg-type]
    matches(note, counted.bytes, counted.sum.hexdigest())
    return manifest


class _Read(Counting):
    def read(self, size: int = -1) -> bytes:
        block = self._file.read(size)
        self.sum.update(block)
        self.bytes += len(block)
        return block


def _pack(installation: Installation, file: Counting, made_at: datetime, env: Mapping[str, str]) -> Manifest:
    with Packer(file, installation.key, made_at) as pack, ExitStack() as open_databases:  # type: ignore[arg-type]
        seen = {name: open_databases.enter_context(snapshot(installation.dsns[name])) for name in DATABASES}
        about = {name: _database(conn) for name, (conn, _) in seen.items()}
        for name, (_, moment) in seen.items():
            pack.add(f"{name}.dump", dump(installation.dsns[name], installation.tools, moment))
        _airflow(installation, pack, seen["airflow"][0])
        for path, source in airflow.sources(installation.root / "dags").items():
            pack.add(f"dags/source/{path}", [source])
        pack.add("configuration/airflow.cfg", [(installation.root / "airflow.cfg").read_bytes()])
        pack.add_json("configuration/environment.json", configuration(env))
        return pack.close({"made_at": made_at.isoformat(), "commit": airflow.commit(installation.root), "databases": about})


def _database(conn: Connection) -> dict[str, Any]:
    return {
        "server": scalar(conn, "show server_version"),
        "revision": scalar(conn, "select version_num from alembic_version"),
        "tables": fingerprints(conn),
    }


def _airflow(installation: Installation, pack: Packer, conn: Connection) -> None:
    new = airflow.archive_fernet(installation.key)
    for table in airflow.SECRETS:
        pack.add_json(f"airflow/{table}s.json", airflow.entries(conn, table, installation.fernet, new))
    pack.add_json("airflow/pools.json", airflow.pools(conn))
    for dag_id, document in airflow.dag_exports(conn).items():
        pack.add_json(f"dags/export/{dag_id}.json", document)


def _keep_note(conn: Connection, note: Note, installation: str, seconds: float, tables: dict[str, int]) -> None:
    conn.execute(
        "insert into backup (name, place, made_at, bytes, sha256, seconds, tables) values (%s, %s, %s, %s, %s, %s, %s)",
        (
            note.name,
            without_credentials(installation) if "://" in installation else installation,
            note.made_at,
            note.bytes,
            note.sha256,
            seconds,
            Jsonb(tables),
        ),
    )
