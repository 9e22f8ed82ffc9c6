"""Content-addressed documents: a CV as served, an answer, a letter. Tasks pass the hash; the row stays in Postgres."""

from __future__ import annotations

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
