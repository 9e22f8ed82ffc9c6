"""A no and the end of a job hold across merges."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0018_across_merges"
down_revision = "0017_readable_times"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
