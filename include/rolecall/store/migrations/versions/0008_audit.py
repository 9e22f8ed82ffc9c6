"""Audit: who did what to whom, sealed in a chain."""

from rolecall.store.plain_sql import run_sql

revision = "0008_audit"
down_revision = "0007_monitoring"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
