"""Migrations are plain SQL files, one a revision; Alembic keeps their order and remembers which ran."""

from __future__ import annotations

from pathlib import Path

from alembic import op

FOLDER = Path(__file__).parent / "migrations" / "sql"


def run_sql(revision: str) -> None:
    """Runs ``migrations/sql/<revision>.sql`` as it stands (no ``%`` or ``:name`` interpretation), in the migration's transaction."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute((FOLDER / f"{revision}.sql").read_text(encoding="utf-8"))
