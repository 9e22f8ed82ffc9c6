"""Analytics: figures by day, one view a figure, a role that may only read."""

from rolecall.store.plain_sql import run_sql

revision = "0011_analytics"
down_revision = "0010_sync"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
