"""The connections of the environment as rows of Airflow's own table, where people see and change them.

A row that nobody changed follows the variables each time this runs; one that a person changed since is theirs and stays. Whether it was
changed tells a mark in its description, made of what was written. Deleting a row gives it back to the variables.

    ./rolecall connections          which connection says what, and where it and the variables differ; no secret
    ./rolecall connections write    writes them, as `make up` does

Airflow's metadata database is reached by its own address (``AIRFLOW_DSN``): this runs before Airflow does.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from rolecall.commands import Arguments
from rolecall.connections import connections
from rolecall.errors import InvalidInput, RolecallError
from rolecall.store import Connection, connect

FIELDS = ("conn_type", "host", "port", "login", "password", "schema", "extra")
MARK = re.compile(r"\[([0-9a-f]{16})\]$")
OURS = "From the variables of `make up`; what you change here is yours and stays, and deleting it gives it back."

READ = """
select conn_id, conn_type, host, port, login, password, schema, extra, description, is_encrypted, is_extra_encrypted
from connection where conn_id = any(%s) or description like %s
"""
WRITE = """
insert into connection
    (conn_id, conn_type, host, port, login, password, schema, extra, description, is_encrypted, is_extra_encrypted)
values
    (%(conn_id)s, %(conn_type)s, %(host)s, coalesce(%(port)s, 0), %(login)s, %(password)s, %(schema)s, %(extra)s, %(description)s,
     %(sealed)s, %(sealed)s)
on conflict (conn_id) do update set
    conn_type = excluded.conn_type, host = excluded.host, port = excluded.port, login = excluded.login, password = excluded.password,
    schema = excluded.schema, extra = excluded.extra, description = excluded.description, is_encrypted = excluded.is_encrypted,
    is_extra_encrypted = excluded.is_extra_encrypted
"""

Row = dict[str, Any]


@dataclass(frozen=True)
class ConnectionStatus:
    """One connection, and who says what it is.

    :param by: ``variables``: the row is what they say, or will be after the next `make up`; ``person``: somebody changed it, or made it
    :param differs: the fields in which the row is not what the variables say
    :param row: what is in force, without secrets; ``None``: there is no row
    """

    conn_id: str
    by: Literal["variables", "person"]
    differs: tuple[str, ...] = ()
    row: Mapping[str, Any] | None = None

    @property
    def words(self) -> str:
        """The connection and who says what it is, on one line."""
        where = " ".join(f"{self.row[name]}" for name in ("conn_type", "host") if self.row.get(name)) if self.row else "no row"
        if self.by == "person":
            said = f"changed by hand: {', '.join(self.differs)}" if self.differs else "made by hand"
        else:
            said = f"follows the variables with the next make up: {', '.join(self.differs)}" if self.differs else "as the variables say"
        return f"{self.conn_id:<18} {where:<58} {said}"


class Cipher:
    """What Airflow encrypts passwords and extras with: ``AIRFLOW__CORE__FERNET_KEY``; without a key nothing is, as in Airflow."""

    def __init__(self, keys: str) -> None:
        self._keys = [key.strip().encode() for key in keys.split(",") if key.strip()]
        self._fernet = MultiFernet([Fernet(key) for key in self._keys]) if self._keys else None

    @property
    def seals(self) -> bool:
        """Whether there is a key; without one Airflow keeps passwords in plain text, and so do we."""
        return self._fernet is not None

    def seal(self, text: str | None) -> str | None:
        """Encrypts a value as Airflow's table ``connection`` holds it."""
        return self._fernet.encrypt(text.encode()).decode() if self._fernet and text else text

    def open(self, text: str | None, sealed: bool) -> str | None:
        """Decrypts a value of the table; one that another key encrypted counts as written by a person."""
        if not (text and sealed and self._fernet):
            return text
        try:
            return self._fernet.decrypt(text.encode()).decode()
        except InvalidToken:
            return "(sealed with another key)"

    def marks(self, fields: Mapping[str, Any]) -> list[str]:
        """Sixteen digits that say what was written, to who has the key: by each key, the newest first."""
        text = json.dumps({name: fields.get(name) for name in FIELDS}, sort_keys=True, default=str).encode()
        return [hmac.digest(key, text, hashlib.sha256).hex()[:16] for key in self._keys or [b""]]


def _plain(row: Row, cipher: Cipher) -> dict[str, Any]:
    """A row's fields as they are compared: decrypted, empty ones ``None``, the extra as an object without what is not said."""
    made = {name: row[name] or None for name in FIELDS}
    made["password"] = cipher.open(row["password"], row["is_encrypted"])
    extra = cipher.open(row["extra"], row["is_extra_encrypted"])
    try:
        made["extra"] = _said(json.loads(extra or "{}"))
    except ValueError:
        made["extra"] = extra
    return made


def _said(extra: Any) -> Any:
    """Without what is empty or off: a form that is saved adds such fields."""
    if not isinstance(extra, dict):
        return extra
    return {name: value for name, value in extra.items() if value not in (None, "", False)} or None


