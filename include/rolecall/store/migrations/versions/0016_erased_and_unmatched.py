"""Who was erased is written about no more; whose CV or wishes changed is matched soon."""

from rolecall.store.plain_sql import run_sql

revision = "0016_erased_and_unmatched"
down_revision = "0015_decisions"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
