"""The AI service: matching, and the door through which applications leave."""

from __future__ import annotations

from rolecall.clients.ai import AiClient
from rolecall.hooks.service_hook import ServiceHook


class AiServiceHook(ServiceHook):
    """Hands out clients of the AI service; see :class:`ServiceHook` for the connection.

    Its extra may say ``{"idempotent": true}`` where the service promises that the same ``Idempotency-Key`` has one effect, and says
    ``{"bundled": true}`` where it is Rolecall's own.
    """

    default_conn_name = "ai_service"
    hook_name = "Rolecall AI service"
    client = AiClient

    def get_conn(self) -> AiClient:
        """A client; use it as a context manager."""
        made: AiClient = super().get_conn()
        return made

    @property
    def idempotent(self) -> bool:
        """Whether an unclear answer of ``auto-apply`` may be asked for again under the same key."""
        return bool(self.get_connection(self.conn_id).extra_dejson.get("idempotent", False))

    @property
    def bundled(self) -> bool:
        """Whether it is Rolecall's own service: which criteria it reads is known."""
        return bool(self.get_connection(self.conn_id).extra_dejson.get("bundled", False))
