"""A mailbox that cannot be read has its turn like the others."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0038_mailboxes_in_turn"
down_revision = "0037_the_page_at_size"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
