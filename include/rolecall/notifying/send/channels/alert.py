"""Critical alerts by the seed's contract: POST ``{text, attachments: [{color, fields}]}`` to ``ALERT_WEBHOOK_URL``, in Slack's shape."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rolecall.endpoints import Endpoints
from rolecall.models import Message
from rolecall.notifying.send.channels.common import Lines, SentMessage, post, required
from rolecall.text.display import one_line, shorten

TYPE = "alert"
"""``Message.type`` of what goes out this way."""

SIREN = "🚨"
MAX_TEXT = 4_000


def send(message: Message, settings: Endpoints, lines: Lines) -> SentMessage:
    """Posts the alert. ``data`` may name ``workflow``, ``node`` and ``time``; the time is now where it is not said."""
    url = required(settings, "alert_webhook_url", "alerts")
    post(lines.http, url, service="the alert webhook", shown="the webhook of ALERT_WEBHOOK_URL", json=body(message))
    return SentMessage()


def body(message: Message, *, now: datetime | None = None) -> dict[str, Any]:
    """The request's JSON."""
    text = message.message if message.message.startswith(SIREN) else f"{SIREN} Critical Workflow Error: {message.message}"
    values = {
        "Workflow": message.data.get("workflow") or message.data.get("service") or "rolecall",
        "Node": message.data.get("node") or "-",
        "Time": message.data.get("time") or (now or datetime.now(UTC)).isoformat(timespec="seconds"),
    }
    fields = [{"title": title, "value": one_line(str(value), 200), "short": True} for title, value in values.items()]
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return {"text": shorten(escaped, MAX_TEXT), "attachments": [{"color": "danger", "fields": fields}]}
