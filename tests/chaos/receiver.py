"""The receiving side of the drills: somebody else's AI service and platform, which count every request and deduplicate nothing.

It lives in the drill's own process, so that nothing the drill kills can make it forget. What it does with one application, and where
it stops on the way so that somebody can be killed, is said per job.
"""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

HOLD_LIMIT = 120.0
"""Seconds after which a held request goes on by itself: a drill that fails must not hang."""

Pair = tuple[str, str]
"""``(cvId, jobId)``: one person (a CV has one) and one job."""


@dataclass
class Hold:
    """A place at which one request stops.

    :param stage: ``unread`` (arrived, not counted), ``counted`` (not answered), ``half`` (half of the answer is out)
    :param port: of the connection it came over: whose it is can be asked of the system
    """

    stage: str
    port: int = 0
    arrived: threading.Event = field(default_factory=threading.Event)
    released: threading.Event = field(default_factory=threading.Event)

    def stop(self) -> None:
        """Where the request waits."""
        self.arrived.set()
        self.released.wait(HOLD_LIMIT)


@dataclass
class Receiver:
    """What was received, and what is to happen to which job.

    :param url: its address
    :param received: applications taken, by CV and job
    :param taken: the same by CV
    :param keys: the idempotency keys under which each pair arrived
    :param faults: fault by job, used up by the first request for it
    :param holds: hold by job, likewise
    :param fails_at: by CV: the how-manieth application is taken and answered 500
    :param recorded: records by idempotency key
    :param jobs: how many matches ``job-match`` gives
    :param pace: seconds before each answer
    """

    url: str = ""
    received: Counter[Pair] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    keys: dict[Pair, set[str]] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    fails_at: dict[str, int] = field(default_factory=dict)
    recorded: Counter[str] = field(default_factory=Counter)
    jobs: int = 12
    pace: float = 0.0
    last: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, body: dict[str, Any], key: str) -> None:
        """One more receipt."""
        pair = (str(body["cvId"]), str(body["jobId"]))
        with self.lock:
            self.received[pair] += 1
            self.taken[pair[0]] += 1
            self.keys.setdefault(pair, set()).add(key)
            self.last = time.monotonic()

    def of(self, cv_ids: set[str]) -> Counter[Pair]:
        """Receipts of some people only."""
        with self.lock:
            return Counter({pair: n for pair, n in self.received.items() if pair[0] in cv_ids})


