"""What a service does on the wire, and what that means for the application: a real client, a real socket, every kind of failure."""

from __future__ import annotations

import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from rolecall.applying import ledger
from rolecall.applying.effects import enqueue_effects
from rolecall.applying.ledger import Ledger
from rolecall.applying.plan import plan
from rolecall.applying.submit import Pace, submit
from rolecall.clients.ai_client import AiClient
from rolecall.errors import RolecallError
from rolecall.models import ApplyOrder, Match
from rolecall.store import Connection
from tests.conftest import free_port

Behaviour = Callable[[socket.socket], None]


def answer(status: str, body: bytes = b"{}", *headers: str) -> Behaviour:
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Content-Type: application/json", *headers])

    def behave(peer: socket.socket) -> None:
        peer.sendall(head.encode() + b"\r\n\r\n" + body)

    return behave


def reset(peer: socket.socket) -> None:
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closing sends RST


def hang_up(peer: socket.socket) -> None:
    """Closes without a word."""


def hang(peer: socket.socket) -> None:
    time.sleep(3)


def half(peer: socket.socket) -> None:
    peer.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"applicationStatus": ')


def drip(peer: socket.socket) -> None:
    """A header that never ends, one byte at a time: each read is quick, the answer never complete."""
    try:
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"z" * 1000:
            peer.sendall(bytes([byte]))
            time.sleep(0.01)
    except OSError:
        return


def noise(peer: socket.socket) -> None:
    peer.sendall(b"\x00\x01\x02 this is not HTTP\r\n\r\n")


@contextmanager
def service(behave: Behaviour) -> Iterator[tuple[str, list[bytes]]]:
    """Reads each request whole, then behaves."""
    received: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    peer, _ = server.accept()
                except OSError:
                    return
                with peer:
                    data = peer.recv(65536)
                    while data and b"\r\n\r\n" not in data:
                        data += peer.recv(65536)
                    head, _, rest = data.partition(b"\r\n\r\n")
                    length = int(
                        next((line.split(b":")[1] for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")), 0)
                    )
                    while len(rest) < length:
                        rest += peer.recv(65536)
                    received.append(rest)
                    behave(peer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", received
        server.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def application(db: Connection) -> str:
    order = ApplyOrder(cv_id="c1", user_id="p1", user_email="p1@example.com")
    found = Match.model_validate({"id": "x1", "title": "Nurse", "source": "linkedin", "matchScore": 0.9, "canAutoApply": True})
    planned = plan(db, order, run_id="r1", cv_sha256="h", matches=[found])
    db.commit()
    return planned.applications[0]["application_id"]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rolecall.applying.submit.ANSWER_LIMIT", 30)
    monkeypatch.setattr("rolecall.applying.submit.GRACE", 0.1)
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


def sent(dsn: str, url: str, application: str, *, times: int = 2, idempotent: bool = False) -> None:
    """Runs the sending, and again, as a retried or cleared task would."""
    for _ in range(times):
        with AiClient(url, "token") as ai:
            try:
                submit(
                    Ledger(dsn, application, enqueue_effects),
                    send=ai.auto_apply,
                    pace=Pace(batch=1000, delay=0),
                    idempotent=idempotent,
                )
            except RolecallError:
                continue


def state(db: Connection, application: str) -> str:
    row = ledger.read(db, application)
    assert row is not None
    return str(row["state"])


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(reset, id="reset"),
        pytest.param(hang_up, id="closed without an answer"),
        pytest.param(hang, id="no answer"),
        pytest.param(half, id="half an answer"),
        pytest.param(drip, id="one byte at a time"),
        pytest.param(noise, id="not HTTP"),
        pytest.param(answer("200 OK", b"<html>login</html>"), id="200 that is a page"),
        pytest.param(answer("200 OK", b'{"applicationStatus": "subm'), id="200 with half its JSON"),
        pytest.param(answer("200 OK", b"\xff\xfe\xfa"), id="200 of bytes"),
        pytest.param(answer("200 OK", b"[]"), id="200 with a list"),
        pytest.param(answer("200 OK", b'{"ok": true}'), id="200 without a status"),
        pytest.param(answer("204 No Content", b""), id="204"),
        pytest.param(answer("302 Found", b"", "Location: /elsewhere"), id="302"),
        pytest.param(answer("307 Temporary Redirect", b"", "Location: /elsewhere"), id="307"),
        pytest.param(answer("500 Internal Server Error"), id="500"),
        pytest.param(answer("502 Bad Gateway"), id="502"),
        pytest.param(answer("503 Service Unavailable", b"{}", "Retry-After: 1"), id="503"),
        pytest.param(answer("504 Gateway Timeout"), id="504"),
        pytest.param(answer("408 Request Timeout"), id="408"),
        pytest.param(answer("409 Conflict"), id="409"),
    ],
)
def test_what_may_have_arrived_is_uncertain_and_sent_once(
    dsn: str, db: Connection, application: str, behave: Behaviour, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rolecall.applying.submit.ANSWER_LIMIT", 0.6)
    with service(behave) as (url, received):
        sent(dsn, url, application)
    assert (state(db, application), len(received)) == ("uncertain", 1)


@pytest.mark.parametrize("status", ["400 Bad Request", "404 Not Found", "410 Gone", "422 Unprocessable Content"])
def test_what_was_declined_is_refused_and_sent_once(dsn: str, db: Connection, application: str, status: str) -> None:
    with service(answer(status, b'{"error": "no"}')) as (url, received):
        sent(dsn, url, application)
    assert (state(db, application), len(received)) == ("refused", 1)


@pytest.mark.parametrize("status", ["429 Too Many Requests", "401 Unauthorized", "403 Forbidden"])
def test_what_had_no_effect_stays_approved_and_may_be_tried_again(dsn: str, db: Connection, application: str, status: str) -> None:
    with service(answer(status)) as (url, received):
        sent(dsn, url, application)
    assert (state(db, application), len(received)) == ("approved", 2)


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}", "http://no-such-host.invalid", "https://127.0.0.1:{port}"])
def test_what_never_left_stays_approved(dsn: str, db: Connection, application: str, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rolecall.applying.submit.ANSWER_LIMIT", 10)  # a name server may take its time
    sent(dsn, url.format(port=free_port()), application)
    assert state(db, application) == "approved"


def test_a_failed_tls_handshake_never_left(dsn: str, db: Connection, application: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=lambda: server.accept()[0].close(), daemon=True).start()
        sent(dsn, f"https://127.0.0.1:{server.getsockname()[1]}", application, times=1)
    assert state(db, application) == "approved"


def test_a_proxy_that_opens_no_tunnel_never_let_it_out(dsn: str, db: Connection, application: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with service(answer("502 Bad Gateway")) as (proxy, _):
        monkeypatch.setenv("HTTPS_PROXY", proxy)
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("no_proxy", "")
        sent(dsn, "https://employer.invalid", application, times=1)
    assert state(db, application) == "approved"


def test_an_idempotent_service_may_fail_twice_before_it_answers(
    dsn: str, db: Connection, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rolecall.applying.submit.ANSWER_LIMIT", 10)
    turns = iter([answer("503 Service Unavailable"), reset, answer("200 OK", b'{"applicationStatus": "submitted", "receipt": "R"}')])
    with service(lambda peer: next(turns)(peer)) as (url, received):
        sent(dsn, url, application, idempotent=True)
    assert (state(db, application), len(received)) == ("submitted", 3)
