"""A person's answers to questions of forms."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0025_answers"
down_revision = "0024_own_search"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
