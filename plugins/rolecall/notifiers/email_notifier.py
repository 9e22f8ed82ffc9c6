"""An e-mail from any DAG."""

from __future__ import annotations

from collections.abc import Sequence

from airflow.sdk import Context

from rolecall.models import Message
from rolecall.notifiers.channel_notifier import ChannelNotifier


class EmailNotifier(ChannelNotifier):
    """By SendGrid or SMTP, whichever is set up.

    :param to: one address; a template
    :param subject: a template
    :param message: plain text; a template
    :param html: the same as HTML; a template
    :param cc: further addresses that everybody sees
    :param bcc: further addresses that nobody sees
    """

    template_fields: Sequence[str] = ("recipient", "message", "subject", "html")

    def __init__(
        self, *, to: str, subject: str, message: str, html: str | None = None, cc: Sequence[str] = (), bcc: Sequence[str] = ()
    ) -> None:
        super().__init__(type="email", recipient=to, message=message, subject=subject)
        self.html = html
        self.cc = list(cc)
        self.bcc = list(bcc)

    def compose(self, context: Context) -> Message:
        """The letter."""
        return super().compose(context).model_copy(update={"html": self.html, "cc": self.cc, "bcc": self.bcc})
