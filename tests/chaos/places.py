"""Where a sender is killed: from before it has read anything to after everything is committed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """One named place.

    :param kind: ``executed`` and ``committed`` (a statement), ``before`` and ``after`` (a function), ``unsent``, ``half sent`` (a request),
        ``receiver`` (a stage at the receiving side)
    :param what: part of the statement, path of the function, or the stage
    :param certain: a death here leaves no doubt: nothing may be uncertain afterwards
    :param once: it is passed once a run, not once an application
    """

    name: str
    kind: str
    what: str
    certain: bool = False
    once: bool = False
    extra: tuple[str, ...] = ()

    def order(self, nth: int) -> dict[str, Any]:
        """As a run is told."""
        return {"kind": self.kind, "what": self.what, "nth": 1 if self.once else nth}


SEND = "rolecall.clients.ai_client.AiClient.auto_apply"
INTENT = "attempts = attempts + (hold is null)"
OUTCOME = "receipt = coalesce("

PLACES = (
    Place("plan written, not committed", "executed", "insert into application (", certain=True, once=True),
    Place("plan committed, nothing begun", "committed", "insert into application (", certain=True, once=True),
    Place("place in the pace taken, not committed", "executed", "insert into pace", certain=True),
    Place("place in the pace committed", "committed", "insert into pace", certain=True),
    Place("waiting for the pace", "before", "rolecall.applying.pending_request.Stop.wait", certain=True),
    Place("intent written, not committed", "executed", INTENT, certain=True),
    Place("intent committed, nothing sent", "committed", INTENT),
    Place("connected, nothing sent", "unsent", ""),
    Place("half of the request sent", "half sent", ""),
    Place("request arrived, not counted", "receiver", "unread"),
    Place("request counted, not answered", "receiver", "counted"),
    Place("half of the answer sent", "receiver", "half"),
    Place("answer read, nothing written (between POST and commit)", "after", SEND),
    Place("outcome written, not committed", "executed", OUTCOME),
    Place("record owed, not committed", "executed", "insert into outbox"),
    Place("message owed, not committed", "executed", "insert into notification"),
    Place("outcome committed, task not told", "committed", OUTCOME, certain=True),
    Place("recorded at the platform, not noted", "after", "rolecall.clients.platform_client.PlatformClient.create_application",
          certain=True, extra=("record",)),
)  # fmt: skip

FAULTS: dict[str, str] = {
    "lost answer": "uncertain",
    "reset after accept": "uncertain",
    "reset before accept": "uncertain",
    "500 after accept": "uncertain",
    "500 before accept": "uncertain",
    "503 before accept": "uncertain",
    "hang after accept": "uncertain",
    "hang before accept": "uncertain",
    "garbled 200": "uncertain",
    "200 that says nothing": "uncertain",
    "429 with Retry-After": "submitted",
    "slow drip": "submitted",
}
"""What the receiver does with one application, and where that application must end."""
