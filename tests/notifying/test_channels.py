"""Each channel says the documented words to its provider, and what a failure means to us."""

from __future__ import annotations

import base64
import logging
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, get_args

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from rolecall.endpoints import Endpoints
from rolecall.errors import AuthFailed, InvalidInput, MaybeReceived, NeverSent, RequestRejected, RolecallError, ServiceBusy
from rolecall.models import Channel, Message
from rolecall.notifying.send.channels import CHANNELS, Channels, NotConfigured, send
from rolecall.outbox.available_channels import configured
from tests.http_double import Answer, Call, HttpDouble
from tests.notifying.mail_double import MailServer, mail_server

SECRETS = ("slack-secret", "push-secret", "twilio-secret", "SG.key")


def message(**changed: Any) -> Message:
    values = {"id": "n-1", "type": "email", "recipient": "ada@example.com", "subject": "Hello", "message": "Text", **changed}
    return Message.model_validate(values)


SMS = message(type="sms", recipient="+491701234567", message="Hi")
PUSH = message(type="push", recipient="u1", user_id="u1", title="T", message="M", data={"jobId": "j1"})
SLACK = message(type="slack", recipient="#alerts", message="Error <!channel> & more")


def with_(settings: Endpoints, **changed: Any) -> Endpoints:
    return Endpoints.model_validate({**settings.model_dump(), **changed})


# ── what is said ────────────────────────────────────────────────────────────────────────────────────────────


def test_every_type_of_message_has_its_channel() -> None:
    """Each is a file of the folder, found by its ``TYPE``."""
    assert tuple(CHANNELS) == get_args(Channel)
    assert {name: send.__module__.rpartition(".")[2] for name, send in CHANNELS.items()}["email"] == "mail"


def test_a_mail_has_a_plain_and_an_html_part_and_a_message_id_made_of_the_notification_id(settings: Endpoints, mail: MailServer) -> None:
    sent = send(message(message="Plain ünïcode 🎉", html="<p>Rich &amp; safe</p>"), settings)
    (letter,) = mail.letters
    assert letter["From"] == "Rolecall <jobs@rolecall.example>"
    assert letter["To"] == "ada@example.com"
    assert letter["Subject"] == "Hello"
    assert letter["Message-ID"] == "<n-1@rolecall.example>" == sent.provider_id
    assert letter["Auto-Submitted"] == "auto-generated"
    plain, rich = letter.get_body(("plain",)), letter.get_body(("html",))
    assert plain is not None
    assert plain.get_content().strip() == "Plain ünïcode 🎉"
    assert rich is not None
    assert rich.get_content().strip() == "<p>Rich &amp; safe</p>"
    assert mail.senders == ["jobs@rolecall.example"]


@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r", "\u2028", "\x0b", "\x85"])
def test_a_newline_in_a_subject_adds_no_header(settings: Endpoints, mail: MailServer, newline: str) -> None:
    send(message(subject=f"Hello{newline}Bcc: everybody@example.com{newline}{newline}<script>"), settings)
    (letter,) = mail.letters
    assert letter["Bcc"] is None
    assert letter["Subject"] == "Hello Bcc: everybody@example.com <script>"


def test_a_body_line_that_looks_like_the_end_of_the_letter_stays_in_it(settings: Endpoints, mail: MailServer) -> None:
    send(message(message="one\n.\nMAIL FROM:<x@example.com>\n"), settings)
    (letter,) = mail.letters
    assert letter.get_content().replace("\r\n", "\n") == "one\n.\nMAIL FROM:<x@example.com>\n"


@pytest.mark.parametrize(
    "recipient",
    ["", "nobody", "a@b.example\r\nBcc: c@d.example", "a@b.example,c@d.example", "<a@b.example>", "Ada <a@b.example>", "a b@c.example"],
)
def test_a_recipient_that_is_not_one_plain_address_is_refused_before_anything_is_sent(
    settings: Endpoints, mail: MailServer, recipient: str
) -> None:
    with pytest.raises(InvalidInput, match="recipient"):
        send(message(recipient=recipient), settings)
    assert not mail.letters


def test_an_address_beyond_ascii_goes_to_a_server_that_takes_it(settings: Endpoints, mail: MailServer) -> None:
    send(message(recipient="jürgen@bücher.example"), settings)
    assert mail.letters[0]["To"] == "jürgen@bücher.example"


