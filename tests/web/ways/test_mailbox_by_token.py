"""A mailbox that is read by a refresh token, on *Me*."""

from __future__ import annotations

from rolecall.store import Connection
from tests.inbox.dovecot import Dovecot
from tests.inbox.test_oauth import SECRETS, Tokens, provider, server, tokens, user
from tests.web.conftest import Visitor

__all__ = ["provider", "server", "tokens", "user"]


def test_me_takes_a_refresh_token_says_so_and_asks_for_a_new_one_when_it_is_refused(
    db: Connection, mira: Visitor, server: Dovecot, tokens: Tokens, user: str
) -> None:
    server.maildir(user)
    form: dict[str, object] = {
        "provider": "google", "clientId": "client-1", "clientSecret": "secret-of-the-client", "refreshToken": "refresh-secret",
        "host": "127.0.0.1", "port": str(server.port), "user": user, "folder": "INBOX",
    }  # fmt: skip
    ended = mira.post("/me/mailbox", {**form, "refreshToken": "ended"})
    assert (ended.status_code, "invalid_grant" in ended.text, "secret-of-the-client" in ended.text) == (409, True, False)
    assert mira.post("/me/mailbox", {**form, "provider": "yahoo"}).status_code == 422
    assert mira.post("/me/mailbox", form).status_code == 303
    page = mira.get("/me").text
    assert "by a token of Google" in page
    assert not [secret for secret in SECRETS if secret in page]
    db.execute("update mailbox set refusal = 'refused', refused_at = now()")
    row = db.execute("select id::text from mailbox where person_id = 'mira'").fetchone()
    db.commit()
    assert row is not None
    assert "with a new refresh token" in mira.get("/me").text
    assert mira.post("/me/mailbox", {"forget": row["id"]}).status_code == 303
    assert db.execute("select count(*) as n from mailbox").fetchone() == {"n": 0}
