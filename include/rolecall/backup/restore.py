"""Rebuilding from a backup, all or nothing: both databases are restored beside the empty ones, compared row by row, and only then take
their places. Applying stays paused until the ledger was reconciled (:mod:`rolecall.backup.reconcile`)."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from rolecall.backup import airflow
from rolecall.backup.archive import Manifest, read
from rolecall.backup.backup_errors import BackupError, HalfInPlace, NotEmpty, NotTheSame
from rolecall.backup.dump import Restoring, Tables, fingerprints, scalar
from rolecall.backup.make import DATABASES, Installation
from rolecall.backup.target import storage_errors
from rolecall.errors import RolecallError
from rolecall.monitoring.audit import anchors
from rolecall.monitoring.chain import Seal, verify
from rolecall.store import Connection, connect

log = logging.getLogger(__name__)

TELLS_OF_USE = {
    "rolecall": ("person", "cv", "job", "application", "notification", "apply_request"),
    "airflow": ("dag_run", "connection", "variable"),
}
"""A database in which all of these are empty is new."""

STOPPED = ("dispatch_auto_apply", "auto_apply")
"""DAGs that stay paused until the ledger was reconciled."""

Open = Callable[[], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True)
class Restored:
    """What was restored.

    :param rows: by database
    :param warnings: what a person should know
    """

    manifest: Manifest
    rows: dict[str, int]
    seals: int
    seconds: float
    warnings: list[str]


@contextmanager
def open_archive(source: Any) -> Iterator[BinaryIO]:
    """The archive at a path or address."""
    with storage_errors(f"read {source.name}"), source.open("rb") as file:
        yield file


def restore(installation: Installation, source: Open, *, anchor_folder: str | None = None) -> Restored:
    """Verifies the archive, restores it beside the empty databases, compares, and puts it in their place.

    :param source: opens the archive; it is read twice, the first time without touching anything
    :param anchor_folder: where heads of the audit chain were kept, if they are at hand
    A restore of the same archive that was killed when one server had taken its database and the other one had not is finished.

    :raises HalfInPlace: one server took its database and the other one failed, or a restore of another archive was killed between the
        two; says what is where
    :raises BackupError: it cannot be restored; nothing was changed
    """
    began = time.monotonic()
    beside = {name: beside_of(installation.dsns[name]) for name in DATABASES}
    left, killed = killed_between(beside, installation.dsns)
    for name in left or DATABASES:
        refuse_unless_empty(installation.dsns[name], name)
    with source() as file:
        manifest = read(file, installation.key)
    refuse_newer(manifest)
    log.info("the archive is whole: made %s, commit %s", manifest["made_at"], manifest["commit"])
    if left:
        if killed != datetime.fromisoformat(manifest["made_at"]):
            there = ", ".join(f"{name} as {_database(beside[name])}, not yet as {_database(installation.dsns[name])}" for name in left)
            raise HalfInPlace(
                f"a restore of the backup of {killed:%Y-%m-%d %H:%M:%S} UTC was killed between two servers; left to do: {there}",
                fix="start nothing yet; run it with that backup, which finishes it, or drop these databases and restore another one",
            )
        finish(left, beside, installation.dsns)
        seals, warnings = verify_audit(installation.dsns["rolecall"], anchor_folder)
        there = " and ".join(name for name in DATABASES if name not in left)
        warnings.append(f"an earlier restore was killed when {there} was in place and {' and '.join(left)} was not: it is finished now")
        rows = {name: sum(int(about["rows"]) for about in manifest["databases"][name]["tables"].values()) for name in DATABASES}
        return Restored(manifest, rows, seals, time.monotonic() - began, warnings)
    try:
        for dsn in beside.values():
            make_anew(dsn)
        exports = stream_dumps(installation, source, beside)
        rows = {name: compare_tables(beside[name], name, manifest) for name in DATABASES}
        seals, warnings = verify_audit(beside["rolecall"], anchor_folder)
        warnings += take_over_secrets(installation, beside["airflow"], exports)
        pause_sending(beside, manifest)
        put_in_place(beside, installation.dsns)
    except HalfInPlace:
        raise  # what it names must stay where it says
    except BaseException:
        for dsn in beside.values():
            with suppress(psycopg.Error, RolecallError):
                drop_database(dsn)
        raise
    return Restored(manifest, rows, seals, time.monotonic() - began, warnings)


def refuse_unless_empty(dsn: str, name: str) -> None:
    """Makes sure that nothing would be lost and nobody is looking.

    :raises NotEmpty: there are rows, or others are connected
    """
    with maintenance_connection(dsn) as admin:
        database = _database(dsn)
        if not _exists(admin, dsn):
            return
        busy = scalar(admin, "select count(*) from pg_stat_activity where datname = %s and pid <> pg_backend_pid()", database)
    with connect(dsn, name="restore") as conn:
        there = [table for table in TELLS_OF_USE[name] if scalar(conn, "select to_regclass(%s)::text", f"public.{table}")]
        used = [table for table in there if scalar(conn, sql.SQL("select 1 from {} limit 1").format(sql.Identifier(table)))]
    if used:
        fix = "restore into a new stack: make down, then another folder (make restore FROM=… ROLECALL_HOME=folder) or new, empty databases"
        raise NotEmpty(f"the database {database} holds data already ({', '.join(used)})", fix=fix)
    if busy:
        raise NotEmpty(f"{busy} others are connected to the database {database}", fix="stop everything but Postgres, then run it again")


def refuse_newer(manifest: Manifest) -> None:
    """A schema that this code does not know cannot be brought up to date.

    :raises BackupError: the backup is of a newer Rolecall
    """
    revision = manifest["databases"]["rolecall"]["revision"]
    known = Path(__file__).parents[1] / "store" / "migrations" / "versions" / f"{revision}.py"
    if not known.exists():
        raise BackupError(
            f"the backup is of a newer Rolecall (schema {revision})", fix=f"check out the commit that made it: {manifest['commit']}"
        )


@contextmanager
def maintenance_connection(dsn: str) -> Iterator[Connection]:
    """A connection to the server's maintenance database, for ``create database`` and renames."""
    with connect(make_conninfo(dsn, dbname="postgres"), name="restore") as admin:
        admin.autocommit = True
        yield admin


