"""E-mail by SendGrid, compared field by field with twilio.com/docs/sendgrid/api-reference/mail-send/mail-send (OpenAPI ``POST_mail-send``).

``POST /v3/mail/send``, bearer API key, JSON:

| field | ours | documented |
|---|---|---|
| ``personalizations[].to[].email`` | the recipient | required, at least one |
| ``personalizations[].custom_args`` | ``notification_id`` | string values, come back with every event, at most 10,000 bytes |
| ``from.email``, ``from.name`` | ``SMTP_FROM`` | required, a verified sender |
| ``subject`` | one line | at least one character |
| ``content[]`` | ``text/plain``, then ``text/html`` | plain first; each value at least one character |
| ``headers`` | ``X-Rolecall-Notification`` | none of the reserved ones (``To``, ``Subject``, ``x-sg-id``, …) |

Answer 202 with ``X-Message-Id``; the mail's ``Message-ID`` is SendGrid's own.
There is no idempotency key: an unclear answer is not repeated.
"""

from __future__ import annotations

from typing import Any

import httpx

from include.notifying.channels.common import Sent, post, required
from include.notifying.channels.letter import Letter
from include.settings import Settings


def send(letter: Letter, settings: Settings, client: httpx.Client) -> Sent:
    """Sends one letter; the provider id is SendGrid's ``X-Message-Id``."""
    response = post(
        client,
        f"{settings.sendgrid_base_url}/v3/mail/send",
        service="SendGrid",
        shown="/v3/mail/send",
        json=body(letter),
        headers={"Authorization": f"Bearer {required(settings, 'sendgrid_api_key', 'SendGrid')}"},
    )
    return Sent(response.headers.get("x-message-id", "")[:200])


def body(letter: Letter) -> dict[str, Any]:
    """The request's JSON."""
    content = [{"type": "text/plain", "value": letter.text or " "}]
    if letter.html:
        content.append({"type": "text/html", "value": letter.html})
    sender = {"email": letter.sender, "name": letter.sender_name} if letter.sender_name else {"email": letter.sender}
    return {
        "personalizations": [{"to": [{"email": letter.recipient}], "custom_args": {"notification_id": letter.id}}],
        "from": sender,
        "subject": letter.subject,
        "content": content,
        "headers": {"X-Rolecall-Notification": letter.id},
    }
