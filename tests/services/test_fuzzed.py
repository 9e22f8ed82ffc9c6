"""REST fuzzed by what its own OpenAPI document says: nothing ends in a 5xx, and every status that is answered is a documented one."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Any

import pytest
import requests
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import status_code_conformance

from rolecall.services import create_app
from rolecall.services.documentation import PATH, document
from rolecall.store import Connection
from tests.services.conftest import API, OWNER_TOKEN, add_job, add_person, make_settings

CHECKS = [not_a_server_error, status_code_conformance]
LEAVES = {("POST", "/api/v1/employers"), ("PUT", "/api/v1/users/{user_id}/smtp")}
"""What asks somebody else's servers before it answers."""

KNOWN = {"person_id": "mira", "user_id": "mira", "userId": "mira", "job_id": "j1", "jobId": "j1", "cvId": "cv-mira", "cv_id": "cv-mira"}
"""Names that lead somewhere, half of the time: routes are fuzzed behind their first look-up too."""


@pytest.fixture
def app(dsn: str, db: Connection) -> FastAPI:
    add_person(db, "mira", OWNER_TOKEN)
    add_job(db, "j1")
    db.commit()
    return create_app(make_settings(dsn))


@pytest.fixture(autouse=True)
def nothing_leaves(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a route would ask of other machines is refused here: made-up hosts are nobody's to ask."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in ("127.0.0.1", "::1", "localhost"):
            raise ConnectionRefusedError("not from a test")
        connect(self, address)

    def no_names(*_: Any, **__: Any) -> Any:
        raise socket.gaierror("not from a test")

    monkeypatch.setattr(socket.socket, "connect", only_here)
    monkeypatch.setattr(socket, "getaddrinfo", no_names)


def fuzz(app: FastAPI, examples: int) -> int:
    """How many answers were looked at."""
    schema, seen, wrong = schemathesis.openapi.from_dict(document(app)), list[int](), list[str]()
    with TestClient(app, raise_server_exceptions=False) as http:
        for found in schema.get_all_operations():
            operation = found.ok()
            if (operation.method.upper(), operation.path) not in LEAVES:
                try:
                    fuzzed(http, operation, examples, seen)()
                except (Failure, FailureGroup) as error:
                    wrong.append(f"{operation.method.upper()} {operation.path}: {str(error)[:800]}")
    assert not wrong, "\n".join(wrong)
    return len(seen)


def fuzzed(http: TestClient, operation: Any, examples: int, seen: list[int]) -> Callable[[], None]:
    """Asks one operation so many times."""
    tokens = (API, {"Authorization": f"Bearer {OWNER_TOKEN}"})

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(), known=st.booleans(), own=st.booleans())
    def one(case: Any, known: bool, own: bool) -> None:
        if known:
            case.path_parameters = {name: KNOWN.get(name, value) for name, value in (case.path_parameters or {}).items()}
        sent = requests.Request(**case.as_transport_kwargs(base_url="http://testserver", headers=tokens[own])).prepare()
        answer = http.request(sent.method or "GET", sent.url or "", headers=dict(sent.headers), content=sent.body or b"")
        seen.append(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    return one


def test_the_document_is_for_whoever_has_a_token(app: FastAPI) -> None:
    with TestClient(app) as http:
        assert http.get(PATH).status_code == 401
        assert http.get(PATH, headers={"Authorization": "Bearer nobodys"}).status_code == 403
        for token in (API, {"Authorization": f"Bearer {OWNER_TOKEN}"}):
            found = http.get(PATH, headers=token).json()
            assert "/api/v1/matches" in found["paths"]
            assert found["security"] == [{"token": []}]


def test_a_few_requests_of_every_kind_end_as_documented(app: FastAPI) -> None:
    assert fuzz(app, 1) > 30


@pytest.mark.long
def test_very_many_requests_end_as_documented(app: FastAPI) -> None:
    assert fuzz(app, int(os.environ.get("FUZZ_EXAMPLES", "100"))) > 1_000
