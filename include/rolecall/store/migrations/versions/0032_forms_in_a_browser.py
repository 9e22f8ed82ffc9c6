"""Forms that are filled in in a browser: as read, and as shown."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0032_forms_in_a_browser"
down_revision = "0031_ways_out"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