def _comparable(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: fields.get(name) or None for name in FIELDS} | {"extra": _said(fields.get("extra"))}


def connection_statuses(conn: Connection, env: Mapping[str, str], keys: str) -> list[ConnectionStatus]:
    """Every connection of ours, by id.

    :raises InvalidInput: a variable is not what it should be
    """
    return [standing for standing, _ in _compared(conn, env, Cipher(keys))]


def write(conn: Connection, env: Mapping[str, str], keys: str) -> list[ConnectionStatus]:
    """Brings the rows that nobody changed to what the variables say, in the caller's transaction. Returns how everything stands then.

    :raises InvalidInput: a variable is not what it should be
    """
    cipher = Cipher(keys)
    conn.execute("select pg_advisory_xact_lock(hashtext('rolecall connections'))")
    for standing, fields in _compared(conn, env, cipher):
        if standing.by == "person":
            continue
        if fields is None:
            conn.execute("delete from connection where conn_id = %s", (standing.conn_id,))
        elif standing.differs or standing.row is None:
            _write(conn, standing.conn_id, fields, cipher)
    return connection_statuses(conn, env, keys)


def _write(conn: Connection, conn_id: str, fields: Mapping[str, Any], cipher: Cipher) -> None:
    extra = json.dumps(fields["extra"], sort_keys=True) if fields.get("extra") else None
    sealed = {"password": cipher.seal(fields.get("password")), "extra": cipher.seal(extra), "sealed": cipher.seals}
    # A port that is not said is 0: the web UI's Test button sends 0 for it, and Airflow 3.3.2 refuses to test another port than the row's.
    description = f"{OURS} [{cipher.marks(_comparable(fields))[0]}]"
    conn.execute(WRITE, {**dict.fromkeys(FIELDS), **fields, **sealed, "conn_id": conn_id, "description": description})


def _compared(conn: Connection, env: Mapping[str, str], cipher: Cipher) -> list[tuple[ConnectionStatus, dict[str, Any] | None]]:
    """How each connection stands, with what the variables say of it; ``None``: nothing any more."""
    made = connections(env)
    rows = {row["conn_id"]: row for row in conn.execute(READ, ([*made], f"{OURS}%"))}
    return [(_standing(conn_id, rows.get(conn_id), made.get(conn_id), cipher), made.get(conn_id)) for conn_id in sorted({*made, *rows})]


def follows_variables(row: Row, keys: str) -> bool:
    """Whether nobody changed this row since it was written: another installation, with other variables, writes its own.

    :param row: of Airflow's table, as it is
    :param keys: Airflow's Fernet keys
    """
    cipher, mark = Cipher(keys), MARK.search(row.get("description") or "")
    return mark is not None and mark[1] in cipher.marks(_plain(row, cipher))


def _standing(conn_id: str, row: Row | None, fields: Mapping[str, Any] | None, cipher: Cipher) -> ConnectionStatus:
    if row is None:
        return ConnectionStatus(conn_id, "variables")
    have, mark = _plain(row, cipher), MARK.search(row["description"] or "")
    untouched = mark is not None and mark[1] in cipher.marks(have)
    if fields is None:
        return ConnectionStatus(conn_id, "variables" if untouched else "person", ("all of it",), _shown(have))
    want = _comparable(fields)
    differs = tuple(name for name in FIELDS if have[name] != want[name])
    return ConnectionStatus(conn_id, "variables" if untouched or not differs else "person", differs, _shown(have))


def mark_anew(conn: Connection, keys: str) -> int:
    """Marks the rows that nobody changed by the newest key, so that an older one can be dropped. Returns how many."""
    cipher, marked = Cipher(keys), 0
    for row in conn.execute(READ, ([], f"{OURS}%")).fetchall():
        mark, have = MARK.search(row["description"] or ""), _plain(row, cipher)
        marks = cipher.marks(have)
        if mark and mark[1] in marks[1:]:
            marked += conn.execute(
                "update connection set description = %s where conn_id = %s and description = %s",
                (f"{OURS} [{marks[0]}]", row["conn_id"], row["description"]),
            ).rowcount
    return marked


def _shown(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in ("password", "extra")}


def main(arguments: list[str]) -> int:
    """Entry point of ``./rolecall connections``."""
    parser = Arguments(prog="./rolecall connections", description="Airflow's connections, and who says what they are.")
    parser.add_argument("what", nargs="?", choices=["write"])
    asked = parser.parse_args(arguments)
    try:
        dsn = os.environ.get("AIRFLOW_DSN", "")
        if not dsn:
            raise InvalidInput("AIRFLOW_DSN", "is not set", fix="set it to the address of Airflow's metadata database")
        with connect(dsn, name="connections") as conn:
            act = write if asked.what else connection_statuses
            found = act(conn, os.environ, os.environ.get("AIRFLOW__CORE__FERNET_KEY", ""))
    except RolecallError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(standing.words.rstrip() for standing in found))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
