"""Privacy: erasing a person."""

from rolecall.store.plain_sql import run_sql

revision = "0009_privacy"
down_revision = "0008_audit"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
