"""The services over a real Postgres, and a receiver on loopback that answers as it is told and counts what it got."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
from fastapi.testclient import TestClient
from psycopg.types.json import Jsonb

from local.processes.postgres import Postgres
from rolecall.endpoints import Endpoints
from rolecall.models import digest, text_digest
from rolecall.services import create_app
from rolecall.store import Connection
from tests import world
from tests.http_double import Answer, Call, HttpDouble, serving

API = {"Authorization": "Bearer api-secret"}
AI = {"Authorization": "Bearer ai-secret"}
OWNER_TOKEN = "mira-own-token"

TAKEN = Answer(201, {"receipt": "r-1", "status": "received"})


def bearer(token: str) -> dict[str, str]:
    """The headers of whoever has this token."""
    return {"Authorization": f"Bearer {token}"}


@dataclass
class Receiver(HttpDouble):
    """The other side: asked for receipts it answers as it must, unless it is ``away``."""

    away: bool = False
    answer: Answer | Callable[[Call], Answer] = field(default_factory=lambda: TAKEN)

    @property
    def received(self) -> list[dict[str, Any]]:
        """What was posted, in order."""
        return [
            {"key": one.headers.get("idempotency-key"), "path": one.path, "body": one.json} for one in self.calls if one.method == "POST"
        ]

    def reply(self, call: Call) -> Answer:
        if call.method == "POST":
            return super().reply(call)
        key = call.path.removeprefix("/ats/receipts/")
        return Answer(503) if self.away else TAKEN if key in [one["key"] for one in self.received] else Answer(404)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver on a loopback port of its own."""
    with serving(Receiver()) as state:
        yield state


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
        (person_id, person_id.title(), f"{person_id}@example.com", text_digest(token) if token else None, Jsonb({"auto_apply": True})),
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
        "title": "Data engineer",
        "company": "Quartz Harbor",
        "location": "Berlin",
        "description": "We look for a data engineer with Python, Airflow, PostgreSQL and dbt. You build data pipelines with us in Berlin.",
        "url": f"https://board.example/jobs/{job_id}",
        "content_hash": digest([job_id, {name: str(value) for name, value in changed.items()}]),
    }
    world.add_job(db, job_id, **{**row, **changed})
