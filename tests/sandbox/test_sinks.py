"""Sinks answer like the services they stand for, and keep what they got."""

from __future__ import annotations

import smtplib
import time
from email.message import EmailMessage
from typing import Any

import pytest

from local import mails
from rolecall.errors import InvalidInput
from rolecall.notifying.reports import is_twilios
from sandbox.app import Sandbox
from tests.http_double import http_double
from tests.sandbox.conftest import Running, served

MAIL: dict[str, Any] = {
    "personalizations": [
        {"to": [{"email": "ada@rolecall.example"}, {"email": "bob@rolecall.example"}], "custom_args": {"notification_id": "n1"}}
    ],
    "from": {"email": "no-reply@rolecall.example", "name": "Rolecall"},
    "subject": "Hello",
    "content": [{"type": "text/plain", "value": "Good day"}, {"type": "text/html", "value": "<p>Good day</p>"}],
}
SMS = {"To": "+491701234567", "From": "+15005550006", "Body": "Good day"}
ACCOUNT = "AC" + "0" * 32
MESSAGES = f"/twilio/2010-04-01/Accounts/{ACCOUNT}/Messages.json"


def test_slack_takes_json_and_forms_and_says_ok(sandbox: Running) -> None:
    for answer in (
        sandbox.client.post("/slack", json={"text": "one", "channel": "#alerts"}),
        sandbox.client.post("/slack/services/T0/B0/secret", data={"payload": '{"text": "two"}'}),
    ):
        assert (answer.status_code, answer.text) == (200, "ok")
    assert [(one["to"], one["text"]) for one in sandbox.messages("slack")[-2:]] == [("#alerts", "one"), ("", "two")]


@pytest.mark.parametrize(
    ("content", "said"), [(b"{", "invalid_payload"), (b"[]", "invalid_payload"), (b"{}", "no_text"), (b'{"text": ""}', "no_text")]
)
def test_slack_refuses_in_its_own_words(sandbox: Running, content: bytes, said: str) -> None:
    answer = sandbox.client.post("/slack", content=content, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.text) == (400, said)


def test_sendgrid_accepts_a_mail_for_each_recipient(sandbox: Running) -> None:
    answer = sandbox.client.post("/sendgrid/v3/mail/send", json=MAIL, headers={"Authorization": "Bearer SG.x"})
    assert (answer.status_code, answer.content) == (202, b"")
    kept = sandbox.messages("email")[-2:]
    assert [one["to"] for one in kept] == ["ada@rolecall.example", "bob@rolecall.example"]
    assert {one["message_id"] for one in kept} == {answer.headers["x-message-id"]}
    assert (kept[0]["subject"], kept[0]["text"], kept[0]["html"]) == ("Hello", "Good day", "<p>Good day</p>")
    assert kept[0]["custom_args"] == {"notification_id": "n1"}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"personalizations": []}, "personalizations"),
        ({"personalizations": [{}]}, "personalizations.0.to"),
        ({"personalizations": [{"to": [{"email": "nobody"}]}]}, "personalizations.0.to.email"),
        ({"from": {}}, "from"),
        ({"subject": ""}, "subject"),
        ({"content": []}, "content"),
        ({"content": [{"type": "text/plain", "value": ""}]}, "content.0.value"),
        ({"content": list(reversed(MAIL["content"]))}, "content"),
    ],
)
def test_sendgrid_names_the_field_that_is_wrong(sandbox: Running, change: dict[str, Any], field: str) -> None:
    answer = sandbox.client.post("/sendgrid/v3/mail/send", json={**MAIL, **change}, headers={"Authorization": "Bearer SG.x"})
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_sendgrid_and_twilio_want_credentials(sandbox: Running) -> None:
    assert sandbox.client.post("/sendgrid/v3/mail/send", json=MAIL).status_code == 401
    assert sandbox.client.post(MESSAGES, data=SMS).status_code == 401
    for auth in (("AC-other", "token"), (ACCOUNT, "")):
        answer = sandbox.client.post(MESSAGES, data=SMS, auth=auth)
        assert (answer.status_code, answer.json()["code"]) == (401, 20003)


def test_twilio_answers_with_the_message_resource(sandbox: Running) -> None:
    answer = sandbox.client.post(MESSAGES, data=SMS, auth=(ACCOUNT, "token"))
    assert answer.status_code == 201
    message = answer.json()
    assert (message["status"], message["to"], message["body"], message["account_sid"]) == ("queued", SMS["To"], SMS["Body"], ACCOUNT)
    assert message["sid"].startswith("SM")
    assert sandbox.messages("sms")[-1]["sid"] == message["sid"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"To": ""}, 21604),
        ({"To": "0170 1234567"}, 21211),
        ({"From": ""}, 21603),
        ({"From": "+not-a-number-at-all"}, 21212),
        ({"Body": ""}, 21602),
        ({"Body": "x" * 1601}, 21617),
    ],
)
def test_twilio_refuses_with_its_own_codes(sandbox: Running, change: dict[str, str], code: int) -> None:
    answer = sandbox.client.post(MESSAGES, data={**SMS, **change}, auth=(ACCOUNT, "token"))
    assert (answer.status_code, answer.json()["code"], answer.json()["status"]) == (400, code, 400)


