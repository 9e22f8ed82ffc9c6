"""Boards: what scraping keeps beyond the first schema."""

from rolecall.store.plain_sql import run_sql

revision = "0002_boards"
down_revision = "0001_initial"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
