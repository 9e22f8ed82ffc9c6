"""Which change of a CV and its person was matched."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0044_matched_of_what"
down_revision = "0043_sandbox_employers"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
