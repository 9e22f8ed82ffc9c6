"""The bundled counterparts of the seed's services: the platform API at ``/``, the AI service at ``/ai`` and its routes at ``/`` too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rolecall.services.bundled import create_app

__all__ = ["ai", "api_errors", "create_app", "route_guards"]


def __getattr__(name: str) -> Any:
    """The app is read when it is asked for: who needs one file of this room (the process that drives a browser) does not read all."""
    if name != "create_app":
        raise AttributeError(name)
    from rolecall.services.bundled import create_app as made

    return made