def beside_of(dsn: str) -> str:
    """The address of the database that is filled before it takes the place of this one."""
    return make_conninfo(dsn, dbname=f"{_database(dsn)}_restoring")


def emptied_of(dsn: str) -> str:
    """The address of the empty database once a restored one has its place."""
    return make_conninfo(dsn, dbname=f"{_database(dsn)}_before_restore")


def drop_database(dsn: str) -> None:
    """Drops the database, with whoever is still connected to it."""
    with maintenance_connection(dsn) as admin:
        admin.execute(sql.SQL("drop database if exists {} with (force)").format(_name(dsn)))


def make_anew(dsn: str) -> None:
    """An empty database; one that an earlier attempt left behind goes first.

    :raises BackupError: this login may not make databases
    """
    drop_database(dsn)
    try:
        with maintenance_connection(dsn) as admin:
            admin.execute(sql.SQL("create database {} template template0 encoding 'UTF8'").format(_name(dsn)))
    except psycopg.errors.InsufficientPrivilege as error:
        raise BackupError("this login may not make databases", fix="give it CREATEDB for the restore: alter role … createdb") from error


def put_in_place(beside: dict[str, str], dsns: Mapping[str, str]) -> None:
    """The restored databases take the places of the empty ones: both or neither.

    On one server all names change in one transaction. Where the databases are on two servers, the first change is taken back when the
    second one fails.

    :raises BackupError: neither is in place
    :raises HalfInPlace: one is and cannot be taken back, or a server no longer says; what is where and how to go on
    """
    try:
        for names in _by_server(dsns):
            for name in names:
                drop_database(emptied_of(dsns[name]))  # of an attempt that was killed after it had changed the names
            rename([pair for name in names for pair in ((dsns[name], emptied_of(dsns[name])), (beside[name], dsns[name]))])
    except BaseException as error:
        if set(restore_progress(beside).values()) != {"in place"}:  # all are where only the answer to the last commit was lost
            _take_back(beside, dsns, error)
    for name in dsns:
        with suppress(psycopg.Error, RolecallError):  # an empty database whose name says so harms nobody
            drop_database(emptied_of(dsns[name]))


