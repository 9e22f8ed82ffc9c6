"""A changed CV, wish or permission wakes matching at its commit."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0041_changes_wake_matching"
down_revision = "0040_mailbox_refusals"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
