"""The platform API: the seed's InternalAPIConnector."""

from __future__ import annotations

from rolecall.clients.platform import PlatformClient
from rolecall.hooks.service_hook import ServiceHook


class PlatformHook(ServiceHook):
    """Hands out clients of the platform API; see :class:`ServiceHook` for the connection."""

    default_conn_name = "platform_api"
    hook_name = "Rolecall platform API"
    client = PlatformClient

    def get_conn(self) -> PlatformClient:
        """A client; use it as a context manager."""
        made: PlatformClient = super().get_conn()
        return made
