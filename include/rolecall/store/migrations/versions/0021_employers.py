"""Employers whose postings are followed, and what their complete lists held."""

from rolecall.store.plain_sql import run_sql

revision = "0021_employers"
down_revision = "0020_one_pace"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
