"""Telegram by a bot (core.telegram.org/bots/api#sendmessage): ``POST {TELEGRAM_BASE_URL}/bot<token>/sendMessage``, JSON:

| field | ours | documented |
|---|---|---|
| ``chat_id`` | the chat that the person gave | integer, or a channel's ``@name`` |
| ``text`` | title, text and link, without ``parse_mode``: nothing in it is markup | 1 to 4,096 characters |
| ``link_preview_options`` | ``is_disabled``: Telegram fetches no link of ours | optional |

Answer ``{"ok": true, "result": {"message_id"}}``, else ``ok: false`` with ``description`` and perhaps ``parameters.retry_after`` (seconds).
403 is about the chat (the bot was blocked, or the person never wrote to it), 401 and 404 about the token. No button decides anything: a
bot's own buttons would need a webhook, and the link leads to a page that asks. There is no idempotency key: an unclear answer is not
repeated. The token is in the path, so the address is in no message and no log.
"""

from __future__ import annotations

import re
from typing import Any

import httpx

from rolecall.clients.http import MAX_RETRY_AFTER, checked, exchange
from rolecall.endpoints import Endpoints
from rolecall.errors import AuthFailed, InvalidInput, RequestRejected, ServiceBusy
from rolecall.models import Message
from rolecall.notifying.send.channels.common import Lines, SentMessage, answered, link_of, required
from rolecall.outbox.own_addresses import chat_id
from rolecall.text.display import one_line, shorten

TYPE = "telegram"
"""``Message.type`` of what goes out this way."""

MAX_TEXT = 4_096
"""Characters as Telegram counts them: code units of UTF-16."""

TOKEN = re.compile(r"\d{3,20}:[A-Za-z0-9_-]{5,100}")
"""How a bot's token is written: nothing that would lead to another path."""

SERVICE, SHOWN = "Telegram", "sendMessage"


def send(message: Message, settings: Endpoints, lines: Lines) -> SentMessage:
    """Sends one text; the provider id is Telegram's ``message_id``.

    :raises InvalidInput: the recipient is no chat
    """
    token = required(settings, "telegram_bot_token", SERVICE)
    if not TOKEN.fullmatch(token):
        raise AuthFailed("TELEGRAM_BOT_TOKEN is no bot's token", fix="copy it as @BotFather gave it: 123456:ABC-DEF…")
    try:
        chat = chat_id(message.recipient)
    except ValueError as error:
        raise InvalidInput("recipient", str(error), fix="give it under notifications.telegram.chatId") from None
    url = f"{settings.telegram_base_url}/bot{token}/sendMessage"
    answer = exchange(lines.http, "POST", url, service=SERVICE, shown=SHOWN, json=body(message, chat))
    said = answered(answer)
    _refuse(answer, said)
    result = said.get("result")
    return SentMessage(str(result.get("message_id") or "")[:200] if isinstance(result, dict) else "")


def body(message: Message, chat: str) -> dict[str, Any]:
    """The request's JSON."""
    text, title, link = message.message.strip(), one_line(message.title or message.subject), link_of(message)
    parts = ["" if not title or text.startswith(title) else title, text, "" if not link or link in text else link]
    return {
        "chat_id": int(chat) if not chat.startswith("@") else chat,
        "text": cut("\n\n".join(filter(None, parts)), link),
        "link_preview_options": {"is_disabled": True},
    }


def cut(text: str, link: str = "") -> str:
    """The text as long as Telegram takes it; the link stays.

    >>> cut("x" * 5000, "https://a.example/1")[-20:]
    'x\\nhttps://a.example/1'
    """
    if _length(text) <= MAX_TEXT:
        return text
    end = f"…\n{link}" if link else ""
    most = MAX_TEXT - _length(end)
    while _length(text) > most:  # a letter beyond the basic plane counts twice
        text = shorten(text, len(text) - max(1, (_length(text) - most) // 2))
    return f"{text.removesuffix('…')}{end}" if end else text


def _length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _refuse(answer: httpx.Response, said: dict[str, Any]) -> None:
    """What an answer means that is no yes: Telegram's own words where they say more than the status.

    :raises ServiceError:
    """
    status, words = answer.status_code, one_line(str(said.get("description") or ""), 200)
    if status == 429:
        parameters = said.get("parameters")
        asked = parameters.get("retry_after") if isinstance(parameters, dict) else None
        if isinstance(asked, int | float) and asked > 0:
            raise ServiceBusy(f"{SERVICE} answered 429 to {SHOWN}", retry_after=float(min(asked, MAX_RETRY_AFTER)), fix="wait and repeat")
    if status in (401, 404):
        raise AuthFailed(f"{SERVICE} knows no such bot ({status})", fix="check TELEGRAM_BOT_TOKEN: @BotFather shows it")
    if status == 403 or (status < 300 and said.get("ok") is False):
        fix = "ask the person to write to the bot first, and to give the chat's number again"
        raise RequestRejected(f"{SERVICE} does not take it for this chat: {words or status}", status=status, fix=fix)
    checked(answer, SERVICE, SHOWN)
