"""Rows that tests of many rooms need."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from rolecall.models import Match
from rolecall.store import Connection


def insert(db: Connection, table: str, **row: Any) -> dict[str, Any]:
    """One row; returns it. Objects and lists become JSON."""
    given = {name: Jsonb(value) if isinstance(value, dict | list) else value for name, value in row.items()}
    columns, marks = ", ".join(given), ", ".join(f"%({name})s" for name in given)
    found = db.execute(f"insert into {table} ({columns}) values ({marks}) returning *", given).fetchone()
    assert found is not None
    return dict(found)


def add_job(db: Connection, job_id: str, **changed: Any) -> None:
    """An open job that passed every check."""
    row = {"merge_key": job_id, "title": "Nurse", "company": "Clinic", "url": "https://x.example", "source": "linkedin"}
    insert(db, "job", id=job_id, **{**row, "content_hash": "h", "state": "valid", **changed})
    db.commit()


def match(number: int, **changed: Any) -> Match:
    """A match good enough to be applied for."""
    job = {"id": f"x{number}", "title": f"Nurse {number}", "company": f"Clinic {number}", "source": "linkedin"}
    return Match.model_validate({**job, "matchScore": 0.9, "canAutoApply": True, **changed})


def messages(db: Connection, to: str | None = None) -> list[str]:
    """Texts of the messages in the outbox, oldest first; with ``to`` those to one recipient."""
    found = db.execute(
        "select message from notification where %(to)s::text is null or recipient = %(to)s order by created_at, id", {"to": to}
    ).fetchall()
    return [row["message"] for row in found]
