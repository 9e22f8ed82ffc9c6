"""Since when a mailbox lets nobody in, and why."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0040_mailbox_refusals"
down_revision = "0039_form_after_sending"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
