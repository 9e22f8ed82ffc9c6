"""Slack: by the Web API where ``SLACK_BOT_TOKEN`` is set, else by incoming webhook (``SLACK_WEBHOOK_URL``).

Webhook: ``{"text", "channel"}`` as the seed posts it. Webhooks of today's Slack apps always post to the channel they were made for
and ignore ``channel`` (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks); legacy webhooks, Mattermost and the
sandbox obey it. API: ``POST /api/chat.postMessage`` with ``channel`` and ``text``, bearer bot token with ``chat:write``; it answers 200
with ``ok: false`` and an ``error`` where it declines (docs.slack.dev/reference/methods/chat.postMessage). Neither has an idempotency
key. In ``text``, ``&``, ``<`` and ``>`` are control characters and are escaped (docs.slack.dev/messaging/formatting-message-text),
so that no text from a page can mention everybody.
"""

from __future__ import annotations

from typing import Any

from rolecall.errors import AuthFailed, MaybeReceived, RequestRejected, ServiceBusy
from rolecall.models import Message
from rolecall.notifying.send.channels.common import Lines, Sent, answered, post, required
from rolecall.settings import Settings
from rolecall.text.display import one_line, shorten

MAX_TEXT = 40_000
"""Slack cuts longer texts."""

WRONG_TOKEN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope", "no_permission"}
)
UNCLEAR = frozenset({"internal_error", "fatal_error", "request_timeout", "service_unavailable"})
"""Errors of which Slack says that part of the work may have been done."""


def send(message: Message, settings: Settings, lines: Lines) -> Sent:
    """Posts the text; the provider id is the message's ``ts`` where Slack tells it."""
    text = shorten(message.message.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), MAX_TEXT)
    body = {"text": text, "channel": one_line(message.recipient, 80)}
    if settings.slack_bot_token:
        return _by_api(body, settings, lines)
    url = required(settings, "slack_webhook_url", "Slack")
    post(lines.http, url, service="Slack", shown="the webhook of SLACK_WEBHOOK_URL", json=body)
    return Sent()


def _by_api(body: dict[str, Any], settings: Settings, lines: Lines) -> Sent:
    token = required(settings, "slack_bot_token", "Slack")
    url = f"{settings.slack_base_url}/api/chat.postMessage"
    response = post(lines.http, url, service="Slack", shown="chat.postMessage", json=body, headers={"Authorization": f"Bearer {token}"})
    answer = answered(response)
    if answer.get("ok") is True:
        return Sent(str(answer.get("ts") or "")[:200])
    error = one_line(str(answer.get("error") or "an unreadable answer"), 100)
    said = f"Slack declined chat.postMessage: {error}"
    if error in ("ratelimited", "rate_limited"):
        raise ServiceBusy(said, fix="it is tried again later")
    if error in WRONG_TOKEN:
        raise AuthFailed(said, fix="check SLACK_BOT_TOKEN and its scope chat:write")
    if error in UNCLEAR or "error" not in answer:
        raise MaybeReceived(said, fix="look into the channel before repeating it")
    raise RequestRejected(said, status=response.status_code, fix="check the channel's name and invite the bot into it")
