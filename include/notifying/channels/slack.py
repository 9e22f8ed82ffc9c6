"""Slack by incoming webhook (``SLACK_WEBHOOK_URL``).

Body ``{"text", "channel"}`` as the seed posts it. Webhooks of today's Slack apps always post to the channel they were made for
and ignore ``channel`` (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks); legacy webhooks, Mattermost and the
sandbox obey it. In ``text``, ``&``, ``<`` and ``>`` are control characters and are escaped
(docs.slack.dev/messaging/formatting-message-text), so that no text from a page can mention everybody.
"""

from __future__ import annotations

import httpx

from include.models import Message
from include.notifying.channels.common import Sent, post, required
from include.notifying.text import one_line, shorten
from include.settings import Settings

NEEDS = ("slack_webhook_url",)
MAX_TEXT = 40_000
"""Slack cuts longer texts."""


def send(message: Message, settings: Settings, client: httpx.Client) -> Sent:
    """Posts the text. Slack answers ``ok`` without an id."""
    url = required(settings, "slack_webhook_url", "Slack")
    text = message.message.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    body = {"text": shorten(text, MAX_TEXT), "channel": one_line(message.recipient, 80)}
    post(client, url, service="Slack", shown="the webhook of SLACK_WEBHOOK_URL", json=body)
    return Sent()
