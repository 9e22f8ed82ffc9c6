"""The receiving side dies, at every moment of a mail and at every byte of an answer: one receipt at most, and no word that is not true."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr

from rolecall.errors import BadAnswer, MaybeReceived, NeverSent, RolecallError, ServiceBusy
from rolecall.services.submitters.mail_way import SmtpAccount, composed, send
from rolecall.services.submitters.recruitee_way import RecruiteeSubmitter
from rolecall.services.submitters.way_out import destination_of
from tests.services.submitters.test_ways_out import application
from tests.smtp_double import EVENTS, dying_once

UNCLEAR_FROM = EVENTS.index("RCPT answered")
"""Whoever dies then is met by DATA."""
TAKEN_FROM = EVENTS.index("half of the answer sent")
"""Three digits are an answer."""


def repeated(submit: Callable[[], str]) -> tuple[str, type[RolecallError] | None]:
    """As the ledger goes on: what was never sent is sent again, anything else is not. Its receipt, or what it ended with."""
    for _ in range(3):
        try:
            return submit(), None
        except (NeverSent, ServiceBusy):
            continue
        except RolecallError as error:
            return "", type(error)
    raise AssertionError("it was never sent")


@pytest.mark.parametrize("at", EVENTS)
def test_a_mail_server_that_dies_at_any_moment_gets_a_message_at_most_once(at: str) -> None:
    moment = EVENTS.index(at)
    with dying_once(at) as (port, took):
        account = SmtpAccount("ada@mail.example", "127.0.0.1", port, "none", "ada", SecretStr("open sesame"), timeout=5)
        one = application("mailto:jobs@clinic.example")
        message = composed(one, destination_of(one.job), account)
        first: list[type[RolecallError]] = []

        def submit() -> str:
            try:
                return send(message, account)
            except RolecallError as error:
                first.append(type(error))
                raise

        receipt, ended = repeated(submit)
    assert len(took) <= 1
    if moment < UNCLEAR_FROM:
        assert (first, ended, len(took)) == ([NeverSent], None, 1), "nothing had left: it is sent by the next try"
    elif moment < TAKEN_FROM:
        assert (first, ended) == ([MaybeReceived], MaybeReceived), "it may have left: it is not sent again"
    else:
        assert (first, ended, " 250 " in receipt, len(took)) == ([], None, True, 1)


ANSWER = b'HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 25\r\n\r\n{"candidate": {"id": 77}}'
UNREAD = -1
"""Instead of so many bytes: it dies before it has read all."""


@contextmanager
def cutting(sizes: list[int], *, reset: bool) -> Iterator[tuple[RecruiteeSubmitter, list[bytes]]]:
    """An interface that takes an application and dies after so many bytes of its answer, one size a call; what it has whole."""
    took: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        for size in sizes:
            connection, _ = listening.accept()
            with connection:
                said = connection.recv(64) if size == UNREAD else b""
                while size != UNREAD and not said.endswith(b"--\r\n"):
                    said += connection.recv(65536)
                if size != UNREAD:
                    took.append(said)
                    connection.sendall(ANSWER[:size])
                if reset:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    way = RecruiteeSubmitter(sandbox=f"http://127.0.0.1:{listening.getsockname()[1]}")
    try:
        yield way, took
    finally:
        way.close()
        thread.join(5)
        listening.close()


OFFER = "https://acme-example.recruitee.com/api/offers/nurse/candidates"


def sent(way: RecruiteeSubmitter) -> tuple[str, type[RolecallError] | None]:
    return repeated(lambda: way.submit(application("https://acme-example.recruitee.com/o/nurse", address=OFFER)))


@pytest.mark.parametrize("reset", [False, True], ids=["hangs up", "resets"])
def test_an_interface_that_dies_at_any_byte_of_its_answer_gets_an_application_once(reset: bool) -> None:
    sizes = list(range(len(ANSWER)))
    with cutting(sizes, reset=reset) as (way, took):
        for size in sizes:
            _, ended = sent(way)
            assert (ended in (MaybeReceived, BadAnswer), len(took)) == (True, size + 1), size


def test_an_interface_that_dies_after_its_answer_has_taken_it_and_one_that_dies_reading_may_have_it() -> None:
    with cutting([len(ANSWER), UNREAD], reset=False) as (way, took):
        assert (sent(way), len(took)) == (("recruitee candidate 77", None), 1)
        assert sent(way)[1] is MaybeReceived
