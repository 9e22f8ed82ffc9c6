"""Backups at the command line.

./rolecall backup                  makes a backup now (in the UI: trigger the DAG `backup`)
./rolecall backup list             what is there
./rolecall backup check FROM       reads an archive to its end and checks everything

FROM is a file, an address (``s3://bucket/folder/rolecall-….backup``), or a folder: its newest backup.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from functools import partial
from typing import Any

from upath import UPath

from rolecall.backup.archive import read
from rolecall.backup.backup_errors import TargetFailed
from rolecall.backup.make import Installation, make_backup
from rolecall.backup.restore import Restored, open_archive, restore
from rolecall.backup.sealed import checked_key
from rolecall.backup.target import ENDING, Target
from rolecall.commands import Arguments
from rolecall.endpoints import Endpoints, endpoints
from rolecall.errors import RolecallError


def source(given: str) -> Any:
    """The archive that is meant.

    :raises TargetFailed: a folder without a backup
    """
    path = UPath(given)
    if given.endswith(ENDING):
        return path
    backups = Target(path).backups()
    if not backups:
        raise TargetFailed(f"there is no complete backup in {path.name or 'FROM'}", fix=f"give a folder with backups, or a file *{ENDING}")
    return path / backups[0].name


def report(archive: str, done: Restored) -> str:
    """What a person reads after a restore."""
    rows = ", ".join(f"{name} {count}" for name, count in done.rows.items())
    return "\n".join(
        [
            f"restored {archive} of {done.manifest['made_at']} in {done.seconds:.1f} s",
            f"  commit        {done.manifest['commit']}",
            f"  rows          {rows}: every table has the same number and hash as when it was backed up",
            f"  audit log     {done.seals} seals, the chain holds",
            *(f"  note          {warning}" for warning in done.warnings),
        ]
    )


NEXT = """
Applying is PAUSED: what was sent after the backup is not known here.
Start everything but the applying stays paused; then compare with the receiving side:
  {start}
  {reconcile}
"""


def main(arguments: list[str] | None = None) -> int:
    """The command. Exit status 1: it could not be done; the reason is on stderr."""
    parser = Arguments(prog="./rolecall backup", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    commands = parser.add_subparsers(dest="command")
    parser.set_defaults(command="make")  # after the line above, which sets nothing
    for name in ("make", "list"):
        commands.add_parser(name)
    for name in ("check", "restore"):
        commands.add_parser(name).add_argument("source", metavar="FROM")
    asked = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        return run(asked)
    except RolecallError as error:
        print(error, file=sys.stderr)
        return 1


def run(asked: argparse.Namespace) -> int:
    """One command.

    :raises RolecallError: it could not be done
    """
    settings = endpoints("rolecall_db")
    if asked.command == "list":
        found = Target(UPath(settings.backup_url)).backups()
        for note in found:
            print(f"{note.made_at:%Y-%m-%d %H:%M} UTC  {note.bytes / 1e6:10.1f} MB  {note.name}")
        if not found:
            print("there is no backup yet → ./rolecall backup")
    elif asked.command == "make":
        made = make_backup(Installation.of(settings), Target(UPath(settings.backup_url)))
        print(f"{made.note.name}: {made.note.bytes / 1e6:.1f} MB in {made.seconds:.1f} s, read back")
    elif asked.command == "check":
        path = source(asked.source)
        key = settings.backup_key.get_secret_value()
        checked_key(key)
        with open_archive(path) as file:
            manifest = read(file, key)
        print(f"{path.name}: whole; made {manifest['made_at']}, commit {manifest['commit']}")
    else:
        reconcile = "docker compose run --rm airflow-init ./rolecall reconcile 'your name'"
        restored(settings, asked.source, start="docker compose up -d", reconcile=reconcile)
    return 0


def restored(settings: Endpoints, given: str, *, start: str, reconcile: str) -> None:
    """Restores and says what comes next.

    :raises RolecallError: it could not be restored; nothing was changed, or it says what is where
    """
    installation, path = Installation.of(settings, os.environ), source(given)
    print(report(path.name, restore(installation, partial(open_archive, path), anchor_folder=settings.audit_anchor_url)))
    print(NEXT.format(start=start, reconcile=reconcile))


if __name__ == "__main__":
    sys.exit(main())
