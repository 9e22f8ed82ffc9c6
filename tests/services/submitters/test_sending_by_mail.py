"""By mail from the person's own address: exactly what was prepared, once, with what was sent kept beside it."""

from __future__ import annotations

import email
from email import policy
from typing import Any

import pytest
from cryptography.fernet import Fernet
from fastapi.testclient import TestClient
from pydantic import SecretStr

from rolecall.applying.tokens import KEY
from rolecall.errors import InvalidInput
from rolecall.people import privacy
from rolecall.services.submitters import smtp_accounts
from rolecall.services.submitters.mail_way import SmtpAccount, message_id
from rolecall.store import Connection
from tests.services.conftest import AI, add_job
from tests.smtp_double import BODY, DATA, RCPT, dying, taking
from tests.world import insert

LETTER = "Dear team,\n\nI built pipelines at Lumen Freight.\n\nMira"
OWN = "mira@post.example"


@pytest.fixture(autouse=True)
def job(db: Connection, mira: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, Fernet.generate_key().decode())
    add_job(db, "j1", apply_url="mailto:jobs@harbor.example")
    insert(db, "cv_file", cv_id="cv-mira", filename="mira.pdf", kind="pdf", sha256="x", body=b"%PDF-1.7 Mira", uploaded_by="person")
    db.commit()


def own_mailbox(db: Connection, port: int) -> None:
    smtp_accounts.keep(db, "mira", SmtpAccount(OWN, "127.0.0.1", port, "none", password=SecretStr("open sesame")))
    db.commit()


def prepared(client: TestClient, **changed: Any) -> dict[str, Any]:
    body = {"jobId": "j1", "cvId": "cv-mira", "coverLetter": LETTER, **changed}
    return dict(client.post("/ai/api/auto-apply/prepare", headers=AI, json=body).json())


def applied(client: TestClient, hash_: str, key: str = "k1", **changed: Any) -> Any:
    body = {"jobId": "j1", "cvId": "cv-mira", "coverLetter": LETTER, "platform": "harbor", **({"hash": hash_} if hash_ else {}), **changed}
    return client.post("/api/auto-apply", headers={**AI, "Idempotency-Key": key}, json=body)


def status(client: TestClient, key: str = "k1") -> Any:
    return client.get(f"/api/auto-apply/{key}", headers=AI)


def test_what_was_prepared_reaches_the_employer_once_with_its_evidence(client: TestClient, db: Connection) -> None:
    with taking() as (port, kept):
        own_mailbox(db, port)
        ready = prepared(client)
        assert (ready["way"], ready["address"], ready["obstacles"]) == ("mail", "jobs@harbor.example", [])
        answer = applied(client, ready["hash"])
        assert (answer.status_code, answer.json()["applicationStatus"]) == (200, "submitted"), answer.text
        assert applied(client, ready["hash"]).json() == answer.json()
    (taken,) = kept.taken
    message = email.message_from_bytes(taken, policy=policy.default)
    assert (message["To"], message["From"]) == ("jobs@harbor.example", f"Mira <{OWN}>")
    assert message.get_body().get_content().strip() == LETTER  # type: ignore[union-attr]
    cv, letter = (part.get_content() for part in message.iter_attachments())  # type: ignore[attr-defined]
    assert (cv, letter[:5]) == (b"%PDF-1.7 Mira", b"%PDF-")
    said = status(client).json()
    assert (said["way"], said["address"], said["from"]) == ("mail", "jobs@harbor.example", OWN)
    assert said["messageId"] == message["Message-ID"] == message_id("k1", OWN)
    assert (said["hash"], said["files"]) == (ready["hash"], ready["files"])
    assert "250" in said["receipt"]


