"""What both apps are made of: no documentation pages, readable errors, limits, timing, health and metrics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager

from fastapi import FastAPI

from rolecall.services import api_errors, gauges
from rolecall.services.database import Database
from rolecall.services.route_guards import BodyLimit, Observed, Timings

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def base_app(
    service: str,
    database: Database,
    *,
    limits: Mapping[str, int] | None = None,
    lifespan: Lifespan | None = None,
    mounted: str | None = None,
) -> FastAPI:
    """An app with ``/health`` and ``/metrics`` and nothing else yet.

    :param service: its name in both
    :param limits: bytes of a request body by path, where more or less than usual is taken
    :param mounted: prefix under which another app will be mounted, which observes itself
    """
    app = FastAPI(title=service, docs_url=None, redoc_url=None, openapi_url=None, lifespan=lifespan, redirect_slashes=False)
    timings = Timings()
    api_errors.install(app)
    app.add_middleware(BodyLimit, limits=dict(limits or {}))
    app.add_middleware(Observed, timings=timings, service=service, quiet=gauges.PATHS, skip=mounted)
    app.include_router(gauges.router(service, database, timings))
    return app
