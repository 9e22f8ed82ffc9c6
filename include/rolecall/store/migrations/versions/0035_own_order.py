"""A person's own order of their matches."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0035_own_order"
down_revision = "0034_second_factor"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
