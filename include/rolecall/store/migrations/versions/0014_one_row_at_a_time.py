"""What is put aside is looked at again as soon as it changes."""

from rolecall.store.plain_sql import run_sql

revision = "0014_one_row_at_a_time"
down_revision = "0013_dead_letters"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
