"""A platform that knows the seed's contract and nothing else, on loopback: its users, what it was told, and how it fails."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any

from tests.http_double import Answer, Call, HttpDouble, serving

TOKEN = "platform-secret"


@dataclass
class Double(HttpDouble):
    """What it holds and heard: the contract's calls. Anything else is a 404, any field it does not know a 422.

    :param fails: method and path → what happens instead: a status, ``hang``, ``half``, ``garbled``, ``500 after``
    :param lists: whether it has ``GET /api/v1/users``
    """

    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    closed: list[dict[str, Any]] = field(default_factory=list)
    applications: list[dict[str, Any]] = field(default_factory=list)
    statuses: dict[str, str] = field(default_factory=dict)
    fails: dict[str, int | str] = field(default_factory=dict)
    once: bool = True
    lists: bool = False
    retry_after: str = "0"
    refuses: str = "nobody's"
    count: int | None = None

    def edit(self, user_id: str, at: str = "", **preferences: Any) -> None:
        """Somebody edits their preferences there."""
        kept = {**self.users[user_id]["preferences"], **preferences}
        self.users[user_id]["preferences"] = {name: value for name, value in kept.items() if value is not None}
        if at:
            self.users[user_id]["updatedAt"] = at

    def reply(self, call: Call) -> Answer:
        with self.lock:
            fault = self.fails.pop(call.route, None) if self.once else self.fails.get(call.route)
        path = call.route.partition(" ")[2]
        if call.headers.get("authorization") != f"Bearer {TOKEN}" and path != "/health":
            return Answer(401, {"error": "who are you?"})
        if isinstance(fault, int):
            return Answer(fault, {"error": "told to"}, {"Retry-After": self.retry_after} if fault == 429 else {})
        if fault == "hang":
            return Answer(fault="hang")
        if fault == "garbled":
            return Answer(200, b"<html>a proxy</html>")
        answer = Answer(*self._do(call, path, call.json))
        if fault == "500 after":
            return Answer(500, {"error": "and yet"})
        return replace(answer, fault="half") if fault == "half" else answer

    def _do(self, call: Call, path: str, body: Any) -> tuple[int, Any]:
        match path.strip("/").split("/"):
            case ["health"]:
                return 200, {"status": "ok"}
            case ["api", "v1", "users"] if self.lists:
                return 200, {"users": [*self.users.values()], "next": None}
            case ["api", "v1", "users", name] if name in self.users:
                return 200, self.users[name]
            case ["api", "v1", "users", name, "preferences"] if name in self.users:
                self.users[name]["preferences"] = body
                return 200, self.users[name]
            case ["api", "v1", "cv", name]:
                return 200, {"cv": {"id": name, "skills": ["sql"]}}
            case ["api", "v1", "jobs", "bulk"] if self.refuses in [job.get("externalId") for job in body["jobs"]]:
                return 422, {"error": f"not {self.refuses}"}
            case ["api", "v1", "jobs", "bulk"]:
                (self.closed if body["jobs"] and body["jobs"][0].get("status") == "closed" else self.jobs).extend(body["jobs"])
                return 201, {"count": len(body["jobs"]) if self.count is None else self.count}
            case ["api", "v1", "jobs"]:
                self.jobs.append(body)
                return 201, {"id": len(self.jobs)}
            case ["api", "v1", "jobs", "search"]:
                start = int(call.query.get("offset", 0))
                return 200, {"jobs": self.jobs[start : start + 2], "total": len(self.jobs)}
            case ["api", "v1", "applications"]:
                if body.keys() != {"jobId", "userId", "cvId", "status", "autoApplied", "appliedAt"}:
                    return 422, {"error": f"unknown fields: {sorted(body)}"}
                self.applications.append(body)
                return 201, {"id": str(len(self.applications))}
            case ["api", "v1", "applications" | "notifications", name, "status"]:
                self.statuses[name] = body["status"]
                return 200, {"id": name, "status": body["status"]}
        return 404, {"error": f"there is no {path}"}


def platform_double(**settings: Any) -> AbstractContextManager[Double]:
    """Serves it for the length of the block."""
    return serving(Double(**settings))
