"""Times that nobody can have meant are none."""

from rolecall.store.plain_sql import run_sql

revision = "0017_readable_times"
down_revision = "0016_erased_and_unmatched"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
