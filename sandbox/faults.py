"""Faults that are switched on while the sandbox runs: what an endpoint does instead of working."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

BOARDS = ("linkedin", "indeed", "glassdoor")
SINKS = ("slack", "sendgrid", "twilio", "push", "alert")
Board = Literal["linkedin", "indeed", "glassdoor"]
Endpoint = Literal["robots", "ats", "recruitee", "slack", "sendgrid", "twilio", "push", "alert", "smtp", "employers", "user", "job"]
Target = Board | Endpoint
Kind = Literal["status", "latency", "lost_answer", "down", "rate_limit", "login_wall", "layout"]
MAX_FAULTS = 100


class Fault(BaseModel):
    """One fault.

    :param target: which part of the sandbox; its first path segment (``robots`` is ``/robots.txt``, ``smtp`` the mail port,
        ``employers`` the employers' mailboxes)
    :param kind: ``status`` answers ``status``; ``latency`` waits ``seconds``, then works; ``lost_answer`` works, then hangs up
        without an answer; ``down`` hangs up at once; ``rate_limit`` is 429 with Retry-After ``seconds``; ``login_wall`` and
        ``layout`` (boards only) are the board's login page and a page whose cards have other class names
    :param status: HTTP status, or SMTP reply code for ``smtp``
    :param seconds: how long to wait (``latency``, or before a ``status``), or the Retry-After
    :param times: requests it hits; ``None``: until cleared
    :param skip: requests it lets pass first
    :param after: the effect happens first (``status``, ``latency``)
    :param path: only requests whose path contains this
    :param part: ``layout`` renames only this part of the cards: ``title``, ``company``, ``location`` or ``date``
    """

    model_config = ConfigDict(extra="forbid")

    target: Target
    kind: Kind
    status: int = Field(default=500, ge=200, le=999)
    seconds: float = Field(default=2.0, ge=0, le=600)
    times: int | None = Field(default=1, ge=1)
    skip: int = Field(default=0, ge=0)
    after: bool = False
    path: str = Field(default="", max_length=200)
    part: Literal["title", "company", "location", "date"] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Fault:
        if self.kind in ("login_wall", "layout") and self.target not in BOARDS:
            raise ValueError(f"{self.kind} is for boards: {', '.join(BOARDS)}")
        if self.target == "employers" and self.kind != "lost_answer":
            raise ValueError("an employer's mailbox knows only lost_answer")
        if self.target == "smtp" and self.kind == "status" and self.status > 599:
            raise ValueError("an SMTP reply code is 400 to 599")
        return self


@dataclass
class Active:
    """A fault that is switched on, and how often it hit so far."""

    fault: Fault
    passed: int = 0
    taken: int = 0

    @property
    def spent(self) -> bool:
        """Whether it hit as often as it was to."""
        return self.fault.times is not None and self.taken >= self.fault.times


@dataclass
class Faults:
    """The faults that are on, in the order they were switched on."""

    active: list[Active] = field(default_factory=list)

    def put(self, fault: Fault) -> None:
        """Switches one on; it takes the place of one of the same target, kind and path.

        :raises ValueError: too many are on
        """
        same = (fault.target, fault.kind, fault.path)
        self.active = [one for one in self.active if (one.fault.target, one.fault.kind, one.fault.path) != same]
        if len(self.active) >= MAX_FAULTS:
            raise ValueError(f"{MAX_FAULTS} faults are on already")
        self.active.append(Active(fault))

    def take(self, target: str | None, path: str = "") -> Fault | None:
        """The fault that hits this request, counted; ``None``: it goes through."""
        for one in self.active:
            if one.fault.target != target or one.fault.path not in path or one.spent:
                continue
            if one.passed < one.fault.skip:
                one.passed += 1
                continue
            one.taken += 1
            return one.fault
        return None

    def clear(self, target: str | None = None) -> int:
        """Switches off all, or those of one target; returns how many that were."""
        before = len(self.active)
        self.active = [one for one in self.active if target is not None and one.fault.target != target]
        return before - len(self.active)

    def shown(self) -> list[dict[str, Any]]:
        """All that were switched on and not cleared, with ``taken``, ``passed`` and ``spent``."""
        return [{**one.fault.model_dump(), "taken": one.taken, "passed": one.passed, "spent": one.spent} for one in self.active]
