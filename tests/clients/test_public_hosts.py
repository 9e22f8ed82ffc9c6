"""A mail server that somebody names is on the public internet, or who runs this says otherwise."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from typing import Any

import pytest

from rolecall.clients import public_hosts
from rolecall.clients.public_hosts import mail_socket
from rolecall.errors import Blocked
from rolecall.inbox import mailbox
from rolecall.services.submitters import mail_way, smtp_accounts
from rolecall.services.submitters.mail_way import SmtpAccount

PRIVATE = ["127.0.0.1", "10.0.0.5", "192.168.1.1", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "0.0.0.0"]  # noqa: S104


@pytest.fixture(autouse=True)
def nobody_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PRIVATE_MAIL_HOSTS", "SANDBOX_SMTP_HOST", "SANDBOX_SMTP_PORT"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def listening() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def named(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """What a name is answered with, one answer a look-up; returns which names were looked up."""
    asked: list[str] = []

    def answered(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        address = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [(family, socket.SOCK_STREAM, 6, "", (address, port, 0, 0)[: 4 if ":" in address else 2])]

    monkeypatch.setattr(public_hosts.socket, "getaddrinfo", answered)
    return asked


@pytest.mark.parametrize("address", PRIVATE)
def test_no_name_leads_to_this_machine_or_its_network(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    named(monkeypatch, address)
    with pytest.raises(Blocked):
        mail_socket("smtp.post.example", 587, 1, lasts=5)


def test_what_was_looked_at_is_what_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = named(monkeypatch, "203.0.114.9", "127.0.0.1")  # another answer the second time
    reached: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: reached.append(address))
    mail_socket("smtp.post.example", 587, 1, lasts=5).close()
    assert (asked, reached) == (["smtp.post.example"], [("203.0.114.9", 587)])


@pytest.mark.parametrize("says", ["127.0.0.1", "127.0.0.1:{port}", "mail.other.example, 127.0.0.1:{port}"])
def test_who_runs_this_may_name_a_server_here(monkeypatch: pytest.MonkeyPatch, listening: int, says: str) -> None:
    monkeypatch.setenv("PRIVATE_MAIL_HOSTS", says.format(port=listening))
    mail_socket("127.0.0.1", listening, 1, lasts=5).close()


def test_the_sandbox_names_its_own_server_and_no_other(monkeypatch: pytest.MonkeyPatch, listening: int) -> None:
    monkeypatch.setenv("SANDBOX_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("SANDBOX_SMTP_PORT", str(listening))
    mail_socket("127.0.0.1", listening, 1, lasts=5).close()
    with pytest.raises(Blocked):
        mail_socket("127.0.0.1", 5432, 1, lasts=5)


@pytest.mark.parametrize("security", ["tls", "starttls", "none"])
def test_settings_that_lead_here_are_refused_before_anything_is_connected_to(
    listening: int, monkeypatch: pytest.MonkeyPatch, security: Any
) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("it was connected to"))
    with pytest.raises(smtp_accounts.AccountRefused, match="private address"):
        smtp_accounts.try_out(SmtpAccount("ada@post.example", "127.0.0.1", listening, security))


@pytest.mark.parametrize("port", [993, 143])
def test_a_mailbox_that_leads_here_is_refused_before_anything_is_connected_to(monkeypatch: pytest.MonkeyPatch, port: int) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("it was connected to"))
    tried = mailbox.Mailbox("", "ada", "127.0.0.1", port, "ada", "secret", "INBOX", False, datetime.now(UTC), None, 0)
    with pytest.raises(mailbox.MailboxError, match="private address"), mailbox.opened(tried):
        pass


@contextmanager
def dripping(*said: bytes, pause: float = 0.02) -> Iterator[int]:
    """A server that says this on its own, bit by bit: each bit comes in time."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError), server.accept()[0] as connection:
                for one in said:
                    connection.sendall(one)
                    time.sleep(pause)
                while connection.recv(1000):  # closed with something unread, it would take back what it said
                    pass

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield server.getsockname()[1]


IMAP_GREETING, SMTP_GREETING = b"* OK hi\r\n", b"220 hi\r\n250 ok\r\n"


def test_a_mail_server_that_answers_bit_by_bit_without_end_holds_no_place_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIVATE_MAIL_HOSTS", "127.0.0.1")
    monkeypatch.setattr(mail_way, "CONVERSATION_LIMIT", 0.3)
    with dripping(*[b"220-x\r\n"] * 100, SMTP_GREETING) as port, pytest.raises(smtp_accounts.AccountRefused):
        smtp_accounts.try_out(SmtpAccount("ada@post.example", "127.0.0.1", port, "none"))


def test_a_mailbox_whose_server_answers_bit_by_bit_without_end_is_left_to_the_next_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIVATE_MAIL_HOSTS", "127.0.0.1")
    monkeypatch.setattr(mailbox, "CONVERSATION", 0.3)
    with dripping(IMAP_GREETING, *[b"* OK x\r\n"] * 100) as port:
        tried = mailbox.Mailbox("", "ada", "127.0.0.1", port, "ada", "secret", "INBOX", False, datetime.now(UTC), None, 0)
        with pytest.raises(mailbox.MailboxError, match=r"too long|timed out|TimeoutError"), mailbox.opened(tried):
            pass


@pytest.mark.parametrize("endless", [b"* OK " + b"x" * 500 + b"\r\n", b"* 1 FETCH {9000000000}\r\n"], ids=["lines", "one piece"])
def test_an_answer_without_end_fills_no_memory(monkeypatch: pytest.MonkeyPatch, endless: bytes) -> None:
    monkeypatch.setenv("PRIVATE_MAIL_HOSTS", "127.0.0.1")
    monkeypatch.setattr(public_hosts, "MOST_BYTES", 20_000)
    with dripping(IMAP_GREETING, *[endless] * 100, pause=0) as port:
        tried = mailbox.Mailbox("", "ada", "127.0.0.1", port, "ada", "secret", "INBOX", False, datetime.now(UTC), None, 0)
        with pytest.raises(mailbox.MailboxError, match=r"OSError|no end|not asked for"), mailbox.opened(tried):
            pass