def killed_between(beside: Mapping[str, str], dsns: Mapping[str, str]) -> tuple[list[str], datetime | None]:
    """The databases that a restore, killed between the commits of two servers, has not put in place, and when the backup was made that it
    restored. Empty where there was none such: what was being filled holds no note of a restore yet (:func:`pause_sending` is the last
    step before).
    """
    left, here = [], []
    for name, dsn in dsns.items():
        with maintenance_connection(dsn) as admin:
            if _exists(admin, beside[name]):
                left.append(name)
            elif _exists(admin, dsn):
                here.append(name)
    if not left or not here:
        return [], None
    with connect(beside["rolecall"] if "rolecall" in left else dsns["rolecall"], name="restore") as conn:
        noted = conn.execute("select max(made_at) as at from restore").fetchone() if scalar(conn, "select to_regclass('restore')") else None
    return (left, noted["at"]) if noted and noted["at"] else ([], None)


def finish(left: list[str], beside: Mapping[str, str], dsns: Mapping[str, str]) -> None:
    """Puts in place what :func:`killed_between` found; everything had been compared by then."""
    put_in_place({name: beside[name] for name in left}, {name: dsns[name] for name in left})
    for name in dsns:
        with suppress(psycopg.Error, RolecallError):
            drop_database(emptied_of(dsns[name]))


def _by_server(dsns: Mapping[str, str]) -> list[list[str]]:
    """Names of databases that one login on one server can rename together."""
    servers: dict[tuple[str, ...], list[str]] = {}
    for name, dsn in dsns.items():
        about = conninfo_to_dict(dsn)
        servers.setdefault(tuple(str(about.get(key)) for key in ("host", "hostaddr", "port", "user")), []).append(name)
    return list(servers.values())


def _take_back(beside: dict[str, str], dsns: Mapping[str, str], error: BaseException) -> None:
    """Undoes what was put in place; always raises, saying what is where when that fails too."""
    for names in _by_server(dsns):
        with suppress(psycopg.Error, RolecallError):
            found = restore_progress({name: beside[name] for name in names})
            back = [name for name in names if found[name] == "in place"]
            if back:
                rename([pair for name in back for pair in ((dsns[name], beside[name]), (emptied_of(dsns[name]), dsns[name]))])
    found = restore_progress(beside)
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    if set(found.values()) == {"beside"}:
        if not isinstance(error, Exception):
            raise error
        raise BackupError(
            f"the restored databases could not take their places ({reason}), nothing was changed", fix="mend that, then run it again"
        ) from error
    said, steps = [], ["start nothing yet"]
    for name, state in found.items():
        there, here, emptied = (_database(dsn) for dsn in (beside[name], dsns[name], emptied_of(dsns[name])))
        swap = f"alter database {here} rename to {emptied} (if it is there), alter database {there} rename to {here}"
        if state == "in place":
            said.append(f"{name} is restored and in place")
        elif state == "beside":
            said.append(f"{name} is restored as {there}, not yet as {here}")
            steps.append(swap)
        else:
            said.append(f"the server of {name} does not say whether it is in place")
            steps.append(f"once it answers, and if it has {there}: {swap}")
    raise HalfInPlace(f"not everything could take its place ({reason}): {', '.join(said)}", fix="; ".join(steps)) from error


def restore_progress(beside: dict[str, str]) -> dict[str, str]:
    """By name: ``beside`` while the restored database has its own name, ``in place`` once it has the real one, else ``unknown``."""
    found = dict.fromkeys(beside, "unknown")
    for name, dsn in beside.items():
        with suppress(psycopg.Error, RolecallError), maintenance_connection(dsn) as admin:
            found[name] = "beside" if _exists(admin, dsn) else "in place"
    return found


def rename(pairs: list[tuple[str, str]]) -> None:
    """Renames databases of one server, all or none; one that is not there is left out.

    :param pairs: the addresses before and after
    """
    with connect(make_conninfo(pairs[0][0], dbname="postgres"), name="restore") as admin:
        for old, new in pairs:
            if _exists(admin, old):
                admin.execute(sql.SQL("alter database {} rename to {}").format(_name(old), _name(new)))


def _exists(admin: Connection, dsn: str) -> bool:
    return scalar(admin, "select 1 from pg_database where datname = %s", _database(dsn)) is not None


def _database(dsn: str) -> str:
    return str(conninfo_to_dict(dsn)["dbname"])


def _name(dsn: str) -> sql.Identifier:
    return sql.Identifier(_database(dsn))


