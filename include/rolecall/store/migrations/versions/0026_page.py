"""The page: logins, marks on jobs, edited letters, a yes that is sent."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0026_page"
down_revision = "0025_answers"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
