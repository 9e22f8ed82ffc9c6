"""A platform API and an AI service that are not ours: only the seed's contract, no idempotency, no status endpoint, ids of their own."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar


@dataclass
class Foreign:
    """What the foreign services received.

    :param fails_at: the how-manieth application gets a 500 after it was taken
    """

    url: str = ""
    fails_at: int = 0
    jobs: int = 12
    applied: list[dict[str, Any]] = field(default_factory=list)
    recorded: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)


class Handler(BaseHTTPRequestHandler):
    """The contract's calls; anything else is 404."""

    foreign: ClassVar[Foreign]

    def do_GET(self) -> None:
        if self.path == "/api/v1/cv/771":
            self._answer(200, {"id": 771, "fullName": "Noor Halden", "sections": [{"heading": "Work", "items": ["Ward nurse, 9 years"]}]})
        else:
            self._answer(404, {"error": "not here"})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        foreign = self.foreign
        with foreign.lock:
            if self.path == "/api/job-match":
                known = {
                    "companyName": "St. Foreign",
                    "source": "foreignboard",
                    "matchScore": 0.91,
                    "canAutoApply": True,
                    "alreadyApplied": False,
                }
                extra = {"generatedCoverLetter": "Dear ward", "extra": {"any": "thing"}}
                matches = [{"id": 9000 + n, "jobTitle": f"Ward nurse {n}", **known, **extra} for n in range(foreign.jobs)]
                self._answer(200, {"matches": matches})
            elif self.path == "/api/auto-apply":
                foreign.applied.append(body)
                failed = len(foreign.applied) == foreign.fails_at
                self._answer(500 if failed else 200, {"error": "boom"} if failed else {"applicationStatus": "submitted"})
            elif self.path == "/api/v1/applications":
                foreign.recorded.append(body)
                self._answer(201, {"id": len(foreign.recorded)})
            else:
                self._answer(404, {"error": "not here"})

    def do_PATCH(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(404, {"error": "notification unknown"})

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        payload = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextmanager
def foreign_services(**settings: Any) -> Iterator[Foreign]:
    """Serves them on loopback for the length of the block."""
    foreign = Foreign(**settings)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"foreign": foreign}))
    foreign.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield foreign
    finally:
        server.shutdown()
        server.server_close()
