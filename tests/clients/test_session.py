"""Through a session of ``requests``, a client says the same as ever: what never left, and what may have arrived."""

from __future__ import annotations

import gzip
import json
import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest
import requests

from rolecall.clients import http
from rolecall.clients.ai_client import AiClient
from rolecall.clients.platform_client import PlatformClient
from rolecall.clients.session import SessionTransport
from rolecall.errors import AuthFailed, MaybeReceived, NeverSent, RequestRejected, RolecallError, ServiceBusy
from tests.conftest import free_port
from tests.http_double import Answer, HttpDouble

ORDER = {"job_id": "j1", "cv_id": "c1", "cover_letter": "Dear all", "platform": "linkedin", "idempotency_key": "key-1"}


@pytest.fixture
def session() -> requests.Session:
    made = requests.Session()
    made.trust_env = False
    return made


@contextmanager
def server(serve: Callable[[socket.socket], None]) -> Iterator[str]:
    """Does what a real one may do to a connection; one at a time."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def run() -> None:
            while True:
                try:
                    accepted = listener.accept()[0]
                except OSError:
                    return
                with accepted:
                    serve(accepted)

        threading.Thread(target=run, daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"


def reads_and_resets(connection: socket.socket) -> None:
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


def closes_at_once(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")


def refuses_the_tunnel(connection: socket.socket) -> None:
    connection.recv(10_000)
    connection.sendall(b"HTTP/1.1 502 No\r\n\r\n")


def apply(session: requests.Session, url: str) -> None:
    with AiClient(url, transport=SessionTransport(session)) as ai:
        ai.auto_apply(**ORDER)


def test_an_application_goes_out_once_with_the_sessions_headers(session: requests.Session, provider: HttpDouble) -> None:
    session.headers["X-Tenant"] = "acme"
    provider.answer = lambda call: Answer(200, {"applicationStatus": "submitted"})
    apply(session, f"{provider.url}/ai")
    (call,) = provider.calls
    assert (call.method, call.path, call.json["jobId"]) == ("POST", "/ai/api/auto-apply", "j1")
    assert (call.headers["idempotency-key"], call.headers["x-tenant"]) == ("key-1", "acme")
    assert call.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (Answer(500, b"down"), MaybeReceived),
        (Answer(302, headers={"Location": "/elsewhere"}), MaybeReceived),
        (Answer(fault="hang up"), MaybeReceived),
        (Answer(429), ServiceBusy),
        (Answer(401), AuthFailed),
    ],
    ids=["500", "302", "lost answer", "429", "401"],
)
def test_an_answer_means_what_it_means_and_nothing_is_repeated(
    session: requests.Session, provider: HttpDouble, answer: Answer, meaning: type[RolecallError]
) -> None:
    provider.answer = lambda call: answer
    with pytest.raises(meaning):
        apply(session, provider.url)
    assert len(provider.calls) == 1


ODD = {
    "a header in Latin-1": (b"200 OK\r\nVia: 1.1 B\xfcro", None),
    "a header in UTF-8": ("200 OK\r\nX-Filename: Lebenslauf_Müller.pdf".encode(), None),
    "a pause that is no number": (b"429 No\r\nRetry-After: \xb2", ServiceBusy),
    "a charset of no text": (b"400 No\r\nContent-Type: text/html; charset=base64", RequestRejected),
    "a charset that always fails": (b"500 No\r\nContent-Type: text/html; charset=undefined", MaybeReceived),
    "a charset of names": (b"403 No\r\nContent-Type: text/html; charset=idna", AuthFailed),
}


@pytest.mark.parametrize("through_a_session", [True, False], ids=["requests", "httpx"])
@pytest.mark.parametrize("odd", ODD)
def test_an_answer_means_the_same_however_odd_its_headers_are(session: requests.Session, odd: str, *, through_a_session: bool) -> None:
    head, meaning = ODD[odd]

    def serve(connection: socket.socket) -> None:
        connection.recv(10_000)
        body = b'{"applicationStatus": "submitted", "receipt": "r-1"}\xff'[: 52 + (meaning is not None)]
        connection.sendall(b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (head, len(body), body))

    with server(serve) as address, AiClient(f"http://{address}", transport=SessionTransport(session) if through_a_session else None) as ai:
        if meaning is None:
            assert ai.auto_apply(**ORDER)["receipt"] == "r-1"
        else:
            with pytest.raises(meaning):
                ai.auto_apply(**ORDER)


def test_nobody_there_was_sent_nothing(session: requests.Session) -> None:
    with pytest.raises(NeverSent):
        apply(session, f"http://127.0.0.1:{free_port()}")


def test_a_connection_that_breaks_while_the_request_leaves_may_have_carried_it(session: requests.Session) -> None:
    with server(reads_and_resets) as address, pytest.raises(MaybeReceived):
        apply(session, f"http://{address}")


def test_a_handshake_that_breaks_carried_nothing(session: requests.Session) -> None:
    with server(closes_at_once) as address, pytest.raises(NeverSent):
        apply(session, f"https://{address}")


def test_a_proxy_that_opens_no_tunnel_carried_nothing(session: requests.Session) -> None:
    with server(refuses_the_tunnel) as address:
        session.proxies = {"https": f"http://{address}"}
        with pytest.raises(NeverSent):
            apply(session, "https://ai.example")


def test_an_answer_that_never_ends_is_given_up_and_may_have_been_received(session: requests.Session) -> None:
    released = threading.Event()

    def silent(connection: socket.socket) -> None:
        connection.recv(10_000)
        released.wait(10)

    with server(silent) as address:
        with (
            PlatformClient(f"http://{address}", transport=SessionTransport(session), seconds=0.2) as platform,
            pytest.raises(MaybeReceived),
        ):
            platform.create_job({})
        released.set()


@pytest.mark.parametrize("through_a_session", [True, False], ids=["requests", "httpx"])
@pytest.mark.parametrize(("name", "most"), [("LONGEST_ANSWER", 0.2), ("MOST_BYTES", 50)])
def test_an_answer_whose_bits_each_come_in_time_has_an_end(
    session: requests.Session, monkeypatch: pytest.MonkeyPatch, name: str, most: float, *, through_a_session: bool
) -> None:
    def dripping(connection: socket.socket) -> None:
        connection.recv(10_000)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 102\r\n\r\n{")
        with suppress(OSError):
            for _ in range(100):
                connection.sendall(b" ")
                time.sleep(0.01)
            connection.sendall(b"}")

    monkeypatch.setattr(http, name, most)
    transport = SessionTransport(session) if through_a_session else None
    client = httpx.Client(timeout=5, transport=transport)
    with server(dripping) as address, client, pytest.raises(MaybeReceived, match="no end"):
        http.request(client, "GET", f"http://{address}/", service="the service")


def test_an_answer_that_unpacks_without_end_is_given_up_before_it_is_unpacked(
    session: requests.Session, provider: HttpDouble, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "MOST_BYTES", 1_000_000)
    bomb = gzip.compress(bytes(50_000_000))
    provider.answer = lambda call: Answer(200, bomb, headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    try:
        with httpx.Client(timeout=5, transport=SessionTransport(session)) as client, pytest.raises(MaybeReceived, match="no end"):
            http.request(client, "GET", provider.url, service="the service")
        assert tracemalloc.get_traced_memory()[1] < 20_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("packed", [True, False], ids=["packed", "plain"])
def test_an_answer_in_pieces_is_read_whole_and_its_connection_is_kept(session: requests.Session, *, packed: bool) -> None:
    said = json.dumps({"applicationStatus": "submitted", "receipt": "r" * 200_000}).encode()
    body, opened = gzip.compress(said) if packed else said, 0

    def serve(connection: socket.socket) -> None:
        nonlocal opened
        opened += 1
        for _ in range(2):
            while b"\r\n\r\n" not in connection.recv(100_000):
                pass
            head = b"Content-Encoding: gzip\r\n" if packed else b""
            connection.sendall(b"HTTP/1.1 200 OK\r\n%sTransfer-Encoding: chunked\r\n\r\n" % head)
            for start in range(0, len(body), 1_000):
                piece = body[start : start + 1_000]
                connection.sendall(b"%x\r\n%s\r\n" % (len(piece), piece))
            connection.sendall(b"0\r\n\r\n")

    with server(serve) as address, httpx.Client(timeout=5, transport=SessionTransport(session)) as client:
        for _ in range(2):
            assert http.request(client, "GET", f"http://{address}/", service="the service").content == said
    assert opened == 1


def test_a_kept_connection_that_has_died_meanwhile_is_not_taken_for_one_that_never_stood(
    session: requests.Session, provider: HttpDouble
) -> None:
    provider.answer = lambda call: Answer(200, {}) if len(provider.calls) == 1 else Answer(fault="hang up")
    with PlatformClient(provider.url, transport=SessionTransport(session)) as platform:
        platform.create_job({})
        with pytest.raises(MaybeReceived):
            platform.create_job({})
