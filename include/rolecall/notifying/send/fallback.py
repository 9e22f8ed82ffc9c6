"""Another way to tell it, where a channel cannot: the next address of the person, or of the team, that nobody tried for this fact."""

from __future__ import annotations

from typing import Any

from rolecall.models import Channel
from rolecall.notifying.send.delivery_alerts import other_way
from rolecall.outbox.compose import SMS_PARTS
from rolecall.outbox.kinds import may_unsubscribe
from rolecall.outbox.message_wishes import Preferences
from rolecall.outbox.messages import Draft, enqueue
from rolecall.outbox.segments import fit
from rolecall.store import Connection

ORDER: tuple[Channel, ...] = ("email", "push", "telegram", "ntfy", "sms")
LONG = frozenset({"email", "telegram", "ntfy"})
"""Channels that carry a whole letter's text."""

TRIED = "select type, state from notification where dedupe_key = any (%s)"


def fall_back(conn: Connection, row: dict[str, Any]) -> Channel | None:
    """Writes the same message for the next channel, in the caller's transaction; returns it, or ``None`` where there is none.

    Nothing is written while another channel still carries the fact, or has told it, or may have.

    :param row: the notification that failed for good
    """
    if row["person_id"] is None:
        return other_way(conn, row)
    if not row["fallback"]:
        return None
    wanted = _chosen_channels(conn, row)
    stem = row["dedupe_key"].removesuffix(row["type"])
    tried = {one["type"]: one["state"] for one in conn.execute(TRIED, ([f"{stem}{channel}" for channel in ORDER],)).fetchall()}
    if any(state not in ("failed", "cancelled") for state in tried.values()):
        return None
    for channel in ORDER:
        if channel not in tried and (wanted is None or channel in wanted) and (address := row["fallback"].get(channel)):
            enqueue(conn, [_draft(row, channel, address, stem)])
            return channel
    return None


def _chosen_channels(conn: Connection, row: dict[str, Any]) -> list[str] | None:
    """The channels the person chose for messages they may stop; ``None``: any. What must be told goes by whatever reaches them."""
    if not may_unsubscribe(row["kind"]):
        return None
    person = conn.execute("select preferences from person where id = %s", (row["person_id"],)).fetchone()
    return Preferences.read(person["preferences"] if person else None).for_kind(row["kind"]).channels


def _draft(row: dict[str, Any], channel: Channel, address: str, stem: str) -> Draft:
    """The same words as far as they fit: an SMS or push that replaces a letter is its subject; so is what cannot carry its files."""
    whole = channel == "email" or (channel in LONG and not row["attachments"])
    short = row["message"] if whole or row["type"] not in LONG else row["subject"]
    return Draft(
        dedupe_key=f"{stem}{channel}",
        person_id=row["person_id"],
        kind=row["kind"],
        type=channel,
        recipient=address,
        subject=row["subject"],
        title=row["title"],
        message=fit(short, SMS_PARTS) if channel == "sms" else short,
        data=row["data"],
        fallback={other: where for other, where in row["fallback"].items() if other != channel},
        held=may_unsubscribe(row["kind"]),  # it obeys the person's wishes as the first one did: stops, quiet hours, the day's limit
    )
