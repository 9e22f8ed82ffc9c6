"""One pace for hosts, platforms and channels."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0020_one_pace"
down_revision = "0019_told_runs"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
