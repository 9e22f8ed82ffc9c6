"""Telegram and ntfy: to the chat or topic a person gave, with a link to a page that asks; no token shown, no private address reached."""

from __future__ import annotations

import json
import logging
import socket
from email.header import decode_header, make_header
from pathlib import Path
from typing import Any

import pytest

from rolecall.clients import public_hosts
from rolecall.endpoints import Endpoints
from rolecall.errors import AuthFailed, InvalidInput, MaybeReceived, NeverSent, NotThisOne, RequestRejected, RolecallError, ServiceBusy
from rolecall.models import Message
from rolecall.notifying.send.channels import MaybeReceivedThere, NotConfigured, ntfy, send
from rolecall.notifying.send.channels.telegram import cut
from rolecall.notifying.send.deliver import deliver_due
from rolecall.notifying.send.outcome import outcome_of_error
from rolecall.outbox.available_channels import configured
from rolecall.outbox.compose import compose
from rolecall.outbox.message_wishes import check
from rolecall.outbox.messages import Draft, enqueue
from rolecall.outbox.own_addresses import own_addresses
from rolecall.people.preferences import problems_by_name
from rolecall.store import Connection
from tests.http_double import Answer, Call, HttpDouble
from tests.notifying.test_channels import message, tls_listener
from tests.services.conftest import add_person

LINK = "https://page.example/answer/abc"
TOKEN = "123456:telegram-secret-abcdef"
SECRETS = ("telegram-secret", "ntfy-secret")
TELEGRAM = message(type="telegram", recipient="4711", subject="May we apply?", message="One job.", data={"url": LINK, "label": "Answer"})
NTFY = TELEGRAM.model_copy(update={"type": "ntfy", "recipient": "my-topic", "kind": "approval_wanted"})
BOTH = pytest.mark.parametrize("sample", [TELEGRAM, NTFY], ids=["telegram", "ntfy"])


@pytest.fixture
def settings(provider: HttpDouble) -> Endpoints:
    """Both set up, at a server on loopback that whoever runs this named."""
    return Endpoints.model_validate(
        {
            "telegram_bot_token": TOKEN,
            "telegram_base_url": f"{provider.url}/telegram",
            "ntfy_base_url": f"{provider.url}/ntfy",
            "ntfy_token": "tk_ntfy-secret",
        }
    )


def with_(settings: Endpoints, **changed: Any) -> Endpoints:
    return Endpoints.model_validate({**settings.model_dump(), **changed})


def to(sample: Message, recipient: str) -> Message:
    return sample.model_copy(update={"recipient": recipient})


# ── what is said ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_bot_sends_the_text_and_the_link_and_has_nothing_previewed(settings: Endpoints, provider: HttpDouble) -> None:
    provider.answer = Answer(200, {"ok": True, "result": {"message_id": 77}})
    sent = send(TELEGRAM, settings)
    (call,) = provider.calls
    assert (call.method, call.path) == ("POST", f"/telegram/bot{TOKEN}/sendMessage")
    assert call.json == {"chat_id": 4711, "text": f"May we apply?\n\nOne job.\n\n{LINK}", "link_preview_options": {"is_disabled": True}}
    assert sent.provider_id == "77"


def test_a_title_or_link_that_the_text_has_is_not_said_twice(settings: Endpoints, provider: HttpDouble) -> None:
    send(TELEGRAM.model_copy(update={"message": f"May we apply? Look: {LINK}"}), settings)
    assert provider.calls[0].json["text"] == f"May we apply? Look: {LINK}"


@pytest.mark.parametrize("letter", ["x", "🎉", "x🎉"])
def test_a_text_longer_than_telegram_takes_is_cut_and_the_link_stays(letter: str) -> None:
    made = cut(letter * 5_000, LINK)
    assert 4_000 <= len(made.encode("utf-16-le")) // 2 <= 4_096
    assert made.endswith(f"\n{LINK}")
    assert len(cut(letter * 5_000).encode("utf-16-le")) // 2 <= 4_096


