"""``GET /health`` and ``GET /metrics`` of one app, in the seed's shape, without a bearer."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from typing import Any

import psutil
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response

from rolecall.errors import StoreUnavailable
from rolecall.monitoring import exposition
from rolecall.services.database import Database
from rolecall.services.route_guards import WINDOW, Timings

PATHS = frozenset({"/", "/health", "/metrics"})

WHAT = {
    "platform-api": "the platform API: jobs, people, CVs, applications and notifications below /api/v1; the AI service is below /ai/",
    "ai-service": "the AI service: POST api/job-match and POST api/auto-apply",
}


class Machine:
    """How busy the machine (or container host) is. CPU is the share since the last look, at least half a second ago."""

    LOOK = 0.5

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._looked = time.monotonic()
        self._cpu = psutil.cpu_percent(interval=None) / 100

    def cpu(self) -> float:
        """Share of all cores in use, 0 to 1."""
        with self._lock:
            now = time.monotonic()
            if now - self._looked >= self.LOOK:
                self._looked, self._cpu = now, psutil.cpu_percent(interval=None) / 100
            return self._cpu

    @staticmethod
    def memory() -> float:
        """Share of memory in use, 0 to 1."""
        return float(psutil.virtual_memory().percent) / 100


machine = Machine()


def router(service: str, database: Database, timings: Timings) -> APIRouter:
    """The routes that anybody may ask.

    :param service: the name they answer with
    """
    routes = APIRouter()
    started = time.monotonic()
    version = os.environ.get("ROLECALL_VERSION") or "dev"

    @routes.get("/")
    async def what() -> PlainTextResponse:
        """What this is, for who opens the address."""
        return PlainTextResponse(f"Rolecall's {service}, {WHAT.get(service, 'one of its services')}. Is it well? GET health\n")

    @routes.get("/health")
    async def health() -> JSONResponse:
        """200 while the service can do its work; 503 with the reason, within 2 s, while Postgres is away."""
        try:
            await database.probe()
        except StoreUnavailable as error:
            return JSONResponse({"status": "unhealthy", "service": service, "error": error.message, "fix": error.fix}, status_code=503)
        return JSONResponse({"status": "ok", "service": service, "database": "ok", "version": version})

    def figures() -> dict[str, float]:
        """Shares are 0 to 1, times are milliseconds averaged over the last five minutes."""
        count, average = timings.summary()
        return {
            "cpu_usage": round(machine.cpu(), 4),
            "memory_usage": round(machine.memory(), 4),
            "avg_response_time": round(average, 2),
            "requests": count,
            "window_seconds": WINDOW,
            "uptime_seconds": round(time.monotonic() - started, 1),
        }

    gauges = Gauges(database)

    @routes.get("/metrics", response_model=None)
    async def metrics(request: Request) -> Response | dict[str, Any]:
        """The seed's JSON; to Prometheus its text, with what our tables know."""
        if not exposition.asks_for_text(request.headers.get("accept", "")):
            return {"service": service, **figures()}
        own = [exposition.Figure(name, value, {"service": service}) for name, value in figures().items()]
        return Response(exposition.text([*own, *await asyncio.to_thread(gauges.now)]), media_type=exposition.CONTENT_TYPE)

    return routes


class Gauges:
    """Figures of our tables, asked for twice a minute at most. While Postgres is away there are none."""

    FRESH = 30.0

    def __init__(self, database: Database) -> None:
        self._database, self._lock = database, threading.Lock()
        self._asked, self._figures = -self.FRESH, list[exposition.Figure]()

    def now(self) -> list[exposition.Figure]:
        """The newest figures."""
        with self._lock:
            if time.monotonic() - self._asked >= self.FRESH:
                try:
                    with self._database.unrestricted.connection() as conn:
                        self._figures = exposition.gauges(conn)
                except StoreUnavailable:
                    self._figures = []
                self._asked = time.monotonic()
            return self._figures
