"""Whose rows a transaction of the services sees. Postgres holds them to it (``0029_whose_rows.sql``): where nothing is said, none.

The settings last as long as the transaction. Whoever connects as the tables' owner (DAGs, commands, migrations) sees all rows anyway.
"""

from __future__ import annotations

from rolecall.store import Connection

SERVICES_ROLE = "rolecall_services"
"""As whom services and page ask: owns nothing, so that policies hold for it."""

SEE = "select set_config('rolecall.person', %s, true), set_config('rolecall.sees', %s, true)"


def see_person(conn: Connection, person_id: str) -> None:
    """From here to the end of the transaction: this person's rows, nobody else's."""
    conn.execute(SEE, (person_id, ""))


def see_everybody(conn: Connection) -> None:
    """From here to the end of the transaction: all rows. For what the service itself asks, never for what a person does."""
    conn.execute(SEE, ("", "everybody"))
