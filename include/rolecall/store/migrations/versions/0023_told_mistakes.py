"""Each mistake of a run knows whether it was told; each run how often it ended."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0023_told_mistakes"
down_revision = "0022_places"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
