"""Postgres stops, hangs and comes back; the services say so and recover by themselves."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from rolecall.services import create_app, database
from tests.conftest import free_port
from tests.services.conftest import AI, API, Receiver, make_settings


class Line:
    """The line to Postgres, which can be cut, dead or whole."""

    def __init__(self, port: int) -> None:
        self.port = free_port()
        self._to = port
        self._ends: list[socket.socket] = []
        self._listener: socket.socket | None = None
        self.dead = False

    def mend(self) -> None:
        """Postgres answers."""
        self.dead = False
        self._listener = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def cut(self) -> None:
        """Postgres is gone: connections break, new ones are refused."""
        if self._listener is not None:
            with contextlib.suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._ends.clear()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            self._ends.append(near)
            if self.dead:
                continue
            far = socket.create_connection(("127.0.0.1", self._to))
            self._ends.append(far)
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        with contextlib.suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def line(postgres: Any) -> Iterator[Line]:
    cable = Line(postgres.port)
    yield cable
    cable.cut()


@pytest.fixture
def far_client(line: Line, dsn: str, postgres: Any, receiver: Receiver) -> Iterator[TestClient]:
    """The services behind the line."""
    behind = dsn.replace(f":{postgres.port}/", f":{line.port}/")
    with TestClient(create_app(make_settings(behind, sandbox_url=receiver.url)), raise_server_exceptions=False) as client:
        yield client


def test_health_says_that_postgres_is_down_and_the_service_recovers_by_itself(line: Line, far_client: TestClient) -> None:
    line.mend()
    assert far_client.get("/health").status_code == 200
    assert far_client.get("/api/v1/jobs/search", headers=API).status_code == 200
    line.cut()
    for path in ("/health", "/ai/health"):
        started = time.monotonic()
        answer = far_client.get(path)
        assert time.monotonic() - started < 20
        assert answer.status_code == 503
        assert answer.json()["status"] == "unhealthy"
        assert "Postgres" in answer.json()["error"]
        assert answer.json()["fix"]
        assert "password" not in answer.text
    line.mend()
    assert far_client.get("/health").status_code == 200
    assert far_client.get("/api/v1/jobs/search", headers=API).status_code == 200


def test_a_service_starts_while_postgres_is_down(line: Line, far_client: TestClient) -> None:
    assert far_client.get("/health").status_code == 503
    line.mend()
    assert far_client.get("/api/v1/users/u1", headers=API).status_code == 404


def test_health_answers_in_time_while_postgres_hangs(line: Line, far_client: TestClient) -> None:
    line.mend()
    line.dead = True
    started = time.monotonic()
    answer = far_client.get("/health")
    assert answer.status_code == 503
    assert time.monotonic() - started < 20
    line.cut()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "WAIT", 0.5)


def test_a_request_during_an_outage_is_503_and_an_application_is_429_because_nothing_left(
    impatient: None, far_client: TestClient, receiver: Receiver
) -> None:
    body = {"jobId": "j1", "cvId": "c1", "coverLetter": "", "platform": "linkedin"}
    answer = far_client.get("/api/v1/users/u1", headers=API)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert answer.json()["fix"]
    order = far_client.post("/api/auto-apply", json=body, headers={**AI, "Idempotency-Key": "k1"})
    assert (order.status_code, order.json()["applicationStatus"]) == (429, "not_sent")
    assert receiver.received == []
