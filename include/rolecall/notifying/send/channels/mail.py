"""E-mail: by SendGrid where ``SENDGRID_API_KEY`` is set, else by SMTP (``SMTP_HOST``)."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from email.utils import parseaddr

from rolecall.endpoints import Endpoints
from rolecall.errors import InvalidInput
from rolecall.models import Attachment, Message
from rolecall.notifying.send.channels import sendgrid, smtp
from rolecall.notifying.send.channels.common import Lines, NotConfigured, SentMessage
from rolecall.notifying.send.channels.letter import File, Letter
from rolecall.outbox.kinds import may_unsubscribe
from rolecall.outbox.signed_links import unsubscribe_url
from rolecall.text.display import one_line

TYPE = "email"
"""``Message.type`` of what goes out this way."""

ADDRESS = re.compile(r"[^@\s<>,;:\"()\[\]\\\x00-\x1f]+@[^@\s<>,;:\"()\[\]\\\x00-\x1f]+")
"""One plain address: no list, no name, no comment, nothing that could become a second header or recipient."""

MAX_ADDRESS = 254
MAX_COPIES = 50
MAX_TEXT = 500_000
"""Characters of plain text and HTML together: mailbox providers clip letters far below it."""

MAX_FILES = 10 * 1024 * 1024
"""Bytes of all attachments: base64 adds a third, and many mailboxes refuse more than 20 MB."""


def send(message: Message, settings: Endpoints, lines: Lines) -> SentMessage:
    """Sends one e-mail with a plain and, where there is one, an HTML part.

    :raises InvalidInput: an address is not one plain address, or the letter is too long
    :raises NotConfigured: neither way out is set up
    """
    letter = write(message, settings)
    if settings.sendgrid_api_key:
        lines.leaving()
        return sendgrid.send(letter, settings)
    if settings.smtp_host:
        return smtp.send(letter, settings, lines.mail, lines.leaving)
    raise NotConfigured("SENDGRID_API_KEY or SMTP_HOST", "e-mail")


def write(message: Message, settings: Endpoints) -> Letter:
    """The letter of a message. A subject with newlines becomes one line: it cannot add a header."""
    name, address = parseaddr(settings.smtp_from)
    if not ADDRESS.fullmatch(address):
        raise InvalidInput("SMTP_FROM", f"{settings.smtp_from!r} is no sender", fix="set it like Rolecall <jobs@example.com>")
    length = len(message.message) + len(message.html or "")
    if length > MAX_TEXT:
        raise InvalidInput("message", f"{length:,} characters", fix=f"send at most {MAX_TEXT:,}, and the rest as a link")
    (recipient,) = _addresses("recipient", [message.recipient], set())
    seen = {recipient.lower()}
    cc, bcc = _addresses("cc", message.cc, seen), _addresses("bcc", message.bcc, seen)
    if len(cc) + len(bcc) > MAX_COPIES:
        raise InvalidInput("cc", f"{len(cc) + len(bcc)} copies", fix=f"send at most {MAX_COPIES}")
    return Letter(
        id=re.sub(r"[^A-Za-z0-9._-]", "-", message.id),
        sender=address,
        sender_name=one_line(name),
        recipient=recipient,
        subject=one_line(message.subject or message.title or message.message) or "(no subject)",
        text=message.message,
        html=message.html,
        cc=cc,
        bcc=bcc,
        files=_files(message.attachments),
        unsubscribe_url=unsubscribe_url(message.user_id or "", message.kind, settings=settings) if may_unsubscribe(message.kind) else "",
    )


def _addresses(field: str, given: Iterable[str], seen: set[str]) -> tuple[str, ...]:
    """Plain addresses, each once in a letter, whatever its case."""
    found = []
    for one in (one.strip() for one in given):
        if not ADDRESS.fullmatch(one) or len(one) > MAX_ADDRESS:
            raise InvalidInput(field, f"{one_line(one, 80)!r} is not one e-mail address", fix="write it like name@example.com")
        if one.lower() not in seen:
            seen.add(one.lower())
            found.append(one)
    return tuple(found)


def _files(attachments: Iterable[Attachment]) -> tuple[File, ...]:
    files = tuple(File(re.sub(r'[\\/:"]', "-", one_line(one.filename, 100)), one.type, _content(one)) for one in attachments)
    total = sum(len(file.content) for file in files)
    if total > MAX_FILES:
        raise InvalidInput("attachments", f"{total:,} bytes", fix=f"attach at most {MAX_FILES:,}")
    return files


def _content(attachment: Attachment) -> bytes:
    if attachment.text is not None:
        return attachment.text.encode()
    try:
        return base64.b64decode(attachment.content or "", validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidInput("attachments", f"the content of {attachment.filename!r} is not base64", fix="encode it as base64") from error
