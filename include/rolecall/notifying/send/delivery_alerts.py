"""Telling the team that messages do not get through: one alert a cause and day, however many messages it hits.

A channel that does not work is told of through another one. Where there is none nothing is written: an alert about alerts would wait
behind what it is about. `make status` counts what the team was not told.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from rolecall.models import Channel
from rolecall.outbox.compose import compose
from rolecall.outbox.messages import Draft, enqueue
from rolecall.store import Connection

CRITICAL = ("AuthFailed", "NotConfigured")
"""Nothing goes out by the channel until somebody acts."""

WAYS: dict[Channel, str] = {"slack": "#alerts", "alert": "team"}
"""Channels to the team, in the order in which they are tried, each with its recipient."""

MUST_ARRIVE = ("#alerts", "#performance-alerts", "team")
"""Recipients whose messages take another way where theirs does not work; news of other Slack channels can be missed."""

NOT_TOLD = """
select type, count(*) as n, max(error) as error from notification
where person_id is null and type = any (%s) and state = 'failed' and created_at > now() - interval '1 day'
  and not exists (select from notification other where other.id <> notification.id and other.state = 'sent'
                  and other.dedupe_key = any (array[regexp_replace(notification.dedupe_key, 'slack$', 'alert'),
                                                    regexp_replace(notification.dedupe_key, 'alert$', 'slack')]))
group by type order by type
"""

Causes = Counter[tuple[str, str]]
"""Failures by channel and cause (``Outcome.cause``)."""


def enqueue_alerts(
    conn: Connection, causes: Causes, examples: Mapping[tuple[str, str], str], *, available: Collection[str] | None = None
) -> int:
    """Writes the alerts, in the caller's transaction; returns how many are new today.

    :param examples: the first failure's words, by channel and cause
    """
    today = datetime.now(UTC).date()
    written = 0
    for (channel, cause), count in sorted(causes.items()):
        if channel in WAYS and cause == "NotConfigured":
            continue  # somebody's choice, and what it carried took the other way
        plural = "message" if count == 1 else "messages"
        context = {
            "key": f"notifying:{channel}:{cause}:{today}",
            "title": f"{count} {plural} by {channel} did not get through ({cause})",
            "text": f"The first: {examples[channel, cause]}\nThis is told once a day; the rows say all: notification.error",
            "critical": cause in CRITICAL or channel == "slack",
            "workflow": "send_notifications",
            "node": channel,
        }
        written += enqueue(conn, [draft for draft in compose("alert", context, available=available) if draft.type != channel])
    return written


def first_way(draft: Draft, available: Collection[str]) -> Draft:
    """A message to the team by the first channel that is set up; by the one it names where none is, so that its row says why."""
    if draft.type in available:
        return draft
    return next((_by(draft, channel) for channel in WAYS if channel in available), draft)


def other_way(conn: Connection, row: Mapping[str, Any]) -> Channel | None:
    """Writes a message to the team that failed for good for the other channel, in the caller's transaction; returns that channel.

    ``None``: it was no alert, or it was told that way already, or cannot be.
    """
    if row["type"] not in WAYS or row["recipient"] not in MUST_ARRIVE or not row["dedupe_key"].endswith(f":{row['type']}"):
        return None
    draft = Draft(
        dedupe_key=row["dedupe_key"], kind=row["kind"], type=row["type"], recipient=row["recipient"],
        message=row["message"], subject=row["subject"], data=row["data"],
    )  # fmt: skip
    other = next(channel for channel in WAYS if channel != row["type"])
    return other if enqueue(conn, [_by(draft, other)]) else None


def _by(draft: Draft, channel: Channel) -> Draft:
    key = draft.dedupe_key.removesuffix(draft.type) + channel
    return replace(draft, type=channel, recipient=WAYS[channel], dedupe_key=key)


def not_told(conn: Connection) -> dict[str, tuple[int, str]]:
    """Channel to the team → how many messages it could not deliver in the last day that nothing else did, and why the last."""
    rows = conn.execute(NOT_TOLD, (list(WAYS),)).fetchall()
    return {row["type"]: (row["n"], row["error"] or "") for row in rows}
