"""SMS by Twilio's REST API, compared field by field with twilio.com/docs/messaging/api/message-resource#create-a-message-resource.

``POST /2010-04-01/Accounts/{AccountSid}/Messages.json``, HTTP Basic with account SID and auth token, form-encoded:

| field | ours | documented |
|---|---|---|
| ``To`` | the recipient, checked to be E.164 | E.164 for SMS |
| ``From`` | ``TWILIO_PHONE_NUMBER`` | a Twilio number in E.164, short code or alphanumeric sender; empty with a messaging service |
| ``MessagingServiceSid`` | ``TWILIO_PHONE_NUMBER`` where it is ``MG…`` | instead of ``From`` |
| ``Body`` | the message | at most 1,600 characters |

Answer 201 with ``sid`` and ``status`` (``queued``, …, ``failed``). A 429 was never processed and is safe to repeat
(twilio.com/docs/api/errors/20429). There is no idempotency key: an unclear answer is not repeated.
"""

from __future__ import annotations

import httpx

from include.errors import InvalidInput, RequestRejected
from include.models import Message
from include.notifying.channels.common import E164, Sent, answered, post, required
from include.settings import Settings

NEEDS = ("twilio_account_sid", "twilio_auth_token", "twilio_phone_number")
MAX_BODY = 1600


def send(message: Message, settings: Settings, client: httpx.Client) -> Sent:
    """Sends one SMS; the provider id is Twilio's message SID.

    :raises InvalidInput: the number is not E.164, or the text is longer than Twilio takes
    """
    sid, token, sender = (required(settings, variable, "SMS") for variable in NEEDS)
    if not E164.fullmatch(message.recipient):
        raise InvalidInput("recipient", f"{message.recipient!r} is no phone number in E.164", fix="write it like +491701234567")
    if len(message.message) > MAX_BODY:
        raise InvalidInput("message", f"{len(message.message):,} characters", fix=f"Twilio takes at most {MAX_BODY:,}")
    via = {"MessagingServiceSid": sender} if sender.startswith("MG") else {"From": sender}
    response = post(
        client,
        f"{settings.twilio_base_url}/2010-04-01/Accounts/{sid}/Messages.json",
        service="Twilio",
        shown="Messages.json",
        data={"To": message.recipient, "Body": message.message, **via},
        auth=(sid, token),
    )
    answer = answered(response)
    if answer.get("status") in ("failed", "undelivered"):
        raise RequestRejected(
            f"Twilio took the SMS and failed it (error {answer.get('error_code')})", status=response.status_code, fix="look it up at Twilio"
        )
    return Sent(str(answer.get("sid") or "")[:200])
