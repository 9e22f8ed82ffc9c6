"""Monitoring: checks, samples, incidents, errors."""

from rolecall.store.plain_sql import run_sql

revision = "0007_monitoring"
down_revision = "0006_notifying"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
