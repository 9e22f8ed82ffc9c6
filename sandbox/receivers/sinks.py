"""Stand-ins for Slack, SendGrid, Twilio, the push service and the alert webhook: they check a request as their originals
document it, answer in the same shapes and keep what they got.

* Slack incoming webhooks: docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (``ok``, ``no_text``, ``invalid_payload``)
* SendGrid ``POST /v3/mail/send``: twilio.com/docs/sendgrid/api-reference/mail-send/mail-send (202, ``X-Message-Id``, ``errors[]``)
* Twilio ``Messages.json``: twilio.com/docs/messaging/api/message-resource; error codes: twilio.com/docs/api/errors
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import logging
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs

import httpx
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from starlette.background import BackgroundTask

from sandbox.records import Records

log = logging.getLogger(__name__)

E164 = re.compile(r"\+[1-9]\d{6,14}")
SENDER = re.compile(r"\+[1-9]\d{6,14}|\d{3,6}|[A-Za-z0-9 ]{1,11}")
ADDRESS = re.compile(r"[^@\s<>,;]+@[^@\s<>,;]+")
MAX_SMS = 1600


async def json_body(request: Request) -> Any:
    """The body as JSON, or ``None``."""
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError):
        return None


def form_body(content: bytes) -> dict[str, str]:
    """A form-encoded body; the last value of each name."""
    return {name: values[-1] for name, values in parse_qs(content.decode("utf-8", "replace"), keep_blank_values=True).items()}


def router(records: Records) -> APIRouter:
    """All sinks that speak HTTP."""
    routes = APIRouter()

    @routes.post("/slack")
    @routes.post("/slack/{rest:path}")
    async def slack(request: Request) -> Response:
        """An incoming webhook: JSON, or a form with ``payload``."""
        if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            try:
                body = json.loads(form_body(await request.body()).get("payload", ""))
            except (ValueError, RecursionError):
                body = None
        else:
            body = await json_body(request)
        if not isinstance(body, dict):
            return PlainTextResponse("invalid_payload", 400)
        if not body.get("text") and not body.get("blocks") and not body.get("attachments"):
            return PlainTextResponse("no_text", 400)
        records.deliver("slack", {"via": "slack", "to": body.get("channel") or "", "text": body.get("text") or "", "body": body})
        return PlainTextResponse("ok")

    @routes.post("/slack-api/api/chat.postMessage")
    async def slack_api(request: Request) -> Response:
        """Slack's Web API: 200 whatever happens, ``ok`` says which."""
        if not re.fullmatch(r"Bearer xox[a-z]-\S+", request.headers.get("authorization", "")):
            return JSONResponse({"ok": False, "error": "not_authed"})
        body = await json_body(request)
        if not isinstance(body, dict) or not body.get("channel"):
            return JSONResponse({"ok": False, "error": "channel_not_found"})
        if not body.get("text") and not body.get("blocks") and not body.get("attachments"):
            return JSONResponse({"ok": False, "error": "no_text"})
        number = records.deliver("slack", {"via": "slack-api", "to": body["channel"], "text": body.get("text") or "", "body": body})
        return JSONResponse({"ok": True, "channel": body["channel"], "ts": f"1700000000.{number:06d}"})

    @routes.post("/sendgrid/v3/mail/send")
    async def sendgrid(request: Request) -> Response:
        """Takes one mail per address of each personalization."""
        if not re.fullmatch(r"Bearer \S+", request.headers.get("authorization", "")):
            return sendgrid_errors(401, [("The provided authorization grant is invalid, expired, or revoked", None)])
        body = await json_body(request)
        if not isinstance(body, dict):
            return sendgrid_errors(400, [("Bad Request", None)])
        if wrong := wrong_in_mail(body):
            return sendgrid_errors(400, wrong)
        identity = secrets.token_urlsafe(16)
        for group in body["personalizations"]:
            for address in group["to"]:
                records.deliver("email", mail_of(body, group, address, identity))
        return Response(status_code=202, headers={"X-Message-Id": identity})

    @routes.post("/twilio/2010-04-01/Accounts/{account}/Messages.json")
    async def twilio(account: str, request: Request) -> Response:
        """Takes one SMS."""
        if not signed_in(request.headers.get("authorization", ""), account):
            return twilio_error(401, 20003, "Authenticate")
        form = form_body(await request.body())
        if wrong := wrong_in_sms(form):
            return twilio_error(400, *wrong)
        sid = f"SM{secrets.token_hex(16)}"
        sender = form.get("From") or form.get("MessagingServiceSid", "")
        records.deliver("sms", {"via": "twilio", "to": form["To"], "from": sender, "text": form["Body"], "sid": sid})
        token = base64.b64decode(request.headers["authorization"].split()[1]).decode().partition(":")[2]
        later = (
            BackgroundTask(twilio_reports, form["StatusCallback"], account, sid, form["To"], token) if form.get("StatusCallback") else None
        )
        return JSONResponse(twilio_message(account, sid, form), 201, background=later)

    @routes.post("/push")
    async def push(request: Request) -> Response:
        """The push service of the seed: ``{userId, title, message, data}``."""
        body = await json_body(request)
        if not isinstance(body, dict):
            return JSONResponse({"error": "the body must be a JSON object", "field": "body"}, 400)
        for field in ("userId", "title", "message"):
            if not isinstance(body.get(field), str) or not body[field].strip():
                return JSONResponse({"error": f"{field} is required", "field": field}, 422)
        if not isinstance(body.get("data", {}), (dict, type(None))):
            return JSONResponse({"error": "data must be an object", "field": "data"}, 422)
        kept = {"via": "push", "to": body["userId"], "title": body["title"], "text": body["message"], "data": body.get("data") or {}}
        number = records.push(kept, request.headers.get("idempotency-key"))
        return JSONResponse({"id": f"push-{number}", "status": "queued"}, 202)

    @routes.post("/alert")
    async def alert(request: Request) -> Response:
        """The alert webhook of the seed: ``{text, attachments}``."""
        body = await json_body(request)
        if not isinstance(body, dict) or not isinstance(body.get("text"), str) or not body["text"].strip():
            return JSONResponse({"error": "text is required", "field": "text"}, 400)
        records.deliver("alert", {"via": "alert", "text": body["text"], "body": body})
        return JSONResponse({"status": "ok"})

    return routes


