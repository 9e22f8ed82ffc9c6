"""The platform API: jobs, CVs, people, applications, notifications. Every route but ``/health`` and ``/metrics`` asks for a bearer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from rolecall.endpoints import Endpoints
from rolecall.errors import InvalidInput
from rolecall.matching.cv.files.limits import Limits
from rolecall.services.app import Lifespan, base_app
from rolecall.services.database import Database
from rolecall.services.platform import (
    answers_routes,
    application_records,
    applied_routes,
    callbacks,
    inbox_routes,
    mailbox_routes,
    people_routes,
    rights,
    uploads,
    ways_routes,
)
from rolecall.services.platform.jobs import employers_routes, jobs_routes, matches_routes
from rolecall.services.route_guards import MAX_BODY

SERVICE = "platform-api"
BULK_BODY = 16 * MAX_BODY
"""Bytes of a bulk POST: 5,000 postings of 6 kB."""


def create_platform_app(
    settings: Endpoints,
    database: Database | None = None,
    *,
    lifespan: Lifespan | None = None,
    mounted: str | None = None,
) -> FastAPI:
    """The app.

    :param database: somebody else's, who opens and closes it (in ``lifespan``)
    :param mounted: prefix under which another app will be mounted
    :raises InvalidInput: ``API_TOKEN`` is not set
    """
    if not settings.api_token.get_secret_value():
        raise InvalidInput("API_TOKEN", "is not set", fix="set it in the services' environment: without it nobody could be let in")
    store = database or Database(settings.dsn)

    @asynccontextmanager
    async def opened(_: FastAPI) -> AsyncIterator[None]:
        store.open()
        try:
            yield
        finally:
            store.close()

    limits = Limits(size=settings.cv_max_bytes, pages=settings.cv_max_pages)
    bodies = {"/api/v1/jobs/bulk": BULK_BODY, uploads.PATH: limits.size + uploads.ENVELOPE, inbox_routes.PATH: inbox_routes.MOST_BYTES}
    app = base_app(SERVICE, store, limits=bodies, lifespan=lifespan if database else opened, mounted=mounted)
    for module in (people_routes, matches_routes, answers_routes, applied_routes, rights, inbox_routes, mailbox_routes, ways_routes):
        app.include_router(module.router(store, settings.api_token))
    for module in (jobs_routes, application_records):
        app.include_router(module.router(store.unrestricted, settings.api_token))
    app.include_router(uploads.router(store, settings.api_token, limits))
    app.include_router(employers_routes.router(store, settings.dsn, settings.api_token))
    app.include_router(callbacks.router(store, settings))
    return app
