"""A mailbox read by XOAUTH2 on a real IMAP server, its tokens exchanged over real HTTP: nothing is kept in the clear, and a provider
that is down is nobody's fault."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet

from rolecall.applying.tokens import KEY, fernet
from rolecall.clients import oauth
from rolecall.errors import InvalidInput
from rolecall.inbox import mailbox as mailboxes
from rolecall.inbox import reading
from rolecall.inbox.mailbox import LoginRefused, MailboxError
from rolecall.people import privacy
from rolecall.people.records import save_person
from rolecall.services.ai.security_codes import mailboxes_of
from rolecall.store import Connection
from tests.http_double import Answer, Call, HttpDouble, serving
from tests.inbox.dovecot import Dovecot, dovecot
from tests.inbox.test_mailbox import inbox, kept

SECRETS = ("secret-of-the-client", "refresh-secret", "access-secret")


@dataclass
class Tokens(HttpDouble):
    """A provider: exchanges refresh tokens, and tells the IMAP server whose an access token is.

    :param known: refresh token → user
    :param issued: access token → user
    :param wrong: what it answers instead
    """

    known: dict[str, str] = field(default_factory=dict)
    issued: dict[str, str] = field(default_factory=dict)
    exchanges: list[dict[str, str]] = field(default_factory=list)
    wrong: Answer | None = None
    renews: bool = False
    lasts: Any = 3600

    def reply(self, call: Call) -> Answer:
        if call.route == "GET /tokeninfo":
            user = self.issued.get(call.query["access_token"])
            return Answer(200, {"email": user, "expires_in": 3600}) if user else Answer(401, {"error": "invalid_token"})
        form = call.form
        self.exchanges.append(form)
        if self.wrong:
            return self.wrong
        user = self.known.get(form["refresh_token"])
        if form["grant_type"] != "refresh_token" or form["client_id"] != "client-1" or user is None:
            return Answer(400, {"error": "invalid_grant", "error_description": "Token has been expired or revoked."})
        access, more = f"access-secret-{len(self.issued)}", {}
        self.issued[access] = user
        if self.renews:
            more["refresh_token"] = f"refresh-secret-renewed-{len(self.issued)}"
            self.known[more["refresh_token"]] = user
        return Answer(200, {"access_token": access, "expires_in": self.lasts, "token_type": "Bearer", **more})


@pytest.fixture(scope="module")
def provider() -> Iterator[Tokens]:
    with serving(Tokens()) as running:
        yield running


@pytest.fixture(scope="module")
def server(provider: Tokens) -> Iterator[Dovecot]:
    with dovecot(provider.url) as running:
        yield running


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    return f"u{abs(hash(request.node.name)) % 10**8}"


@pytest.fixture
def tokens(provider: Tokens, user: str, monkeypatch: pytest.MonkeyPatch) -> Tokens:
    """The provider, with one refresh token of the user's, and nothing else known."""
    monkeypatch.setenv(KEY, Fernet.generate_key().decode())
    for name in ("GOOGLE_TOKEN_URL", "MICROSOFT_TOKEN_URL"):
        monkeypatch.setenv(name, f"{provider.url}/token")
    provider.known, provider.issued, provider.wrong, provider.renews, provider.lasts = {"refresh-secret": user}, {}, None, False, 3600
    provider.exchanges.clear()
    return provider


def grant(provider: str = "google", refresh_token: str = "refresh-secret") -> oauth.Grant:
    return oauth.given(provider, "client-1", "secret-of-the-client", refresh_token)


@pytest.fixture
def ada(db: Connection, server: Dovecot, tokens: Tokens, user: str) -> str:
    save_person(db, person_id="ada", name="Ada Quill", email="ada@mail.example", phone=None, preferences={})
    server.deliver(user, inbox(4, 2))
    made = mailboxes.add(db, "ada", host="127.0.0.1", port=server.port, username=user, grant=grant())
    db.commit()
    return made


def sealed(db: Connection, mailbox_id: str) -> dict[str, Any]:
    row = db.execute("select secret from mailbox where id = %s", (mailbox_id,)).fetchone()
    db.commit()
    assert row is not None
    assert not [one for one in SECRETS if one.encode() in bytes(row["secret"])]
    found: dict[str, Any] = json.loads(fernet().decrypt(bytes(row["secret"])))
    return found


