"""Whether a mail of the person's own left, where nobody knows: their Sent folder says so, and only looks are taken at it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from cryptography.fernet import Fernet
from psycopg.types.json import Jsonb

from rolecall.applying.tokens import KEY
from rolecall.inbox import mailbox as mailboxes
from rolecall.inbox import reading
from rolecall.people.records import save_person
from rolecall.store import Connection
from tests.inbox.dovecot import PASSWORD, Dovecot, dovecot
from tests.world import insert

SENT = "<0a1b2c@mail.example>"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


def unclear(db: Connection, server: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Ada's mailbox; one application by mail of which nobody knows whether it left."""
    monkeypatch.setenv(KEY, Fernet.generate_key().decode())
    save_person(db, person_id="ada", name="Ada Quill", email="ada@mail.example", phone=None, preferences={})
    row = insert(
        db, "application", person_id="ada", job_key="j1", job_id="j1", source="x", cv_id="c", cv_sha256="h",
        person_email="ada@mail.example",
        title="Nurse", company="Clinic", score=0.9, idempotency_key="k1", run_id="r", way="mail", prepared_hash="h",
    )  # fmt: skip
    for state in ("approved", "submitting", "uncertain"):
        answer = Jsonb({"messageId": SENT}) if state == "uncertain" else None
        db.execute("update application set state = %s, answer = %s where id = %s", (state, answer, row["id"]))
    made = mailboxes.add(db, "ada", host="127.0.0.1", port=server.port, username=user, password=PASSWORD)
    server.maildir(user)
    db.commit()
    return made


def lies_in(server: Dovecot, user: str, folder: str, message_id: str) -> set[str]:
    """Puts a mail into a folder beside the INBOX; the names of all its files."""
    made = server.maildir(user) / f".{folder}"
    for part in ("new", "cur", "tmp"):
        (made / part).mkdir(parents=True, exist_ok=True)
    (made / "cur" / "1.M1.test:2,S").write_bytes(f"From: ada@mail.example\r\nMessage-ID: {message_id}\r\n\r\nDear Clinic\r\n".encode())
    for path in (made, *made.rglob("*")):
        shutil.chown(path, "nobody", "nogroup")
    return {path.name for path in (made / "cur").iterdir()}


@pytest.mark.parametrize(
    ("folder", "message_id", "state"),
    [("Sent", SENT, "submitted"), ("Gesendet", SENT, "submitted"), ("Sent", "<another@mail.example>", "uncertain"), ("", "", "uncertain")],
)
def test_what_lies_in_the_sent_folder_left_and_what_does_not_stays_unclear(
    db: Connection, dsn: str, server: Dovecot, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest,
    folder: str, message_id: str, state: str,
) -> None:  # fmt: skip
    user = f"s{abs(hash(request.node.name)) % 10**8}"
    made = unclear(db, server, user, monkeypatch)
    before = lies_in(server, user, folder, message_id) if folder else set()
    tally = reading.read_mailbox(dsn, made)
    row = db.execute("select state from application").fetchone()
    evidence = db.execute("select evidence, outcome, detail from settlement").fetchone()
    assert (row, tally.settled) == ({"state": state}, int(state == "submitted"))
    assert (evidence is not None) == (state == "submitted")
    if evidence is not None:
        assert (evidence["evidence"], folder in evidence["detail"], SENT in evidence["detail"]) == ("mail", True, True)
        assert reading.read_mailbox(dsn, made).settled == 0
        assert {path.name for path in (server.maildir(user) / f".{folder}" / "cur").iterdir()} == before, "it was only looked at"
