"""CVs that were removed: whose they were."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0045_removed_cv"
down_revision = "0044_matched_of_what"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