def test_mail_goes_by_sendgrid_where_its_key_is_set(settings: Endpoints, provider: HttpDouble, mail: MailServer) -> None:
    provider.answer = lambda call: Answer(202, headers={"X-Message-Id": "sg-77"})
    sent = send(message(html="<p>Rich</p>"), with_(settings, sendgrid_api_key="SG.key\n"))
    (call,) = provider.calls
    assert (call.method, call.path) == ("POST", "/sendgrid/v3/mail/send")
    assert call.headers["authorization"] == "Bearer SG.key"
    assert call.json == {
        "personalizations": [{"to": [{"email": "ada@example.com"}], "custom_args": {"notification_id": "n-1"}}],
        "from": {"email": "jobs@rolecall.example", "name": "Rolecall"},
        "subject": "Hello",
        "content": [{"type": "text/plain", "value": "Text"}, {"type": "text/html", "value": "<p>Rich</p>"}],
        "headers": {"X-Rolecall-Notification": "n-1"},
    }
    assert sent.provider_id == "sg-77"
    assert not mail.letters


def test_an_sms_is_twilios_documented_form_with_basic_authentication(settings: Endpoints, provider: HttpDouble) -> None:
    provider.answer = lambda call: Answer(201, {"sid": "SM1", "status": "queued"})
    sent = send(SMS, settings)
    (call,) = provider.calls
    assert (call.method, call.path) == ("POST", "/twilio/2010-04-01/Accounts/AC0123/Messages.json")
    assert call.headers["content-type"] == "application/x-www-form-urlencoded"
    assert call.form == {"To": "+491701234567", "From": "+15005550006", "Body": "Hi"}
    assert base64.b64decode(call.headers["authorization"].removeprefix("Basic ")) == b"AC0123:twilio-secret"
    assert sent.provider_id == "SM1"


def test_a_messaging_service_takes_the_place_of_the_number(settings: Endpoints, provider: HttpDouble) -> None:
    send(SMS, with_(settings, twilio_phone_number="MG99"))
    assert provider.calls[0].form == {"To": "+491701234567", "MessagingServiceSid": "MG99", "Body": "Hi"}


def test_an_sms_that_twilio_took_and_failed_is_a_failure(settings: Endpoints, provider: HttpDouble) -> None:
    provider.answer = lambda call: Answer(201, {"sid": "SM1", "status": "failed", "error_code": 30003})
    with pytest.raises(RequestRejected, match="30003"):
        send(SMS, settings)


@pytest.mark.parametrize(
    "number", ["0170 1234567", "+0170", "", "+49170123456789012", "+4917O1234567", "+49 170 1234567 ext. 7", "+1202555"]
)
def test_a_number_that_is_not_e164_is_refused(settings: Endpoints, provider: HttpDouble, number: str) -> None:
    with pytest.raises(InvalidInput, match="recipient"):
        send(SMS.model_copy(update={"recipient": number}), settings)
    assert not provider.calls


def test_a_text_longer_than_twilio_takes_is_refused(settings: Endpoints, provider: HttpDouble) -> None:
    with pytest.raises(InvalidInput, match="1,601 characters"):
        send(SMS.model_copy(update={"message": "x" * 1601}), settings)


def test_a_push_is_the_seeds_json(settings: Endpoints, provider: HttpDouble) -> None:
    provider.answer = lambda call: Answer(200, {"id": "p-9"})
    sent = send(PUSH, settings)
    (call,) = provider.calls
    assert call.json == {"userId": "u1", "title": "T", "message": "M", "data": {"jobId": "j1"}}
    assert call.headers["idempotency-key"] == "n-1"
    assert sent.provider_id == "p-9"


def test_a_slack_message_names_the_channel_and_mentions_nobody(settings: Endpoints, provider: HttpDouble) -> None:
    provider.answer = lambda call: Answer(200, b"ok")
    send(SLACK, settings)
    assert provider.calls[0].json == {"text": "Error &lt;!channel&gt; &amp; more", "channel": "#alerts"}


# ── what a failure means ────────────────────────────────────────────────────────────────────────────────────


def test_an_unknown_type_names_the_known_ones(settings: Endpoints) -> None:
    with pytest.raises(InvalidInput, match="'pigeon' is no channel → use one of email, sms, push, telegram, ntfy, slack, alert"):
        send(message(type="pigeon"), settings)


