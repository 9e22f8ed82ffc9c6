"""The AI service: matching, and the door through which applications leave."""

from __future__ import annotations

from rolecall.clients.ai_client import AiClient
from rolecall.hooks.connection import connection
from rolecall.hooks.service_hook import ServiceHook


def ai_is_bundled() -> bool:
    """Whether the connection says that the AI service is Rolecall's own; unknown is no. For the forms of DAGs, read with their files."""
    try:
        return AiServiceHook().bundled
    except Exception:  # no Airflow to ask: a file that is only read
        return False


class AiServiceHook(ServiceHook):
    """Hands out clients of the AI service; see :class:`ServiceHook` for the connection.

    Its extra may say ``{"idempotent": true}`` where the service promises that the same ``Idempotency-Key`` has one effect, and says
    ``{"bundled": true}`` where it is Rolecall's own.
    """

    default_conn_name = "ai_service"
    conn_type = "rolecall_ai"
    hook_name = "Rolecall AI service"
    client_class = AiClient

    def client(self) -> AiClient:
        """A client; use it as a context manager."""
        made: AiClient = super().client()
        return made

    @property
    def idempotent(self) -> bool:
        """Whether an unclear answer of ``auto-apply`` may be asked for again under the same key."""
        return self._says("idempotent")

    @property
    def bundled(self) -> bool:
        """Whether it is Rolecall's own service: which criteria it reads is known."""
        return self._says("bundled")

    def _says(self, name: str) -> bool:
        conn = connection(self.http_conn_id)
        return conn is not None and conn.extra_dejson.get(name) is True
