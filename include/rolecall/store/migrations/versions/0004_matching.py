"""Matching: uploaded CVs, the index, criteria."""

from rolecall.store.plain_sql import run_sql

revision = "0004_matching"
down_revision = "0003_catalog"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
