"""Slack: by the Web API where there is a bot token, else by incoming webhook; through Slack's own SDK.

Webhook: ``{"text", "channel"}`` as the seed posts it. Webhooks of today's Slack apps always post to the channel they were made for
and ignore ``channel`` (docs.slack.dev/messaging/sending-messages-using-incoming-webhooks); legacy webhooks, Mattermost and the
sandbox obey it. API: ``POST /api/chat.postMessage`` with ``channel`` and ``text``, bearer bot token with ``chat:write``; it answers 200
with ``ok: false`` and an ``error`` where it declines (docs.slack.dev/reference/methods/chat.postMessage). Neither has an idempotency
key, so the SDK must not repeat by itself: its default retry handlers would. In ``text``, ``&``, ``<`` and ``>`` are control characters
and are escaped (docs.slack.dev/messaging/formatting-message-text), so that no text from a page can mention everybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit
from urllib.request import proxy_bypass

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

from rolecall.endpoints import Endpoints
from rolecall.errors import AuthFailed, MaybeReceived, RequestRejected, ServiceBusy, ServiceError
from rolecall.models import Message
from rolecall.notifying.send.channels import sdk
from rolecall.notifying.send.channels.common import Lines, SentMessage, required
from rolecall.text.display import one_line, shorten

MAX_TEXT = 40_000
"""Slack cuts longer texts."""

SECONDS = 10
"""How long Slack may take."""

WRONG_TOKEN = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "missing_scope", "no_permission"}
)

TYPE = "slack"
"""``Message.type`` of what goes out this way."""
UNCLEAR = frozenset({"internal_error", "fatal_error", "request_timeout", "service_unavailable"})
"""Errors of which Slack says that part of the work may have been done."""


def send(message: Message, settings: Endpoints, lines: Lines) -> SentMessage:
    """Posts the text; the provider id is the message's ``ts`` where Slack tells it."""
    text = shorten(message.message.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"), MAX_TEXT)
    client = direct(lines.slack() if lines.slack else of_settings(settings))
    body = {"text": text, "channel": one_line(message.recipient, 80)}
    return _by_api(body, client) if isinstance(client, WebClient) else _by_webhook(body, client)


def of_settings(settings: Endpoints) -> WebClient | WebhookClient:
    """A client of what is set.

    :raises NotConfigured: neither is
    """
    if settings.slack_bot_token:
        token = required(settings, "slack_bot_token", "Slack")
        return WebClient(token=token, base_url=f"{settings.slack_base_url}/api/", timeout=SECONDS, retry_handlers=[])
    return WebhookClient(required(settings, "slack_webhook_url", "Slack"), timeout=SECONDS, retry_handlers=[])


def direct(client: WebClient | WebhookClient) -> WebClient | WebhookClient:
    """The client as ``NO_PROXY`` asks, which the SDK does not look at; and one that repeats nothing."""
    host = urlsplit(client.base_url if isinstance(client, WebClient) else client.url).hostname or ""
    if client.proxy and proxy_bypass(host):
        client.proxy = None
    client.retry_handlers = []
    return client


def _by_webhook(body: dict[str, str], client: WebhookClient) -> SentMessage:
    shown = "the webhook of SLACK_WEBHOOK_URL"
    with sdk.outcome("Slack", shown):
        said = client.send_dict(body)
    answer = sdk.answer(said.status_code, dict(said.headers), said.body, service="Slack", shown=shown)
    if "<" in answer.text[:100]:  # the SDK follows redirects: a page is no "ok"
        raise MaybeReceived(f"Slack answered {answer.status_code} with a page", fix="check the webhook; look into the channel")
    return SentMessage()


def _by_api(body: dict[str, str], client: WebClient) -> SentMessage:
    try:
        with sdk.outcome("Slack", "chat.postMessage"):
            said: Any = client.api_call("chat.postMessage", json=body)
    except SlackApiError as error:
        raise _declined(error.response) from error
    except SlackClientError as error:
        raise MaybeReceived("Slack gave no readable answer to chat.postMessage", fix="look into the channel before repeating it") from error
    return SentMessage(str(said.get("ts") or "")[:200])


def _declined(response: Any) -> Exception:
    """What an answer without ``ok: true`` means: its status first, then Slack's word for it."""
    data = response.data if isinstance(response.data, Mapping) else {}
    headers = {name: str(value) for name, value in response.headers.items()}
    try:
        sdk.answer(response.status_code, headers, "", service="Slack", shown="chat.postMessage")
    except ServiceError as declined:
        return declined
    word = one_line(str(data.get("error") or "an unreadable answer"), 100)
    said = f"Slack declined chat.postMessage: {word}"
    if word in ("ratelimited", "rate_limited"):
        return ServiceBusy(said, fix="it is tried again later")
    if word in WRONG_TOKEN:
        return AuthFailed(said, fix="check the bot token and its scope chat:write")
    if word in UNCLEAR or " " in word:  # no word of Slack's: the SDK says that it could not read the answer
        return MaybeReceived(said, fix="look into the channel before repeating it")
    return RequestRejected(said, status=response.status_code, fix="check the channel's name and invite the bot into it")