class Handler(BaseHTTPRequestHandler):
    """The seed's contract and nothing more."""

    receiver: ClassVar[Receiver]

    def do_GET(self) -> None:
        if self.path.startswith("/api/v1/cv/"):
            self._answer(200, {"id": self.path.rsplit("/", 1)[1], "name": "Drill", "text": "Ward nurse, 9 years"})
        else:
            self._answer(200 if self.path in ("/health", "/metrics") else 404, {"service": "drill", "status": "ok"})

    def do_PATCH(self) -> None:
        self._body()
        self._answer(200, {"status": "noted"})

    def do_POST(self) -> None:
        body = self._body()
        if body is None:  # the sender died in the middle of its request: nothing arrived
            self.close_connection = True
        elif self.path == "/api/auto-apply":
            self._apply(body)
        elif self.path == "/api/job-match":
            self._answer(200, {"matches": matches(str(body["cv"]["id"]), self.receiver.jobs)})
        elif self.path == "/api/v1/applications":
            with self.receiver.lock:
                self.receiver.recorded[self.headers.get("Idempotency-Key", "")] += 1
            self._answer(201, {"id": "r1"})
        else:
            self._answer(404, {"error": "not here"})

    def _apply(self, body: dict[str, Any]) -> None:
        receiver, job = self.receiver, str(body["jobId"])
        with receiver.lock:
            fault, hold = receiver.faults.pop(job, ""), receiver.holds.get(job)
            if hold is not None and hold.arrived.is_set():
                hold = None
        if hold:
            hold.port = self.client_address[1]
        if hold and hold.stage == "unread":
            hold.stop()
        if fault in UNCOUNTED:
            UNCOUNTED[fault](self)
            return
        receiver.count(body, self.headers.get("Idempotency-Key", ""))
        if hold and hold.stage == "counted":
            hold.stop()
        if receiver.pace:
            time.sleep(receiver.pace)
        if receiver.taken[str(body["cvId"])] == receiver.fails_at.get(str(body["cvId"])):
            fault = "500 after accept"
        if fault:
            COUNTED[fault](self)
            return
        self._answer(200, {"applicationStatus": "submitted", "receipt": f"R-{job}"}, hold=hold if hold and hold.stage == "half" else None)

    def _body(self) -> dict[str, Any] | None:
        length = int(self.headers.get("Content-Length", 0))
        raw = self.rfile.read(length)
        if len(raw) < length:
            return None
        value: dict[str, Any] = json.loads(raw) if raw else {}
        return value

    def _answer(self, status: int, body: dict[str, Any], *, hold: Hold | None = None, **headers: str) -> None:
        payload = json.dumps(body).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            if hold:
                self.wfile.write(payload[: len(payload) // 2])
                hold.stop()
                payload = payload[len(payload) // 2 :]
            self.wfile.write(payload)
        except OSError:  # whoever asked is dead
            self.close_connection = True

    def hang_up(self) -> None:
        """No answer, an orderly end."""
        self.close_connection = True

    def reset(self) -> None:
        """No answer, RST."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def hang(self) -> None:
        """No answer for longer than anybody waits."""
        time.sleep(3)
        self.close_connection = True

    def drip(self) -> None:
        """The whole answer, one byte at a time: no single silence is long."""
        payload = json.dumps({"applicationStatus": "submitted", "receipt": "R-drip"}).encode()
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(payload)}\r\n\r\n".encode()
        try:
            self.wfile.write(head)
            for number in range(len(payload)):
                self.wfile.write(payload[number : number + 1])
                time.sleep(0.05)
        except OSError:
            self.close_connection = True

    def fails(self, status: int = 500) -> None:
        """A 5xx."""
        self._answer(status, {"error": "boom"})

    def busy(self) -> None:
        """429, which by the contract had no effect."""
        self._answer(429, {"error": "slower"}, Retry_After="1")

    def garbled(self) -> None:
        """A 200 that nobody can read."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\x00{]garble")

    def wordless(self) -> None:
        """A 200 that does not say what happened."""
        self._answer(200, {"ok": True})

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


COUNTED: dict[str, Any] = {
    "lost answer": Handler.hang_up,
    "reset after accept": Handler.reset,
    "500 after accept": Handler.fails,
    "hang after accept": Handler.hang,
    "slow drip": Handler.drip,
    "garbled 200": Handler.garbled,
    "200 that says nothing": Handler.wordless,
}
"""The application is taken, and then this happens."""

UNCOUNTED: dict[str, Any] = {
    "reset before accept": Handler.reset,
    "500 before accept": Handler.fails,
    "503 before accept": lambda handler: handler.fails(503),
    "hang before accept": Handler.hang,
    "429 with Retry-After": Handler.busy,
}
"""The application is not taken; the sender can know that only of the 429."""


def matches(cv_id: str, many: int) -> list[dict[str, Any]]:
    """So many jobs that only this service knows, for one CV."""
    known = {"companyName": "St. Drill", "source": "drillboard", "matchScore": 0.9, "canAutoApply": True, "alreadyApplied": False}
    letter = {"generatedCoverLetter": "Dear ward, I apply."}
    return [{"id": f"{cv_id}-{n}", "jobTitle": f"Ward nurse {n}", **known, **letter} for n in range(many)]


class Server(ThreadingHTTPServer):
    """Quiet, with room for a crowd."""

    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Killed senders hang up in every way there is."""


@contextmanager
def receiving(**settings: Any) -> Iterator[Receiver]:
    """A receiver on loopback for the length of the block."""
    receiver = Receiver(**settings)
    handler = type("Bound", (Handler,), {"receiver": receiver, "protocol_version": "HTTP/1.1", "disable_nagle_algorithm": True})
    server = Server(("127.0.0.1", 0), handler)
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        for hold in list(receiver.holds.values()):
            hold.released.set()
        server.shutdown()
        server.server_close()
