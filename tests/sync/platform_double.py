"""A platform that knows the seed's contract and nothing else, on loopback: its users, what it was told, and how it fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

TOKEN = "platform-secret"


@dataclass
class Double:
    """What it holds and heard.

    :param fails: method and path → what happens instead: a status, ``hang``, ``half``, ``garbled``, ``500 after``
    :param lists: whether it has ``GET /api/v1/users``
    """

    url: str = ""
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    closed: list[dict[str, Any]] = field(default_factory=list)
    applications: list[dict[str, Any]] = field(default_factory=list)
    statuses: dict[str, str] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    fails: dict[str, int | str] = field(default_factory=dict)
    once: bool = True
    lists: bool = False
    retry_after: str = "0"
    refuses: str = "nobody's"
    count: int | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)
    over: threading.Event = field(default_factory=threading.Event)

    def edit(self, user_id: str, at: str = "", **preferences: Any) -> None:
        """Somebody edits their preferences there."""
        kept = {**self.users[user_id]["preferences"], **preferences}
        self.users[user_id]["preferences"] = {name: value for name, value in kept.items() if value is not None}
        if at:
            self.users[user_id]["updatedAt"] = at


class Handler(BaseHTTPRequestHandler):
    """The contract's calls; anything else is a 404, any field it does not know a 422."""

    double: ClassVar[Double]
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.partition("?")[0]
        call = f"{self.command} {path}"
        with self.double.lock:
            self.double.calls.append(call)
            fault = self.double.fails.pop(call, None) if self.double.once else self.double.fails.get(call)
        if self.headers.get("Authorization") != f"Bearer {TOKEN}" and path != "/health":
            return self._answer(401, {"error": "who are you?"})
        if isinstance(fault, int):
            return self._answer(fault, {"error": "told to"})
        if fault == "hang":
            self.double.over.wait(60)
            self.close_connection = True
            return None
        if fault == "garbled":
            return self._send(200, b"<html>a proxy</html>")
        status, body = self._do(path, json.loads(raw) if raw else None)
        if fault == "500 after":
            return self._answer(500, {"error": "and yet"})
        if fault == "half":
            payload = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload[: len(payload) // 2])
            self.close_connection = True
            return None
        return self._answer(status, body)

    do_GET = do_POST = do_PUT = do_PATCH = _serve

    def _do(self, path: str, body: Any) -> tuple[int, Any]:
        double = self.double
        match path.strip("/").split("/"):
            case ["health"]:
                return 200, {"status": "ok"}
            case ["api", "v1", "users"] if double.lists:
                return 200, {"users": [*double.users.values()], "next": None}
            case ["api", "v1", "users", name] if name in double.users:
                return 200, double.users[name]
            case ["api", "v1", "users", name, "preferences"] if name in double.users:
                double.users[name]["preferences"] = body
                return 200, double.users[name]
            case ["api", "v1", "cv", name]:
                return 200, {"cv": {"id": name, "skills": ["sql"]}}
            case ["api", "v1", "jobs", "bulk"] if double.refuses in [job.get("externalId") for job in body["jobs"]]:
                return 422, {"error": f"not {double.refuses}"}
            case ["api", "v1", "jobs", "bulk"]:
                (double.closed if body["jobs"] and body["jobs"][0].get("status") == "closed" else double.jobs).extend(body["jobs"])
                return 201, {"count": len(body["jobs"]) if double.count is None else double.count}
            case ["api", "v1", "jobs"]:
                double.jobs.append(body)
                return 201, {"id": len(double.jobs)}
            case ["api", "v1", "jobs", "search"]:
                asked = dict(part.split("=") for part in self.path.partition("?")[2].split("&") if part)
                start = int(asked.get("offset", 0))
                return 200, {"jobs": double.jobs[start : start + 2], "total": len(double.jobs)}
            case ["api", "v1", "applications"]:
                if body.keys() != {"jobId", "userId", "cvId", "status", "autoApplied", "appliedAt"}:
                    return 422, {"error": f"unknown fields: {sorted(body)}"}
                double.applications.append(body)
                return 201, {"id": str(len(double.applications))}
            case ["api", "v1", "applications" | "notifications", name, "status"]:
                double.statuses[name] = body["status"]
                return 200, {"id": name, "status": body["status"]}
        return 404, {"error": f"there is no {path}"}

    def _answer(self, status: int, body: Any) -> None:
        self._send(status, json.dumps(body).encode())

    def _send(self, status: int, payload: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        if status == 429:
            self.send_header("Retry-After", self.double.retry_after)
        self.end_headers()
        self.wfile.write(payload)

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet."""


@contextmanager
def platform_double(**settings: Any) -> Iterator[Double]:
    """Serves it for the length of the block."""
    double = Double(**settings)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"double": double}))
    double.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield double
    finally:
        double.over.set()
        server.shutdown()
        server.server_close()
