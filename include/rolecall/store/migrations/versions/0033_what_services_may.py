"""What keeps the ledger's law is out of reach of the services' role; what people sent themselves is noted whatever it may be."""

from __future__ import annotations

from rolecall.store.plain_sql import run_sql

revision = "0033_what_services_may"
down_revision = "0032_forms_in_a_browser"


def upgrade() -> None:
    """Plain SQL, run as it stands."""
    run_sql(revision)
