"""Push by the seed's contract: POST ``{userId, title, message, data}`` to ``PUSH_NOTIFICATION_URL``."""

from __future__ import annotations

from rolecall.endpoints import Endpoints
from rolecall.models import Message
from rolecall.notifying.send.channels.common import Lines, SentMessage, answered, post, required
from rolecall.text.display import one_line

TYPE = "push"
"""``Message.type`` of what goes out this way."""


def send(message: Message, settings: Endpoints, lines: Lines) -> SentMessage:
    """Posts the notification. ``Idempotency-Key`` is the message's id, for services that look at it."""
    url = required(settings, "push_notification_url", "push")
    body = {
        "userId": message.user_id or message.recipient,
        "title": one_line(message.title or message.subject),
        "message": message.message,
        "data": message.data,
    }
    headers = {"Idempotency-Key": message.id}
    response = post(lines.http, url, service="the push service", shown="PUSH_NOTIFICATION_URL", json=body, headers=headers)
    answer = answered(response)
    return SentMessage(str(answer.get("id") or answer.get("messageId") or "")[:200])
