"""Airflow's own things in a backup: connections, variables and pools by themselves, and one export a DAG.

Connections, variables and the arguments of triggers stay encrypted: opened with this installation's Fernet key, they are sealed again with
a key derived from ``BACKUP_KEY``, so that another installation, with a Fernet key of its own, can take them over. Nothing here imports
Airflow: its tables are read.
"""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from psycopg.rows import dict_row

from rolecall.backup.backup_errors import BackupError
from rolecall.backup.sealed import checked_key, derive_key
from rolecall.maintenance.connection_rows import follows_variables
from rolecall.store import Connection

LAST_RUNS = 20
TOKEN = "gAAAA"
"""How every Fernet token begins: its version and the first bytes of a time before 2106."""

SECRETS: dict[str, tuple[tuple[str, str | None], ...]] = {
    "connection": (("password", "is_encrypted"), ("extra", "is_extra_encrypted")),
    "variable": (("val", "is_encrypted"),),
    "trigger": (("kwargs", None),),
}
"""What Airflow encrypts, and the column that says whether it did (``None``: the value shows it; Airflow leaves no arguments as ``{}``)."""


def installation_fernet(keys: str) -> MultiFernet:
    """Airflow's Fernet: the first key encrypts, any of them (comma separated, as for rotation) opens.

    :raises BackupError: it is not set or is no key
    """
    try:
        return MultiFernet([Fernet(key.strip()) for key in keys.split(",") if key.strip()])
    except (ValueError, TypeError) as error:
        raise BackupError("AIRFLOW__CORE__FERNET_KEY is not a list of Fernet keys", fix="set it to the key Airflow runs with") from error


def archive_fernet(backup_key: str) -> MultiFernet:
    """The Fernet that connections and variables have inside an archive."""
    return MultiFernet([Fernet(base64.urlsafe_b64encode(derive_key(checked_key(backup_key), b"connections", 32)))])


OF_VARIABLES = "of_variables"
"""In an exported connection: it was as the variables of that installation say, and is worth nothing in another one."""


def entries(conn: Connection, table: str, keys: str, new: MultiFernet) -> list[dict[str, Any]]:
    """Rows of one of these tables; what was encrypted is encrypted again, what was not is now.

    :param keys: the installation's Fernet keys
    :raises BackupError: a value is encrypted with a key that is not known
    """
    old = installation_fernet(keys)
    rows = conn.execute(f"select * from {table} order by id").fetchall()  # noqa: S608 - a name of ours
    for row in rows:
        if table == "connection":
            row[OF_VARIABLES] = follows_variables(row, keys)
        for column, mark in SECRETS[table]:
            if row[column]:
                what = f"{table} {row.get('conn_id') or row.get('key') or row['id']}"
                sealed = bool(row[mark]) if mark else row[column].startswith(TOKEN)
                plain = _opened(old, row[column], what) if sealed else row[column].encode()
                row |= {column: new.encrypt(plain).decode(), **({mark: True} if mark else {})}
    return rows


def _opened(fernet: MultiFernet, value: str, what: str) -> bytes:
    try:
        return fernet.decrypt(value.encode())
    except InvalidToken as error:
        fix = "add the old key to AIRFLOW__CORE__FERNET_KEY (comma separated), or write the connection anew"
        raise BackupError(f"{what} is encrypted with another Fernet key", fix=fix) from error


def take_over(conn: Connection, table: str, rows: list[dict[str, Any]], old: MultiFernet, new: MultiFernet) -> int:
    """Writes the exported secrets into the restored table, encrypted with this installation's key. Connections that were as the old
    installation's variables say go: this one's variables make them anew. Returns how many rows."""
    for row in rows:
        for column, mark in SECRETS[table]:
            if row[column]:
                value = new.encrypt(_opened(old, row[column], table)).decode()
                marked = f", {mark} = true" if mark else ""
                statement = f"update {table} set {column} = %s{marked} where id = %s"  # noqa: S608 - names of ours
                conn.execute(statement, (value, row["id"]))
    made_anew = [row["id"] for row in rows if row.get(OF_VARIABLES)]
    if made_anew:
        conn.execute("delete from connection where id = any(%s)", (made_anew,))
    return len(rows)


DAGS = "select * from dag where not is_stale order by dag_id"
RUNS = """
select run_id, run_type, state, logical_date, run_after, queued_at, start_date, end_date, note.content as note
from dag_run left join dag_run_note note on note.dag_run_id = dag_run.id
where dag_id = %s order by run_after desc limit %s
"""
SERIALIZED = "select data, data_compressed from serialized_dag where dag_id = %s order by last_updated desc limit 1"


def dag_exports(conn: Connection) -> dict[str, dict[str, Any]]:
    """One document a DAG: what it is, its schedule and parameters, its tasks, its last runs (without their configuration)."""
    found = {}
    for dag in conn.execute(DAGS).fetchall():
        inside = _serialized(conn, dag["dag_id"])
        found[dag["dag_id"]] = {
            "dag": dag,
            "schedule": inside.get("timetable"),
            "params": inside.get("params"),
            "tags": inside.get("tags"),
            "tasks": [task.get("__var", task).get("task_id") for task in inside.get("tasks", [])],
            "runs": conn.execute(RUNS, (dag["dag_id"], LAST_RUNS)).fetchall(),
        }
    return found


def _serialized(conn: Connection, dag_id: str) -> dict[str, Any]:
    import json
    import zlib

    row = conn.execute(SERIALIZED, (dag_id,)).fetchone() or {}
    data = row.get("data")
    if data is None and row.get("data_compressed"):
        data = json.loads(zlib.decompress(row["data_compressed"]))
    inside = data.get("dag", {}) if isinstance(data, Mapping) else {}
    return dict(inside) if isinstance(inside, Mapping) else {}


def pools(conn: Connection) -> list[dict[str, Any]]:
    """All of Airflow's pools, as they go into the archive."""
    with conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute("select pool, slots, description, include_deferred from slot_pool order by pool").fetchall()


def sources(folder: Path) -> dict[str, bytes]:
    """The source of every DAG file, by path below ``folder``."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*.py"))}


def commit(root: Path) -> str:
    """The commit this code is, ``+`` when files differ from it; where there is no git, a hash of the code."""
    try:
        options = [
            "git",
            "-c",
            f"safe.directory={root}",
            "-C",
            str(root),
            "describe",
            "--always",
            "--abbrev=40",
            "--dirty=+",
            "--exclude=*",
        ]
        done = subprocess.run(options, capture_output=True, encoding="utf-8", timeout=10, check=False)  # noqa: S603
        if done.returncode == 0 and done.stdout.strip():
            return done.stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        pass
    made = hashlib.sha256()
    for path in sorted(root.glob("include/rolecall/**/*.py")):
        made.update(path.read_bytes())
    return os.environ.get("ROLECALL_VERSION", "unknown") + " code " + made.hexdigest()[:16]
