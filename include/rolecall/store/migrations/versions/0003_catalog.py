"""Catalog: doubts about merges, risk, freshness, quality figures."""

from rolecall.store.plain_sql import run_sql

revision = "0003_catalog"
down_revision = "0002_boards"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
