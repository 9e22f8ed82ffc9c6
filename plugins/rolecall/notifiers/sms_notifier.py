"""An SMS from any DAG."""

from __future__ import annotations

from rolecall.notifiers.channel_notifier import ChannelNotifier


class SmsNotifier(ChannelNotifier):
    """By Twilio.

    :param to: number in E.164; a template
    :param message: at most 1,600 characters; a template
    """

    def __init__(self, *, to: str, message: str) -> None:
        super().__init__(type="sms", recipient=to, message=message)
