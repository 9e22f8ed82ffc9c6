"""What a service does on the wire, and what that means for the application: a real client, a real socket, every kind of failure."""

from __future__ import annotations

import socket
import threading

import pytest

from rolecall.applying.effects import enqueue_effects
from rolecall.applying.ledger import Ledger
from rolecall.applying.submit import Pace, submit
from rolecall.clients.ai_client import AiClient
from rolecall.errors import RolecallError
from rolecall.store import Connection
from tests.applying.conftest import state
from tests.conftest import free_port
from tests.http_double import Answer, http_double


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


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(Answer(fault="reset"), id="reset"),
        pytest.param(Answer(fault="hang up"), id="closed without an answer"),
        pytest.param(Answer(fault="hang"), id="no answer"),
        pytest.param(Answer(200, b'{"applicationStatus": ' * 20, fault="half"), id="half an answer"),
        pytest.param(Answer(raw=b"HTTP/1.1 200 OK\r\nX-Slow: " + b"z" * 1000, drip=0.01), id="one byte at a time"),
        pytest.param(Answer(raw=b"\x00\x01\x02 this is not HTTP\r\n\r\n"), id="not HTTP"),
        pytest.param(Answer(200, b"<html>login</html>"), id="200 that is a page"),
        pytest.param(Answer(200, b'{"applicationStatus": "subm'), id="200 with half its JSON"),
        pytest.param(Answer(200, b"\xff\xfe\xfa"), id="200 of bytes"),
        pytest.param(Answer(200, b"[]"), id="200 with a list"),
        pytest.param(Answer(200, b'{"ok": true}'), id="200 without a status"),
        pytest.param(Answer(204), id="204"),
        pytest.param(Answer(302, headers={"Location": "/elsewhere"}), id="302"),
        pytest.param(Answer(307, headers={"Location": "/elsewhere"}), id="307"),
        pytest.param(Answer(500, b"{}"), id="500"),
        pytest.param(Answer(502, b"{}"), id="502"),
        pytest.param(Answer(503, b"{}", {"Retry-After": "1"}), id="503"),
        pytest.param(Answer(504, b"{}"), id="504"),
        pytest.param(Answer(408, b"{}"), id="408"),
        pytest.param(Answer(409, b"{}"), id="409"),
    ],
)
def test_what_may_have_arrived_is_uncertain_and_sent_once(
    dsn: str, db: Connection, application: str, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rolecall.applying.submit.ANSWER_LIMIT", 0.6)
    with http_double(answer) as service:
        sent(dsn, service.url, application)
    assert (state(db, application), len(service.calls)) == ("uncertain", 1)


@pytest.mark.parametrize("status", [400, 404, 410, 422])
def test_what_was_declined_is_refused_and_sent_once(dsn: str, db: Connection, application: str, status: int) -> None:
    with http_double(Answer(status, {"error": "no"})) as service:
        sent(dsn, service.url, application)
    assert (state(db, application), len(service.calls)) == ("refused", 1)


@pytest.mark.parametrize("status", [429, 401, 403])
def test_what_had_no_effect_stays_approved_and_may_be_tried_again(dsn: str, db: Connection, application: str, status: int) -> None:
    with http_double(Answer(status, {})) as service:
        sent(dsn, service.url, application)
    assert (state(db, application), len(service.calls)) == ("approved", 2)


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
    with http_double(Answer(502)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "")
        monkeypatch.setenv("no_proxy", "")
        sent(dsn, "https://employer.invalid", application, times=1)
    assert state(db, application) == "approved"


def test_an_idempotent_service_may_fail_twice_before_it_answers(
    dsn: str, db: Connection, application: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rolecall.applying.submit.ANSWER_LIMIT", 10)
    turns = iter([Answer(503, b"{}"), Answer(fault="reset"), Answer(200, b'{"applicationStatus": "submitted", "receipt": "R"}')])
    with http_double(lambda _: next(turns)) as service:
        sent(dsn, service.url, application, idempotent=True)
    assert (state(db, application), len(service.calls)) == ("submitted", 3)