def test_ntfy_gets_title_priority_click_and_a_button_that_only_opens_the_page(settings: Endpoints, provider: HttpDouble) -> None:
    provider.answer = Answer(200, {"id": "n7"})
    sent = send(NTFY.model_copy(update={"subject": "Dürfen wir uns bewerben?", "message": "Eine Stelle: Bäcker"}), settings)
    (call,) = provider.calls
    assert (call.method, call.path, call.body.decode()) == ("POST", "/ntfy/my-topic", "Eine Stelle: Bäcker")
    assert str(make_header(decode_header(call.headers["title"]))) == "Dürfen wir uns bewerben?"
    assert (call.headers["priority"], call.headers["click"]) == ("4", LINK)
    assert json.loads(call.headers["actions"]) == [{"action": "view", "label": "Answer", "url": LINK}]
    assert call.headers["authorization"] == "Bearer tk_ntfy-secret"
    assert sent.provider_id == "n7"


def test_without_a_link_there_is_no_button_and_no_token_is_no_header(settings: Endpoints, provider: HttpDouble) -> None:
    send(NTFY.model_copy(update={"data": {"url": "javascript:alert(1)"}, "kind": "digest"}), with_(settings, ntfy_token=None))
    headers = provider.calls[0].headers
    assert not {"click", "actions", "authorization"} & set(headers)
    assert headers["priority"] == "3"


def test_a_newline_in_a_title_adds_no_header(settings: Endpoints, provider: HttpDouble) -> None:
    send(NTFY.model_copy(update={"subject": "Hello\r\nX-Evil: 1\u2028ü"}), settings)
    assert "x-evil" not in provider.calls[0].headers


def test_a_text_longer_than_ntfy_takes_is_cut_between_letters(settings: Endpoints, provider: HttpDouble) -> None:
    send(NTFY.model_copy(update={"message": "ü" * 5_000}), settings)
    assert provider.calls[0].body.decode() == "ü" * 2_000


# ── what a failure means ────────────────────────────────────────────────────────────────────────────────────


