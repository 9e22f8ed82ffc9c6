"""One-time links by mail: sent by the page itself, at once and after the answer, and kept nowhere but as a hash."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from typing import Any

from rolecall.endpoints import Endpoints
from rolecall.errors import RolecallError
from rolecall.models import Message
from rolecall.notifying.send.channels import send
from rolecall.outbox import rendering
from rolecall.people import logins
from rolecall.services.database import Database

log = logging.getLogger("rolecall.page")

MAILS = 3
"""Links that one address may be sent within :data:`logins.WINDOW`."""


def can_mail(settings: Endpoints) -> bool:
    """Whether links can be mailed: the page's address is known, and mails have a way out."""
    return bool(settings.page_url and (settings.smtp_host or settings.sendgrid_api_key))


def mailer(settings: Endpoints, database: Database) -> Callable[[str], None]:
    """What mails a link to whoever has an address, and nothing to anybody else. It raises nothing: nobody waits for it."""

    def mail(email: str) -> None:
        try:
            with database.unrestricted.connection() as conn:
                found = logins.mail_logins(conn, email, base_url=settings.page_url or "")
            for person in found:
                send(_letter(person), settings)
        except (RolecallError, OSError) as error:
            log.error("a link to log in was not mailed (%s) → look at SMTP_HOST, and whether that server answers", type(error).__name__)

    return mail


def _letter(person: dict[str, Any]) -> Message:
    minutes = int(logins.MAILED_LASTS.total_seconds() // 60)
    shown = rendering.page(rendering.language_of(person["preferences"]), "login", {"url": person["link"], "minutes": minutes})
    return Message(
        id=f"login-{secrets.token_hex(8)}",
        type="email",
        recipient=person["email"],
        subject=shown.subject,
        message=rendering.as_text(shown),
        html=rendering.as_html(shown),
    )
