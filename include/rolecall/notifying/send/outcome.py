"""What one attempt to send came to, and what an error says about the message: never left, declined, or nobody knows."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Literal

from rolecall.errors import AuthFailed, BadAnswer, InvalidInput, MaybeReceived, NeverSent, NotThisOne, RequestRejected, ServiceBusy
from rolecall.notifying.send.channels import MaybeReceivedThere, NotConfigured
from rolecall.outbox.kinds import is_resendable, may_unsubscribe
from rolecall.store.dead_letters import in_log

log = logging.getLogger(__name__)

TRIES = 24
"""Attempts of a message that provably never left: about three days with their waits."""

RESENDS = 3
"""Sends of a kind that may arrive twice (``kinds.is_resendable``), all answers unclear, before it is left as uncertain."""

FIRST_WAIT, LONGEST_WAIT = 15.0, 6 * 3600.0
"""Seconds; doubled with every attempt."""

PAUSE = 30.0
"""Seconds a provider may ask all of us to wait while the channel stays in use. Beyond it the channel rests."""

State = Literal["sent", "failed", "uncertain", "queued", "held"]
Row = dict[str, Any]


@dataclass(frozen=True)
class SendOutcome:
    """What became of one attempt.

    :param wait: seconds until the next attempt, where there is one
    :param channel_failed: says something about the channel, not only about this message
    :param declined: not now, and only this message; very many of them in a row are the channel's fault too
    :param pause: seconds that nobody should use the channel
    :param cause: the failure's name, the same for all that failed for the same reason; empty where nothing failed for good
    """

    state: State
    error: str | None = None
    provider_id: str | None = None
    wait: float = 0.0
    channel_failed: bool = False
    declined: bool = False
    pause: float = 0.0
    cause: str = ""


def outcome_of_error(error: Exception, row: Row) -> SendOutcome:
    """What an error says about the message. In doubt: uncertain."""
    reason, cause = str(error)[:1000], type(error).__name__
    match error:
        case NeverSent() | ServiceBusy():
            asked = getattr(error, "retry_after", None)
            if row["attempts"] >= TRIES:
                return SendOutcome("failed", f"given up after {TRIES} attempts: {reason}", channel_failed=True, cause=cause)
            pause = asked if asked and asked <= PAUSE else 0.0
            declined = isinstance(error, NotThisOne)
            channel_failed = not pause and not declined
            return SendOutcome(
                retry_state(row),
                reason,
                wait=retry_delay(row["attempts"], asked),
                channel_failed=channel_failed,
                declined=declined,
                pause=pause,
            )
        case AuthFailed() | NotConfigured():
            return SendOutcome("failed", reason, channel_failed=True, cause=cause)
        case InvalidInput():
            return SendOutcome("failed", reason, cause=f"{cause}: {error.field}")
        case RequestRejected() if error.status not in (408, 425):
            return SendOutcome("failed", reason, cause=cause)
        case MaybeReceived() | BadAnswer() | RequestRejected():
            pass
        case _:
            log.error("notification %s: an error nobody foresaw: %s", row["id"], in_log(error))
            reason = f"{cause}: {reason}"
    alone = isinstance(error, MaybeReceivedThere)
    if is_resendable(row["kind"]) and row["attempts"] < RESENDS:
        return SendOutcome(retry_state(row), reason, wait=retry_delay(row["attempts"]), channel_failed=not alone, declined=alone)
    return SendOutcome("uncertain", reason, channel_failed=not alone, declined=alone, cause=cause)


def retry_state(row: Row) -> State:
    """Where a message goes that will be tried again: what obeys quiet hours is asked about them once more."""
    return "held" if may_unsubscribe(row["kind"]) else "queued"


def retry_delay(attempts: int, asked: float | None = None) -> float:
    """Seconds until the next attempt: doubling, and never less than the provider asked for."""
    doubled: float = FIRST_WAIT * 2.0 ** (attempts - 1)
    return max(min(doubled, LONGEST_WAIT), asked or 0.0)