def ended(db: Connection, mailbox_id: str) -> None:
    """Its access token ends now."""
    said = sealed(db, mailbox_id) | {"access_until": datetime.now(UTC).isoformat()}
    db.execute("update mailbox set secret = %s where id = %s", (fernet().encrypt(json.dumps(said).encode()), mailbox_id))
    db.commit()


def state(db: Connection) -> tuple[bool, int]:
    """Whether the mailbox counts as refused, and how often its owner was told."""
    row = db.execute("select bool_or(refused_at is not null) as refused from mailbox").fetchone()
    told = db.execute("select count(*) as n from notification where kind = 'mailbox_refused'").fetchone()
    db.commit()
    assert row is not None
    assert told is not None
    return bool(row["refused"]), told["n"]


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_mailbox_is_read_by_a_refresh_token_and_the_access_token_is_used_until_it_ends(
    db: Connection, dsn: str, ada: str, tokens: Tokens, server: Dovecot, user: str
) -> None:
    assert reading.read_mailbox(dsn, ada).read == 4
    assert kept(db) == ["m0@x.example", "m2@x.example"]
    assert tokens.exchanges == [
        {"grant_type": "refresh_token", "refresh_token": "refresh-secret", "client_id": "client-1", "client_secret": "secret-of-the-client"}
    ]
    reading.read_mailbox(dsn, ada)
    assert len(tokens.exchanges) == 1
    ended(db, ada)
    server.deliver(user, inbox(6, 2)[4:], first=4)
    assert reading.read_mailbox(dsn, ada).read == 2
    assert (len(tokens.exchanges), sealed(db, ada)["access_token"]) == (2, "access-secret-1")


def test_a_refresh_token_that_is_renewed_is_kept_instead_of_the_one_before(
    db: Connection, dsn: str, server: Dovecot, tokens: Tokens, user: str, ada: str
) -> None:
    made = mailboxes.add(db, "ada", host="127.0.0.1", port=server.port, username=user, grant=grant("microsoft"))
    db.commit()
    assert made == ada
    tokens.renews = True
    reading.read_mailbox(dsn, ada)
    assert tokens.exchanges[0]["scope"] == "https://outlook.office.com/IMAP.AccessAsUser.All offline_access"
    del tokens.known["refresh-secret"]
    ended(db, ada)
    reading.read_mailbox(dsn, ada)
    assert [one["refresh_token"] for one in tokens.exchanges] == ["refresh-secret", "refresh-secret-renewed-1"]


def test_an_access_token_that_was_taken_back_before_its_time_is_asked_for_anew_once(
    db: Connection, dsn: str, ada: str, tokens: Tokens
) -> None:
    reading.read_mailbox(dsn, ada)
    tokens.issued.clear()
    reading.read_mailbox(dsn, ada)
    assert len(tokens.exchanges) == 2
    assert state(db) == (False, 0)


def test_a_code_that_a_form_sends_is_looked_for_by_token_too(db: Connection, ada: str, tokens: Tokens) -> None:
    (found,) = mailboxes_of(db, "ada")
    with mailboxes.opened(found) as folder:
        assert folder.uidvalidity
    assert found.secret == ""


# ── what goes wrong ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_refresh_token_that_has_ended_is_told_once_until_it_is_given_again(
    db: Connection, dsn: str, ada: str, tokens: Tokens, server: Dovecot, user: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    tokens.known.clear()
    for _ in range(2):
        with pytest.raises(LoginRefused, match="invalid_grant") as caught:
            reading.read_mailbox(dsn, ada)
        assert reading.mailboxes(db) == []  # for hours
        db.commit()
    assert state(db) == (True, 1)
    shown = [str(caught.value), repr(caught.value), caplog.text, str(db.execute("select * from notification").fetchall())]
    assert not [one for one in SECRETS if any(one in text for text in shown)]
    tokens.known["refresh-secret-2"] = user
    mailboxes.add(db, "ada", host="127.0.0.1", port=server.port, username=user, grant=grant(refresh_token="refresh-secret-2"))
    db.commit()
    assert reading.mailboxes(db) == [ada]
    assert reading.read_mailbox(dsn, ada).read == 4
    assert state(db) == (False, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        Answer(503, b"down"),
        Answer(500, {"error": "invalid_grant"}),
        Answer(429, {"error": "slow_down"}),
        Answer(400, {"error": "temporarily_unavailable"}),
        Answer(400, b"<html>a proxy</html>"),
        Answer(200, b"<html>a proxy</html>"),
        Answer(200, {"access_token": "two\x01fields"}),
        Answer(302, headers={"Location": "/elsewhere"}),
        Answer(fault="hang up"),
        Answer(200, {"access_token": "access-secret"}, fault="half"),
    ],
    ids=["503", "500", "429", "not now", "400 page", "page", "no token", "302", "lost answer", "half an answer"],
)
def test_a_token_service_that_is_down_is_nobodys_fault(db: Connection, dsn: str, ada: str, tokens: Tokens, wrong: Answer) -> None:
    tokens.wrong = wrong
    with pytest.raises(MailboxError) as caught:
        reading.read_mailbox(dsn, ada)
    assert not isinstance(caught.value, LoginRefused)
    assert not [one for one in SECRETS if one in str(caught.value)]
    assert state(db) == (False, 0)
    assert reading.mailboxes(db) == [ada]
    db.commit()
    tokens.wrong = None
    assert reading.read_mailbox(dsn, ada).read == 4


