"""The mail sink: an SMTP server that keeps what it is given and obeys the faults of target ``smtp``."""

from __future__ import annotations

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from sandbox.faults import Fault, Faults
from sandbox.receivers.employers import Mailboxes
from sandbox.records import Records

MAX_LETTER = 2 * 1024 * 1024


class Sink:
    """aiosmtpd's handler: one record per recipient; what goes to an employer's address for applications is a receipt as well."""

    def __init__(self, records: Records, faults: Faults, mailboxes: Mailboxes | None = None) -> None:
        self._records = records
        self._faults = faults
        self._mailboxes = mailboxes

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        """Where a letter begins: faults that have no effect hit here."""
        fault = self._faults.take("smtp", "MAIL")
        envelope.fault = fault  # type: ignore[attr-defined]
        if fault is not None and not _after(fault):
            if fault.kind == "down":
                return _hang_up(server)
            await asyncio.sleep(fault.seconds if fault.kind == "latency" else 0)
            if fault.kind == "rate_limit":
                return "421 4.7.0 Too many messages, try again later"
            if fault.kind == "status":
                return f"{fault.status} {'4.3.0 Try again later' if fault.status < 500 else '5.7.1 Not accepted'}"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keeps the letter; then faults that come after the effect."""
        letter = message_from_bytes(envelope.content or b"", policy=policy.default)  # type: ignore[arg-type]
        for recipient in envelope.rcpt_tos:
            kept = letter_of(letter, envelope.mail_from or "", recipient)
            opening = self._mailboxes.opening(recipient) if self._mailboxes else None
            if opening is None:
                self._records.deliver("email", kept)
            else:  # an application is an employer's, no message to one of our people
                about = {"way": "mail", "title": opening.title, "company": opening.company.name, "files": files_of(letter)}
                self._records.receive(
                    kept["message_id"] or f"mail without an id to {recipient}", opening.reference, kept | about, way="mail"
                )
                if self._faults.take("employers", recipient):
                    return _hang_up(server)
        fault: Fault | None = getattr(envelope, "fault", None)
        if fault is not None and _after(fault):
            if fault.kind == "lost_answer":
                return _hang_up(server)
            await asyncio.sleep(fault.seconds if fault.kind == "latency" else 0)
            if fault.kind == "status":
                return f"{fault.status} 4.3.0 Something went wrong"
        return "250 2.0.0 OK: queued"


def _after(fault: Fault) -> bool:
    return fault.after or fault.kind == "lost_answer"


def _hang_up(server: SMTP) -> str:
    if server.transport is not None:
        server.transport.abort()  # type: ignore[attr-defined]
    return "421 closing"


def letter_of(letter: Any, sender: str, recipient: str) -> dict[str, Any]:
    """One mail as it is kept."""
    return {
        "via": "smtp",
        "to": recipient,
        "from": sender,
        "subject": str(letter.get("subject", "")),
        "text": _part(letter, "plain") or "",
        "html": _part(letter, "html"),
        "headers": {name: str(value) for name, value in letter.items()},
        "message_id": str(letter.get("message-id", "")),
    }


def files_of(letter: EmailMessage) -> list[dict[str, Any]]:
    """Names and sizes of what is attached."""
    return [{"name": one.get_filename(), "bytes": len(one.get_payload(decode=True) or b"")} for one in letter.iter_attachments()]


def _part(letter: EmailMessage, kind: str) -> str | None:
    try:
        body = letter.get_body((kind,))
        return str(body.get_content()) if body is not None else None
    except (LookupError, ValueError, KeyError):
        return None


def _let_in(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    """Any user with a password; a password ``wrong`` is refused."""
    known = isinstance(data, LoginPassword) and data.password not in (b"", b"wrong")
    return AuthResult(success=known, handled=False)


async def serve(records: Records, faults: Faults, host: str, port: int, mailboxes: Mailboxes | None = None) -> asyncio.Server:
    """Starts the server on the running loop.

    :param mailboxes: employers' addresses for applications
    """
    sink = Sink(records, faults, mailboxes)

    def connection() -> SMTP:
        return SMTP(
            sink,
            data_size_limit=MAX_LETTER,
            enable_SMTPUTF8=True,
            hostname="sandbox",
            ident="sandbox ESMTP",
            authenticator=_let_in,
            auth_require_tls=False,
            loop=asyncio.get_running_loop(),
        )

    return await asyncio.get_running_loop().create_server(connection, host, port)
