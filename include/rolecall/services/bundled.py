"""The bundled counterparts of the seed's services: the platform API at ``/``, the AI service at ``/ai`` and its routes at ``/`` too."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.responses import RedirectResponse

from rolecall.endpoints import Endpoints
from rolecall.services import documentation
from rolecall.services.ai.ai_app import AiService, create_ai_app
from rolecall.services.ai.ai_app import router as ai_router
from rolecall.services.database import Database
from rolecall.services.platform.jobs import preview_routes
from rolecall.services.platform.platform_app import create_platform_app


def create_app(settings: Endpoints) -> FastAPI:
    """Both services in one process, over one pool and one warm engine.

    :raises InvalidInput: a token is not set
    """
    database = Database(settings.dsn)
    ai = AiService(settings, database)

    @asynccontextmanager
    async def opened(_: FastAPI) -> AsyncIterator[None]:
        database.open()
        try:
            async with ai.opened():
                yield
        finally:
            database.close()

    mounted = create_ai_app(settings, database, ai)
    app = create_platform_app(settings, database, lifespan=opened, mounted="/ai")
    app.include_router(ai_router(ai, settings.ai_service_token))
    app.include_router(preview_routes.router(database, settings.api_token, ai.matchmaker))
    app.include_router(documentation.router(app, database, settings.api_token))
    app.add_api_route("/ai", lambda: RedirectResponse("/ai/"), include_in_schema=False)
    app.mount("/ai", mounted)
    return app