@pytest.mark.parametrize("changed", ["letter", "file", "address", "nothing was prepared"])
def test_nothing_but_what_was_prepared_is_sent(client: TestClient, db: Connection, changed: str) -> None:
    with taking() as (port, kept):
        own_mailbox(db, port)
        ready = prepared(client)
        if changed == "file":
            db.execute("update cv_file set body = 'another'")
        if changed == "address":
            db.execute("update job set apply_url = 'mailto:other@harbor.example'")
        db.commit()
        letter = {"coverLetter": "Dear you"} if changed == "letter" else {}
        answer = applied(client, "" if changed == "nothing was prepared" else ready["hash"], **letter)
        assert (answer.status_code, answer.json()["applicationStatus"]) == (409, "not_sent")
        assert status(client).status_code == 404, "the key is free"
        again = prepared(client, **letter)
        assert applied(client, again["hash"], **letter).json()["applicationStatus"] == "submitted"
    assert len(kept.taken) == 1


def test_a_letter_may_be_reworded_under_the_hash_of_the_rest(client: TestClient, db: Connection) -> None:
    with taking() as (port, kept):
        own_mailbox(db, port)
        form_hash = prepared(client)["formHash"]
        assert applied(client, form_hash, coverLetter="Dear all, in my words").json()["applicationStatus"] == "submitted"
    assert b"in my words" in kept.taken[0]


def test_without_settings_of_their_own_nothing_is_sent_and_it_is_said(client: TestClient) -> None:
    ready = prepared(client)
    assert [said for said in ready["obstacles"] if "SMTP" in said]
    answer = applied(client, ready["hash"])
    assert (answer.status_code, answer.json()["applicationStatus"]) == (409, "not_sent")


@pytest.mark.parametrize(
    ("at", "answer", "state"),
    [(RCPT, None, None), (DATA, None, "uncertain"), (BODY, None, "uncertain"), (BODY, b"550 no\r\n", "refused")],
    ids=["RCPT", "DATA", "the message", "declined"],
)
def test_a_server_that_dies_leaves_what_is_true_and_the_message_id(
    client: TestClient, db: Connection, at: int, answer: bytes | None, state: str | None
) -> None:
    with dying(at, answer) as (port, _):
        own_mailbox(db, port)
        got = applied(client, prepared(client)["hash"])
    if state is None:
        assert (got.status_code, status(client).status_code) == (429, 404)
        return
    assert (got.json()["applicationStatus"], got.json()["messageId"]) == (state, message_id("k1", OWN))
    assert status(client).json()["messageId"] == message_id("k1", OWN)


def test_what_was_sent_is_exported_and_goes_with_the_person(client: TestClient, db: Connection) -> None:
    with taking() as (port, _):
        own_mailbox(db, port)
        applied(client, prepared(client)["hash"])
    found = privacy.export(db, "mira")
    assert found["smtp_account"][0]["address"] == OWN
    assert "secret" not in found["smtp_account"][0]
    assert found["submission"][0]["evidence"]["messageId"] == message_id("k1", OWN)
    privacy.erase(db, "mira")
    left = db.execute("select evidence, answer from submission").fetchone()
    assert left is not None
    assert left["evidence"] is None
    assert OWN not in str(left["answer"].get("from", ""))
    assert not db.execute("select 1 from smtp_account").fetchone()


def test_settings_are_sealed_tried_and_without_tls_only_for_this_machine(db: Connection) -> None:
    with taking() as (port, _):
        own_mailbox(db, port)
        account = smtp_accounts.account_of(db, "mira")
        assert account is not None
        smtp_accounts.try_out(account)
    row = db.execute("select secret from smtp_account").fetchone()
    assert row is not None
    assert b"sesame" not in bytes(row["secret"])
    assert account.password.get_secret_value() == "open sesame"
    with pytest.raises(smtp_accounts.AccountRefused):
        smtp_accounts.try_out(account)
    for wrong in (
        SmtpAccount(OWN, "mail.example", 25, "none"),
        SmtpAccount("nobody", "127.0.0.1", 25, "none"),
        SmtpAccount(OWN, "a b", 25, "tls"),
    ):
        with pytest.raises(InvalidInput):
            smtp_accounts.keep(db, "mira", wrong)
