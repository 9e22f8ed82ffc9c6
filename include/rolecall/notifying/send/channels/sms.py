"""SMS by Twilio's REST API, compared field by field with twilio.com/docs/messaging/api/message-resource#create-a-message-resource.

``POST /2010-04-01/Accounts/{AccountSid}/Messages.json``, HTTP Basic with account SID and auth token, form-encoded:

| field | ours | documented |
|---|---|---|
| ``To`` | the recipient, checked to be E.164 | E.164 for SMS |
| ``From`` | ``TWILIO_PHONE_NUMBER`` | a Twilio number in E.164, short code or alphanumeric sender; empty with a messaging service |
| ``MessagingServiceSid`` | ``TWILIO_PHONE_NUMBER`` where it is ``MG…`` | instead of ``From`` |
| ``Body`` | the message | at most 1,600 characters |
| ``StatusCallback`` | ``PUBLIC_URL`` + ``/webhooks/twilio/status?notification=…`` | optional; signed POSTs |

Answer 201 with ``sid`` and ``status`` (``queued``, …, ``failed``). A 429 was never processed and is safe to repeat
(twilio.com/docs/api/errors/20429). There is no idempotency key: an unclear answer is not repeated.
"""

from __future__ import annotations

import re
from urllib.parse import quote

import phonenumbers

from rolecall.endpoints import Endpoints
from rolecall.errors import InvalidInput, RequestRejected
from rolecall.models import Message
from rolecall.notifying.send.channels.common import E164, Lines, SentMessage, answered, post, required
from rolecall.outbox.available_channels import required_settings
from rolecall.text.display import one_line

TYPE = "sms"
"""``Message.type`` of what goes out this way."""

MAX_BODY = 1600
CALLBACK = "/webhooks/twilio/status"

WRITTEN = re.compile(r"\+[\d\s().\-/]+")
"""How people write an international number."""


def send(message: Message, settings: Endpoints, lines: Lines) -> SentMessage:
    """Sends one SMS; the provider id is Twilio's message SID.

    :raises InvalidInput: the number is none, or the text is longer than Twilio takes
    """
    sid, token, sender = (required(settings, variable, "SMS") for variable in required_settings(settings)["sms"])
    number = e164(message.recipient)
    if len(message.message) > MAX_BODY:
        raise InvalidInput("message", f"{len(message.message):,} characters", fix=f"Twilio takes at most {MAX_BODY:,}")
    via = {"MessagingServiceSid": sender} if sender.startswith("MG") else {"From": sender}
    callback = callback_url(settings, message.id)
    response = post(
        lines.http,
        f"{settings.twilio_base_url}/2010-04-01/Accounts/{sid}/Messages.json",
        service="Twilio",
        shown="Messages.json",
        data={"To": number, "Body": message.message, **via, **({"StatusCallback": callback} if callback else {})},
        auth=(sid, token),
    )
    answer = answered(response)
    if answer.get("status") in ("failed", "undelivered"):
        raise RequestRejected(
            f"Twilio took the SMS and failed it (error {answer.get('error_code')})", status=response.status_code, fix="look it up at Twilio"
        )
    return SentMessage(str(answer.get("sid") or "")[:200])


def e164(number: str) -> str:
    """A number as E.164; spaces, dots, dashes and brackets are allowed, letters and local numbers are not.

    :raises InvalidInput: no country code, or a length that its country does not have

    >>> e164("+49 (170) 123-4567")
    '+491701234567'
    """
    try:
        if not WRITTEN.fullmatch(number.strip()):
            raise phonenumbers.NumberParseException(phonenumbers.NumberParseException.NOT_A_NUMBER, "not written as a number")
        parsed = phonenumbers.parse(number)
        made = str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
        if phonenumbers.is_possible_number(parsed) and E164.fullmatch(made):
            return made
        reason = "has a length that its country does not have"
    except phonenumbers.NumberParseException:
        reason = "is no phone number in E.164"
    raise InvalidInput("recipient", f"{one_line(number, 40)!r} {reason}", fix="write it like +491701234567")


def callback_url(settings: Endpoints, notification_id: str) -> str:
    """Where Twilio reports what became of an SMS: the public address; a sandbox reaches the services themselves. ``""``: nowhere.

    It names our id, so that a report finds a message whose sender died before it heard Twilio's.
    """
    local = settings.rolecall_services_url if settings.twilio_base_url.startswith("http://") else None
    base = settings.public_url or local
    return f"{base.rstrip('/')}{CALLBACK}?notification={quote(notification_id, safe='')}" if base else ""
