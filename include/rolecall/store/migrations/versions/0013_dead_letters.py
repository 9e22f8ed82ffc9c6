"""Rows that cannot be processed, put aside with their reason."""

from rolecall.store.plain_sql import run_sql

revision = "0013_dead_letters"
down_revision = "0012_backup"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
