"""${message}"""

from rolecall.store.plain_sql import run_sql

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
