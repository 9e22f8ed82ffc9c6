"""How a form's page looked after the click."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0039_form_after_sending"
down_revision = "0038_mailboxes_in_turn"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
