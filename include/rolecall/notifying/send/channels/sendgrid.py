"""E-mail by SendGrid, through its SDK, compared field by field with its OpenAPI ``POST_mail-send``
(twilio.com/docs/sendgrid/api-reference/mail-send/mail-send).

``POST /v3/mail/send``, bearer API key, JSON:

| field | ours | documented |
|---|---|---|
| ``personalizations[].to[].email`` | the recipient | required, at least one |
| ``personalizations[].cc``, ``.bcc`` | copies, each address once | optional; no address twice in to, cc and bcc; at most 1,000 in all |
| ``personalizations[].custom_args`` | ``notification_id`` | string values, come back with every event, at most 10,000 bytes |
| ``from.email``, ``from.name`` | ``SMTP_FROM`` | required, a verified sender |
| ``subject`` | one line | at least one character |
| ``content[]`` | ``text/plain``, then ``text/html`` | plain first; each value at least one character |
| ``attachments[]`` | ``content`` (base64), ``type``, ``filename``, ``disposition: attachment`` | content and filename required |
| ``headers`` | ``X-Rolecall-Notification``, ``List-Unsubscribe`` and its ``-Post`` | none of the reserved ones (``To``, ``x-sg-id``, …) |
| ``tracking_settings.click_tracking`` | off, where there is a link that must stay as it is signed | optional; on or off per mail |

Answer 202 with ``X-Message-Id``; the mail's ``Message-ID`` is SendGrid's own.
There is no idempotency key: an unclear answer is not repeated.
"""

from __future__ import annotations

import base64
from typing import Any

from python_http_client.exceptions import HTTPError
from sendgrid import SendGridAPIClient

from rolecall.endpoints import Endpoints
from rolecall.errors import MaybeReceived
from rolecall.notifying.send.channels import sdk
from rolecall.notifying.send.channels.common import SentMessage, required
from rolecall.notifying.send.channels.letter import Letter

SECONDS = 10.0
"""How long SendGrid may take."""


def send(letter: Letter, settings: Endpoints) -> SentMessage:
    """Sends one letter; the provider id is SendGrid's ``X-Message-Id``."""
    key, shown = required(settings, "sendgrid_api_key", "SendGrid"), "/v3/mail/send"
    client = SendGridAPIClient(api_key=key, host=settings.sendgrid_base_url).client
    client.timeout = SECONDS
    with sdk.outcome("SendGrid", shown):
        try:
            said = client.mail.send.post(request_body=body(letter))
        except HTTPError as error:  # the SDK's: an answer that is no 2xx
            said = error
        text = said.body.decode("utf-8", "replace") if isinstance(said.body, bytes) else str(said.body)
    answer = sdk.answer(said.status_code, dict(said.headers.items()), text, service="SendGrid", shown=shown)
    if answer.status_code != 202:  # the SDK follows redirects: what is not 202 was said by somebody else
        raise MaybeReceived(f"SendGrid answered {answer.status_code} to {shown} where 202 is its yes", fix="look the letter up there")
    return SentMessage(answer.headers.get("x-message-id", "")[:200])


def body(letter: Letter) -> dict[str, Any]:
    """The request's JSON."""
    content = [{"type": "text/plain", "value": letter.text or " "}]
    if letter.html:
        content.append({"type": "text/html", "value": letter.html})
    sender = {"email": letter.sender, "name": letter.sender_name} if letter.sender_name else {"email": letter.sender}
    copies = {name: [{"email": one} for one in addresses] for name, addresses in (("cc", letter.cc), ("bcc", letter.bcc)) if addresses}
    group: dict[str, Any] = {"to": [{"email": letter.recipient}], **copies, "custom_args": {"notification_id": letter.id}}
    made: dict[str, Any] = {
        "personalizations": [group],
        "from": sender,
        "subject": letter.subject,
        "content": content,
        "headers": letter.headers,
    }
    if letter.files:
        made["attachments"] = [
            {"content": base64.b64encode(one.content).decode(), "type": one.type, "filename": one.filename, "disposition": "attachment"}
            for one in letter.files
        ]
    if letter.unsubscribe_url:
        made["tracking_settings"] = {"click_tracking": {"enable": False, "enable_text": False}}
    return made
