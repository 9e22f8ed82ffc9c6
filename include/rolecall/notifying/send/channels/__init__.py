"""The channels a message goes out through, and the switch between them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, get_args

import httpx

from rolecall import models
from rolecall.endpoints import Endpoints
from rolecall.errors import InvalidInput
from rolecall.models import Message
from rolecall.notifying.send.channels.common import TIMEOUT, Lines, MaybeReceivedThere, NotConfigured, SentMessage
from rolecall.notifying.send.channels.smtp import MailRoom

__all__ = ["CHANNELS", "Channels", "MaybeReceivedThere", "NotConfigured", "SentMessage", "send"]


class Channel(Protocol):
    """One way a message goes out. Sends once and never retries; its error says whether the message may have arrived."""

    def __call__(self, message: Message, settings: Endpoints, lines: Lines) -> SentMessage: ...


FOUND: list[Any] = [importlib.import_module(f"{__package__}.{one.name}") for one in pkgutil.iter_modules([str(Path(__file__).parent)])]
BY_TYPE: dict[str, Channel] = {module.TYPE: module.send for module in FOUND if hasattr(module, "TYPE")}
CHANNELS = {name: BY_TYPE[name] for name in sorted(BY_TYPE, key=get_args(models.Channel).index)}
"""By ``Message.type``: every file of this folder that has a ``TYPE`` and a ``send``, in the order of the types."""


class Channels:
    """All channels with what they keep open: HTTP connections, a mail session a thread. Safe in several threads; a context manager.

    :param slack: makes a client of Slack's SDK, where what is set does not say it
    """

    def __init__(self, settings: Endpoints, *, slack: Callable[[], Any] | None = None) -> None:
        self._settings = settings
        self._slack = slack
        self._http = httpx.Client(timeout=TIMEOUT, limits=httpx.Limits(max_connections=64, max_keepalive_connections=64))
        self._mail = MailRoom()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None) -> None:
        self._mail.close()
        self._http.close()

    def send(self, message: Message, leaving: Callable[[], None] | None = None) -> SentMessage:
        """Sends one message through the channel its ``type`` names, once.

        :param leaving: called by e-mail just before the letter leaves; what it raises keeps the letter here
        :raises InvalidInput: unknown type, or an address, number or text that the channel cannot take
        :raises NotConfigured: names the variable to set
        :raises NeverSent, ServiceBusy: nothing left the house; it may be tried again
        :raises MaybeReceived: it may have arrived
        :raises AuthFailed, RequestRejected: the provider declined
        """
        channel = CHANNELS.get(message.type)
        if channel is None:
            raise InvalidInput("type", f"{message.type!r} is no channel", fix=f"use one of {', '.join(CHANNELS)}")
        return channel(message, self._settings, Lines(self._http, self._mail, leaving or _go, self._slack))


def _go() -> None:
    """Does nothing: no caller asked to be told when the message begins to leave."""


def send(message: Message, settings: Endpoints, *, slack: Callable[[], Any] | None = None) -> SentMessage:
    """Sends a single message; see :class:`Channels`."""
    with Channels(settings, slack=slack) as channels:
        return channels.send(message)
