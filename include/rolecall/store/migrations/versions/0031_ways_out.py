"""Applications that really leave: SMTP accounts, and what was sent to whom."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0031_ways_out"
down_revision = "0030_approval_links"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
