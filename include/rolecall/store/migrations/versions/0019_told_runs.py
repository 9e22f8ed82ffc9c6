"""Which failed runs, and which failed tasks, the team was told of by name."""

from rolecall.store.plain_sql import run_sql

revision = "0019_told_runs"
down_revision = "0018_across_merges"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
