"""A person's own threshold, the best of it also below, and what was left out."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0024_own_search"
down_revision = "0023_told_mistakes"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