@BOTH
@pytest.mark.parametrize(
    ("answer", "meant"),
    [
        (Answer(429, headers={"Retry-After": "7"}), ServiceBusy),
        (Answer(500, b"down"), MaybeReceived),
        (Answer(502, {"ok": False, "description": "Bad Gateway"}), MaybeReceived),
        (Answer(401, {"ok": False, "description": "Unauthorized"}), AuthFailed),
        (Answer(400, {"ok": False, "description": "Bad Request: chat not found"}), RequestRejected),
        (Answer(302, headers={"Location": "/elsewhere"}), MaybeReceived),
        (Answer(fault="hang up"), MaybeReceived),
        (Answer(fault="reset"), MaybeReceived),
        (Answer(200, {"ok": True, "id": "x" * 400}, fault="half"), MaybeReceived),
    ],
    ids=["429", "500", "502", "401", "400", "302", "lost answer", "reset", "half an answer"],
)
def test_an_answer_has_its_meaning_and_shows_no_secret(
    settings: Endpoints, provider: HttpDouble, sample: Message, answer: Answer, meant: type[RolecallError], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.answer = answer
    with pytest.raises(meant) as caught:
        send(sample, settings)
    assert len(provider.calls) == 1
    seen = [str(caught.value), repr(caught.value), caplog.text, str(outcome_of_error(caught.value, row(sample)))]
    assert not [secret for secret in SECRETS if any(secret in one for one in seen)]
    if isinstance(caught.value, ServiceBusy):
        assert caught.value.retry_after == 7


def row(sample: Message, **changed: Any) -> dict[str, Any]:
    return {"id": "n", "kind": "applied", "attempts": 1, "type": sample.type, **changed}


@BOTH
def test_a_server_that_says_nothing_in_time_may_have_received_it(
    settings: Endpoints, provider: HttpDouble, sample: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rolecall.notifying.send.channels.TIMEOUT", 0.3)
    provider.answer = Answer(fault="hang")
    with pytest.raises(MaybeReceived):
        send(sample, settings)


@BOTH
def test_a_provider_that_cannot_be_reached_was_sent_nothing(settings: Endpoints, nowhere: str, sample: Message) -> None:
    with pytest.raises(NeverSent) as caught:
        send(sample, with_(settings, telegram_base_url=nowhere, ntfy_base_url=nowhere))
    assert not [secret for secret in SECRETS if secret in str(caught.value)]


def test_telegram_says_in_its_answer_how_long_to_wait(settings: Endpoints, provider: HttpDouble) -> None:
    provider.answer = Answer(429, {"ok": False, "description": "Too Many Requests", "parameters": {"retry_after": 14}})
    with pytest.raises(ServiceBusy) as caught:
        send(TELEGRAM, settings)
    assert caught.value.retry_after == 14


def test_who_blocks_the_bot_stops_nobody_elses_messages(settings: Endpoints, provider: HttpDouble) -> None:
    provider.answer = Answer(403, {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"})
    with pytest.raises(RequestRejected, match="blocked by the user") as caught:
        send(TELEGRAM, settings)
    became = outcome_of_error(caught.value, row(TELEGRAM))
    assert (became.state, became.channel_failed) == ("failed", False)


@pytest.mark.parametrize("token", ["123456:abc/../x", "bot secret", "123456:telegram-secret\nx"])
def test_what_is_no_bots_token_is_sent_nowhere(settings: Endpoints, provider: HttpDouble, token: str) -> None:
    with pytest.raises(AuthFailed) as caught:
        send(TELEGRAM, with_(settings, telegram_bot_token=token))
    assert token not in str(caught.value)
    assert not provider.calls


@pytest.mark.parametrize(("sample", "variable"), [(TELEGRAM, "TELEGRAM_BOT_TOKEN"), (NTFY, "NTFY_BASE_URL")], ids=["telegram", "ntfy"])
def test_a_channel_that_is_not_set_up_names_the_variable(settings: Endpoints, sample: Message, variable: str) -> None:
    bare = with_(settings, telegram_bot_token=None, ntfy_base_url=None)
    assert configured(settings) == {"telegram", "ntfy"}
    assert configured(bare) == frozenset()
    with pytest.raises(NotConfigured, match=f"{variable}: is not set"):
        send(sample, bare)


def test_what_telegram_cannot_deliver_goes_by_the_next_channel_and_the_others_go_on(
    dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble
) -> None:
    def answer(call: Call) -> Answer:
        blocked = call.path.startswith("/telegram") and call.json["chat_id"] < 10
        return Answer(403, {"ok": False, "description": "Forbidden: bot was blocked by the user"}) if blocked else Answer(200, {"ok": True})

    provider.answer = answer
    add_person(db, "ada")
    blocks = [draft(str(number), fallback={"ntfy": "my-topic"}) for number in range(1, 6)]
    enqueue(db, [*blocks, draft("4711")])
    db.commit()
    assert deliver_due(dsn, settings).by_channel == {"telegram": 1}
    assert deliver_due(dsn, settings).by_channel == {"ntfy": 5}
    said = {call.body.decode() for call in provider.calls if call.path == "/ntfy/my-topic"}
    assert said == {f"May we apply? {LINK}"}
    reasons = db.execute("select error from notification where state = 'failed' and type = 'telegram'").fetchall()
    assert len(reasons) == 5
    assert not [row for row in reasons if "telegram-secret" in row["error"]]


def draft(chat: str, **changed: Any) -> Draft:
    return Draft(
        dedupe_key=f"approval_wanted:{chat}:telegram", kind="approval_wanted", type="telegram", recipient=chat, person_id="ada",
        title="May we apply?", message=f"May we apply? {LINK}", data={"url": LINK, "label": "Answer"}, **changed,
    )  # fmt: skip


# ── a server that a person named ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "10.0.0.7", "169.254.169.254", "[64:ff9b::7f00:1]", "localhost", "127.1", "2130706433"]
)
def test_a_persons_own_server_is_never_on_this_machine_or_its_network(settings: Endpoints, provider: HttpDouble, host: str) -> None:
    port = provider.url.rsplit(":", 1)[1]
    with pytest.raises(InvalidInput, match="recipient"):
        send(to(NTFY, f"https://{host}:{port}/topic"), settings)
    assert not provider.calls


def test_a_name_that_leads_elsewhere_when_it_is_connected_to_is_sent_nothing(settings: Endpoints, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is public when it is looked up, and loopback a moment later."""
    found = socket.getaddrinfo
    asked: list[str] = []

    def rebinding(host: str, port: Any, *given: Any, **more: Any) -> Any:
        if host != "ntfy.rebound.example":
            return found(host, port, *given, **more)
        asked.append(host)
        return found("8.8.8.8" if len(asked) == 1 else "127.0.0.1", port, *given, **more)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        with pytest.raises(InvalidInput, match=r"private address 127\.0\.0\.1"):
            send(to(NTFY, f"https://ntfy.rebound.example:{listener.getsockname()[1]}/topic"), settings)
        listener.settimeout(5)
        connection, _ = listener.accept()
        connection.settimeout(5)
        assert connection.recv(1) == b""
        connection.close()
    assert len(asked) == 2


def test_faults_of_a_persons_own_server_rest_nobody_elses_messages(
    settings: Endpoints, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(public_hosts, "is_public", lambda ip: True)
    monkeypatch.setattr("rolecall.outbox.own_addresses.is_public", lambda ip: True)
    with tls_listener(tmp_path) as url, pytest.raises(NotThisOne) as caught:
        send(to(NTFY, f"{url}/topic"), settings)
    became = outcome_of_error(caught.value, row(NTFY))
    assert (became.state, became.channel_failed, became.declined) == ("queued", False, True)
    with pytest.raises(NotThisOne):
        send(to(NTFY, "https://nobody-has-this-name.invalid/topic"), settings)


@pytest.mark.parametrize(
    ("answer", "meant"),
    [
        (Answer(429, headers={"Retry-After": "7"}), NotThisOne),
        (Answer(500, b"down"), MaybeReceivedThere),
        (Answer(403, b"forbidden"), RequestRejected),
    ],
    ids=["429", "500", "403"],
)
def test_an_answer_of_a_persons_own_server_is_about_that_message(
    settings: Endpoints, provider: HttpDouble, monkeypatch: pytest.MonkeyPatch, answer: Answer, meant: type[RolecallError]
) -> None:
    provider.answer = answer
    monkeypatch.setattr(public_hosts, "is_public", lambda ip: True)
    monkeypatch.setattr(ntfy, "ntfy_topic", lambda said: said)  # an address without TLS, which no person can give
    with pytest.raises(meant) as caught:
        send(to(NTFY, f"{provider.url}/topic"), settings)
    assert type(caught.value) is meant
    assert not outcome_of_error(caught.value, row(NTFY)).channel_failed
    assert "authorization" not in provider.calls[0].headers


@pytest.mark.parametrize("body", ["[" * 200_000, '{"id": ' * 50_000, b"\xff"], ids=["lists", "objects", "no text"])
def test_a_yes_that_nobody_can_read_is_a_yes(settings: Endpoints, provider: HttpDouble, body: str | bytes) -> None:
    provider.answer = Answer(200, body)
    assert send(NTFY, settings).provider_id == send(TELEGRAM, settings).provider_id == ""


def test_the_token_goes_to_its_own_server_where_a_person_gives_the_whole_address(settings: Endpoints, provider: HttpDouble) -> None:
    own = with_(settings, ntfy_base_url="https://ntfy.invalid")
    with pytest.raises(NeverSent) as caught:
        send(to(NTFY, "https://ntfy.invalid/topic"), own)
    assert not isinstance(caught.value, NotThisOne)


# ── what a person wishes ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"channels": ["telegram"]}, "notifications.telegram.chatId"),
        ({"channels": ["ntfy"]}, "notifications.ntfy.topic"),
        ({"kinds": {"reminder": {"channels": ["ntfy"]}}}, "notifications.ntfy.topic"),
        ({"telegram": {"chatId": "ada"}}, "notifications.telegram.chatId"),
        ({"telegram": {"chatId": True}}, "notifications.telegram.chatId"),
        ({"telegram": {}}, "notifications.telegram.chatId"),
        ({"telegram": "4711"}, "notifications.telegram"),
        ({"ntfy": {"topic": "two words"}}, "notifications.ntfy.topic"),
        ({"ntfy": {"topic": "http://ntfy.example/x"}}, "notifications.ntfy.topic"),
        ({"ntfy": {"topic": "https://user:pw@ntfy.example/x"}}, "notifications.ntfy.topic"),
        ({"ntfy": {"topic": "https://ntfy.example/x/../y"}}, "notifications.ntfy.topic"),
        ({"ntfy": {"topic": "https://192.168.0.1/x"}}, "notifications.ntfy.topic"),
        ({"ntfy": {"topic": "https://[::ffff:127.0.0.1]/x"}}, "notifications.ntfy.topic"),
        ({"channels": ["pigeon"]}, "notifications.channels.0"),
    ],
)
def test_a_wrong_address_is_refused_with_its_field(said: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check(said)
    assert caught.value.field == field
    assert own_addresses({"notifications": said}) == {}
    assert problems_by_name({"notifications": said})


def test_what_is_right_is_taken() -> None:
    said = {"channels": ["telegram", "ntfy"], "telegram": {"chatId": -100123}, "ntfy": {"topic": "https://ntfy.sh/my_topic-1"}}
    check(said)
    assert own_addresses({"notifications": said}) == {"telegram": "-100123", "ntfy": "https://ntfy.sh/my_topic-1"}


ASKED: dict[str, Any] = {
    "key": "r1", "runId": "r1", "userId": "u1", "userEmail": "ada@example.com", "phone": None, "again": "", "approveUrl": "https://airflow.example/x",
    "answerUrl": LINK, "jobs": [{"jobTitle": "Baker", "companyName": "Crumb", "matchScore": 0.9}],
}  # fmt: skip


def test_a_notice_by_them_carries_the_letters_text_and_the_link_of_its_page() -> None:
    wishes = {"notifications": {"channels": ["telegram", "ntfy"], "telegram": {"chatId": "4711"}, "ntfy": {"topic": "mine"}}}
    drafts = compose("approval_wanted", {**ASKED, "preferences": wishes})
    assert [(one.type, one.recipient, one.data["url"]) for one in drafts] == [("telegram", "4711", LINK), ("ntfy", "mine", LINK)]
    for one in drafts:
        assert "Baker" in one.message
        assert LINK in one.message
        assert "link in the e-mail" not in one.message
        assert one.fallback["email"] == "ada@example.com"


def test_what_carries_no_file_speaks_of_none() -> None:
    sent = {
        "applicationId": "a1", "jobTitle": "Baker", "companyName": "Crumb", "platform": "linkedin", "reason": "", "reasons": ["Bread"],
        "letter": "Dear Crumb", "userId": "u1", "userEmail": "ada@example.com", "phone": None,
        "preferences": {"notifications": {"channels": ["email", "telegram"], "telegram": {"chatId": "4711"}}},
    }  # fmt: skip
    mail, chat = compose("applied", sent)
    assert "letter that was sent is attached" in mail.message
    assert "attached" not in chat.message
    assert "Bread" in chat.message


def test_without_an_address_or_a_bot_it_goes_by_mail() -> None:
    chosen = {"notifications": {"channels": ["telegram"], "telegram": {"chatId": "4711"}}}
    for wishes, available in ((chosen, {"email"}), ({"notifications": {"channels": ["telegram"]}}, {"email", "telegram"})):
        assert [one.type for one in compose("approval_wanted", {**ASKED, "preferences": wishes}, available=available)] == ["email"]


def test_who_chose_nothing_gets_nothing_by_them() -> None:
    wishes = {"notifications": {"telegram": {"chatId": "4711"}}}
    drafts = compose("approval_wanted", {**ASKED, "preferences": wishes})
    assert "telegram" not in [one.type for one in drafts]
    assert all(one.fallback["telegram"] == "4711" for one in drafts)