def stream_dumps(installation: Installation, source: Open, beside: dict[str, str]) -> dict[str, list[dict[str, Any]]]:
    """Second reading: streams the dumps into ``pg_restore``. Returns the exported connections and variables, still sealed."""
    restoring: dict[str, Restoring] = {}
    exports: dict[str, bytes] = {}

    def take(member: str, part: bytes) -> None:
        name = member.removesuffix(".dump")
        if name in beside:
            if name not in restoring:
                restoring[name] = Restoring(beside[name], installation.tools)
            restoring[name].write(part)
        elif member.startswith("airflow/"):
            exports[member] = exports.get(member, b"") + part

    try:
        with source() as file:
            read(file, installation.key, take)
        for each in restoring.values():
            each.finish()
    finally:
        for each in restoring.values():
            each.close()
    return {table: json.loads(exports[f"airflow/{table}s.json"]) for table in airflow.SECRETS}


def compare_tables(dsn: str, name: str, manifest: Manifest) -> int:
    """Compares every table with the manifest: number of rows and hash. Returns rows in all.

    :raises NotTheSame: names the tables that differ
    """
    expected: Tables = manifest["databases"][name]["tables"]
    with connect(dsn, name="restore") as conn:
        found = fingerprints(conn)
    if found != expected:
        wrong = sorted(table for table in {*found, *expected} if found.get(table) != expected.get(table))
        raise NotTheSame(
            f"restored tables of {name} differ: {', '.join(wrong[:10])}", fix="take the backup before this one, and report this"
        )
    return sum(int(about["rows"]) for about in found.values())


def verify_audit(dsn: str, anchor_folder: str | None) -> tuple[int, list[str]]:
    """Verifies the restored audit log against its chain, and against those anchors that are not younger than it.

    :raises NotTheSame: it is not what was written
    """
    with connect(dsn, name="restore") as conn:
        rows = conn.execute("select * from audit order by id").fetchall()
        seals = [Seal(**row) for row in conn.execute("select id, rows, rows_sha256, chain_sha256, sealed_at from audit_seal order by id")]
    last = seals[-1].id if seals else 0
    kept = list(anchors(anchor_folder))
    problems = verify(rows, seals, [each for each in kept if each.id <= last])
    if problems:
        raise NotTheSame(f"the audit log does not hold: {problems[0].text}", fix="take another backup, and find out who changed this one")
    younger = max((each.id for each in kept), default=0) - last
    return len(seals), [
        f"the audit log had {younger} more seals when its last anchor was written: they are not in this backup"
    ] if younger > 0 else []


def take_over_secrets(installation: Installation, dsn: str, exports: dict[str, list[dict[str, Any]]]) -> list[str]:
    """Connections and variables get this installation's Fernet key."""
    if not any(exports.values()):
        return []
    if not installation.fernet:
        return ["AIRFLOW__CORE__FERNET_KEY is not set: connections and variables keep the encryption of the old installation"]
    new, old = airflow.installation_fernet(installation.fernet), airflow.archive_fernet(installation.key)
    with connect(dsn, name="restore") as conn:
        for table, rows in exports.items():
            airflow.take_over(conn, table, rows, old, new)
    return []


def pause_sending(beside: dict[str, str], manifest: Manifest) -> None:
    """Nothing is sent from here until it was reconciled: the ledger knows that it is not at home, and the DAGs that send stand still."""
    made_at = datetime.fromisoformat(manifest["made_at"])
    with connect(beside["airflow"], name="restore") as conn:
        found = conn.execute("update dag set is_paused = true where dag_id = any(%s) and not is_paused returning dag_id", (list(STOPPED),))
        stopped = sorted(row["dag_id"] for row in found.fetchall())
    with connect(beside["rolecall"], name="restore") as conn:
        mark = f"restored from the backup of {made_at:%Y-%m-%d %H:%M} UTC"
        conn.execute(
            "insert into ledger_home (place, noted_by) values (%s, 'restore') on conflict (one) do update set place = excluded.place,"
            " noted_by = excluded.noted_by, noted_at = now()",
            (mark,),
        )
        conn.execute("insert into restore (backup, made_at, paused) values (%s, %s, %s)", (mark, made_at, stopped))
        conn.execute("select analytics.let_read()")  # a role belongs to the server, not to the database
        if scalar(conn, "select to_regprocedure('let_serve()')"):  # older backups get it with their migration
            conn.execute("select let_serve()")
