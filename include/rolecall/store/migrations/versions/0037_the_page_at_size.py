"""Indexes for what the page asks."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0037_the_page_at_size"
down_revision = "0036_erasure_of_prepared"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
