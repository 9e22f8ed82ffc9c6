"""The ``rolecall`` database."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseHook

from rolecall.connections import dsn_of
from rolecall.store import Connection, connect


class StoreHook(BaseHook):
    """Opens connections to Rolecall's own database (not Airflow's).

    :param conn_id: a ``postgres`` connection
    """

    conn_name_attr = "conn_id"
    default_conn_name = "rolecall_db"
    hook_name = "Rolecall database"

    def __init__(self, conn_id: str = default_conn_name, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conn_id = conn_id

    @property
    def dsn(self) -> str:
        """The connection string, with every option in the connection's ``extra``. Never log it: it holds the password.

        :raises InvalidInput: the connection holds what is no option of Postgres
        """
        return dsn_of(self.get_connection(self.conn_id))

    def get_conn(self) -> Connection:
        """A connection whose rows are dicts; use it as a context manager."""
        return connect(self.dsn, name="airflow-task")

    def test_connection(self) -> tuple[bool, str]:
        """For the UI's test button."""
        try:
            with self.get_conn() as conn:
                conn.execute("select 1 from job limit 1")
        except Exception as error:
            return False, str(error)
        return True, "connected, schema found"
