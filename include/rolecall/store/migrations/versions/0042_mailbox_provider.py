"""Mailboxes that are read by XOAUTH2."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0042_mailbox_provider"
down_revision = "0041_changes_wake_matching"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
