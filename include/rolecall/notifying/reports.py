"""What providers report about messages they had taken: delivered, bounced, undelivered. Signed requests only.

* Twilio: form POSTs to the ``StatusCallback``, ``X-Twilio-Signature`` = base64(HMAC-SHA1(auth token, URL + sorted names and values))
  (twilio.com/docs/usage/security#validating-requests)
* SendGrid: a JSON list of events, ECDSA over timestamp + body with the key pair of the signed event webhook
  (twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features)
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key
from psycopg.types.json import Jsonb

from rolecall.errors import InvalidInput
from rolecall.notifying.send.fallback import fall_back
from rolecall.notifying.wishes.unsubscribes import unsubscribe
from rolecall.outbox.kinds import may_unsubscribe
from rolecall.store import Connection, sql
from rolecall.store.dead_letters import for_each_row
from rolecall.store.json_text import read_json
from rolecall.text.display import clean, one_line

SQL = Path(__file__).parent / "sql"

Verdict = Literal["sent", "failed"]

TWILIO: dict[str, Verdict] = {"delivered": "sent", "read": "sent", "undelivered": "failed", "failed": "failed", "canceled": "failed"}
SENDGRID: dict[str, Verdict] = {"delivered": "sent", "bounce": "failed", "dropped": "failed"}
"""Reports that say how it ended. All others (``queued``, ``sent``, ``processed``, ``deferred``, …) are only noted."""

UNWANTED = ("spamreport", "unsubscribe", "group_unsubscribe")
"""SendGrid's events by which a person says that they do not want these messages."""


@dataclass(frozen=True)
class DeliveryReport:
    """One report.

    :param event_id: the same report again is known by it
    :param notification_id: ours, where the provider carried it
    :param verdict: how it ended, ``None`` where it has not
    """

    event_id: str
    provider_id: str
    event: str
    notification_id: str | None = None
    reason: str = ""
    verdict: Verdict | None = None


def record(conn: Connection, provider: Literal["twilio", "sendgrid"], reports: Iterable[DeliveryReport]) -> int:
    """Notes reports and what they mean: a failed message falls back to another channel, an uncertain one that arrived is sent.

    In the caller's transaction. Returns how many reports are new; the same again changes nothing, a late one never undoes how it ended.
    """
    rows = [clean(asdict(report)) for report in reports]
    if not rows:
        return 0
    changed = conn.execute(sql(SQL / "reported.sql"), {"provider": provider, "reports": Jsonb(rows)}).fetchall()

    def one(row: dict[str, Any]) -> None:
        if row["ended"] == "failed":
            fall_back(conn, row)
        if row["event"] in UNWANTED and row["person_id"] and may_unsubscribe(row["kind"]):
            unsubscribe(conn, row["person_id"], row["kind"])

    for_each_row(conn, "report", changed, one)
    return len(changed)


# ── Twilio ──────────────────────────────────────────────────────────────────────────────────────────────────


def twilio_report(form: Mapping[str, str], notification_id: str = "") -> DeliveryReport:
    """The report in a status callback.

    :param notification_id: ours, from the signed address
    :raises InvalidInput: it names no message or no status
    """
    sid, status = form.get("MessageSid") or form.get("SmsSid", ""), form.get("MessageStatus") or form.get("SmsStatus", "")
    if not sid or not status:
        raise InvalidInput("MessageSid" if not sid else "MessageStatus", "is missing", fix="send Twilio's status callback")
    reason = f"error {form['ErrorCode']}" if form.get("ErrorCode") else ""
    return DeliveryReport(
        event_id=f"{sid}:{status}"[:300],
        provider_id=sid[:200],
        event=one_line(status, 40),
        notification_id=_uuid(notification_id),
        reason=one_line(reason),
        verdict=TWILIO.get(status),
    )


def is_twilios(signature: str, url: str, form: Mapping[str, str], token: str) -> bool:
    """Whether Twilio signed the form for this URL. Twilio may sign a URL with or without its default port."""
    if not token:
        return False
    said = "".join(f"{name}{form[name]}" for name in sorted(form))
    digests = (hmac.digest(token.encode(), (variant + said).encode(), hashlib.sha1) for variant in _with_and_without_port(url))
    return any(hmac.compare_digest(base64.b64encode(digest), signature.encode()) for digest in digests)


def _with_and_without_port(url: str) -> set[str]:
    parts = urlsplit(url)
    default = {"https": 443, "http": 80}.get(parts.scheme)
    if parts.port is None:
        return {url, urlunsplit(parts._replace(netloc=f"{parts.netloc}:{default}"))}
    return {url, urlunsplit(parts._replace(netloc=parts.netloc.rsplit(":", 1)[0]))}


# ── SendGrid ────────────────────────────────────────────────────────────────────────────────────────────────


def sendgrid_reports(body: bytes) -> list[DeliveryReport]:
    """The reports in one request of the event webhook; events about nothing of ours are left out.

    :raises InvalidInput: it is not a JSON list
    """
    try:
        events = read_json(body)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("body", "is not JSON", fix="send SendGrid's event webhook") from error
    if not isinstance(events, list):
        raise InvalidInput("body", "is not a JSON list", fix="send SendGrid's event webhook")
    return [_sendgrid_report(event) for event in events if isinstance(event, dict) and event.get("sg_event_id") and event.get("event")]


def _sendgrid_report(event: Mapping[str, Any]) -> DeliveryReport:
    name = one_line(str(event["event"]), 40)
    return DeliveryReport(
        event_id=str(event["sg_event_id"])[:300],
        provider_id=str(event.get("sg_message_id") or "").split(".", 1)[0][:200],
        event=name,
        notification_id=_uuid(event.get("notification_id")),
        reason=one_line(str(event.get("reason") or event.get("response") or ""), 500),
        verdict=SENDGRID.get(name),
    )


def is_sendgrids(signature: str, timestamp: str, body: bytes, public_key: str) -> bool:
    """Whether SendGrid signed timestamp and body.

    :param public_key: base64 of the DER key, as SendGrid shows it
    :raises InvalidInput: ``SENDGRID_WEBHOOK_KEY`` is not such a key
    """
    try:
        key = load_der_public_key(base64.b64decode(public_key, validate=True))
    except (ValueError, binascii.Error) as error:
        raise InvalidInput(
            "SENDGRID_WEBHOOK_KEY", "is no public key", fix="copy the verification key of the signed event webhook"
        ) from error
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise InvalidInput("SENDGRID_WEBHOOK_KEY", "is no elliptic curve key", fix="copy the verification key of the signed event webhook")
    try:
        key.verify(base64.b64decode(signature, validate=True), timestamp.encode() + body, ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def _uuid(value: Any) -> str | None:
    try:
        return str(UUID(str(value)))
    except ValueError:
        return None
