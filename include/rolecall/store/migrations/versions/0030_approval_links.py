"""One-time links by which people without an account answer."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0030_approval_links"
down_revision = "0029_whose_rows"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
