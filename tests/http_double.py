"""One HTTP server on loopback for all tests: it remembers what it was asked, answers as told, and fails as networks do."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Literal, TypeVar
from urllib.parse import parse_qs, urlsplit

Fault = Literal["", "hang up", "reset", "hang", "half"]
"""``hang up``: no answer, an orderly end. ``reset``: no answer, RST. ``hang``: none while the server runs. ``half``: half of it."""


@dataclass
class Call:
    """One request as it came in: path with its query, headers by their names in lower case.

    :param port: of the connection it came over, so that the system can be asked whose it is
    """

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    port: int = 0

    @property
    def route(self) -> str:
        """Method and path without the query."""
        return f"{self.method} {urlsplit(self.path).path}"

    @property
    def json(self) -> Any:
        return json.loads(self.body) if self.body else None

    @property
    def form(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(self.body.decode()).items()}

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}


@dataclass
class Answer:
    """What to say, and how it goes wrong.

    :param body: bytes and text as they are, anything else as JSON
    :param delay: seconds before anything is said
    :param drip: seconds between two bytes: no single silence is long
    :param raw: bytes instead of an HTTP answer
    :param midway: called when half of the body is out
    """

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    fault: Fault = ""
    drip: float = 0.0
    raw: bytes = b""
    midway: Callable[[], None] = lambda: None

    def payload(self) -> tuple[bytes, dict[str, str]]:
        """The body's bytes and the headers that go with them."""
        if self.body is None or isinstance(self.body, bytes | str):
            body, named = (self.body.encode() if isinstance(self.body, str) else self.body or b""), dict[str, str]()
        else:
            body, named = json.dumps(self.body).encode(), {"Content-Type": "application/json"}
        return body, {**named, "Content-Length": str(len(body)), **self.headers}


@dataclass
class HttpDouble:
    """The other side. A subclass that stands for something overrides ``reply``; ``answer`` serves where one answer will do."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answer: Answer | Callable[[Call], Answer] = field(default_factory=Answer)
    lock: threading.RLock = field(default_factory=threading.RLock)
    over: threading.Event = field(default_factory=threading.Event)

    def reply(self, call: Call) -> Answer:
        """The answer to one call, in a thread of its own."""
        return self.answer(call) if callable(self.answer) else self.answer

    @property
    def asked(self) -> list[str]:
        """Method and path of every call."""
        return [call.route for call in self.calls]


D = TypeVar("D", bound=HttpDouble)


class _Handler(BaseHTTPRequestHandler):
    double: ClassVar[HttpDouble]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        if len(body) < length:  # whoever asked died in the middle of the request: nothing arrived
            self.close_connection = True
            return
        headers = {name.lower(): value for name, value in self.headers.items()}
        call = Call(self.command, self.path, headers, body, self.client_address[1])
        with self.double.lock:
            self.double.calls.append(call)
        answer = self.double.reply(call)
        time.sleep(answer.delay)
        try:
            self._give(answer)
        except OSError:  # whoever asked is gone
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_CONNECT = _serve

    def _give(self, answer: Answer) -> None:
        self.close_connection = bool(answer.fault or answer.raw) or self.close_connection
        if answer.fault in ("hang up", "reset", "hang"):
            if answer.fault == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            elif answer.fault == "hang":
                self.double.over.wait(60)
            return
        body, headers = answer.payload()
        if answer.raw:
            body = answer.raw
        else:
            self.send_response(answer.status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
        if self.command == "HEAD":
            return
        middle = len(body) // 2
        self._write(body[:middle], answer.drip)
        answer.midway()
        if answer.fault != "half":
            self._write(body[middle:], answer.drip)

    def _write(self, part: bytes, drip: float) -> None:
        for start in range(0, len(part), 1 if drip else max(len(part), 1)):
            self.wfile.write(part[start : start + 1] if drip else part)
            time.sleep(drip)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Quiet: those who ask are killed and hang up on purpose."""


@contextmanager
def serving(double: D) -> Iterator[D]:
    """Serves it on a free loopback port for the length of the block."""
    server = _Server(("127.0.0.1", 0), type("Bound", (_Handler,), {"double": double}))
    double.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield double
    finally:
        double.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def http_double(answer: Answer | Callable[[Call], Answer] | None = None) -> AbstractContextManager[HttpDouble]:
    """A double with one answer, an empty 200 if none is given, for the length of the block."""
    return serving(HttpDouble(answer=answer or Answer()))
