"""Answers that can wait or be taken back, one sending for merged jobs, and what a restored ledger may learn."""

from rolecall.store.plain_sql import run_sql

revision = "0015_decisions"
down_revision = "0014_one_row_at_a_time"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
