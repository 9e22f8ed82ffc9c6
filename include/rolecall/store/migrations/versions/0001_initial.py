"""The first schema."""

from rolecall.store.plain_sql import run_sql

revision = "0001_initial"
down_revision = None


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