def test_push_and_alert_keep_what_they_get_and_name_what_is_missing(sandbox: Running) -> None:
    push = sandbox.client.post(
        "/push", json={"userId": "u1", "title": "Hi", "message": "There", "data": {"n": 1}}, headers={"Idempotency-Key": "k1"}
    )
    assert push.status_code == 202
    assert push.json()["id"]
    assert sandbox.messages("push")[-1] | {"id": 0, "at": ""} == {
        "id": 0, "at": "", "channel": "push", "via": "push", "to": "u1", "title": "Hi", "text": "There", "data": {"n": 1}, "key": "k1",
    }  # fmt: skip
    assert sandbox.client.post("/push", json={"userId": "u1", "title": "Hi"}).json()["field"] == "message"
    assert sandbox.client.post("/alert", json={"text": "Fire", "attachments": [{"color": "danger"}]}).status_code == 200
    assert sandbox.messages("alert")[-1]["body"]["attachments"] == [{"color": "danger"}]
    assert sandbox.client.post("/alert", json={}).status_code == 400


def test_mail_by_smtp_is_kept_with_its_parts(sandbox: Running) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "Rolecall <no-reply@rolecall.example>", "ada@rolecall.example", "Grüße"
    letter["Message-ID"] = "<n1@rolecall.example>"
    letter.set_content("Schöne Grüße")
    letter.add_alternative("<p>Schöne Grüße</p>", subtype="html")
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=30) as server:
        server.login("anybody", "something")
        server.send_message(letter)
    kept = sandbox.messages("email")[-1]
    assert (kept["via"], kept["to"], kept["from"], kept["subject"]) == (
        "smtp",
        "ada@rolecall.example",
        "no-reply@rolecall.example",
        "Grüße",
    )
    assert (kept["text"].strip(), kept["html"].strip()) == ("Schöne Grüße", "<p>Schöne Grüße</p>")
    assert kept["message_id"] == "<n1@rolecall.example>"


def test_a_wrong_smtp_password_is_refused(sandbox: Running) -> None:
    with smtplib.SMTP("127.0.0.1", sandbox.smtp_port, timeout=30) as server, pytest.raises(smtplib.SMTPAuthenticationError):
        server.login("anybody", "wrong")


def test_looking_inside_wants_the_token_where_one_is_set() -> None:
    with served(Sandbox(token="secret")) as running:
        assert running.client.get("/_sandbox/health").status_code == 200
        for path in ("/_sandbox/receipts", "/_sandbox/messages", "/_sandbox/faults", "/_sandbox/pages"):
            assert running.client.get(path).status_code == 401
            assert running.client.get(path, headers={"Authorization": "Bearer secre"}).status_code == 401
            assert running.client.get(path, headers={"Authorization": "Bearer secret"}).status_code == 200


def test_slacks_api_says_ok_or_why_not(sandbox: Running) -> None:
    path, bearer = "/slack-api/api/chat.postMessage", {"Authorization": "Bearer xoxb-1"}
    assert sandbox.client.post(path, json={"channel": "#a", "text": "x"}).json() == {"ok": False, "error": "not_authed"}
    assert sandbox.client.post(path, json={"text": "x"}, headers=bearer).json()["error"] == "channel_not_found"
    assert sandbox.client.post(path, json={"channel": "#a", "text": "x"}, headers=bearer).json()["ok"] is True


@pytest.mark.parametrize(("number", "status"), [("+491701234567", "delivered"), ("+491700000009", "undelivered")])
def test_twilio_reports_what_became_of_an_sms_and_signs_it(sandbox: Running, number: str, status: str) -> None:
    with http_double() as listener:
        url = f"{listener.url}/status"
        sandbox.client.post(MESSAGES, data={**SMS, "To": number, "StatusCallback": url}, auth=(ACCOUNT, "secret"))
        deadline = time.monotonic() + 60
        while not listener.calls:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        (call,) = listener.calls
    assert call.form["MessageStatus"] == status
    assert is_twilios(call.headers["x-twilio-signature"], url, call.form, "secret")


def test_mails_are_listed_and_one_is_read_at_the_command_line(sandbox: Running, capsys: pytest.CaptureFixture[str]) -> None:
    stack = {"sandbox_url": sandbox.url, "sandbox_token": ""}
    for number in range(3):
        mail = {**MAIL, "subject": f"Letter {number}", "content": [{"type": "text/plain", "value": f"Good day\n\nNumber {number}"}]}
        sandbox.client.post("/sendgrid/v3/mail/send", json=mail, headers={"Authorization": "Bearer k"}).raise_for_status()
    assert mails.main(stack, ["mails", "--last", "3"]) == 0
    *lines, cut = capsys.readouterr().out.splitlines()
    assert cut.startswith("3 of ")
    assert cut.endswith("; --last for more")
    assert [line.split(maxsplit=4)[3:] for line in lines] == [
        ["bob@rolecall.example", "Letter 1"],
        ["ada@rolecall.example", "Letter 2"],
        ["bob@rolecall.example", "Letter 2"],
    ]
    assert mails.main(stack, ["mails", "--read", lines[-1].split()[0]]) == 0
    read = capsys.readouterr().out
    assert "to       bob@rolecall.example\nsubject  Letter 2\n" in read
    assert read.endswith("\nGood day\n\nNumber 2\n")
    with pytest.raises(InvalidInput, match="there is no mail 999999"):
        mails.main(stack, ["mails", "--read", "999999"])
    with pytest.raises(InvalidInput, match="mails leave for real"):
        mails.main({**stack, "sandbox_url": ""}, ["mails"])


def test_who_opens_its_address_reads_in_a_line_what_it_is(sandbox: Running) -> None:
    answer = sandbox.client.get("/")
    assert (answer.status_code, answer.text.count("\n")) == (200, 1)
    assert "./rolecall sandbox mails" in answer.text