# ── SendGrid ────────────────────────────────────────────────────────────────────────────────────────────────


def wrong_in_mail(body: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    """What SendGrid would refuse, as (message, field)."""
    groups = body.get("personalizations")
    if not isinstance(groups, list) or not groups:
        return [("The personalizations field is required and must have at least one personalization.", "personalizations")]
    wrong: list[tuple[str, str | None]] = []
    for number, group in enumerate(groups):
        where = f"personalizations.{number}.to"
        to = group.get("to") if isinstance(group, dict) else None
        if not isinstance(to, list) or not to:
            wrong.append(("The to array is required for all personalization objects, and must have at least one email object.", where))
        elif not all(is_address(one) for one in to):
            wrong.append(("Does not contain a valid address.", f"{where}.email"))
    if not is_address(body.get("from")):
        wrong.append(("The from object must be provided for every email send and must have a valid email.", "from"))
    if not body.get("subject") and not all(isinstance(group, dict) and group.get("subject") for group in groups):
        wrong.append(("The subject is required.", "subject"))
    content = body.get("content")
    if not body.get("template_id"):
        if not isinstance(content, list) or not content:
            wrong.append(("Unless a valid template_id is provided, the content parameter is required.", "content"))
        elif not all(isinstance(part, dict) and part.get("type") and part.get("value") for part in content):
            wrong.append(("The content value must be a string at least one character in length.", "content.0.value"))
        elif content[0]["type"] != "text/plain" and any(part["type"] == "text/plain" for part in content):
            wrong.append(("If present, text/plain must be the first content.", "content"))
    return wrong


def is_address(value: Any) -> bool:
    """``{"email": "someone@somewhere"}``."""
    return isinstance(value, dict) and isinstance(value.get("email"), str) and ADDRESS.fullmatch(value["email"]) is not None


def sendgrid_errors(status: int, wrong: list[tuple[str, str | None]]) -> JSONResponse:
    """SendGrid's error shape."""
    return JSONResponse({"errors": [{"message": message, "field": field, "help": None} for message, field in wrong]}, status)


def mail_of(body: Mapping[str, Any], group: Mapping[str, Any], address: Mapping[str, Any], identity: str) -> dict[str, Any]:
    """One mail as it is kept, in the same shape as one that came by SMTP."""
    parts = {part["type"]: part["value"] for part in body.get("content") or []}
    return {
        "via": "sendgrid",
        "to": address["email"],
        "from": body["from"]["email"],
        "subject": group.get("subject") or body.get("subject", ""),
        "text": parts.get("text/plain", ""),
        "html": parts.get("text/html"),
        "headers": {**(body.get("headers") or {}), **(group.get("headers") or {})},
        "custom_args": {**(body.get("custom_args") or {}), **(group.get("custom_args") or {})},
        "message_id": identity,
    }


# ── Twilio ──────────────────────────────────────────────────────────────────────────────────────────────────


def signed_in(header: str, account: str) -> bool:
    """HTTP Basic with the account's SID and a token."""
    scheme, _, value = header.partition(" ")
    try:
        user, _, token = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return scheme.lower() == "basic" and user == account and bool(token)


def wrong_in_sms(form: Mapping[str, str]) -> tuple[int, str] | None:
    """What Twilio would refuse, as (code, message)."""
    to, sender, body = form.get("To", ""), form.get("From", ""), form.get("Body", "")
    if not to:
        return 21604, "A 'To' phone number is required."
    if not E164.fullmatch(to):
        return 21211, f"Invalid 'To' Phone Number: {to[:40]}"
    if not sender and not form.get("MessagingServiceSid"):
        return 21603, "A 'From' phone number is required."
    if sender and not SENDER.fullmatch(sender):
        return 21212, f"Invalid 'From' Number: {sender[:40]}"
    if not body:
        return 21602, "Message body is required."
    if len(body) > MAX_SMS:
        return 21617, "The concatenated message body exceeds the 1600 character limit."
    return None


def twilio_error(status: int, code: int, message: str) -> JSONResponse:
    """Twilio's error shape."""
    more = f"https://www.twilio.com/docs/errors/{code}"
    return JSONResponse({"code": code, "message": message, "more_info": more, "status": status}, status)


def twilio_message(account: str, sid: str, form: Mapping[str, str]) -> dict[str, Any]:
    """The message resource Twilio answers a create with."""
    now = format_datetime(datetime.now(UTC))
    uri = f"/2010-04-01/Accounts/{account}/Messages/{sid}"
    service = form.get("MessagingServiceSid")
    return {
        "account_sid": account,
        "api_version": "2010-04-01",
        "body": form["Body"],
        "date_created": now,
        "date_sent": None,
        "date_updated": now,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": form.get("From"),
        "messaging_service_sid": service,
        "num_media": "0",
        "num_segments": "0" if service else str(-(-len(form["Body"]) // 153) if len(form["Body"]) > 160 else 1),
        "price": None,
        "price_unit": None,
        "sid": sid,
        "status": "accepted" if service else "queued",
        "subresource_uris": {"media": f"{uri}/Media.json"},
        "to": form["To"],
        "uri": f"{uri}.json",
    }


async def twilio_reports(url: str, account: str, sid: str, to: str, token: str) -> None:
    """The status callback, signed as twilio.com/docs/usage/security#validating-requests says. Numbers ending in 0009 cannot be reached."""
    status = {"MessageStatus": "undelivered", "ErrorCode": "30005"} if to.endswith("0009") else {"MessageStatus": "delivered"}
    form = {"AccountSid": account, "MessageSid": sid, "SmsSid": sid, "To": to, "ApiVersion": "2010-04-01", **status}
    said = url + "".join(name + form[name] for name in sorted(form))
    signature = base64.b64encode(hmac.digest(token.encode(), said.encode(), "sha1")).decode()
    try:
        async with httpx.AsyncClient(timeout=5) as client:
            await client.post(url, data=form, headers={"X-Twilio-Signature": signature})
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        log.info("the status callback of %s was not heard (%s)", sid, type(error).__name__)
