"""Backups: what was written, where, and whether it was read back."""

from rolecall.store.plain_sql import run_sql

revision = "0012_backup"
down_revision = "0011_analytics"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
