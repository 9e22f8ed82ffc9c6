"""SMTP servers on loopback: one that takes what it is given, one that dies when the test says."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from tests.conftest import free_port

GREETING, EHLO, MAIL, RCPT, DATA, BODY = range(6)
"""What the server has been asked when it dies."""


class Kept(Message):
    """What the server took."""

    def __init__(self) -> None:
        super().__init__()
        self.taken: list[bytes] = []

    def handle_message(self, message: object) -> None:
        self.taken.append(bytes(message))  # type: ignore[call-overload]


@contextmanager
def taking() -> Iterator[tuple[int, Kept]]:
    """A server that takes everything."""
    kept = Kept()
    controller = Controller(kept, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield controller.port, kept
    finally:
        controller.stop()


@contextmanager
def dying(at: int, answer: bytes | None = None) -> Iterator[tuple[int, list[bytes]]]:
    """A server that takes what it says it takes, and hangs up instead of its answer number ``at``, or gives ``answer`` there."""
    took: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        connection, _ = listening.accept()
        with connection, connection.makefile("rb") as lines:
            good = [b"220 hi\r\n", b"250 ok\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go on\r\n", b"250 taken as 1\r\n"]
            for step, said in enumerate(good):
                if step == BODY:
                    body = b"".join(iter(lambda: lines.readline(), b".\r\n"))
                    if at > BODY or answer is None or answer.startswith(b"250"):
                        took.append(body)
                elif step:
                    lines.readline()
                if step == at:
                    if answer is not None:
                        connection.sendall(answer)
                        lines.readline()
                    return
                connection.sendall(said)
            lines.readline()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1], took
    finally:
        thread.join(5)
        listening.close()


EVENTS = (
    "connected", "greeted", "EHLO read", "EHLO answered", "AUTH read", "AUTH answered", "MAIL read", "MAIL answered", "RCPT read",
    "RCPT answered", "DATA read", "DATA answered", "half of the message read", "the dot read", "half of the answer sent", "the answer sent",
)  # fmt: skip
"""Every moment of a conversation, in order. From the dot on the server has the whole message."""


@contextmanager
def dying_once(at: str) -> Iterator[tuple[int, list[bytes]]]:
    """A server whose first conversation ends at a moment of :data:`EVENTS`; it is well for every later one. What it has whole is listed."""
    took: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))
    asked = [("EHLO", b"250-hi\r\n250 AUTH PLAIN\r\n"), ("AUTH", b"235 ok\r\n"), ("MAIL", b"250 ok\r\n"), ("RCPT", b"250 ok\r\n"),
             ("DATA", b"354 go on\r\n")]  # fmt: skip

    def talk(connection: socket.socket, dies: str) -> None:
        with connection, connection.makefile("rb") as lines:
            steps = talked(connection, lines)
            next((step for step in steps if step == dies), None)

    def talked(connection: socket.socket, lines: BinaryIO) -> Iterator[str]:
        yield "connected"
        connection.sendall(b"220 hi\r\n")
        yield "greeted"
        for verb, answer in asked:
            lines.readline()
            yield f"{verb} read"
            connection.sendall(answer)
            yield f"{verb} answered"
        body = b"".join(lines.readline() for _ in range(5))
        yield "half of the message read"
        took.append(body + b"".join(iter(lines.readline, b".\r\n")))
        yield "the dot read"
        connection.sendall(b"250 ta")
        yield "half of the answer sent"
        connection.sendall(b"ken as 1\r\n")
        yield "the answer sent"
        lines.readline()

    def serve() -> None:
        dies = at
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            talk(connection, dies)
            dies = ""

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listening.getsockname()[1], took
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
