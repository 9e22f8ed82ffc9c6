"""A mail server on loopback that records letters and answers as told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.conftest import free_port


@dataclass
class MailServer:
    """Records letters; ``rcpt`` and ``data`` answer by recipient."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    sessions: int = 0
    transports: list[Any] = field(default_factory=list)
    rcpt: Callable[[str], str] = field(default=lambda recipient: "250 OK")
    data: Callable[[str], str] = field(default=lambda recipient: "250 OK")

    async def handle_EHLO(self, server: SMTP, session: Session, envelope: Envelope, hostname: str, responses: list[str]) -> list[str]:
        session.host_name = hostname
        self.sessions += 1
        self.transports.append((asyncio.get_running_loop(), server.transport))
        return responses

    def hang_up(self) -> None:
        """Ends every session, as a server does that has waited too long."""
        for loop, transport in self.transports:
            loop.call_soon_threadsafe(transport.abort)
        time.sleep(0.05)

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        answer = self.rcpt(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        answer = self.data(envelope.rcpt_tos[0])
        if answer.startswith("250"):
            letter = message_from_bytes(content, policy=policy.default)
            assert isinstance(letter, EmailMessage)
            self.letters.append(letter)
            self.senders.append(str(envelope.mail_from))
        if answer == "HANG UP":
            assert server.transport is not None
            server.transport.abort()
        return answer


@contextmanager
def mail_server(**options: Any) -> Iterator[MailServer]:
    """A mail server for the length of the block."""
    handler = MailServer(free_port())
    controller = Controller(handler, hostname="127.0.0.1", port=handler.port, enable_SMTPUTF8=True, **options)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()
