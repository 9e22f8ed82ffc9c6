"""ntfy (docs.ntfy.sh/publish): ``POST`` of the text to the topic's address, the rest in headers:

| header | ours | documented |
|---|---|---|
| ``Title`` | one line; RFC 2047 where it is not ASCII | optional |
| ``Priority`` | 4 for what waits for the person, else 3 | 1 to 5 |
| ``Click`` | the page that the message is about | optional |
| ``Actions`` | a button ``view`` that opens the same page, as JSON | up to three; ``http`` would act by itself and is never used |
| ``Authorization`` | ``Bearer NTFY_TOKEN``, to the server of ``NTFY_BASE_URL`` alone | where the topic is protected |

Answer 200 with ``{"id"}``. A body beyond 4,096 bytes would become a file. There is no idempotency key: an unclear answer is not repeated.
A person gives a topic's name on that server, or the address of one elsewhere, which is asked on the public internet only, past proxies,
and whose faults are its own: they rest no channel.
"""

from __future__ import annotations

import json
from email.header import Header
from typing import Any
from urllib.parse import urlsplit

import httpx

from rolecall.clients.http import checked, exchange
from rolecall.clients.public_hosts import peer_check, refuse_private_host
from rolecall.endpoints import Endpoints
from rolecall.errors import AuthFailed, Blocked, InvalidInput, MaybeReceived, NeverSent, NotThisOne, RequestRejected, ServiceBusy
from rolecall.models import Message
from rolecall.notifying.send.channels.common import TIMEOUT, Lines, MaybeReceivedThere, SentMessage, answered, link_of, required
from rolecall.outbox.own_addresses import ntfy_topic
from rolecall.text.display import one_line

TYPE = "ntfy"
"""``Message.type`` of what goes out this way."""

MAX_BYTES = 4_000
"""Of the text; the server's own limit is 4,096."""

WAITS = frozenset({"approval_wanted", "about_to_leave", "uncertain", "mailbox_refused"})
"""Kinds that wait for the person."""

SERVICE, SHOWN = "ntfy", "the topic"
PRIVATE = "give a public ntfy server, or only a topic's name for the one of whoever runs this"


def send(message: Message, settings: Endpoints, lines: Lines) -> SentMessage:
    """Publishes the text; the provider id is ntfy's.

    :raises InvalidInput: the recipient is no topic, or leads to this machine or its network
    """
    base = required(settings, "ntfy_base_url", SERVICE).rstrip("/")
    try:
        topic = ntfy_topic(message.recipient)
    except ValueError as error:
        raise InvalidInput("recipient", str(error), fix="give it under notifications.ntfy.topic") from None
    if "/" not in topic or topic.startswith(f"{base}/"):
        url = topic if "/" in topic else f"{base}/{topic}"
        token = settings.ntfy_token.get_secret_value().strip() if settings.ntfy_token else ""
        own = {"Authorization": f"Bearer {token}"} if token else {}
        answer = exchange(lines.http, "POST", url, service=SERVICE, shown=SHOWN, content=text(message), headers={**headers(message), **own})
        return _taken(checked(answer, SERVICE, SHOWN))
    try:
        return _taken(checked(_elsewhere(message, topic), SERVICE, SHOWN))
    except (NeverSent, ServiceBusy) as error:
        raise NotThisOne(error.message, retry_after=getattr(error, "retry_after", None), fix=error.fix) from error
    except MaybeReceived as error:
        raise MaybeReceivedThere(error.message, fix=error.fix) from error
    except AuthFailed as error:
        raise RequestRejected(error.message, status=403, fix="open the topic to everybody who knows its name, or choose another") from error


def _elsewhere(message: Message, url: str) -> httpx.Response:
    """The answer of a server that a person named.

    :raises InvalidInput: it is on this machine or its network
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    try:
        try:
            refuse_private_host(host, parts.port or 443, PRIVATE)
        except (OSError, ValueError) as error:  # no such name, no such port
            raise NeverSent(f"{SERVICE} cannot be reached at {host} ({type(error).__name__})", fix="check the topic's address") from error
        with httpx.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False) as client:
            looked_at: dict[str, Any] = {"trace": peer_check(host, PRIVATE)}
            return exchange(
                client, "POST", url, service=SERVICE, shown=SHOWN, content=text(message), headers=headers(message), extensions=looked_at
            )
    except Blocked as error:
        raise InvalidInput("recipient", error.message, fix=error.fix) from error


def _taken(answer: httpx.Response) -> SentMessage:
    return SentMessage(str(answered(answer).get("id") or "")[:200])


def text(message: Message) -> bytes:
    """The body."""
    return message.message.strip().encode("utf-8", "replace")[:MAX_BYTES].decode("utf-8", "ignore").encode()


def headers(message: Message) -> dict[str, str]:
    """All headers but who we are."""
    title, link = one_line(message.title or message.subject, 200), link_of(message)
    made = {"Title": in_ascii(title), "Priority": "4" if message.kind in WAITS else "3", "Content-Type": "text/plain; charset=utf-8"}
    if link:
        label = one_line(str(message.data.get("label") or ""), 60) or "Open"
        made |= {"Click": link, "Actions": json.dumps([{"action": "view", "label": label, "url": link}])}
    return {name: value for name, value in made.items() if value}


def in_ascii(title: str) -> str:
    """A header's text, encoded where it has to be (RFC 2047), on one line.

    >>> in_ascii("May we apply?"), in_ascii("Dürfen wir?")
    ('May we apply?', '=?utf-8?b?RMO8cmZlbiB3aXI/?=')
    """
    return title if title.isascii() else Header(title, "utf-8", maxlinelen=100_000).encode(linesep="")
