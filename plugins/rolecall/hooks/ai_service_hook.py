"""The AI service: matching, and the door through which applications leave."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseHook

from include.clients.ai import AiClient
from rolecall.hooks.service_url import base_url


class AiServiceHook(BaseHook):
    """Hands out clients of the AI service.

    :param conn_id: an ``http`` connection: host with scheme, token in the password; extra ``{"idempotent": true}`` where the
        service promises that the same ``Idempotency-Key`` has one effect
    """

    conn_name_attr = "conn_id"
    default_conn_name = "ai_service"
    hook_name = "Rolecall AI service"

    def __init__(self, conn_id: str = default_conn_name, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conn_id = conn_id

    def get_conn(self) -> AiClient:
        """A client; use it as a context manager."""
        conn = self.get_connection(self.conn_id)
        return AiClient(base_url(conn), conn.password or "")

    @property
    def idempotent(self) -> bool:
        """Whether an unclear answer of ``auto-apply`` may be asked for again under the same key."""
        return bool(self.get_connection(self.conn_id).extra_dejson.get("idempotent", False))

    def test_connection(self) -> tuple[bool, str]:
        """For the UI's test button: asks ``/health``."""
        try:
            with self.get_conn() as client:
                client.health()
        except Exception as error:
            return False, str(error)
        return True, "healthy"
