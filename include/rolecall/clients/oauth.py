"""Reading a mailbox without its password: a refresh token of the person's own, and the access tokens that it is exchanged for
(RFC 6749, section 6), by which IMAP lets in as ``XOAUTH2`` (developers.google.com/workspace/gmail/imap/xoauth2-protocol).

| provider | asked at | IMAP server | more |
|---|---|---|---|
| ``google`` | ``oauth2.googleapis.com/token`` | ``imap.gmail.com`` | scope ``https://mail.google.com/`` |
| ``microsoft`` | ``login.microsoftonline.com/common/oauth2/v2.0/token`` | ``outlook.office365.com`` | gives new refresh tokens, too |

``GOOGLE_TOKEN_URL`` and ``MICROSOFT_TOKEN_URL`` stand in for them. Nothing here was tried live.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeGuard
from urllib.parse import urlsplit

import httpx

from rolecall.clients.http import exchange
from rolecall.errors import AuthFailed, BadAnswer, InvalidInput
from rolecall.settings import Settings

TIMEOUT = httpx.Timeout(10.0, connect=3.0)
"""Seconds a provider may take."""

EARLY = timedelta(seconds=90)
"""An access token that ends sooner is not used any more: a conversation begins with it."""

LONGEST = timedelta(hours=24)
SHORTEST = timedelta(minutes=5)
"""For how long an access token is believed in, whatever is said of it."""

MOST = 5_000
"""Characters of one token."""

REVOKED = frozenset({"invalid_grant", "invalid_client", "unauthorized_client"})
"""What only the owner can mend (RFC 6749, section 5.2): the refresh token has ended, or is another client's."""


@dataclass(frozen=True)
class Provider:
    """Who exchanges tokens.

    :param host: its IMAP server
    :param scope: asked for with every exchange; ``""``: what the refresh token was given for
    """

    name: str
    host: str
    scope: str = ""

    @property
    def url(self) -> str:
        """Where tokens are exchanged."""
        return str(getattr(Settings(), f"{self.name}_token_url"))


PROVIDERS = {
    one.name: one
    for one in (
        Provider("google", "imap.gmail.com"),
        Provider("microsoft", "outlook.office365.com", "https://outlook.office.com/IMAP.AccessAsUser.All offline_access"),
    )
}


@dataclass(frozen=True)
class Grant:
    """What a person gave, and what came of it. Kept sealed, as one text.

    :param client_secret: ``""`` for clients that have none
    :param access_until: when the access token ends; ``None``: there is none yet
    """

    provider: str
    client_id: str
    refresh_token: str = field(repr=False)
    client_secret: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    access_until: datetime | None = None

    def as_text(self) -> str:
        """All of it; to be sealed."""
        until = self.access_until.isoformat() if self.access_until else None
        return json.dumps({**self.__dict__, "access_until": until})

    @classmethod
    def of_text(cls, text: str) -> Grant:
        """The same again."""
        said = json.loads(text)
        until = said.pop("access_until")
        return cls(**said, access_until=datetime.fromisoformat(until) if until else None)

    def lets_in(self, now: datetime) -> bool:
        """Whether its access token is still good."""
        return bool(self.access_token) and self.access_until is not None and self.access_until - EARLY > now


def given(provider: str, client_id: str, client_secret: str, refresh_token: str) -> Grant:
    """What a person gives.

    :raises InvalidInput: names what cannot be
    """
    if provider not in PROVIDERS:
        raise InvalidInput("provider", "is none that there is", fix=f"one of {', '.join(PROVIDERS)}")
    named = {"clientId": client_id, "clientSecret": client_secret, "refreshToken": refresh_token}
    for name, value in named.items():
        if len(value) > MOST or not value.isascii() or not value.isprintable() or " " in value or (not value and name != "clientSecret"):
            raise InvalidInput(name, "is missing, or cannot be one", fix="copy it as the provider shows it")
    return Grant(provider, client_id, refresh_token, client_secret)


def refreshed(grant: Grant, *, now: datetime | None = None) -> Grant:
    """The grant with a new access token, and a new refresh token where the provider gave one.

    :raises AuthFailed: the refresh token, or its client, is refused: only the owner can mend it
    :raises ServiceError: the provider does not answer, is busy, or says something else
    """
    provider, now = PROVIDERS[grant.provider], now or datetime.now(UTC)
    asked = {"grant_type": "refresh_token", "refresh_token": grant.refresh_token, "client_id": grant.client_id}
    asked |= {name: value for name, value in (("client_secret", grant.client_secret), ("scope", provider.scope)) if value}
    host = urlsplit(provider.url).hostname or provider.name
    service = f"the token service of {grant.provider}"
    with httpx.Client(timeout=TIMEOUT, follow_redirects=False) as client:
        answer = exchange(client, "POST", provider.url, service=service, shown=host, data=asked)
    said = _object(answer)
    if answer.status_code != 200:
        word = str(said.get("error") or "")
        if 400 <= answer.status_code < 500 and word in REVOKED:
            fix = "let the provider give a new refresh token, for the same client, and give that"
            raise AuthFailed(f"{service} refuses the refresh token ({word})", fix=fix)
        raise BadAnswer(f"{service} answered {answer.status_code}", fix="it is asked again in some minutes")
    access, renewed = said.get("access_token"), said.get("refresh_token")
    if not _is_token(access):
        raise BadAnswer(f"{service} gave no access token", fix="it is asked again in some minutes")
    return replace(
        grant,
        access_token=access,
        access_until=now + _lasts(said.get("expires_in")),
        refresh_token=renewed if _is_token(renewed) else grant.refresh_token,
    )


def _object(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        body = answer.json()
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _is_token(value: object) -> TypeGuard[str]:
    """Whether it can stand in an IMAP command: ``\\x01`` would begin another field."""
    return isinstance(value, str) and 0 < len(value) <= MOST and value.isascii() and value.isprintable()


def _lasts(seconds: object) -> timedelta:
    """For how long an access token is good, as it says itself, in digits; whatever else it says counts for nothing."""
    said = str(seconds)[:20]
    number = int(said) if said.isascii() and said.isdecimal() else 0
    return min(max(timedelta(seconds=min(number, 10**6)), SHORTEST), LONGEST)
