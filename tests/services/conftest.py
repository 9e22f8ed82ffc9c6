"""The services over a real Postgres, and a receiver on loopback that answers as it is told and counts what it got."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from psycopg.types.json import Jsonb

from local.postgres import Postgres
from rolecall.endpoints import Endpoints
from rolecall.models import digest
from rolecall.services import create_app
from rolecall.services.web import sha256
from rolecall.store import Connection

API = {"Authorization": "Bearer api-secret"}
AI = {"Authorization": "Bearer ai-secret"}
OWNER_TOKEN = "mira-own-token"

Answer = Callable[[BaseHTTPRequestHandler], None]


def answers(status: int, body: bytes = b'{"receipt": "r-1", "status": "received"}', **headers: str) -> Answer:
    """The receiver answers so."""

    def give(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Type": "application/json", "Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return give


def hangs(seconds: float, then: Answer) -> Answer:
    """The receiver takes its time."""

    def give(handler: BaseHTTPRequestHandler) -> None:
        time.sleep(seconds)
        then(handler)

    return give


def resets(handler: BaseHTTPRequestHandler) -> None:
    """The receiver hangs up without a word."""
    handler.close_connection = True


@dataclass
class Receiver:
    """The other side: what it got, in order, and how it answers; asked for receipts it answers as it must, unless it is ``away``."""

    url: str = ""
    away: bool = False
    answer: Answer = field(default_factory=lambda: answers(201))
    received: list[dict[str, Any]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on a loopback port of its own."""
    with receiving() as state:
        yield state


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver for the length of the block."""
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.received.append({"key": self.headers["Idempotency-Key"], "path": self.path, "body": body})
            state.answer(self)

        def do_GET(self) -> None:
            key = self.path.removeprefix("/ats/receipts/")
            known = any(one["key"] == key for one in state.received)
            answers(503 if state.away else 200 if known else 404)(self)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            """Quiet: a caller that was killed hears no answer."""

    server = Server(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    state.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture
def settings(dsn: str, receiver: Receiver) -> Endpoints:
    """Both tokens, a fresh database, the receiver in the sandbox's place."""
    return make_settings(dsn, sandbox_url=receiver.url)


class Sealed(Endpoints):
    """Endpoints that do not depend on the environment of the test run."""

    @classmethod
    def settings_customise_sources(cls, settings_cls: Any, init_settings: Any, *_: Any, **__: Any) -> tuple[Any, ...]:
        return (init_settings,)


def make_settings(dsn: str, **changed: Any) -> Endpoints:
    """Both tokens and this database."""
    return Sealed.model_validate({"rolecall_dsn": dsn, "api_token": "api-secret", "ai_service_token": "ai-secret", **changed})


@pytest.fixture
def client(settings: Endpoints) -> Iterator[TestClient]:
    """Both services in this process."""
    with TestClient(create_app(settings), raise_server_exceptions=False) as test_client:
        yield test_client


@pytest.fixture(scope="session")
def empty_client(postgres: Postgres) -> Iterator[TestClient]:
    """Both services over one empty database, for questions that never reach a row."""
    with psycopg.connect(postgres.dsn("postgres"), autocommit=True) as admin:
        admin.execute("create database t_services template template_rolecall")
        with TestClient(create_app(make_settings(postgres.dsn("t_services"))), raise_server_exceptions=False) as test_client:
            yield test_client
        admin.execute("drop database t_services with (force)")


@pytest.fixture
def mira(db: Connection) -> str:
    """A person with a CV (``cv-mira``) and a token of her own; returns her id."""
    add_person(db, "mira", OWNER_TOKEN)
    return "mira"


def add_person(db: Connection, person_id: str, token: str | None = None) -> None:
    """A person called like their id, with a data engineer's CV."""
    db.execute(
        "insert into person (id, name, email, token_sha256, preferences) values (%s, %s, %s, %s, %s)",
        (person_id, person_id.title(), f"{person_id}@example.com", sha256(token) if token else None, Jsonb({"auto_apply": True})),
    )
    db.execute(
        "insert into cv (id, person_id, data, sha256) values (%s, %s, %s, %s)", (f"cv-{person_id}", person_id, Jsonb(CV), digest(CV))
    )
    db.commit()


CV: dict[str, Any] = {
    "headline": "Senior data engineer",
    "location": "Berlin",
    "skills": ["Python", "Airflow", "PostgreSQL", "dbt", "Kafka"],
    "roles": [
        {"title": "Data engineer", "company": "Lumen Freight", "start": "2019-03", "months": 80, "text": "Airflow pipelines in Python"}
    ],
    "summary": "Eight years of data pipelines.",
    "text": (
        "Senior data engineer in Berlin. Eight years of Python, Apache Airflow, PostgreSQL, dbt and Kafka. "
        "Built batch and streaming pipelines, data quality checks and a warehouse at Lumen Freight."
    ),
    "years": 8,
}


def add_job(db: Connection, job_id: str, **changed: Any) -> None:
    """An open job that can be applied for where ``apply_url`` is the receiver's."""
    row = {
        "id": job_id,
        "merge_key": job_id,
        "title": "Data engineer",
        "company": "Quartz Harbor",
        "location": "Berlin",
        "description": "We look for a data engineer with Python, Airflow, PostgreSQL and dbt. You build data pipelines with us in Berlin.",
        "url": f"https://board.example/jobs/{job_id}",
        "source": "linkedin",
        "content_hash": digest([job_id, {name: str(value) for name, value in changed.items()}]),
        "state": "valid",
        **changed,
    }
    columns, values = ", ".join(row), ", ".join(f"%({name})s" for name in row)
    db.execute(f"insert into job ({columns}) values ({values})", row)
    db.commit()
