"""The outermost layer: limits the size of requests, applies faults, answers conditional requests for board pages."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import math
from collections.abc import Callable
from typing import Any

from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http import h11_impl

from sandbox import services
from sandbox.boards.walls import login_wall, other_layout
from sandbox.faults import BOARDS, SINKS, Fault, Faults

log = logging.getLogger("sandbox")

MAX_BODY = 1024 * 1024
HANG_UP = "sandbox.hang_up"

h11_impl.STATUS_PHRASES.setdefault(999, b"Request denied")  # LinkedIn's own status; uvicorn knows only 100 to 599


class Protocol(h11_impl.H11Protocol):
    """uvicorn's HTTP protocol, which also lets the app hang up without an answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Hands the way to hang up down in the scope."""
        super().connection_made(transport)
        inner = self.app

        async def app(scope: Any, receive: Any, send: Any) -> None:
            scope[HANG_UP] = transport.abort
            await inner(scope, receive, send)

        self.app = app


class SandboxMiddleware:
    """ASGI middleware around the whole sandbox."""

    def __init__(self, app: ASGIApp, faults: Faults) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await read_body(receive)
        if body is None:  # the asker went away before it had said all
            return
        if len(body) > MAX_BODY:
            await PlainTextResponse("request body too large", 413, headers={"Connection": "close"})(scope, receive, send)
            return
        fault = self._faults.take(target_of(scope["path"]), scope["path"])
        if fault is None:
            await self._work(scope, body, receive, send)
        else:
            log.info("fault %s of %s hits %s %s", fault.kind, fault.target, scope["method"], scope["path"])
            await self._fail(fault, scope, body, receive, send)

    async def _work(self, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD") or target_of(scope["path"]) not in BOARDS:
            await self._app(scope, replay(body, receive), send)
            return
        answer = await self._answer(scope, body, receive)
        await answer.conditional(scope).send(send)

    async def _answer(self, scope: Scope, body: bytes, receive: Receive) -> HeldAnswer:
        answer = HeldAnswer()
        await self._app(scope, replay(body, receive), answer.take)
        return answer

    async def _fail(self, fault: Fault, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        board = fault.target
        if fault.kind == "down":
            await hang_up(scope, receive)
            return
        if fault.kind == "rate_limit":
            headers = {"Retry-After": str(math.ceil(fault.seconds))}
            await PlainTextResponse("Too Many Requests", 429, headers=headers)(scope, receive, send)
            return
        if fault.kind == "login_wall":
            await HTMLResponse(login_wall(board))(scope, receive, send)
            return
        before = not fault.after and fault.kind in ("status", "latency")
        if before:
            await asyncio.sleep(fault.seconds if fault.kind == "latency" else 0)
            if fault.kind == "status":
                await refusal(fault)(scope, receive, send)
            else:
                await self._work(scope, body, receive, send)
            return
        answer = await self._answer(scope, body, receive)
        if fault.kind == "lost_answer":
            await hang_up(scope, receive)
            return
        if fault.kind == "layout":
            answer.body = other_layout(board, answer.body.decode(), fault.part).encode()
        elif fault.kind == "latency":
            await asyncio.sleep(fault.seconds)
        elif fault.kind == "status":
            await refusal(fault)(scope, receive, send)
            return
        await answer.send(send)


class HeldAnswer:
    """An answer that is held back."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = b""

    async def take(self, message: Message) -> None:
        """Stands in for ``send``."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    def conditional(self, scope: Scope) -> HeldAnswer:
        """The same with an ETag, or a 304 where the asker has it already."""
        if self.status != 200:
            return self
        tag = f'W/"{hashlib.sha256(self.body).hexdigest()[:20]}"'.encode()
        known = dict(scope["headers"]).get(b"if-none-match", b"")
        self.headers.append((b"etag", tag))
        if tag in [one.strip() for one in known.split(b",")]:
            self.status, self.body = 304, b""
        return self

    async def send(self, send: Send) -> None:
        """Sends it after all."""
        bodiless = (b"content-length", b"content-type") if self.status == 304 else (b"content-length",)
        headers = [(name, value) for name, value in self.headers if name.lower() not in bodiless]
        if self.status != 304:
            headers.append((b"content-length", str(len(self.body)).encode()))
        await send({"type": "http.response.start", "status": self.status, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def target_of(path: str) -> str | None:
    """Which fault target a path belongs to."""
    if path == "/robots.txt":
        return "robots"
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return first if first in (*BOARDS, *SINKS, "ats", "recruitee", *services.NAMES) else None


def refusal(fault: Fault) -> Response:
    """The answer of a ``status`` fault; 429 and 503 say when to come back."""
    headers = {"Retry-After": str(math.ceil(fault.seconds))} if fault.status in (429, 503) else {}
    return PlainTextResponse(f"fault: {fault.status}", fault.status, headers=headers)


async def read_body(receive: Receive) -> bytes | None:
    """The request's body, of one that is too large only the beginning; ``None``: the connection closed inside it."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        if len(body) > MAX_BODY or not message.get("more_body"):
            return bytes(body)


def replay(body: bytes, receive: Receive) -> Receive:
    """A ``receive`` that gives the body once, then whatever comes."""
    first: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def again() -> Message:
        return first.pop() if first else await receive()

    return again


async def hang_up(scope: Scope, receive: Receive) -> None:
    """Closes the connection without an answer."""
    abort: Callable[[], None] | None = scope.get(HANG_UP)
    if abort is None:
        raise ConnectionAbortedError("hung up")
    abort()
    while (await receive())["type"] != "http.disconnect":
        pass
