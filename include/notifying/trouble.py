"""Telling the team that messages do not get through: one alert a cause and day, however many messages it hits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, datetime

from include.notifying.compose import compose
from include.notifying.outbox import enqueue
from include.store import Connection

CRITICAL = ("AuthFailed", "NotConfigured")
"""Nothing goes out by the channel until somebody acts."""

Causes = Counter[tuple[str, str]]
"""Failures by channel and cause (``Outcome.cause``)."""


def tell(conn: Connection, causes: Causes, examples: Mapping[tuple[str, str], str], *, available: Collection[str] | None = None) -> int:
    """Writes the alerts, in the caller's transaction; returns how many are new today.

    :param examples: the first failure's words, by channel and cause
    """
    today = datetime.now(UTC).date()
    written = 0
    for (channel, cause), count in sorted(causes.items()):
        plural = "message" if count == 1 else "messages"
        context = {
            "key": f"notifying:{channel}:{cause}:{today}",
            "title": f"{count} {plural} by {channel} did not get through ({cause})",
            "text": f"The first: {examples[channel, cause]}\nThis is told once a day; the rows say all: notification.error",
            "critical": cause in CRITICAL,
            "workflow": "send_notifications",
            "node": channel,
        }
        written += enqueue(conn, compose("alert", context, available=available))
    return written
