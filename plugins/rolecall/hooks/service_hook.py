"""What the hooks of our HTTP services share."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseHook

from rolecall.clients.ai import AiClient
from rolecall.clients.platform import PlatformClient


def base_url(conn: Any) -> str:
    """``scheme://host[:port][/path]`` without a trailing slash, from an Airflow connection.

    ``host`` may be a bare name or a whole URL, as people paste it; ``schema`` is the scheme for a bare name (https by default).
    """
    host = (conn.host or "").rstrip("/")
    if "://" in host:
        scheme, rest = host.split("://", 1)
    else:
        scheme, rest = conn.schema or "https", host
    name, slash, path = rest.partition("/")
    port = f":{conn.port}" if conn.port and ":" not in name else ""
    return f"{scheme}://{name}{port}{slash}{path}"


class ServiceHook(BaseHook):
    """Hands out clients of one service.

    :param conn_id: an ``http`` connection: host with scheme, token in the password
    """

    conn_name_attr = "conn_id"
    default_conn_name: str
    client: type[PlatformClient] | type[AiClient]

    def __init__(self, conn_id: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conn_id = conn_id or self.default_conn_name

    def get_conn(self) -> Any:
        """A client; use it as a context manager."""
        conn = self.get_connection(self.conn_id)
        return self.client(base_url(conn), conn.password or "")

    def test_connection(self) -> tuple[bool, str]:
        """For the UI's test button: asks ``/health``."""
        try:
            with self.get_conn() as client:
                client.health()
        except Exception as error:
            return False, str(error)
        return True, "healthy"
