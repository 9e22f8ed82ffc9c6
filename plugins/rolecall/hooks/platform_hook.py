"""The platform API: the seed's InternalAPIConnector."""

from __future__ import annotations

from rolecall.clients.platform_client import PlatformClient
from rolecall.hooks.service_hook import ServiceHook


class PlatformHook(ServiceHook):
    """Hands out clients of the platform API; see :class:`ServiceHook` for the connection."""

    default_conn_name = "platform_api"
    conn_type = "rolecall_platform"
    hook_name = "Rolecall platform API"
    client_class = PlatformClient

    def client(self) -> PlatformClient:
        """A client; use it as a context manager."""
        made: PlatformClient = super().client()
        return made
