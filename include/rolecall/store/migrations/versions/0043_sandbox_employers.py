"""Employers that are followed while the sandbox is on."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0043_sandbox_employers"
down_revision = "0042_mailbox_provider"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
