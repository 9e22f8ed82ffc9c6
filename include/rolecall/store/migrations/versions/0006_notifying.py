"""Notifying: preferences, digests, delivery statuses."""

from rolecall.store.plain_sql import run_sql

revision = "0006_notifying"
down_revision = "0005_applying"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