def test_a_token_service_that_cannot_be_reached_is_nobodys_fault(
    db: Connection, dsn: str, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_TOKEN_URL", "http://127.0.0.1:9/token")
    with pytest.raises(MailboxError, match="cannot be reached"):
        reading.read_mailbox(dsn, ada)
    assert state(db) == (False, 0)


def test_a_token_that_the_mail_server_does_not_take_is_the_owners_to_mend(db: Connection, dsn: str, ada: str, tokens: Tokens) -> None:
    tokens.known["refresh-secret"] = "somebody-else"
    with pytest.raises(LoginRefused, match="does not let"):
        reading.read_mailbox(dsn, ada)
    assert state(db) == (True, 1)


def test_a_grant_that_was_given_again_meanwhile_is_not_overwritten(db: Connection, ada: str, server: Dovecot, user: str) -> None:
    was = grant()
    mailboxes.add(db, "ada", host="127.0.0.1", port=server.port, username=user, grant=grant(refresh_token="another"))
    mailboxes.keep_grant(db, ada, was, oauth.replace(was, access_token="late"))
    assert sealed(db, ada)["refresh_token"] == "another"
    assert sealed(db, ada)["access_token"] == ""
    mailboxes.add(db, "ada", host="127.0.0.1", port=server.port, username=user, password="a-password")
    mailboxes.keep_grant(db, ada, was, oauth.replace(was, access_token="late"))
    found = mailboxes.load(db, ada)
    assert found is not None
    assert (found.secret, found.grant) == ("a-password", None)


# ── what is said of it ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("said", "lasts"), [(3600, 3600), ("3599", 3599), (None, 300), (-5, 300), (10**12, 86400), ("soon", 300)])
def test_an_access_token_is_believed_in_for_as_long_as_it_says_within_reason(tokens: Tokens, said: object, lasts: int) -> None:
    tokens.lasts = said
    now = datetime(2026, 3, 1, tzinfo=UTC)
    made = oauth.refreshed(grant(), now=now)
    assert made.access_until == now + timedelta(seconds=lasts)
    assert made.lets_in(now)
    assert not made.lets_in(now + timedelta(seconds=lasts - 60))


def test_no_secret_is_in_what_is_printed_and_all_of_it_comes_back_from_its_text(tokens: Tokens) -> None:
    made = oauth.refreshed(grant())
    assert not [one for one in SECRETS if one in repr(made)]
    assert oauth.Grant.of_text(made.as_text()) == made
    assert oauth.Grant.of_text(grant().as_text()) == grant()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (("yahoo", "c", "s", "r"), "provider"),
        (("google", "", "s", "r"), "clientId"),
        (("google", "c", "s\r\n", "r"), "clientSecret"),
        (("google", "c", "s", ""), "refreshToken"),
        (("google", "c", "s", "r\x01auth"), "refreshToken"),
        (("google", "c", "s", "r" * 5_001), "refreshToken"),
    ],
)
def test_what_can_be_no_grant_is_refused_with_its_field(given: tuple[str, str, str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        oauth.given(*given)
    assert caught.value.field == field


def test_export_and_erasure_cover_it(db: Connection, dsn: str, ada: str, tokens: Tokens) -> None:
    reading.read_mailbox(dsn, ada)
    (row,) = privacy.export(db, "ada")["mailbox"]
    assert row["provider"] == "google"
    assert not [one for one in SECRETS if one in str(row)]
    assert "secret" not in row
    privacy.erase(db, "ada")
    assert db.execute("select count(*) as n from mailbox").fetchone() == {"n": 0}
