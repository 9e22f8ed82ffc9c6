"""A push notification from any DAG."""

from __future__ import annotations

from typing import Any

from airflow.sdk import Context

from rolecall.models import Message
from rolecall.notifiers.channel_notifier import ChannelNotifier


class PushNotifier(ChannelNotifier):
    """By the service at ``PUSH_NOTIFICATION_URL``, in the seed's JSON.

    :param user_id: whose devices; a template
    :param title: a template
    :param message: a template
    :param data: JSON-able, for the app
    """

    def __init__(self, *, user_id: str, title: str, message: str, data: dict[str, Any] | None = None) -> None:
        super().__init__(type="push", recipient=user_id, message=message, subject=title)
        self.data = data or {}

    def compose(self, context: Context) -> Message:
        """The notification."""
        return super().compose(context).model_copy(update={"data": self.data})
