"""Every place of a posting and of a job."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0022_places"
down_revision = "0021_employers"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
