"""What every route shares: authentication, readable errors, limits, metrics, and a log that keeps secrets."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from rolecall.endpoints import Endpoints
from rolecall.errors import InvalidInput
from rolecall.services.ai.ai_app import create_ai_app
from rolecall.services.platform.platform_app import create_platform_app
from rolecall.services.route_guards import WINDOW, Timings
from tests.services.conftest import AI, API, make_settings

ROUTES = [
    ("POST", "/api/v1/jobs/bulk"),
    ("POST", "/api/v1/jobs"),
    ("GET", "/api/v1/jobs/search"),
    ("GET", "/api/v1/cv/c1"),
    ("DELETE", "/api/v1/cv/c1"),
    ("GET", "/api/v1/users/u1/cvs"),
    ("GET", "/api/v1/users/u1"),
    ("POST", "/api/v1/users"),
    ("PATCH", "/api/v1/users/u1"),
    ("PUT", "/api/v1/users/u1/preferences"),
    ("PATCH", "/api/v1/users/u1/preferences"),
    ("POST", "/api/v1/users/u1/token"),
    ("DELETE", "/api/v1/users/u1/token"),
    ("POST", "/api/v1/applications"),
    ("PATCH", "/api/v1/applications/a1/status"),
    ("PATCH", "/api/v1/notifications/n1/status"),
    ("POST", "/api/job-match"),
    ("POST", "/api/auto-apply"),
    ("GET", "/api/auto-apply/k1"),
    ("POST", "/ai/api/job-match"),
    ("POST", "/ai/api/auto-apply"),
]


@pytest.fixture
def client(empty_client: TestClient) -> TestClient:
    """Nothing here writes."""
    return empty_client


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("authorization", [None, "Bearer wrong", "Basic api-secret", "Bearer ", "Bearer \xff"])
def test_no_route_answers_without_its_token(client: TestClient, method: str, path: str, authorization: str | None) -> None:
    headers = [(b"authorization", authorization.encode("latin-1"))] if authorization else []
    answer = client.request(method, path, headers=headers, content=b"{not json")
    persons_too = path.startswith(("/api/v1/cv/", "/api/v1/users/u1", "/api/v1/matches"))
    assert answer.status_code == (403 if persons_too and authorization in ("Bearer wrong", "Bearer \xff") else 401)
    assert answer.json()["fix"]
    assert answer.json()["field"] == "Authorization"


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json", "/ai/docs", "/ai/openapi.json", "/api/v1/none", "/ai/none"])
def test_what_is_not_there_is_a_readable_404(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=API)
    assert answer.status_code == 404
    assert path in answer.json()["error"]
    assert answer.json()["fix"]


def test_a_wrong_method_is_a_readable_405(client: TestClient) -> None:
    answer = client.put("/api/v1/users/u1", headers=API)
    assert (answer.status_code, answer.json()["error"]) == (405, "this address does not take this method: PUT /api/v1/users/u1")


@pytest.mark.parametrize(("path", "service"), [("/", "platform-api"), ("/ai", "ai-service"), ("/ai/", "ai-service")])
def test_who_opens_the_address_reads_in_a_line_what_it_is(client: TestClient, path: str, service: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.text.count("\n")) == (200, 1)
    assert answer.text.startswith(f"Rolecall's {service}, the ")


@pytest.mark.parametrize("prefix", ["", "/ai"])
def test_health_and_metrics_need_no_token(client: TestClient, prefix: str) -> None:
    service = "ai-service" if prefix else "platform-api"
    health = client.get(f"{prefix}/health")
    assert (health.status_code, health.json()) == (200, {"status": "ok", "service": service, "database": "ok", "version": "dev"})
    metrics = client.get(f"{prefix}/metrics").json()
    assert metrics["service"] == service
    assert 0 <= metrics["cpu_usage"] <= 1
    assert 0 < metrics["memory_usage"] <= 1


def test_each_app_counts_its_own_requests(client: TestClient) -> None:
    before = [client.get(path).json()["requests"] for path in ("/metrics", "/ai/metrics")]
    client.get("/api/v1/users/u1", headers=API)
    client.get("/ai/api/auto-apply/k1", headers=AI)
    client.get("/ai/api/auto-apply/k2", headers=AI)
    platform, ai = client.get("/metrics").json(), client.get("/ai/metrics").json()
    assert (platform["requests"], ai["requests"]) == (before[0] + 1, before[1] + 2)
    assert platform["avg_response_time"] > 0
    assert ai["avg_response_time"] > 0


def test_response_times_are_averaged_over_a_rolling_window() -> None:
    now = 0.0
    timings = Timings(clock=lambda: now)
    timings.add(10)
    now = WINDOW - 1
    timings.add(30)
    assert timings.summary() == (2, 20.0)
    now = WINDOW + 1
    assert timings.summary() == (1, 30.0)


def test_a_body_that_is_not_json_says_where(client: TestClient) -> None:
    answer = client.post("/api/v1/applications", content=b'{"jobId": }', headers={**API, "Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["field"]) == (422, "body")
    assert "character 10" in answer.json()["error"]


def test_a_body_of_another_kind_says_what_is_wanted(client: TestClient) -> None:
    answer = client.post("/api/v1/applications", content=b"jobId=1", headers={**API, "Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 422
    assert "application/json" in answer.json()["fix"]


def announced() -> bytes:
    return b" " * 3_000_000


def unannounced() -> Iterator[bytes]:
    return (b" " * 100_000 for _ in range(40))


@pytest.mark.parametrize("body", [announced, unannounced])
@pytest.mark.parametrize("path", ["/api/v1/applications", "/ai/api/job-match"])
def test_a_body_that_is_too_large_is_413_announced_or_not(client: TestClient, path: str, body: Callable[[], Any]) -> None:
    headers = {**(AI if "ai" in path else API), "Content-Type": "application/json"}
    answer = client.post(path, content=body(), headers=headers)
    assert answer.status_code == 413
    assert "2,097,152 bytes" in answer.json()["error"]


@pytest.mark.parametrize("path", ["/api/v1/users/%00", "/api/v1/cv/%00"])
def test_text_that_postgres_cannot_hold_is_422(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=API)
    assert answer.status_code == 422
    assert answer.json()["fix"]


def test_a_text_with_half_a_character_is_422(client: TestClient) -> None:
    body = b'{"jobId": "\\ud800", "userId": "u", "cvId": "c", "status": "s"}'
    answer = client.post("/api/v1/applications", content=body, headers={**API, "Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["fix"]


def test_the_log_tells_path_status_and_time_but_no_query_and_no_token(client: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    client.get("/api/v1/jobs/search?keywords=my-secret-wish", headers=API)
    client.get("/ai/api/auto-apply/a%20b", headers=AI)
    lines = [record.getMessage() for record in caplog.records if record.name == "rolecall.services"]
    assert lines[0].startswith("platform-api GET /api/v1/jobs/search 200 ")
    assert lines[1].startswith("ai-service GET /ai/api/auto-apply/a%20b 404 ")
    assert "secret" not in "".join(lines)


@pytest.mark.parametrize(
    ("create", "missing"),
    [(create_platform_app, "api_token"), (create_ai_app, "ai_service_token")],
)
def test_an_app_without_its_token_does_not_start(create: Any, missing: str) -> None:
    with pytest.raises(InvalidInput, match=missing.upper()):
        create(make_settings("postgresql://nowhere", **{missing: ""}))


@pytest.mark.parametrize(("create", "path"), [(create_platform_app, "/api/v1/users/u1"), (create_ai_app, "/api/auto-apply/k1")])
def test_each_app_also_runs_alone(settings: Endpoints, create: Any, path: str) -> None:
    with TestClient(create(settings)) as client:
        assert client.get("/health").status_code == 200
        assert client.get(path, headers={**API} if "users" in path else {**AI}).status_code == 404
