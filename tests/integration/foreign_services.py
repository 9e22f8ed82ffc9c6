"""A platform API and an AI service that are not ours: only the seed's contract, no idempotency, no status endpoint, ids of their own."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from tests.http_double import Answer, Call, HttpDouble, serving


@dataclass
class Foreign(HttpDouble):
    """The contract's calls; anything else is 404. Keeps what it received.

    :param fails_at: the how-manieth application gets a 500 after it was taken
    """

    fails_at: int = 0
    jobs: int = 12
    applied: list[dict[str, Any]] = field(default_factory=list)
    recorded: list[dict[str, Any]] = field(default_factory=list)

    def reply(self, call: Call) -> Answer:
        with self.lock:
            match call.route:
                case "GET /api/v1/cv/771":
                    work = {"heading": "Work", "items": ["Ward nurse, 9 years"]}
                    return Answer(200, {"id": 771, "fullName": "Noor Halden", "sections": [work]})
                case "POST /api/job-match":
                    return Answer(200, {"matches": [{"id": 9000 + n, "jobTitle": f"Ward nurse {n}", **JOB} for n in range(self.jobs)]})
                case "POST /api/auto-apply":
                    self.applied.append(call.json)
                    failed = len(self.applied) == self.fails_at
                    return Answer(500, {"error": "boom"}) if failed else Answer(200, {"applicationStatus": "submitted"})
                case "POST /api/v1/applications":
                    self.recorded.append(call.json)
                    return Answer(201, {"id": len(self.recorded)})
        return Answer(404, {"error": "not here"})


JOB = {
    "companyName": "St. Foreign",
    "source": "foreignboard",
    "matchScore": 0.91,
    "canAutoApply": True,
    "alreadyApplied": False,
    "generatedCoverLetter": "Dear ward",
    "extra": {"any": "thing"},
}


def foreign_services(**settings: Any) -> AbstractContextManager[Foreign]:
    """Serves them on loopback for the length of the block."""
    return serving(Foreign(**settings))
