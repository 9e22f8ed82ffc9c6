"""Reading a mailbox on a real IMAP server: nothing twice, nothing lost, nothing changed in it."""

from __future__ import annotations

import os
import signal
import socketserver
import threading
import time
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from cryptography.fernet import Fernet

from rolecall.applying.tokens import KEY
from rolecall.errors import InvalidInput
from rolecall.inbox import mailbox as mailboxes
from rolecall.inbox import reading
from rolecall.inbox.mailbox import FolderMissing, LoginRefused, MailboxError, opened
from rolecall.people import privacy
from rolecall.people.records import save_person
from rolecall.store import Connection
from tests.inbox.dovecot import PASSWORD, Dovecot, dovecot
from tests.inbox.test_alert_cards import LINKEDIN, alert


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    return f"u{abs(hash(request.node.name)) % 10**8}"


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(KEY, Fernet.generate_key().decode())


@pytest.fixture
def ada(db: Connection, server: Dovecot, user: str) -> str:
    save_person(db, person_id="ada", name="Ada Quill", email="ada@mail.example", phone=None, preferences={})
    made = mailboxes.add(db, "ada", host="127.0.0.1", port=server.port, username=user, password=PASSWORD)
    db.commit()
    return made


def mail(number: int, text: str, subject: str = "hello", sender: str = "x@shop.example") -> bytes:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"], made["Message-ID"] = sender, "ada@mail.example", subject, f"<m{number}@x.example>"
    made["Date"] = "Tue, 03 Mar 2026 09:00:00 +0000"  # any day: the mail brings it
    made.set_content(text)
    return made.as_bytes()


def inbox(count: int, every: int) -> list[bytes]:
    """Mails of which each ``every``-th matters."""
    return [
        mail(n, f"We have received your application {n} for the position.", "Your application", f"jobs@e{n}.example")
        if n % every == 0
        else mail(n, f"Your order {n} was shipped.")
        for n in range(count)
    ]


def kept(db: Connection) -> list[str]:
    rows = db.execute("select message_id from mail order by message_id").fetchall()
    db.commit()
    return [row["message_id"] for row in rows]


def test_a_mailbox_that_lets_nobody_in_is_tried_a_few_times_a_day_and_its_owner_told_once(
    db: Connection, dsn: str, ada: str, server: Dovecot, user: str
) -> None:
    server.maildir(user)
    refused = mailboxes.add(db, "ada", host="127.0.0.1", port=server.port, username="another", password="wrong")
    db.commit()
    for _ in range(2):
        with pytest.raises(LoginRefused):
            reading.read_mailbox(dsn, refused)
        assert reading.mailboxes(db) == [ada]
        db.execute("update mailbox set tried_at = tried_at - interval '7 hours' where id = %s", (refused,))
        assert reading.mailboxes(db) == [ada, refused]  # never tried, or tried longer ago
        db.commit()
    told = db.execute("select type, recipient, message from notification where kind = 'mailbox_refused'").fetchall()
    assert [(row["type"], row["recipient"]) for row in told] == [("email", "ada@mail.example")]
    assert "does not let another in" in told[0]["message"]
    assert "wrong" not in told[0]["message"]


def test_a_mailbox_given_again_is_read_at_once_and_its_next_refusal_told(
    db: Connection, dsn: str, server: Dovecot, user: str, ada: str
) -> None:
    server.maildir(user)
    told = "select count(*) as n from notification where kind = 'mailbox_refused'"
    for password, refusals in (("wrong", 1), (PASSWORD, 1), ("changed", 2)):
        assert mailboxes.add(db, "ada", host="127.0.0.1", port=server.port, username=user, password=password) == ada
        db.commit()
        assert reading.mailboxes(db) == [ada]
        db.commit()
        if password == PASSWORD:
            reading.read_mailbox(dsn, ada)
        else:
            with pytest.raises(LoginRefused):
                reading.read_mailbox(dsn, ada)
        assert db.execute(told).fetchone() == {"n": refusals}
        db.commit()


def test_a_mailbox_sealed_under_another_key_is_its_owners_to_give_again(
    db: Connection, dsn: str, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY, Fernet.generate_key().decode())
    with pytest.raises(InvalidInput, match="sealed under another"):
        reading.read_mailbox(dsn, ada)
    assert reading.mailboxes(db) == []
    assert db.execute("select count(*) as n from notification where kind = 'mailbox_refused'").fetchone() == {"n": 1}


