"""Providers on loopback for tests: an HTTP server that records requests and answers as told, and an SMTP server that does the same."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.conftest import free_port


@dataclass
class Call:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}


@dataclass
class Answer:
    """What to say; ``hang_up`` closes the connection without a word after the request was read."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    hang_up: bool = False


@dataclass
class Provider:
    """Records calls; ``answer`` decides by call, in the server's threads."""

    url: str
    calls: list[Call] = field(default_factory=list)
    answer: Callable[[Call], Answer] = field(default=lambda call: Answer())
    lock: threading.Lock = field(default_factory=threading.Lock)


@contextmanager
def http_provider() -> Iterator[Provider]:
    """A provider for the length of the block."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            call = Call(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            with provider.lock:
                provider.calls.append(call)
            answer = provider.answer(call)
            if answer.hang_up:
                self.close_connection = True
                self.connection.close()
                return
            content = b"" if answer.body is None else answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
            self.send_response(answer.status)
            for name, value in {**answer.headers, "Content-Length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PATCH = do_GET = do_PUT = _serve

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: Any) -> None:
            """Quiet: clients of these tests hang up on purpose."""

    with Server(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        provider = Provider(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join(5)


@dataclass
class MailServer:
    """Records letters; ``rcpt`` and ``data`` answer by recipient."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    sessions: int = 0
    transports: list[Any] = field(default_factory=list)
    rcpt: Callable[[str], str] = field(default=lambda recipient: "250 OK")
    data: Callable[[str], str] = field(default=lambda recipient: "250 OK")

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]) -> list[str]:
        session.host_name = hostname
        self.sessions += 1
        self.transports.append((asyncio.get_running_loop(), server.transport))
        return responses

    def hang_up(self) -> None:
        """Ends every session, as a server does that has waited too long."""
        for loop, transport in self.transports:
            loop.call_soon_threadsafe(transport.abort)
        time.sleep(0.05)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        answer = self.rcpt(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        answer = self.data(envelope.rcpt_tos[0])
        if answer.startswith("250"):
            letter = message_from_bytes(content, policy=policy.default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
            self.senders.append(str(envelope.mail_from))
        if answer == "HANG UP":
            assert server.transport is not None
            server.transport.abort()
        return answer


@contextmanager
def mail_server(**options: Any) -> Iterator[MailServer]:
    """A mail server for the length of the block."""
    handler = MailServer(free_port())
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port, enable_SMTPUTF8=True, **options)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()
