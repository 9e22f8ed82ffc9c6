"""Content-addressed documents: a CV as served, an answer, a letter. Tasks pass the hash; the row stays in Postgres."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from psycopg.types.json import Jsonb

from rolecall.errors import InvalidInput
from rolecall.models import digest
from rolecall.store import Connection


def storable(value: Any) -> Any:
    """The same value without NUL characters, which Postgres' jsonb refuses."""
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, dict):
        return {storable(key): storable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [storable(inner) for inner in value]
    return value


def put(conn: Connection, kind: str, body: Any) -> str:
    """Stores a JSON-able value and returns its SHA-256; the same value again is the same row."""
    body = storable(body)
    sha256 = digest(body)
    conn.execute("insert into document (sha256, kind, body) values (%s, %s, %s) on conflict do nothing", (sha256, kind, Jsonb(body)))
    return sha256


def get(conn: Connection, sha256: str) -> Any:
    """The value with this hash.

    :raises InvalidInput: there is none
    """
    row = conn.execute("select body from document where sha256 = %s", (sha256,)).fetchone()
    if row is None:
        raise InvalidInput("document", f"no document {sha256[:12]}…", fix="run the task before this one again: it stores the document")
    return row["body"]


def put_file(conn: Connection, kind: str, name: str, body: bytes, *, person_id: str | None) -> str:
    """Stores a file and returns the SHA-256 of its bytes; the same bytes again are the same row.

    :param person_id: whose it is: it is exported and erased with them
    """
    sha256 = hashlib.sha256(body).hexdigest()
    kept = {"userId": person_id, "name": name, "base64": base64.b64encode(body).decode("ascii")}
    conn.execute("insert into document (sha256, kind, body) values (%s, %s, %s) on conflict do nothing", (sha256, kind, Jsonb(kept)))
    return sha256


def get_file(conn: Connection, sha256: str) -> tuple[str, bytes]:
    """Name and bytes of the file with this hash.

    :raises InvalidInput: there is none
    """
    kept = get(conn, sha256)
    if not isinstance(kept, dict) or "base64" not in kept:
        raise InvalidInput("document", f"{sha256[:12]}… is no file", fix="ask for a CV's or a letter's hash")
    return str(kept["name"]), base64.b64decode(kept["base64"])
