"""The receiving side of the drills: somebody else's AI service and platform, which count every request and deduplicate nothing.

It lives in the drill's own process, so that nothing the drill kills can make it forget. What it does with one application, and where
it stops on the way so that somebody can be killed, is said per job.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from tests.http_double import Answer, Call, HttpDouble, serving

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
class Receiver(HttpDouble):
    """What was received, and what is to happen to which job.

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

    def reply(self, call: Call) -> Answer:
        match call.route.split("/"):
            case ["POST ", "api", "auto-apply"]:
                return self._apply(call)
            case ["POST ", "api", "job-match"]:
                return Answer(200, {"matches": matches(str(call.json["cv"]["id"]), self.jobs)})
            case ["POST ", "api", "v1", "applications"]:
                with self.lock:
                    self.recorded[call.headers.get("idempotency-key", "")] += 1
                return Answer(201, {"id": "r1"})
            case ["GET ", "api", "v1", "cv", cv_id]:
                return Answer(200, {"id": cv_id, "name": "Drill", "text": "Ward nurse, 9 years"})
            case ["PATCH ", *_]:
                return Answer(200, {"status": "noted"})
            case ["GET ", "health" | "metrics"]:
                return Answer(200, {"service": "drill", "status": "ok"})
        return Answer(404, {"error": "not here"})

    def _apply(self, call: Call) -> Answer:
        job, cv = str(call.json["jobId"]), str(call.json["cvId"])
        with self.lock:
            fault, hold = self.faults.pop(job, ""), self.holds.get(job)
            if hold is not None and hold.arrived.is_set():
                hold = None
        if hold:
            hold.port = call.port
        if hold and hold.stage == "unread":
            hold.stop()
        if fault in UNCOUNTED:
            return UNCOUNTED[fault]
        self.count(call.json, call.headers.get("idempotency-key", ""))
        if hold and hold.stage == "counted":
            hold.stop()
        time.sleep(self.pace)
        if self.taken[cv] == self.fails_at.get(cv):
            fault = "500 after accept"
        if fault:
            return COUNTED[fault]
        answer = Answer(200, {"applicationStatus": "submitted", "receipt": f"R-{job}"})
        return replace(answer, midway=hold.stop) if hold and hold.stage == "half" else answer


FAILS, RESET, HANGS = Answer(500, {"error": "boom"}), Answer(fault="reset"), Answer(delay=3, fault="hang up")
COUNTED = {
    "lost answer": Answer(fault="hang up"),
    "reset after accept": RESET,
    "500 after accept": FAILS,
    "hang after accept": HANGS,
    "slow drip": Answer(200, {"applicationStatus": "submitted", "receipt": "R-drip"}, drip=0.05),
    "garbled 200": Answer(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n\x00{]garble"),
    "200 that says nothing": Answer(200, {"ok": True}),
}
"""The application is taken, and then this happens."""

UNCOUNTED = {
    "reset before accept": RESET,
    "500 before accept": FAILS,
    "503 before accept": Answer(503, {"error": "boom"}),
    "hang before accept": HANGS,
    "429 with Retry-After": Answer(429, {"error": "slower"}, {"Retry-After": "1"}),
}
"""The application is not taken; the sender can know that only of the 429, which by the contract had no effect."""


def matches(cv_id: str, many: int) -> list[dict[str, Any]]:
    """So many jobs that only this service knows, for one CV."""
    known = {"companyName": "St. Drill", "source": "drillboard", "matchScore": 0.9, "canAutoApply": True, "alreadyApplied": False}
    letter = {"generatedCoverLetter": "Dear ward, I apply."}
    return [{"id": f"{cv_id}-{n}", "jobTitle": f"Ward nurse {n}", **known, **letter} for n in range(many)]


@contextmanager
def receiving(**settings: Any) -> Iterator[Receiver]:
    """A receiver on loopback for the length of the block."""
    with serving(Receiver(**settings)) as receiver:
        try:
            yield receiver
        finally:
            for hold in list(receiver.holds.values()):
                hold.released.set()
