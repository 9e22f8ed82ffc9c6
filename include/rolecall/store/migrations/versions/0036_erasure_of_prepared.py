"""A person for whom something was prepared can be erased."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0036_erasure_of_prepared"
down_revision = "0035_own_order"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
