"""What every route shares: who may call, how much may be sent, how long it took, and what the log says about it."""

from __future__ import annotations

import hmac
import logging
import time
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import HTTPException, Path, Request
from fastapi.routing import APIRoute
from pydantic import BaseModel, ConfigDict, SecretStr
from pydantic.alias_generators import to_camel
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rolecall.models import text_digest
from rolecall.services.api_errors import ApiError, answer

log = logging.getLogger("rolecall.services")

RowId = Annotated[int, Path(ge=1, le=2**63 - 1)]
"""The number of a row in an address: what Postgres' bigint holds."""

MAX_BODY = 2 * 1024 * 1024
"""Bytes of one request body, where nothing else is said."""

WINDOW = 300.0
"""Seconds over which response times are averaged."""


class Body(BaseModel):
    """Base of request bodies: camelCase names, and an unknown name is an error, so that a typing mistake is noticed."""

    model_config = ConfigDict(alias_generator=to_camel, extra="forbid", allow_inf_nan=False)


# ── who may call ────────────────────────────────────────────────────────────────────────────────────────────


def bearer(request: Request) -> str:
    """The request's bearer token.

    :raises ApiError: 401, there is none
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise _unauthenticated("the request carries no bearer token")
    return token.strip()


def is_token(given: str, expected: SecretStr) -> bool:
    """Compares in constant time; nothing equals an unset token."""
    return bool(expected.get_secret_value()) and hmac.compare_digest(text_digest(given), text_digest(expected.get_secret_value()))


def guarded(token: SecretStr) -> type[APIRoute]:
    """A route class that asks for ``token`` before it reads the request's body."""

    def check(request: Request) -> None:
        if not is_token(bearer(request), token):
            raise _unauthenticated("the bearer token is not this service's")

    return checked_by(check)


def with_any_token() -> type[APIRoute]:
    """A route class that asks for some bearer token; the route decides what it opens."""

    def check(request: Request) -> None:
        bearer(request)

    return checked_by(check)


def checked_by(check: Callable[[Request], None]) -> type[APIRoute]:
    """A route class that checks a request, in a thread, before it reads the body."""

    class Checked(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def checked(request: Request) -> Response:
                await run_in_threadpool(check, request)
                return await handle(request)

            return checked

    return Checked


def _unauthenticated(error: str) -> ApiError:
    fix = "send `Authorization: Bearer <token>` with the token from the service's environment"
    return ApiError(401, error, field="Authorization", fix=fix, headers={"WWW-Authenticate": "Bearer"})


# ── how much, how long ──────────────────────────────────────────────────────────────────────────────────────


def path_of(scope: Scope) -> str:
    """The path as this app sees it: without the prefix it is mounted under."""
    path: str = scope["path"]
    return path.removeprefix(scope.get("root_path", "")) or "/"


class BodyLimit:
    """Answers 413 to a body above the limit of its path, whether it is announced or only turns out so while it is read.

    :param limits: bytes by exact path; :data:`MAX_BODY` for all others
    """

    def __init__(self, app: ASGIApp, limits: dict[str, int]) -> None:
        self._app, self._limits = app, limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._limits.get(path_of(scope), MAX_BODY)
        said = f"the body is larger than {limit:,} bytes"
        announced = dict(scope["headers"]).get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > limit:
            await answer(413, said, field="body", fix="send it in smaller parts")(scope, receive, send)
            return
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > limit:
                raise HTTPException(413, said)
            return message

        await self._app(scope, counted, send)


class Timings:
    """Response times of the last minutes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._taken: deque[tuple[float, float]] = deque(maxlen=10_000)

    def add(self, milliseconds: float) -> None:
        """Notes one response."""
        self._taken.append((self._clock(), milliseconds))

    def summary(self) -> tuple[int, float]:
        """How many responses the window holds, and their average in milliseconds (0 for none)."""
        oldest = self._clock() - WINDOW
        recent = [taken for at, taken in list(self._taken) if at >= oldest]
        return len(recent), sum(recent) / len(recent) if recent else 0.0


class Observed:
    """Times every request and writes one line about it: method, path, status, milliseconds. Never a query or a header.

    :param quiet: paths that are asked all the time by whoever watches the service: neither timed nor logged
    :param skip: prefix of apps mounted below this one, which observe themselves
    """

    def __init__(self, app: ASGIApp, timings: Timings, service: str, quiet: frozenset[str], skip: str | None) -> None:
        self._app, self._timings, self._service, self._quiet, self._skip = app, timings, service, quiet, skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = path_of(scope) if scope["type"] == "http" else ""
        if not path or path in self._quiet or (self._skip and path.startswith(self._skip + "/")):
            await self._app(scope, receive, send)
            return
        status, started = 500, time.perf_counter()

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            taken = (time.perf_counter() - started) * 1000
            self._timings.add(taken)
            log.info("%s %s %s %d %.0f ms", self._service, scope["method"], quote(scope["path"]), status, taken)
