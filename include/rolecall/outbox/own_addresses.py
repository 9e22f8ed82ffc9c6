"""Addresses that a person gives for messages: a chat of Telegram's, a topic of ntfy's.

``preferences.notifications``: ``{"telegram": {"chatId": "123456789"}, "ntfy": {"topic": "https://ntfy.example.org/my-topic"}}``.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from rolecall.clients.public_hosts import is_public, led_to

CHAT = re.compile(r"-?[1-9]\d{0,18}|@[A-Za-z]\w{3,31}", re.ASCII)
"""A chat's number (groups have negative ones), or a public channel's name (core.telegram.org/bots/api#sendmessage)."""

TOPIC = re.compile(r"[-_A-Za-z0-9]{1,64}")
"""As ntfy's own servers take them."""

TOPIC_ADDRESS = re.compile(r"https://(?P<host>[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?/[-_A-Za-z0-9]{1,64}")

WRONG_CHAT = "must be a chat's number, such as 123456789, or a channel's @name"
WRONG_TOPIC = "must be a topic's name, or its https address, such as https://ntfy.example.org/my-topic"


def chat_id(said: object) -> str:
    """A chat of Telegram's.

    :raises ValueError: it is none
    """
    text = str(said).strip() if isinstance(said, str | int) and not isinstance(said, bool) else ""
    if not CHAT.fullmatch(text):
        raise ValueError(WRONG_CHAT)
    return text


def ntfy_topic(said: object) -> str:
    """A topic of ntfy's: its name on the server of whoever runs this, or its whole address.

    What its host's name leads to is looked at when something is sent.

    :raises ValueError: it is neither, or its host is an address that is not on the public internet
    """
    text = said.strip().rstrip("/") if isinstance(said, str) else ""
    if TOPIC.fullmatch(text):
        return text
    found = TOPIC_ADDRESS.fullmatch(text)
    if found is None:
        raise ValueError(WRONG_TOPIC)
    _refuse_private(found["host"].strip("[]"))
    return text


def _refuse_private(host: str) -> None:
    """:raises ValueError: it is an IP address, and not on the public internet"""
    try:
        ip = ipaddress.ip_address(host)
    except ValueError:
        return  # a name
    if not all(is_public(each) for each in led_to(ip)):
        raise ValueError("must not lead to this machine or its network")


def own_addresses(preferences: Any) -> dict[str, str]:
    """Channel → address, of those that whole preferences hold; what cannot be understood counts as not said."""
    outer = preferences.get("notifications") if isinstance(preferences, Mapping) else None
    said = outer if isinstance(outer, Mapping) else {}
    found: dict[str, str] = {}
    for channel, name, read in (("telegram", "chatId", chat_id), ("ntfy", "topic", ntfy_topic)):
        inner = said.get(channel)
        with suppress(ValueError):
            found[channel] = read(inner.get(name) if isinstance(inner, Mapping) else None)
    return found
