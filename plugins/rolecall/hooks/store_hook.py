"""The ``rolecall`` database."""

from __future__ import annotations

from copy import copy
from typing import Any

from airflow.providers.postgres.hooks.postgres import PostgresHook

from rolecall.connections import dsn_of
from rolecall.hooks.named import conn_id_of
from rolecall.store import Connection, connect


class StoreHook(PostgresHook):
    """Opens connections to Rolecall's own database (not Airflow's).

    :param postgres_conn_id: a ``postgres`` connection; every option of libpq in its extra holds (``sslmode``, ``sslrootcert``, …), and what
        ``PostgresHook`` takes there (``iam``)
    """

    default_conn_name = "rolecall_db"
    hook_name = "Rolecall database"

    def __init__(self, postgres_conn_id: str = default_conn_name, **kwargs: Any) -> None:
        super().__init__(postgres_conn_id=conn_id_of(postgres_conn_id), **kwargs)

    @property
    def dsn(self) -> str:
        """The connection string, with every option in the connection's ``extra``. Never log it: it holds the password.

        :raises InvalidInput: the connection holds what is no option of Postgres
        """
        conn = copy(self.get_connection(self.postgres_conn_id))
        if conn.extra_dejson.get("iam"):
            conn.login, conn.password, conn.port = self.get_iam_token(conn)
        return dsn_of(conn)

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
