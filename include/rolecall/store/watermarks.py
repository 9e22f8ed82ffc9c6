"""Watermarks: how far a round has come. Set in the transaction of the work they stand for: a run that is killed is gone on with."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from rolecall.store import Connection


def read_watermark(conn: Connection, name: str) -> dict[str, Any]:
    """The watermark kept under a name; ``{}``: none yet."""
    row = conn.execute("select position from sync_cursor where name = %s", (name,)).fetchone()
    return dict(row["position"]) if row else {}


def set_watermark(conn: Connection, name: str, to: dict[str, Any]) -> None:
    """Sets a watermark, in the caller's transaction."""
    conn.execute(
        """
        insert into sync_cursor (name, position) values (%s, %s)
        on conflict (name) do update set position = excluded.position, moved_at = clock_timestamp()
        """,
        (name, Jsonb(to)),
    )


def database_id(conn: Connection) -> str:
    """A name of this database that no other has, also no copy of it."""
    row = conn.execute("select encode(sha256(convert_to(ledger_place()::text, 'UTF8')), 'hex') as place").fetchone()
    return str(row["place"]) if row else ""
