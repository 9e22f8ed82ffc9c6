"""Providers' reports are believed when they are signed; one click stops a kind of message, and only that."""

from __future__ import annotations

import base64
import hmac
import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi.testclient import TestClient
from psycopg.types.json import Jsonb

from rolecall.endpoints import Endpoints
from rolecall.notifying.reports import is_twilios
from rolecall.notifying.send.deliver import prepare
from rolecall.outbox.messages import Draft, enqueue
from rolecall.outbox.signed_links import sign, unsubscribe_url
from rolecall.services import create_app
from rolecall.store import Connection
from tests.services.conftest import make_settings

PUBLIC = "https://jobs.example"
STATUS = f"{PUBLIC}/webhooks/twilio/status"
SECRET = "twilio-secret"
KEY = ec.generate_private_key(ec.SECP256R1())
SHOWN_KEY = base64.b64encode(KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


@pytest.fixture
def settings(dsn: str) -> Endpoints:
    """Public, with both providers' keys."""
    return make_settings(dsn, public_url=PUBLIC, twilio_auth_token=SECRET, sendgrid_webhook_key=SHOWN_KEY)


@pytest.fixture
def door(settings: Endpoints) -> Iterator[TestClient]:
    """The services as the internet sees them."""
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


def sent(db: Connection, provider_id: str, **changed: Any) -> str:
    """An SMS that Twilio took; returns its id."""
    values = {"dedupe_key": f"applied:{provider_id}:sms", "kind": "applied", "type": "sms", "recipient": "+491701234567", "message": "M"}
    enqueue(db, [Draft(**{**values, "subject": "S", "person_id": "u1", **changed})])
    row = db.execute(
        "update notification set state = 'sent', sent_at = now(), provider_id = %s where dedupe_key = %s returning id",
        (provider_id, changed.get("dedupe_key", values["dedupe_key"])),
    ).fetchone()
    db.commit()
    return str(row["id"]) if row else ""


def rows(db: Connection) -> dict[str, dict[str, Any]]:
    db.commit()
    return {row["type"]: row for row in db.execute("select * from notification").fetchall()}


def tell(door: TestClient, status: str, sid: str = "SM1", *, token: str = SECRET, identity: str = "", **more: str) -> int:
    form = {"MessageSid": sid, "MessageStatus": status, "AccountSid": "AC1", **more}
    query = f"?notification={identity}"
    signed = STATUS + query + "".join(f"{name}{form[name]}" for name in sorted(form))
    headers = {"X-Twilio-Signature": base64.b64encode(hmac.digest(token.encode(), signed.encode(), "sha1")).decode()}
    return door.post(f"/webhooks/twilio/status{query}", data=form, headers=headers).status_code


def events(door: TestClient, *found: Any, body: bytes | None = None, signature: str | None = None) -> int:
    content = body if body is not None else json.dumps(found).encode()
    signed = base64.b64encode(KEY.sign(b"1700000000" + content, ec.ECDSA(SHA256()))).decode()
    headers = {"X-Twilio-Email-Event-Webhook-Signature": signature or signed, "X-Twilio-Email-Event-Webhook-Timestamp": "1700000000"}
    return door.post("/webhooks/sendgrid/events", content=content, headers=headers).status_code


# ── Twilio ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_signature_is_the_one_of_twilios_own_example() -> None:
    form = {"CallSid": "CA1234567890ABCDE", "Caller": "+12349013030", "Digits": "1234", "From": "+12349013030", "To": "+18005551212"}
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert is_twilios("0/KCTR6DLpKmkAf8muzZqo1nDgQ=", url, form, "12345")
    assert is_twilios("0/KCTR6DLpKmkAf8muzZqo1nDgQ=", url.replace(".com/", ".com:443/"), form, "12345")
    assert not is_twilios("0/KCTR6DLpKmkAf8muzZqo1nDgQ=", url, {**form, "Digits": "1235"}, "12345")
    assert not is_twilios("", url, form, "")


def test_an_sms_that_arrived_is_noted_as_delivered(door: TestClient, db: Connection) -> None:
    sent(db, "SM1")
    assert [tell(door, status) for status in ("sent", "delivered", "delivered", "sent")] == [204] * 4
    row = rows(db)["sms"]
    assert (row["state"], row["delivery"]) == ("sent", "delivered")
    assert db.execute("select count(*) as n from delivery_event").fetchone() == {"n": 2}


def test_an_sms_that_cannot_be_delivered_failed_is_told_to_the_platform_and_goes_by_mail(door: TestClient, db: Connection) -> None:
    identity = sent(db, "SM1", fallback={"email": "ada@example.com"})
    assert tell(door, "undelivered", ErrorCode="30003") == 204
    found = rows(db)
    assert (found["sms"]["state"], found["sms"]["error"]) == ("failed", "the provider reports undelivered error 30003")
    assert (found["email"]["state"], found["email"]["recipient"]) == ("queued", "ada@example.com")
    (debt,) = db.execute("select payload from outbox").fetchall()
    assert (debt["payload"]["notificationId"], debt["payload"]["status"]) == (identity, "failed")


def test_an_uncertain_sms_that_arrived_is_sent(door: TestClient, db: Connection) -> None:
    sent(db, "SM1")
    db.execute("update notification set state = 'uncertain', sent_at = null")
    db.commit()
    assert tell(door, "delivered") == 204
    assert rows(db)["sms"]["state"] == "sent"
    (debt,) = db.execute("select payload from outbox").fetchall()
    assert debt["payload"]["status"] == "sent"


@pytest.mark.parametrize("state", ["sending", "uncertain"])
def test_an_sms_whose_sender_died_before_it_heard_twilio_is_found_by_our_id(door: TestClient, db: Connection, state: str) -> None:
    identity = sent(db, "SM1")
    db.execute("update notification set state = %s, provider_id = null, sent_at = null", (state,))
    db.commit()
    assert tell(door, "delivered", "SM9", identity=identity) == 204
    row = rows(db)["sms"]
    assert (row["state"], row["provider_id"]) == ("sent", "SM9")


def test_a_report_that_is_not_signed_by_twilio_is_refused(door: TestClient, db: Connection) -> None:
    sent(db, "SM1")
    assert tell(door, "failed", token="guessed") == 403
    assert door.post("/webhooks/twilio/status", data={"MessageSid": "SM1", "MessageStatus": "failed"}).status_code == 403
    assert rows(db)["sms"]["state"] == "sent"


def test_reports_about_nothing_of_ours_are_noted_and_change_nothing(door: TestClient, db: Connection) -> None:
    assert tell(door, "delivered", "SM-unknown") == 204
    assert tell(door, "", "SM1") == 422


# ── SendGrid ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_mail_that_bounced_failed(door: TestClient, db: Connection) -> None:
    identity = sent(db, "sg-1", type="email", dedupe_key="applied:a:email")
    event = {"sg_event_id": "e1", "sg_message_id": "sg-1.filter01.x", "notification_id": identity}
    delivered = {**event, "event": "processed"}
    bounced = {**event, "sg_event_id": "e2", "event": "bounce", "reason": "550 no such\nuser"}
    assert events(door, delivered, bounced, {"event": "open"}, "odd") == 204
    assert events(door, delivered, bounced) == 204
    row = rows(db)["email"]
    assert (row["state"], row["delivery"], row["error"]) == ("failed", "bounce", "the provider reports bounce 550 no such user")


def test_a_mail_is_found_by_sendgrids_id_where_ours_is_missing(door: TestClient, db: Connection) -> None:
    sent(db, "sg-1", type="email", dedupe_key="applied:a:email")
    assert events(door, {"sg_event_id": "e1", "sg_message_id": "sg-1.filter01.x", "event": "delivered", "notification_id": "x"}) == 204
    assert rows(db)["email"]["delivery"] == "delivered"


def test_who_marks_a_summary_as_spam_gets_no_more(door: TestClient, db: Connection) -> None:
    identity = sent(db, "sg-1", type="email", kind="digest", dedupe_key="digest:a:email")
    events(door, {"sg_event_id": "e1", "event": "spamreport", "notification_id": identity})
    assert db.execute("select person_id, kind from message_stop").fetchall() == [{"person_id": "u1", "kind": "digest"}]


@pytest.mark.parametrize("body", [b"{", b"{}", b"[" * 100_000])
def test_what_is_no_list_of_events_is_an_error_with_a_name(door: TestClient, body: bytes) -> None:
    assert events(door, body=body) == 422


def test_events_that_are_not_signed_by_sendgrid_are_refused(door: TestClient, db: Connection) -> None:
    wrong = base64.b64encode(ec.generate_private_key(ec.SECP256R1()).sign(b"1700000000[]", ec.ECDSA(SHA256()))).decode()
    assert events(door, signature=wrong) == 403
    assert events(door, signature="x") == 403
    assert door.post("/webhooks/sendgrid/events", json=[]).status_code == 403


def test_without_its_key_the_event_webhook_is_closed(dsn: str) -> None:
    with TestClient(create_app(make_settings(dsn)), raise_server_exceptions=False) as client:
        assert client.post("/webhooks/sendgrid/events", json=[]).status_code == 404


# ── one click ───────────────────────────────────────────────────────────────────────────────────────────────


def link(settings: Endpoints, kind: str = "reminder") -> str:
    return unsubscribe_url("mira", kind, settings=settings).removeprefix(PUBLIC)


def stopped(db: Connection) -> list[str]:
    db.commit()
    return [row["kind"] for row in db.execute("select kind from message_stop where person_id = 'mira'").fetchall()]


def test_one_click_stops_the_kind_and_looking_does_not(door: TestClient, db: Connection, dsn: str, settings: Endpoints, mira: str) -> None:
    url = link(settings)
    page = door.get(url)
    assert (page.status_code, stopped(db)) == (200, [])
    assert '<form method="post">' in page.text
    assert door.post(url, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert door.post(url, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert stopped(db) == ["reminder"]
    values = {"kind": "reminder", "type": "email", "recipient": "m@example.com", "message": "M", "person_id": mira, "held": True}
    enqueue(db, [Draft(dedupe_key="r1", **values), Draft(dedupe_key="r2", **{**values, "kind": "weekly_report"})])  # type: ignore[arg-type]
    db.commit()
    assert prepare(dsn, settings) == 1
    found = db.execute("select kind, state from notification order by kind").fetchall()
    assert found == [{"kind": "reminder", "state": "cancelled"}, {"kind": "weekly_report", "state": "queued"}]


def test_a_click_can_be_taken_back_and_both_are_audited(door: TestClient, db: Connection, settings: Endpoints) -> None:
    url = link(settings)
    assert "These messages are stopped." in door.post(url).text
    assert "You get these messages again." in door.post(url, data={"undo": "1"}).text
    assert stopped(db) == []
    actions = [row["action"] for row in db.execute("select action from audit order by id").fetchall()]
    assert actions == ["messages stopped", "messages resumed"]


def test_the_page_speaks_the_persons_language(door: TestClient, db: Connection, settings: Endpoints, mira: str) -> None:
    db.execute("update person set preferences = %s where id = %s", (Jsonb({"language": "de"}), mira))
    db.commit()
    assert 'lang="de"' in door.get(link(settings)).text


@pytest.mark.parametrize("kind", ["applied", "alert", "message"])
def test_what_always_goes_cannot_be_stopped(door: TestClient, settings: Endpoints, kind: str) -> None:
    assert door.post(link(settings, kind)).status_code == 404


def test_a_link_that_is_not_ours_opens_nothing(door: TestClient, db: Connection) -> None:
    ours = sign("api-secret", "mira", "reminder")
    for token in ("x", "x.y", "ü.ü", sign("other-secret", "mira", "reminder"), ours[:-1], "A" + ours, f"{uuid.uuid4()}"):
        assert door.post(f"/unsubscribe/{token}").status_code == 404
    assert stopped(db) == []