class SaysNo(socketserver.StreamRequestHandler):
    """An IMAP server that lets nobody in, with these words."""

    words = b""

    def handle(self) -> None:
        self.wfile.write(b"* OK ready\r\n")
        for line in self.rfile:
            tag, command = line.split()[:2]
            said = {b"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n", b"LOGOUT": b"* BYE\r\n"}.get(command.upper(), b"")
            result = b"NO " + self.words if command.upper() == b"LOGIN" else b"OK done"
            self.wfile.write(said + tag + b" " + result + b"\r\n")


@pytest.mark.parametrize(("words", "refused"), [(b"[UNAVAILABLE] try later", False), (b"[AUTHENTICATIONFAILED] no", True), (b"no", True)])
def test_a_server_that_lets_nobody_in_for_now_is_no_refused_password(db: Connection, dsn: str, words: bytes, refused: bool) -> None:
    save_person(db, person_id="ada", name="Ada Quill", email="ada@mail.example", phone=None, preferences={})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), type("Says", (SaysNo,), {"words": words})) as answering:
        threading.Thread(target=answering.serve_forever, daemon=True).start()
        made = mailboxes.add(db, "ada", host="127.0.0.1", port=answering.server_address[1], username="ada", password=PASSWORD)
        db.commit()
        with pytest.raises(MailboxError) as error:
            reading.read_mailbox(dsn, made)
        answering.shutdown()
    assert isinstance(error.value, LoginRefused) is refused
    assert reading.mailboxes(db) == ([] if refused else [made])
    assert db.execute("select count(*) as n from notification where kind = 'mailbox_refused'").fetchone() == {"n": int(refused)}