@pytest.mark.parametrize(
    ("sample", "variable"),
    [
        (message(), "SENDGRID_API_KEY or SMTP_HOST"),
        (SMS, "TWILIO_ACCOUNT_SID"),
        (PUSH, "PUSH_NOTIFICATION_URL"),
        (SLACK, "SLACK_WEBHOOK_URL"),
    ],
    ids=lambda value: value.type if isinstance(value, Message) else "",
)
def test_a_channel_that_is_not_set_up_names_the_variable(settings: Endpoints, sample: Message, variable: str) -> None:
    bare = with_(settings, smtp_host=None, twilio_account_sid=None, push_notification_url=None, slack_webhook_url=None)
    with pytest.raises(NotConfigured, match=f"{variable}: is not set"):
        send(sample, bare)


def test_the_channels_that_are_set_up_are_known(settings: Endpoints) -> None:
    assert configured(settings) == {"email", "sms", "push", "slack"}
    assert configured(with_(settings, smtp_host=None, twilio_auth_token=None)) == {"push", "slack"}
    assert configured(with_(settings, smtp_host=None, sendgrid_api_key="SG.key")) == {"email", "sms", "push", "slack"}


@pytest.mark.parametrize("sample", [message(), SMS, PUSH, SLACK], ids=lambda sample: sample.type)
@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (Answer(429, headers={"Retry-After": "7"}), ServiceBusy),
        (Answer(500, b"down"), MaybeReceived),
        (Answer(503, b"down"), MaybeReceived),
        (Answer(401, b"no"), AuthFailed),
        (Answer(400, b"bad number"), RequestRejected),
        (Answer(302, headers={"Location": "/elsewhere"}), MaybeReceived),
        (Answer(fault="hang up"), MaybeReceived),
    ],
    ids=["429", "500", "503", "401", "400", "302", "lost answer"],
)
def test_an_answer_has_its_meaning_and_shows_no_secret(
    settings: Endpoints,
    provider: HttpDouble,
    sample: Message,
    answer: Answer,
    meaning: type[RolecallError],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    provider.answer = lambda call: answer
    with pytest.raises(meaning) as caught:
        send(sample, with_(settings, sendgrid_api_key="SG.key"))
    said = str(caught.value) + caplog.text
    assert not [secret for secret in SECRETS if secret in said]
    if isinstance(caught.value, ServiceBusy):
        assert caught.value.retry_after == 7


@pytest.mark.parametrize("sample", [message(), SMS, PUSH, SLACK], ids=lambda sample: sample.type)
def test_a_provider_that_cannot_be_reached_was_sent_nothing(settings: Endpoints, nowhere: str, sample: Message) -> None:
    away = with_(
        settings,
        smtp_port=int(nowhere.rsplit(":", 1)[1]),
        twilio_base_url=nowhere,
        push_notification_url=f"{nowhere}/push-secret",
        slack_webhook_url=f"{nowhere}/slack-secret",
    )
    with pytest.raises(NeverSent) as caught:
        send(sample, away)
    assert not [secret for secret in SECRETS if secret in str(caught.value)]


def test_httpx_logs_no_more_of_a_webhook_than_its_host(settings: Endpoints, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger="httpx")
    send(PUSH, settings)
    assert "http://127.0.0.1/…" in caplog.text
    assert "push-secret" not in caplog.text


# ── what an SDK hides ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("sample", [message(), SLACK], ids=["sendgrid", "slack"])
@pytest.mark.parametrize("answer", [Answer(500, b"down"), Answer(429), Answer(fault="hang up")], ids=["500", "429", "lost answer"])
def test_what_may_have_arrived_is_not_repeated_by_an_sdk(
    settings: Endpoints, provider: HttpDouble, sample: Message, answer: Answer
) -> None:
    provider.answer = lambda call: answer
    for bot in ({}, {"slack_bot_token": "xoxb-slack-secret", "slack_base_url": provider.url}):
        provider.calls.clear()
        with pytest.raises(RolecallError):
            send(sample, with_(settings, sendgrid_api_key="SG.key", **bot))
        assert len(provider.calls) == 1


@pytest.mark.parametrize("sample", [message(), SLACK], ids=["sendgrid", "slack"])
def test_a_redirect_that_an_sdk_follows_to_a_page_is_no_yes(settings: Endpoints, provider: HttpDouble, sample: Message) -> None:
    def moved(call: Call) -> Answer:
        return Answer(302, headers={"Location": "/sign-in"}) if call.method == "POST" else Answer(200, b"<html>Sign in</html>")

    provider.answer = moved
    for bot in ({}, {"slack_bot_token": "xoxb-slack-secret", "slack_base_url": provider.url}):
        with pytest.raises(MaybeReceived):
            send(sample, with_(settings, sendgrid_api_key="SG.key", **bot))


@pytest.mark.parametrize("sample", [message(), SLACK], ids=["sendgrid", "slack"])
def test_a_strangers_certificate_keeps_a_message_here(settings: Endpoints, tmp_path: Path, sample: Message) -> None:
    with tls_listener(tmp_path) as url:
        away = with_(settings, sendgrid_api_key="SG.key", sendgrid_base_url=url, slack_webhook_url=f"{url}/slack-secret")
        with pytest.raises(NeverSent):
            send(sample, away)
        with pytest.raises(NeverSent):
            send(SLACK, with_(away, slack_bot_token="xoxb-slack-secret", slack_base_url=url))


@contextmanager
def tls_listener(folder: Path) -> Iterator[str]:
    """A server whose certificate nobody vouches for."""
    context = own_certificate(folder)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def shake_hands() -> None:
            while True:
                try:
                    context.wrap_socket(listener.accept()[0], server_side=True).close()
                except ssl.SSLError:
                    continue
                except OSError:
                    return

        threading.Thread(target=shake_hands, daemon=True).start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"


def test_slack_is_asked_past_a_proxy_where_no_proxy_says_so(
    settings: Endpoints, provider: HttpDouble, monkeypatch: pytest.MonkeyPatch, nowhere: str
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, nowhere)
    with pytest.raises(NeverSent):
        send(SLACK, settings)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    send(SLACK, settings)
    assert len(provider.calls) == 1


# ── SMTP, phase by phase ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("phase", "reply", "meaning"),
    [
        ("rcpt", "550 no such user", RequestRejected),
        ("rcpt", "450 greylisted", ServiceBusy),
        ("data", "554 spam", RequestRejected),
        ("data", "452 full", ServiceBusy),
        ("data", "HANG UP", MaybeReceived),
    ],
)
def test_a_mail_servers_reply_has_its_meaning(
    settings: Endpoints, mail: MailServer, phase: str, reply: str, meaning: type[RolecallError]
) -> None:
    setattr(mail, phase, lambda recipient: reply)
    with pytest.raises(meaning):
        send(message(), settings)


