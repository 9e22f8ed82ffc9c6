"""Row-level security for everything about a person, and the services' own role."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0029_whose_rows"
down_revision = "0028_page_indexes"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
