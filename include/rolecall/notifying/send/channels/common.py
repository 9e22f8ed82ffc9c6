"""What the channels share: settings that must be there, and an HTTP call whose address may be a secret."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
from pydantic import SecretStr

from rolecall.clients.http import request
from rolecall.endpoints import Endpoints
from rolecall.errors import InvalidInput, MaybeReceived
from rolecall.models import Message
from rolecall.notifying.send.channels.letter import Letter

TIMEOUT = httpx.Timeout(10.0, connect=3.0)
"""Seconds a provider may take."""

E164 = re.compile(r"\+[1-9]\d{1,14}")
"""ITU-T E.164: a plus, a country code, at most fifteen digits."""


LINK = re.compile(r"https?://[\x21-\x7e]{1,2000}")
"""A web address that can stand in a header."""


class MailLine(Protocol):
    """A connection to a mail server that many letters go over; see ``channels.smtp.MailRoom``."""

    def transmit(self, settings: Endpoints, letter: Letter, content: bytes, leaving: Callable[[], None]) -> None:
        """Hands over one letter; ``leaving`` is called just before its content goes."""
        ...


@dataclass(frozen=True)
class Lines:
    """What is kept open between messages: a pool of HTTP connections, and a session with the mail server.

    :param leaving: to be called just before an e-mail leaves
    :param slack: makes a client of Slack's SDK; ``None``: what is set says how
    """

    http: httpx.Client
    mail: MailLine
    leaving: Callable[[], None]
    slack: Callable[[], Any] | None = None


@dataclass(frozen=True)
class SentMessage:
    """A provider has taken the message on.

    :param provider_id: the provider's id for it, or ours where it travels with the message; empty where there is none
    """

    provider_id: str = ""


class NotConfigured(InvalidInput):
    """The channel lacks a setting: names the environment variable."""

    def __init__(self, variable: str, channel: str) -> None:
        super().__init__(variable, "is not set", fix=f"set it to send by {channel} (docs/notifications.md)")


class MaybeReceivedThere(MaybeReceived):
    """It may have arrived at a server of the recipient's own, whose faults say nothing about the channel."""


def link_of(message: Message) -> str:
    """The page a message is about, where it says one: looking at it decides nothing."""
    url = message.data.get("url")
    return url if isinstance(url, str) and LINK.fullmatch(url) else ""


def required(settings: Endpoints, variable: str, channel: str) -> str:
    """The value of a setting, without white space around it.

    :raises NotConfigured: it is not set
    """
    value = getattr(settings, variable)
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not text or not text.strip():
        raise NotConfigured(variable.upper(), channel)
    return str(text).strip()


def post(client: httpx.Client, url: str, *, service: str, shown: str, **kwargs: Any) -> httpx.Response:
    """One POST; errors as in ``rolecall.clients.http.request``. No message or log line holds more of the address than its host.

    :param shown: what error messages call the address
    """
    return request(client, "POST", url, service=service, shown=shown, **kwargs)


def answered(response: httpx.Response) -> dict[str, Any]:
    """The answer's JSON object, or an empty one: a 2xx means that the message was taken, whatever the body says."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}
