"""Stand-ins for the platform's user and job services, which have a health page and nothing else: what `check_health` looks at."""

from __future__ import annotations

from fastapi import APIRouter

NAMES = ("user", "job")


def router() -> APIRouter:
    """``GET /user/health`` and ``GET /job/health``."""
    routes = APIRouter()
    for name in NAMES:

        @routes.get(f"/{name}/health", name=name)
        async def health(name: str = name) -> dict[str, str]:
            """Well, unless a fault is switched on."""
            return {"service": f"{name}-service", "status": "ok"}

    return routes
