"""Mailboxes over REST: given with a password or a refresh token, tried at once, kept sealed, forgotten."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from rolecall.inbox import mailbox as mailboxes
from rolecall.store import Connection
from tests.inbox.dovecot import PASSWORD, Dovecot
from tests.inbox.test_oauth import SECRETS, Tokens, provider, server, tokens, user
from tests.services.conftest import API, OWNER_TOKEN, bearer

__all__ = ["provider", "server", "tokens", "user"]

OWN = bearer(OWNER_TOKEN)


def oauth(**changed: Any) -> dict[str, Any]:
    given = {"provider": "google", "clientId": "client-1", "clientSecret": "secret-of-the-client", "refreshToken": "refresh-secret"}
    return {**given, **changed}


@pytest.fixture
def body(server: Dovecot, tokens: Tokens, user: str) -> dict[str, Any]:
    """What opens the user's INBOX by a refresh token."""
    server.maildir(user)
    return {"host": "127.0.0.1", "port": server.port, "user": user, "oauth": oauth()}


def test_a_mailbox_is_given_by_a_refresh_token_listed_without_it_and_forgotten(
    db: Connection, client: TestClient, mira: str, body: dict[str, Any], user: str, tokens: Tokens
) -> None:
    path = f"/api/v1/users/{mira}/mailboxes"
    made = client.post(path, json={**body, "jobAlerts": True}, headers=OWN)
    assert made.status_code == 201
    listed = client.get(path, headers=API)
    (one,) = listed.json()["mailboxes"]
    assert (one["id"], one["user"], one["provider"], one["jobAlerts"], one["refusal"]) == (made.json()["id"], user, "google", True, "")
    assert not [secret for secret in SECRETS if secret in listed.text + made.text]
    kept = mailboxes.load(db, one["id"])
    db.commit()
    assert kept is not None
    assert kept.grant is not None
    assert kept.grant.access_token == "access-secret-0"
    assert client.delete(f"{path}/{one['id']}", headers=OWN).json() == {"forgotten": True}
    assert client.delete(f"{path}/{one['id']}", headers=OWN).status_code == 404
    assert client.delete(f"{path}/none", headers=OWN).status_code == 404
    assert client.get(path, headers=OWN).json() == {"mailboxes": []}


def test_a_mailbox_is_given_by_an_app_password(client: TestClient, mira: str, body: dict[str, Any]) -> None:
    given = {name: value for name, value in body.items() if name != "oauth"} | {"password": PASSWORD}
    assert client.post(f"/api/v1/users/{mira}/mailboxes", json=given, headers=OWN).status_code == 201
    assert client.post(f"/api/v1/users/{mira}/mailboxes", json={**given, "password": "wrong"}, headers=OWN).json()["field"] == "password"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"oauth": oauth(provider="yahoo")}, "oauth.provider"),
        ({"oauth": oauth(clientId="client-2")}, "oauth"),
        ({"oauth": oauth(refreshToken="ended")}, "oauth"),
        ({"oauth": oauth(refreshToken="")}, "refreshToken"),
        ({"oauth": None}, "password"),
        ({"password": "x"}, "password"),
        ({"folder": "nowhere"}, "folder"),
        ({"port": 1}, "host"),
        ({"host": "10.0.0.7"}, "host"),
        ({"user": ""}, "user"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_field_and_kept_nowhere(
    db: Connection, client: TestClient, mira: str, body: dict[str, Any], changed: dict[str, Any], field: str
) -> None:
    refused = client.post(f"/api/v1/users/{mira}/mailboxes", json={**body, **changed}, headers=OWN)
    assert (refused.status_code, refused.json()["field"]) == (422, field)
    assert not [secret for secret in SECRETS if secret in refused.text]
    assert db.execute("select count(*) as n from mailbox").fetchone() == {"n": 0}


def test_a_token_service_that_is_down_is_said_and_nothing_is_kept(
    db: Connection, client: TestClient, mira: str, body: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_TOKEN_URL", "http://127.0.0.1:9/token")
    refused = client.post(f"/api/v1/users/{mira}/mailboxes", json=body, headers=OWN)
    assert (refused.status_code, refused.json()["field"]) == (422, "host")
    assert "google" in refused.json()["error"]
    assert db.execute("select count(*) as n from mailbox").fetchone() == {"n": 0}


def test_nobody_elses_mailbox_is_listed_or_forgotten(db: Connection, client: TestClient, mira: str, body: dict[str, Any]) -> None:
    made = client.post(f"/api/v1/users/{mira}/mailboxes", json=body, headers=API).json()["id"]
    client.post("/api/v1/users", json={"id": "otto", "name": "Otto", "email": "otto@example.com"}, headers=API)
    assert client.get("/api/v1/users/otto/mailboxes", headers=OWN).status_code == 403
    assert client.delete(f"/api/v1/users/otto/mailboxes/{made}", headers=API).status_code == 404
    assert db.execute("select count(*) as n from mailbox").fetchone() == {"n": 1}
