"""The platform API: the seed's InternalAPIConnector."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseHook

from include.clients.platform import PlatformClient
from rolecall.hooks.service_url import base_url


class PlatformHook(BaseHook):
    """Hands out clients of the platform API.

    :param conn_id: an ``http`` connection: host with scheme, token in the password
    """

    conn_name_attr = "conn_id"
    default_conn_name = "platform_api"
    hook_name = "Rolecall platform API"

    def __init__(self, conn_id: str = default_conn_name, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conn_id = conn_id

    def get_conn(self) -> PlatformClient:
        """A client; use it as a context manager."""
        conn = self.get_connection(self.conn_id)
        return PlatformClient(base_url(conn), conn.password or "")

    def test_connection(self) -> tuple[bool, str]:
        """For the UI's test button: asks ``/health``."""
        try:
            with self.get_conn() as client:
                client.health()
        except Exception as error:
            return False, str(error)
        return True, "healthy"
