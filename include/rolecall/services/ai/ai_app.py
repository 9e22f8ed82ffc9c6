"""The AI service: matching on an engine kept warm in memory, and the door through which applications leave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import Field, SecretStr
from starlette.concurrency import run_in_threadpool

from rolecall.clients.platform_client import PlatformClient
from rolecall.endpoints import Endpoints
from rolecall.errors import InvalidInput
from rolecall.matching.score.match_criteria import Criteria
from rolecall.models import Id, Text
from rolecall.services.ai.forwarding import Forwarder
from rolecall.services.ai.job_facts import as_cv
from rolecall.services.ai.matchmaking import Matchmaker
from rolecall.services.ai.preparing import PrepareOrder
from rolecall.services.ai.submissions import Order
from rolecall.services.api_errors import ApiError
from rolecall.services.app import base_app
from rolecall.services.browser.browser_process import end_abandoned
from rolecall.services.database import Database
from rolecall.services.route_guards import Body, guarded
from rolecall.services.submitters.receivers import submitters
from rolecall.text.html import scrub

SERVICE = "ai-service"
MAX_KEY = 200
MAX_LETTER = 50_000
MAX_FORM = 2_000_000


class MatchIn(Body):
    """``POST /api/job-match``."""

    cv: dict[str, Any]
    criteria: Criteria = Field(default_factory=Criteria)


class ApplyIn(Body):
    """``POST /api/auto-apply``, in the seed's words; ``hash``: of what was prepared, where a way sends exactly that."""

    job_id: Id
    cv_id: Id
    cover_letter: Annotated[str, Field(max_length=MAX_LETTER)] = ""
    platform: Annotated[Text, Field(min_length=1, max_length=100)]
    hash: Annotated[str, Field(max_length=64)] = ""


class PrepareIn(Body):
    """``POST /api/auto-apply/prepare``: as to apply, and the form's page or schema where the caller has it."""

    job_id: Id
    cv_id: Id
    cover_letter: Annotated[str, Field(max_length=MAX_LETTER)] = ""
    form: Annotated[str, Field(max_length=MAX_FORM)] = ""
    form_url: Annotated[str | None, Field(max_length=4_000)] = None


class AiService:
    """The matchmaker and the forwarder over one database; shared by every app that serves the routes."""

    def __init__(self, settings: Endpoints, database: Database) -> None:
        self.forwarder = Forwarder(database, submitters(settings), _platform(settings))
        self.matchmaker = Matchmaker(database, self.forwarder.submitters)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Warms the engine in the background and ends what a killed service's browser left, on entering; lets forwards under way finish on
        leaving."""
        self.matchmaker.warm_up()
        await asyncio.to_thread(end_abandoned)
        try:
            yield
        finally:
            await asyncio.to_thread(self.forwarder.close)
            self.matchmaker.close()


def _platform(settings: Endpoints) -> PlatformClient | None:
    """Where CVs that are not ours are asked for: only where the environment names a platform."""
    if not settings.api_base_url:
        return None
    return PlatformClient(settings.api_base_url, settings.api_token.get_secret_value())


def router(service: AiService, token: SecretStr) -> APIRouter:
    """``/api/job-match`` and ``/api/auto-apply``."""
    routes = APIRouter(prefix="/api", route_class=guarded(token))

    @routes.post("/job-match")
    async def job_match(body: MatchIn) -> dict[str, Any]:
        """The open jobs that fit the CV best, with reasons; letters for those at or above the threshold."""
        return await service.matchmaker.match(await run_in_threadpool(as_cv, body.cv), body.criteria)

    @routes.post("/auto-apply")
    async def auto_apply(body: ApplyIn, request: Request) -> Any:
        """Sends one application, at most once per ``Idempotency-Key``. With ``Prefer: respond-async`` it answers 202 once it is under way:
        ``GET /api/auto-apply/{key}`` says what became of it."""
        letter = str(scrub(body.cover_letter))
        key = _key(request.headers.get("idempotency-key"))
        waits = "respond-async" not in request.headers.get("prefer", "").lower()
        said = await service.forwarder.apply(Order(key, body.job_id, body.cv_id, letter, body.platform, body.hash), waits=waits)
        if waits or said["applicationStatus"] != "in_progress":
            return said
        return JSONResponse(said, 202, {"Location": f"{request.scope.get('root_path', '')}/api/auto-apply/{quote(key)}"})

    @routes.post("/auto-apply/prepare")
    async def prepare_one(body: PrepareIn) -> dict[str, Any]:
        """What would be sent, where, and which questions are open. Nothing leaves."""
        wanted = PrepareOrder(body.job_id, body.cv_id, str(scrub(body.cover_letter)), body.form, body.form_url)
        return await service.forwarder.prepared(wanted)

    @routes.get("/auto-apply/{key:path}")
    async def status(key: str, receiver: bool = False) -> dict[str, Any]:
        """What became of the application sent under this key; ``?receiver=true``: as the receiver itself says, not our books."""
        return await service.forwarder.status(_key(key), at_receiver=receiver)

    return routes


def _key(value: str | None) -> str:
    fix = f"send one of 1 to {MAX_KEY} printable ASCII characters, the same for the same application"
    if not value:
        raise ApiError(400, "Idempotency-Key: the header is missing", field="Idempotency-Key", fix=fix)
    if len(value) > MAX_KEY or not (value.isascii() and value.isprintable()):
        raise ApiError(400, "Idempotency-Key: this is no usable key", field="Idempotency-Key", fix=fix)
    return value


def create_ai_app(settings: Endpoints, database: Database | None = None, service: AiService | None = None) -> FastAPI:
    """The app. With a ``database`` and ``service`` of somebody else's, that somebody opens and closes them.

    :raises InvalidInput: ``AI_SERVICE_TOKEN`` is not set
    """
    if not settings.ai_service_token.get_secret_value():
        raise InvalidInput("AI_SERVICE_TOKEN", "is not set", fix="set it in the services' environment: without it nobody could be let in")
    store = database or Database(settings.dsn)
    ai = service or AiService(settings, store)

    @asynccontextmanager
    async def opened(_: FastAPI) -> AsyncIterator[None]:
        store.open()
        try:
            async with ai.opened():
                yield
        finally:
            store.close()

    app = base_app(SERVICE, store, lifespan=None if database else opened)
    app.include_router(router(ai, settings.ai_service_token))
    return app
