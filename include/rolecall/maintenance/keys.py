"""What is sealed, sealed anew under the newest key, so that an older one can be dropped.

    ./rolecall keys rotate    seals everything anew under the first of the keys; `make rotate-keys` makes a new one first

Keys stand in ``AIRFLOW__CORE__FERNET_KEY``, the newest first; any of them opens. Killed in the middle it leaves values under both, and is
run again.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.fernet import InvalidToken, MultiFernet

from rolecall.applying.tokens import KEY, fernet
from rolecall.commands import Arguments
from rolecall.errors import InvalidInput, RolecallError
from rolecall.maintenance.connection_rows import mark_anew
from rolecall.store import Connection, connect

SEALED: Mapping[str, tuple[str, ...]] = {
    "apply_request": ("user_token",),
    "mailbox": ("secret",),
    "page_totp": ("secret",),
    "smtp_account": ("secret",),
}
"""Columns of ours that hold a sealed value, by table."""

AIRFLOWS: Mapping[str, tuple[str, ...]] = {"connection": ("password", "extra"), "trigger": ("kwargs",), "variable": ("val",)}
"""Columns of Airflow's that hold one, if they are encrypted at all."""

TOKEN = "gAAAA"
BATCH = 1_000


@dataclass(frozen=True)
class Rotated:
    """What became of the sealed values.

    :param anew: sealed under the newest key now
    :param lost: opened by no key: they stay as they are
    """

    anew: int = 0
    lost: int = 0

    def __add__(self, other: Rotated) -> Rotated:
        return Rotated(self.anew + other.anew, self.lost + other.lost)


def rotate_column(conn: Connection, table: str, column: str, keys: MultiFernet) -> Rotated:
    """Seals a column's values anew, a thousand a statement, each only if it is still what was read: what is written meanwhile stays."""
    anew = lost = 0
    with conn.cursor(name=f"sealed_{table}_{column}") as read:
        read.execute(f"select {column} as sealed from {table} where {column} is not null")  # noqa: S608 - names of ours
        while rows := read.fetchmany(BATCH):
            sealed = [row["sealed"] for row in rows if not isinstance(row["sealed"], str) or row["sealed"].startswith(TOKEN)]
            pairs = [(old, new) for old in sealed if (new := rotated(old, keys)) is not None]
            lost += len(sealed) - len(pairs)
            if pairs:
                kind = "text" if isinstance(pairs[0][0], str) else "bytea"
                write = f"update {table} set {column} = pair.new from unnest(%s::{kind}[], %s::{kind}[]) as pair (old, new)"  # noqa: S608
                anew += conn.execute(f"{write} where {column} = pair.old", [list(each) for each in zip(*pairs, strict=True)]).rowcount
    return Rotated(anew, lost)


def rotated(sealed: bytes | str, keys: MultiFernet) -> bytes | str | None:
    """A value under the first of the keys, text where it was text; ``None`` where none of them opens it."""
    try:
        new = keys.rotate(sealed)
    except (InvalidToken, ValueError):  # ValueError: a text that begins like one, and is not even ASCII
        return None
    return new.decode() if isinstance(sealed, str) else new


def rotate(conn: Connection, airflow: Connection, keys: MultiFernet) -> Rotated:
    """Seals everything anew under the first of the keys, ours and Airflow's, in the callers' transactions."""
    done = Rotated()
    for one, columns in ((conn, SEALED), (airflow, AIRFLOWS)):
        for table, names in columns.items():
            for name in names:
                done += rotate_column(one, table, name, keys)
    return done


def main(arguments: list[str]) -> int:
    """Entry point of ``./rolecall keys``."""
    parser = Arguments(prog="./rolecall keys", description="The keys that people's tokens and passwords are sealed with.")
    parser.add_argument("what", choices=["rotate"])
    parser.parse_args(arguments)
    try:
        addresses = [os.environ.get(name, "") for name in ("ROLECALL_DSN", "AIRFLOW_DSN")]
        if not all(addresses):
            raise InvalidInput("ROLECALL_DSN, AIRFLOW_DSN", "are not both set", fix="set them to the addresses of both databases")
        keys = fernet()
        with connect(addresses[0], name="keys") as conn, connect(addresses[1], name="keys") as airflow:
            done = rotate(conn, airflow, keys)
            mark_anew(airflow, os.environ[KEY])
    except RolecallError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{done.anew:,} sealed values are under the newest key")
    if done.lost:
        print(f"{done.lost:,} more are opened by none of the keys and stay as they are: whoever gave them gives them again")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
