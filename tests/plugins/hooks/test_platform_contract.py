"""``PlatformHook`` against the bundled platform and against one that knows only the seed's contract: the same calls, the same meaning."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tenacity import wait_none

from rolecall.clients import platform_client as clients
from rolecall.clients.platform_client import PlatformClient
from rolecall.errors import AuthFailed, BadAnswer, MaybeReceived, RequestRejected
from rolecall.hooks.platform_hook import PlatformHook
from rolecall.store import Connection
from tests.services.conftest import *  # noqa: F403 - its fixtures
from tests.services.test_process import services
from tests.sync.platform_double import TOKEN, Double, platform_double

NOW = datetime(2026, 5, 4, tzinfo=UTC)
POSTING = {"title": "Nurse", "company": "Ward", "location": "Ulm", "description": "x", "url": "https://b.example/1", "source": "linkedin"}


def use(monkeypatch: pytest.MonkeyPatch, url: str, token: str) -> PlatformHook:
    monkeypatch.setattr(clients.repeatable, "wait", wait_none())
    monkeypatch.setenv("AIRFLOW_CONN_PLATFORM_API", json.dumps({"conn_type": "http", "host": url, "password": token}))
    return PlatformHook()


@pytest.fixture
def double() -> Iterator[Double]:
    with platform_double() as running:
        running.users["mira"] = {"id": "mira", "name": "Mira", "email": "mira@example.com", "preferences": {"auto_apply": True}}
        yield running


@pytest.fixture(params=["bundled", "the contract alone"])
def hook(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, db: Connection, dsn: str, mira: str, receiver: Any, double: Double,
    tmp_path: Path,
) -> Iterator[PlatformHook]:  # fmt: skip
    if request.param == "bundled":
        with services(dsn, receiver, tmp_path / "services.log") as (url, _):
            yield use(monkeypatch, url, "api-secret")
    else:
        yield use(monkeypatch, double.url, TOKEN)


def test_every_call_of_the_contract_works(hook: PlatformHook) -> None:
    assert hook.test_connection() == (True, "healthy")
    with hook.client() as platform:
        assert platform.get_user("mira")["email"] == "mira@example.com"
        assert platform.update_user_preferences("mira", {"city": "Ulm"})["preferences"] == {"city": "Ulm"}
        assert platform.get_user("mira")["preferences"] == {"city": "Ulm"}
        assert platform.get_cv("cv-mira")["skills"]
        assert platform.create_job(POSTING)
        postings = [{**POSTING, "url": f"https://b.example/{number}"} for number in range(2, 5)]
        assert platform.bulk_create_jobs(postings, idempotency_key="b1") == 3
        assert isinstance(list(platform.all_jobs(keywords="nurse")), list)
        made = platform.create_application(
            job_id="j1", user_id="mira", cv_id="cv-mira", status="submitted", applied_at=NOW, idempotency_key="a1"
        )
        assert platform.update_application_status(str(made["id"]), "interview")["status"] == "interview"
        with pytest.raises(RequestRejected):
            platform.get_user("nobody")


def test_the_notifications_status_is_set(hook: PlatformHook, db: Connection) -> None:
    row = db.execute(
        "insert into notification (dedupe_key, kind, type, recipient, message) values (%s, %s, %s, %s, %s) returning id::text",
        ("n", "applied", "push", "mira", "x"),
    ).fetchone()
    db.commit()
    assert row is not None
    with hook.client() as platform:
        assert platform.update_notification_status(row["id"], "sent", NOW)["status"] == "sent"


def test_a_wrong_token_is_named_and_shown_nowhere(monkeypatch: pytest.MonkeyPatch, double: Double) -> None:
    hook = use(monkeypatch, double.url, "not-the-token")
    with hook.client() as platform, pytest.raises(AuthFailed) as caught:
        platform.get_user("mira")
    assert "not-the-token" not in str(caught.value)


def test_all_pages_of_a_search_are_read_up_to_a_bound(monkeypatch: pytest.MonkeyPatch, double: Double) -> None:
    double.jobs = [{"id": number} for number in range(7)]
    with use(monkeypatch, double.url, TOKEN).client() as platform:
        assert [job["id"] for job in platform.all_jobs(keywords="x")] == list(range(7))
        assert [job["id"] for job in platform.all_jobs(most=3)] == [0, 1, 2]


REPEATED = {
    "GET /api/v1/users/mira": lambda platform: platform.get_user("mira"),
    "PUT /api/v1/users/mira/preferences": lambda platform: platform.update_user_preferences("mira", {}),
    "GET /api/v1/jobs/search": lambda platform: platform.search_jobs(),
    "POST /api/v1/jobs/bulk": lambda platform: platform.bulk_create_jobs([POSTING], idempotency_key="k"),
    "PATCH /api/v1/applications/7/status": lambda platform: platform.update_application_status("7", "viewed"),
}


@pytest.mark.parametrize("call", REPEATED)
@pytest.mark.parametrize("fault", [503, "500 after", "half", 429])
def test_what_may_be_repeated_is(monkeypatch: pytest.MonkeyPatch, double: Double, call: str, fault: int | str) -> None:
    double.fails = {call: fault}
    with use(monkeypatch, double.url, TOKEN).client() as platform:
        REPEATED[call](platform)
    assert double.asked == [call, call]


def apply(platform: PlatformClient) -> None:
    platform.create_application(job_id="j", user_id="mira", cv_id="c", status="submitted", applied_at=NOW, idempotency_key="k")


ONCE = {"POST /api/v1/applications": apply, "POST /api/v1/jobs": lambda platform: platform.create_job(POSTING)}


@pytest.mark.parametrize("call", ONCE)
@pytest.mark.parametrize(
    ("fault", "error"), [(503, MaybeReceived), ("500 after", MaybeReceived), ("half", MaybeReceived), ("garbled", BadAnswer)]
)
def test_what_might_double_is_asked_once(
    monkeypatch: pytest.MonkeyPatch, double: Double, call: str, fault: int | str, error: type[Exception]
) -> None:
    double.fails = {call: fault}
    with use(monkeypatch, double.url, TOKEN).client() as platform, pytest.raises(error):
        ONCE[call](platform)
    assert double.asked == [call]