def test_a_run_that_took_long_leaves_the_rest_to_the_next(
    db: Connection, dsn: str, ada: str, server: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.deliver(user, inbox(3, 1))
    with monkeypatch.context() as patch:
        patch.setattr(reading, "ENOUGH", -1.0)
        tally = reading.read_mailbox(dsn, ada)
    assert (tally.read, tally.left) == (0, True)
    assert read_all(dsn, ada) == 3


def test_one_person_has_so_many_mailboxes_and_not_more(db: Connection, ada: str) -> None:
    for number in range(mailboxes.MOST_OF_ONE - 1):
        mailboxes.add(db, "ada", host="imap.post.example", port=993, username=f"u{number}", password=PASSWORD)
    mailboxes.add(db, "ada", host="imap.post.example", port=993, username="u0", password=PASSWORD)  # the same one again
    with pytest.raises(InvalidInput, match="already"):
        mailboxes.add(db, "ada", host="imap.post.example", port=993, username="one-more", password=PASSWORD)


def read_all(dsn: str, mailbox_id: str) -> int:
    total = 0
    while True:
        tally = reading.read_mailbox(dsn, mailbox_id)
        total += tally.read
        if not tally.left:
            return total


def killed(dsn: str, mailbox_id: str, db: Connection, least: int) -> None:
    """Reads in a process that is killed as soon as ``least`` mails were kept."""
    child = os.fork()
    if child == 0:
        reading.read_mailbox(dsn, mailbox_id, most=10**6)
        os._exit(0)
    deadline = time.monotonic() + 120
    while len(kept(db)) < least and time.monotonic() < deadline:
        time.sleep(0.005)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


def survives(db: Connection, dsn: str, server: Dovecot, user: str, mailbox_id: str, count: int, every: int) -> None:
    server.deliver(user, inbox(count, every))
    before = server.names(user)
    killed(dsn, mailbox_id, db, least=count // every // 4)
    assert 0 < len(kept(db)) < count // every, "it was killed in the middle"
    read_all(dsn, mailbox_id)
    wanted = sorted(f"m{n}@x.example" for n in range(0, count, every))
    assert kept(db) == wanted
    assert read_all(dsn, mailbox_id) == 0, "what was read is not read again"
    server.renumber(user)
    assert read_all(dsn, mailbox_id) == count, "other UIDs are read anew"
    assert kept(db) == wanted
    assert server.names(user) == before, "no flag and no place of a mail changed"


def test_a_killed_reading_loses_nothing_and_keeps_nothing_twice(db: Connection, dsn: str, server: Dovecot, user: str, ada: str) -> None:
    survives(db, dsn, server, user, ada, 600, 6)


@pytest.mark.long
def test_ten_thousand_mails_with_two_hundred_that_matter(db: Connection, dsn: str, server: Dovecot, user: str, ada: str) -> None:
    survives(db, dsn, server, user, ada, 10_000, 50)


def test_of_other_mails_nothing_is_kept(db: Connection, dsn: str, server: Dovecot, user: str, ada: str) -> None:
    server.deliver(
        user, [mail(1, "a secret of ours", "private"), mail(2, "Your security code for the application is 482913", "Security code")]
    )
    assert reading.read_mailbox(dsn, ada).read == 2
    assert kept(db) == []
    everything = privacy.export(db, "ada")
    assert "secret of ours" not in str(everything)
    assert PASSWORD not in str(everything)


def test_job_alerts_are_kept_where_they_are_wished_for(db: Connection, dsn: str, server: Dovecot, user: str, ada: str) -> None:
    server.deliver(user, [mail(1, "30 new jobs match your search: Baker", "New jobs for you", "jobalerts-noreply@linkedin.com")])
    db.execute("update mailbox set job_alerts = true")
    db.commit()
    reading.read_mailbox(dsn, ada)
    assert kept(db) == ["m1@x.example"]


@pytest.mark.parametrize("wished", [True, False])
def test_what_an_alert_names_becomes_postings_where_that_is_wished_for(
    db: Connection, dsn: str, server: Dovecot, user: str, ada: str, wished: bool
) -> None:
    server.deliver(user, [alert(LINKEDIN, "jobalerts-noreply@linkedin.com"), alert(LINKEDIN, "jobalerts-noreply@linkedin.com")])
    db.execute("update mailbox set job_alerts = %s", (wished,))
    db.commit()
    assert reading.read_mailbox(dsn, ada).ads == (2 if wished else 0)
    rows = db.execute(
        "select title, company, description, detailed_at, raw ? 'alert' as marked from posting order by external_id"
    ).fetchall()
    assert [row["title"] for row in rows] == (["Lighthouse Engineer", "Keeper of Lamps"] if wished else [])
    assert all((row["description"], row["detailed_at"], row["marked"]) == (None, None, True) for row in rows)


def test_one_mail_that_cannot_be_kept_stops_no_other(
    db: Connection, dsn: str, server: Dovecot, user: str, ada: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.deliver(user, inbox(3, 1))

    def odd(raw: bytes, **more: object) -> object:
        if b"m1@x.example" in raw:
            raise ValueError("what nobody foresaw")
        return understand(raw, **more)  # type: ignore[arg-type]

    understand = reading.understand
    monkeypatch.setattr(reading, "understand", odd)
    assert reading.read_mailbox(dsn, ada).aside == 1
    assert kept(db) == ["m0@x.example", "m2@x.example"]
    assert db.execute("select person_id from dead_letter where queue = 'mail'").fetchone() == {"person_id": "ada"}


def test_what_is_wrong_with_a_mailbox_is_said_without_its_password(db: Connection, server: Dovecot, user: str, ada: str) -> None:
    known = mailboxes.load(db, ada)
    assert known is not None
    for change, error in (
        ({"secret": "wrong-password"}, LoginRefused),
        ({"folder": "nowhere"}, FolderMissing),
        ({"port": 1}, MailboxError),
    ):
        bad = mailboxes.Mailbox(**(vars(known) | change))
        with pytest.raises(error) as raised, opened(bad):
            pass
        assert "→" in str(raised.value)
        assert bad.secret not in str(raised.value)


def test_a_mailbox_that_was_taken_away_is_not_read_on(db: Connection, dsn: str, server: Dovecot, user: str, ada: str) -> None:
    assert mailboxes.remove(db, ada)
    db.commit()
    assert reading.read_mailbox(dsn, ada) == reading.ReadTally()


def test_an_erasure_takes_mailbox_and_mails_away(db: Connection, dsn: str, server: Dovecot, user: str, ada: str) -> None:
    server.deliver(user, inbox(2, 1))
    reading.read_mailbox(dsn, ada)
    assert privacy.erase(db, "ada") is not None
    db.commit()
    assert kept(db) == []
    assert db.execute("select count(*) as n from mailbox").fetchone() == {"n": 0}
