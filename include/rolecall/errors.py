"""Every way Rolecall's work can fail, as types. Retry policies, alerts and outcomes speak in these names."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


class RolecallError(Exception):
    """Base of all. ``str(error)`` says what happened and, after an arrow, what to do next."""

    def __init__(self, message: str, *, fix: str = "") -> None:
        super().__init__(f"{message} → {fix}" if fix else message)
        self.message = message
        self.fix = fix


class InvalidInput(RolecallError):
    """A value someone gave us is wrong: names the field and the fix. Never retried."""

    def __init__(self, field: str, problem: str, *, fix: str) -> None:
        super().__init__(f"{field}: {problem}", fix=fix)
        self.field = field


def first_of(error: ValidationError, field: str) -> InvalidInput:
    """The first problem of a pydantic error as ours, its field named below ``field``; no value is repeated."""
    first = error.errors(include_input=False, include_url=False)[0]
    said = str(first["msg"]).removeprefix("Value error, ")
    return InvalidInput(".".join((field, *map(str, first["loc"]))), said[:1].lower() + said[1:], fix="correct it or leave it out")


def suggesting(strange: Iterable[str], known: Iterable[str]) -> str:
    """Names that are unknown, each with the known one that was probably meant.

    >>> suggesting(["tresholt", "x"], ["threshold"])
    'tresholt (threshold?), x'
    """
    known = list(known)
    return ", ".join(f"{name} ({close[0]}?)" if (close := difflib.get_close_matches(name, known, 1)) else name for name in sorted(strange))


def kind_of(value: object) -> str:
    """What sort of value somebody gave, for messages that may be read by others: never the value itself."""
    names = {
        bool: "true or false",
        str: "a text",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "an object",
        type(None): "null",
    }
    return names.get(type(value), f"a {type(value).__name__}")


class StoreUnavailable(RolecallError):
    """Postgres does not answer. Retried: nothing was committed."""


# ── boards: what a page turned out to be ───────────────────────────────────────────────────────────────────


class BoardError(RolecallError):
    """A board did not give a results page; the subclass name is the recorded outcome."""


class LayoutChanged(BoardError):
    """A results page whose cards or required fields cannot be found: the parser needs work."""


class NotAResultsPage(BoardError):
    """The page is something else (a detail page, an article): no cards are expected on it."""


class LoginWall(BoardError):
    """The board wants a login."""


class Blocked(BoardError):
    """403, 999 or a captcha."""


class RateLimited(BoardError):
    """429; ``retry_after`` in seconds where the board said it."""

    def __init__(self, message: str, *, retry_after: float | None = None, fix: str = "") -> None:
        super().__init__(message, fix=fix)
        self.retry_after = retry_after


class BoardUnavailable(BoardError):
    """No answer, a time-out or a 5xx. Reading again is safe."""


class RobotsDenied(BoardError):
    """robots.txt says no, or could not be read. A recorded outcome, never retried."""


class NotInSandbox(BoardError):
    """The sandbox is on and does not play this board: it was not asked, and nobody outside the sandbox was."""


class BudgetSpent(BoardError):
    """The run used up its requests or its time. What was landed stays; the next run goes on."""


class UnknownBoard(BoardError):
    """No board of that name is there."""


class BrokenBoard(UnknownBoard):
    """The board's file cannot be used: it cannot be imported, or lacks what every board says of itself."""


# ── services: the platform API, the AI service, notification providers ─────────────────────────────────────────


class ServiceError(RolecallError):
    """A call to a service failed. The subclass says whether the request may have arrived."""


class NeverSent(ServiceError):
    """Refused connection, DNS or TLS failure: the service never saw the request. Safe to repeat."""


class NotAsPrepared(NeverSent):
    """What would be sent is not what was prepared and shown. Nothing was sent; it is prepared and asked about again."""


class MaybeReceived(ServiceError):
    """Time-out, reset or 5xx after the request left: it may have had its effect. Repeat only what is idempotent."""


class ServiceBusy(ServiceError):
    """429: refused before any effect; ``retry_after`` in seconds where given. Safe to repeat under the same key."""

    def __init__(self, message: str, *, retry_after: float | None = None, fix: str = "") -> None:
        super().__init__(message, fix=fix)
        self.retry_after = retry_after


class NotThisOne(ServiceBusy):
    """Refused for now, and only this message or recipient: it says nothing about the service. Safe to repeat."""


class AuthFailed(ServiceError):
    """401 or 403: the credential is wrong. Never retried."""


class RequestRejected(ServiceError):
    """Another 4xx: the service understood and declined. Never retried; ``status`` is the HTTP status."""

    def __init__(self, message: str, *, status: int, fix: str = "") -> None:
        super().__init__(message, fix=fix)
        self.status = status


class BadAnswer(ServiceError):
    """A 2xx whose body is not what the contract says. It may have had its effect."""
