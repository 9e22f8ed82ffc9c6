"""Syncing: cursors of what was exchanged with the platform, and which side set a field last."""

from rolecall.store.plain_sql import run_sql

revision = "0010_sync"
down_revision = "0009_privacy"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
