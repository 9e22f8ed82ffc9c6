"""The page: a second step of logging in."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0034_second_factor"
down_revision = "0033_what_services_may"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
