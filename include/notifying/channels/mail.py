"""E-mail: by SendGrid where ``SENDGRID_API_KEY`` is set, else by SMTP (``SMTP_HOST``)."""

from __future__ import annotations

import re
from email.utils import parseaddr

import httpx

from include.errors import InvalidInput
from include.models import Message
from include.notifying.channels import sendgrid, smtp
from include.notifying.channels.common import NotConfigured, Sent
from include.notifying.channels.letter import Letter
from include.notifying.text import one_line
from include.settings import Settings

ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\\x00-\x1f]+@[^@\s<>,;:\"()\[\]\\\x00-\x1f]+")
"""One plain address: no list, no name, no comment, nothing that could become a second header or recipient."""

MAX_ADDRESS = 254


def needs(settings: Settings) -> tuple[str, ...]:
    """The settings that the way out in use needs."""
    return ("sendgrid_api_key",) if settings.sendgrid_api_key else ("smtp_host",)


def send(message: Message, settings: Settings, client: httpx.Client) -> Sent:
    """Sends one e-mail with a plain and, where there is one, an HTML part.

    :raises InvalidInput: the recipient is not one plain address
    :raises NotConfigured: neither way out is set up
    """
    letter = write(message, settings.smtp_from)
    if settings.sendgrid_api_key:
        return sendgrid.send(letter, settings, client)
    if settings.smtp_host:
        return smtp.send(letter, settings)
    raise NotConfigured("SENDGRID_API_KEY or SMTP_HOST", "e-mail")


def write(message: Message, sender: str) -> Letter:
    """The letter of a message. A subject with newlines becomes one line: it cannot add a header."""
    recipient = message.recipient.strip()
    if not ADDRESS.fullmatch(recipient) or len(recipient) > MAX_ADDRESS:
        raise InvalidInput("recipient", f"{one_line(recipient, 80)!r} is not one e-mail address", fix="write it like name@example.com")
    name, address = parseaddr(sender)
    if not ADDRESS.fullmatch(address):
        raise InvalidInput("SMTP_FROM", f"{sender!r} is no sender", fix="set it like Rolecall <jobs@example.com>")
    return Letter(
        id=re.sub(r"[^A-Za-z0-9._-]", "-", message.id),
        sender=address,
        sender_name=one_line(name),
        recipient=recipient,
        subject=one_line(message.subject or message.title or message.message) or "(no subject)",
        text=message.message,
        html=message.html,
    )
