"""A message through any of Rolecall's channels, from any DAG."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from airflow.sdk import BaseNotifier, Context
from asgiref.sync import sync_to_async

from rolecall.endpoints import CHANNELS as CHANNELS_CONNECTIONS
from rolecall.endpoints import endpoints
from rolecall.errors import InvalidInput
from rolecall.hooks.slack_client import slack_client
from rolecall.models import Message
from rolecall.notifying.send.channels import CHANNELS, send


class ChannelNotifier(BaseNotifier):
    """Sends at once, without the outbox, so that it works while Postgres is away. Never fails the task it reports on.

    :param type: ``email``, ``sms``, ``push``, ``slack`` or ``alert``
    :param recipient: address, E.164 number, person's id or ``#channel``
    :param message: plain text; a template
    :param subject: of an e-mail, title of a push; a template
    :raises InvalidInput: unknown type; names the known ones, when the DAG is parsed
    """

    template_fields: Sequence[str] = ("recipient", "message", "subject")

    def __init__(self, *, type: str, recipient: str, message: str, subject: str = "") -> None:
        super().__init__()
        if type not in CHANNELS:
            raise InvalidInput("type", f"{type!r} is no channel", fix=f"use one of {', '.join(CHANNELS)}")
        self.type = type
        self.recipient = recipient
        self.message = message
        self.subject = subject

    def notify(self, context: Context) -> None:
        """Sends, or logs why it could not."""
        try:
            send(self.compose(context), endpoints(*CHANNELS_CONNECTIONS[self.type]), slack=slack_client)
        except Exception as error:  # a callback that raises would hide the failure it reports
            self.log.error("the %s message was not sent: %s", self.type, error)

    async def async_notify(self, context: Context) -> None:
        """The same for the triggerer, off its event loop."""
        await sync_to_async(self.notify)(context)  # it may ask Airflow for connections, which a plain thread cannot

    def compose(self, context: Context) -> Message:
        """The message; subclasses write their own."""
        return Message(id=f"notifier-{uuid.uuid4()}", type=self.type, recipient=self.recipient, subject=self.subject, message=self.message)
