"""Applying: webhook requests, approvals, settling, follow-up."""

from rolecall.store.plain_sql import run_sql

revision = "0005_applying"
down_revision = "0004_matching"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