def test_a_server_that_hangs_up_before_the_letter_was_sent_nothing(settings: Endpoints) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def greet_and_go() -> None:
            connection, _ = listener.accept()
            connection.sendall(b"220 hello\r\n")
            connection.recv(100)
            connection.close()

        threading.Thread(target=greet_and_go, daemon=True).start()
        with pytest.raises(NeverSent):
            send(message(), with_(settings, smtp_port=listener.getsockname()[1]))


def test_a_server_that_never_greets_is_given_up(settings: Endpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rolecall.notifying.send.channels.smtp.TIMEOUT", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(NeverSent):
        send(message(), with_(settings, smtp_port=listener.getsockname()[1]))


def accept(server: object, session: object, envelope: object, mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=data.password == b"right", handled=False)


def test_a_password_is_never_sent_in_the_clear_unless_asked(settings: Endpoints) -> None:
    with mail_server(authenticator=accept, auth_require_tls=False) as open_server:
        user = with_(settings, smtp_port=open_server.port, smtp_user="u", smtp_password="right")
        with pytest.raises(AuthFailed, match="SMTP_SECURITY=none"):
            send(message(), user)
        send(message(), with_(user, smtp_security="none"))
        with pytest.raises(AuthFailed, match="SMTP_USER and SMTP_PASSWORD"):
            send(message(), with_(user, smtp_security="none", smtp_password="wrong"))
    assert len(open_server.letters) == 1


def test_encryption_that_is_offered_is_used_and_a_strangers_certificate_gets_no_password(settings: Endpoints, tmp_path: Path) -> None:
    with mail_server(tls_context=own_certificate(tmp_path), require_starttls=True, authenticator=accept) as server:
        send(message(), with_(settings, smtp_port=server.port))
        assert len(server.letters) == 1
        for strict in ({"smtp_security": "starttls"}, {"smtp_user": "u", "smtp_password": "right"}):
            with pytest.raises(NeverSent, match="CERTIFICATE_VERIFY_FAILED"):
                send(message(), with_(settings, smtp_port=server.port, **strict))
    assert len(server.letters) == 1


def own_certificate(folder: Path) -> ssl.SSLContext:
    """A server's context with a certificate that nobody vouches for."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "own.pem").write_bytes(key.private_bytes(*plain) + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "own.pem")
    return context


def test_starttls_that_is_not_offered_sends_nothing(settings: Endpoints, mail: MailServer) -> None:
    with pytest.raises(NeverSent, match="STARTTLS"):
        send(message(), with_(settings, smtp_security="starttls"))
    assert not mail.letters


def test_an_unknown_security_names_the_known_ones(settings: Endpoints) -> None:
    with pytest.raises(InvalidInput, match="none, starttls, tls, opportunistic"):
        send(message(), with_(settings, smtp_security="ssl"))


# ── letters with everything ─────────────────────────────────────────────────────────────────────────────────

FULL = message(
    message="Plain",
    html="<p>Rich</p>",
    kind="reminder",
    user_id="u1",
    cc=["c@example.com"],
    bcc=["b@example.com", "C@example.com"],
    attachments=[{"filename": "../letter\n.txt", "type": "text/plain", "text": "Dear ünï"}, {"filename": "cv.pdf", "content": "JVBERi0="}],
)


def test_a_letter_carries_copies_files_and_one_click_headers(settings: Endpoints, mail: MailServer) -> None:
    send(FULL, with_(settings, public_url="https://jobs.example", api_token="key"))
    assert [letter["To"] for letter in mail.letters] == ["ada@example.com"] * len(mail.letters)
    letter = mail.letters[0]
    assert (letter["Cc"], letter["Bcc"]) == ("c@example.com", None)
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert letter["List-Unsubscribe"].startswith("<https://jobs.example/unsubscribe/")
    files = {part.get_filename(): part.get_content() for part in letter.iter_attachments()}
    assert files == {"..-letter .txt": "Dear ünï\r\n", "cv.pdf": b"%PDF-"}


def test_what_cannot_be_stopped_has_no_unsubscribe_header(settings: Endpoints, mail: MailServer) -> None:
    send(FULL.model_copy(update={"kind": "applied"}), with_(settings, public_url="https://jobs.example", api_token="key"))
    assert mail.letters[0]["List-Unsubscribe"] is None


def test_sendgrid_gets_the_same_letter_in_its_own_fields(settings: Endpoints, provider: HttpDouble) -> None:
    provider.answer = lambda call: Answer(202)
    send(FULL, with_(settings, sendgrid_api_key="SG.key", public_url="https://jobs.example", api_token="key"))
    body = provider.calls[0].json
    group = body["personalizations"][0]
    assert (group["cc"], group["bcc"]) == ([{"email": "c@example.com"}], [{"email": "b@example.com"}])  # no address twice
    assert [one["type"] for one in body["content"]] == ["text/plain", "text/html"]
    assert set(body["headers"]) == {"X-Rolecall-Notification", "List-Unsubscribe", "List-Unsubscribe-Post"}
    assert body["attachments"][1] == {
        "content": "JVBERi0=",
        "type": "application/octet-stream",
        "filename": "cv.pdf",
        "disposition": "attachment",
    }
    assert body["tracking_settings"] == {"click_tracking": {"enable": False, "enable_text": False}}


@pytest.mark.parametrize(
    ("changed", "names"),
    [
        ({"message": "x" * 2_000_000}, "message: 2,000,011 characters"),
        ({"cc": ["a@example.com\r\nBcc: x@example.com"]}, "cc: "),
        ({"bcc": [f"u{n}@example.com" for n in range(60)]}, "cc: 61 copies"),
    ],
    ids=["2 MB", "a header in a copy", "too many copies"],
)
def test_a_letter_that_is_too_much_is_refused_by_name(settings: Endpoints, mail: MailServer, changed: dict[str, Any], names: str) -> None:
    with pytest.raises(InvalidInput, match=names):
        send(FULL.model_copy(update=changed), settings)
    assert not mail.letters


def test_files_beyond_ten_megabytes_and_files_that_are_no_base64_are_refused(settings: Endpoints) -> None:
    with pytest.raises(InvalidInput, match="attachments: 10,485,761 bytes"):
        send(message(attachments=[{"filename": "a", "text": "x" * (10 * 1024 * 1024 + 1)}]), settings)
    with pytest.raises(InvalidInput, match="is not base64"):
        send(message(attachments=[{"filename": "a", "content": "%%%"}]), settings)


def test_many_letters_go_through_one_session(settings: Endpoints, mail: MailServer) -> None:
    with Channels(settings) as channels:
        for n in range(5):
            channels.send(message(id=f"n-{n}"))
        mail.rcpt = lambda recipient: "550 no such user" if recipient.startswith("bad") else "250 OK"
        with pytest.raises(RequestRejected):
            channels.send(message(recipient="bad@example.com"))
        channels.send(message(id="n-6"))
    assert len(mail.letters) == 6
    assert mail.sessions == 2  # the one that was refused something is not used again


def test_a_session_the_server_ended_meanwhile_is_replaced(settings: Endpoints, mail: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    with Channels(settings) as channels:
        channels.send(message(id="n-1"))
        mail.hang_up()
        channels.send(message(id="n-2"))
    assert [letter["Message-ID"] for letter in mail.letters] == ["<n-1@rolecall.example>", "<n-2@rolecall.example>"]


# ── Slack's API, and alerts ─────────────────────────────────────────────────────────────────────────────────


def test_with_a_bot_token_slack_is_told_the_channel_by_its_api(settings: Endpoints, provider: HttpDouble) -> None:
    provider.answer = lambda call: Answer(200, {"ok": True, "ts": "17.1"})
    bot = with_(settings, slack_bot_token="xoxb-slack-secret", slack_base_url=provider.url)
    assert send(SLACK, bot).provider_id == "17.1"
    (call,) = provider.calls
    assert (call.path, call.headers["authorization"]) == ("/api/chat.postMessage", "Bearer xoxb-slack-secret")
    assert call.json == {"text": "Error &lt;!channel&gt; &amp; more", "channel": "#alerts"}


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        ("channel_not_found", RequestRejected),
        ("invalid_auth", AuthFailed),
        ("ratelimited", ServiceBusy),
        ("internal_error", MaybeReceived),
        (None, MaybeReceived),
    ],
)
def test_slacks_no_has_its_meaning(settings: Endpoints, provider: HttpDouble, error: str | None, meaning: type[RolecallError]) -> None:
    provider.answer = lambda call: Answer(200, {"ok": False, "error": error} if error else b"<html>")
    with pytest.raises(meaning):
        send(SLACK, with_(settings, slack_bot_token="xoxb-1", slack_base_url=provider.url))


def test_an_alert_has_the_seeds_shape(settings: Endpoints, provider: HttpDouble) -> None:
    at = "2026-11-23T05:00:00+00:00"  # any day: the message brings it
    data = {"workflow": "backup", "node": "dump", "time": at}
    alert = message(type="alert", recipient="team", message="disk <full>", data=data)
    send(alert, with_(settings, alert_webhook_url=f"{provider.url}/alert"))
    assert provider.calls[0].json == {
        "text": "🚨 Critical Workflow Error: disk &lt;full&gt;",
        "attachments": [
            {
                "color": "danger",
                "fields": [
                    {"title": "Workflow", "value": "backup", "short": True},
                    {"title": "Node", "value": "dump", "short": True},
                    {"title": "Time", "value": at, "short": True},
                ],
            }
        ],
    }


def test_twilio_is_told_where_to_report(settings: Endpoints, provider: HttpDouble) -> None:
    send(SMS, with_(settings, public_url="https://jobs.example/"))
    send(SMS, with_(settings, rolecall_services_url="http://127.0.0.1:1"))
    assert [call.form.get("StatusCallback") for call in provider.calls] == [
        "https://jobs.example/webhooks/twilio/status?notification=n-1",
        "http://127.0.0.1:1/webhooks/twilio/status?notification=n-1",
    ]
