"""Indexes for what the page counts."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0028_page_indexes"
down_revision = "0027_inbox"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
