"""One look at everything, over real HTTP, a real Postgres and a real Redis."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from local.processes.redis import Redis
from rolecall.endpoints import Endpoints
from rolecall.errors import StoreUnavailable
from rolecall.monitoring import health
from rolecall.monitoring.probes import Ask, ProbeAnswer, answers_200, finds_nothing, probe_reachable, within_limit
from rolecall.store import Connection
from tests.conftest import free_port
from tests.http_double import Answer, HttpDouble, http_double

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)  # any day: where it is passed, no other clock is asked


@pytest.fixture
def service() -> Iterator[HttpDouble]:
    """A service, a board and an Airflow that are well unless told otherwise."""
    with well() as provider:
        yield provider


@contextmanager
def well() -> Iterator[HttpDouble]:
    components = ("metadatabase", "scheduler", "triggerer", "dag_processor")
    with http_double() as provider:
        provider.answer = lambda _: Answer(body={name: {"status": "healthy"} for name in components})
        yield provider


def settings(service: HttpDouble, redis_server: Redis, **more: object) -> Endpoints:
    values = {"api_base_url": service.url, "ai_service_url": f"{service.url}/ai", "redis_url": redis_server.url}
    return Endpoints.model_validate(values | more)


def found(settings: Endpoints, dsn: str, service: HttpDouble) -> dict[str, health.HealthResult]:
    results = asyncio.run(health.check(settings, dsn=dsn, airflow_url=service.url, boards={"linkedin": service.url}))
    return {each.service: each for each in results}


def test_everything_is_looked_at_and_the_aggregate_has_the_seeds_shape(dsn: str, service: HttpDouble, redis_server: Redis) -> None:
    results = found(settings(service, redis_server), dsn, service)
    assert {"API Gateway", "User Service", "Job Service", "AI Service", "Board linkedin", "Queue", "Database", "Disk"} <= set(results)
    assert {name: each.status for name, each in results.items() if not each.healthy} == {}
    seed = results["API Gateway"].as_seed()
    assert set(seed) == {"service", "status", "responseTime", "timestamp"}
    assert seed["status"] == "healthy"


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (204, False), (404, False), (503, False)])
def test_only_a_200_is_healthy(status: int, healthy: bool, dsn: str, service: HttpDouble, redis_server: Redis) -> None:
    service.answer = lambda _: Answer(status=status)
    result = found(settings(service, redis_server), dsn, service)["API Gateway"]
    assert (result.healthy, result.status) == (healthy, str(status))


def test_a_service_that_is_not_there_says_what_happened_instead_of_a_status(dsn: str, service: HttpDouble, redis_server: Redis) -> None:
    gone = settings(service, redis_server, ai_service_url=f"http://127.0.0.1:{free_port()}", user_service_url="http://no.such.host.invalid")
    results = found(gone, dsn, service)
    assert results["AI Service"].status == "connection refused"
    assert results["User Service"].status in ("unknown host", "no answer (ConnectError)")


@pytest.mark.parametrize("probe", [answers_200, probe_reachable])
@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_of_an_answer_without_end_its_status_is_enough(probe: Callable[..., Ask], status: int, healthy: bool) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 65_536
            yield bytes(65_536)

    async def asked() -> ProbeAnswer:
        transport = httpx.MockTransport(lambda _: httpx.Response(status, content=endless()))
        async with httpx.AsyncClient(transport=transport) as client:
            return await within_limit(probe(client, "http://board.example"))

    assert asyncio.run(asked()) == ProbeAnswer(healthy, str(status))
    assert sent <= 65_536


def test_a_supervisor_that_hangs_is_seen_by_those_it_watches_over(
    dsn: str, service: HttpDouble, redis_server: Redis, tmp_path: Path
) -> None:
    sign = tmp_path / "alive"
    sign.touch()
    os.utime(sign, (time.time(), time.time()))  # by the clock that the test meets
    watched = settings(service, redis_server, supervisor_alive=str(sign))
    assert found(watched, dsn, service)["Supervisor"].healthy
    os.utime(sign, (time.time() - 300, time.time() - 300))
    assert found(watched, dsn, service)["Supervisor"].status.startswith("hung: no sign of life for 30")
    assert "Supervisor" not in found(settings(service, redis_server), dsn, service)


def test_a_service_that_hangs_is_given_up_and_delays_nobody() -> None:
    asked = 0
    together: list[int] = []

    async def hangs() -> ProbeAnswer:
        nonlocal asked
        asked += 1
        try:
            await asyncio.sleep(600)
        finally:
            together.append(asked)
        return ProbeAnswer(True, "200")

    original = health.within_limit
    results = asyncio.run(_look_with_limit({f"slow {number}": hangs for number in range(20)}, original))
    assert together == [20] * 20  # all were asked before the first was given up
    assert {each.status for each in results} == {"time-out after 0.2 s"}


async def _look_with_limit(asked: dict[str, health.Ask], within: object) -> list[health.HealthResult]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(health, "within_limit", lambda ask: within(ask, 0.2))  # type: ignore[operator]
        return await health.probe_all(asked)


def result(healthy: bool, status: str, service: str = "AI Service") -> health.HealthResult:
    return health.HealthResult(service, healthy, status, 12.3, NOW)


def keep(db: Connection, one: health.HealthResult, minutes: int) -> None:
    health.keep(db, [one], NOW + timedelta(minutes=minutes), remind_after=timedelta(hours=6))


def told(db: Connection) -> list[tuple[str, str]]:
    return [(row["recipient"], row["message"]) for row in db.execute("select * from notification where type = 'slack' order by created_at")]


def test_one_alert_when_it_breaks_and_one_when_it_recovers_in_the_seeds_words(db: Connection) -> None:
    keep(db, result(False, "503"), 0)
    keep(db, result(False, "503"), 60)
    keep(db, result(True, "200"), 120)
    assert told(db) == [
        ("#alerts", "🚨 Service AI Service is down! Status: 503"),
        ("#alerts", "✅ Service AI Service is healthy again after 2 h."),
    ]


def test_what_is_no_service_is_told_in_words_of_its_own_and_not_as_down(db: Connection) -> None:
    for healthy, minutes in ((False, 0), (False, 365), (True, 370)):
        keep(db, result(healthy, "4.9 % of the disk is free, at least 5 % should be", "Disk"), minutes)
        db.commit()
    assert [message for _, message in told(db)] == [
        "🚨 Disk: 4.9 % of the disk is free, at least 5 % should be",
        "🚨 Disk, for 6 h 5 min now: 4.9 % of the disk is free, at least 5 % should be",
        "✅ Disk: all is well after 6 h 10 min",
    ]
    assert not any(health.is_service(name) for name in ("Applications", "Backup", "Scraping indeed", "Disk", "Monitoring"))
    assert all(health.is_service(name) for name in ("API Gateway", "Board indeed", "Queue", "Airflow scheduler", "Database"))


def test_the_history_shows_both_and_gives_uptime_figures(db: Connection) -> None:
    moment = datetime.now(UTC)
    for number, healthy in enumerate((True, True, False, True)):
        one = health.HealthResult("AI Service", healthy, "200" if healthy else "503", 1, moment - timedelta(hours=number))
        health.keep(db, [one], moment, remind_after=timedelta(hours=6))
    row = db.execute("select last_24h, looks_30d, last_status from uptime").fetchone()
    assert row is not None
    assert (float(row["last_24h"]), row["looks_30d"], row["last_status"]) == (0.75, 4, "200")


@pytest.mark.parametrize(
    ("statement", "service"),
    [
        (
            "insert into notification (dedupe_key, kind, type, recipient, message, next_at)"
            " values ('k', 'applied', 'email', 'a@b.c', 'm', now() - interval '1 hour')",
            "Notifications",
        ),
        (
            "insert into outbox (topic, key, payload, created_at) values ('notification_status', 'k', '{}', now() - interval '2 hours')",
            "Platform calls",
        ),
        (
            "insert into board_run (run_id, board, search, outcome, error, finished_at) values ('r', 'linkedin', 's', 'ok', null,"
            " now() - interval '2 days'), ('r2', 'linkedin', 's', 'Blocked', 'no', now())",
            "Scraping linkedin",
        ),
    ],
)
def test_what_lies_around_is_unhealthy(statement: str, service: str, dsn: str, db: Connection, redis_server: Redis) -> None:
    db.execute(statement)  # type: ignore[arg-type]  # a literal of this test
    db.commit()
    with well() as web:
        results = found(settings(web, redis_server), dsn, web)
    assert {name for name, each in results.items() if not each.healthy} == {service}


def test_what_is_told_in_utc_is_utc_on_a_server_of_another_zone(dsn: str, db: Connection) -> None:
    db.execute(f"alter database {db.info.dbname} set timezone = 'Pacific/Kiritimati'")  # type: ignore[arg-type]
    waits = "insert into notification (dedupe_key, kind, type, recipient, message, next_at) values ('k', 'applied', 'push', 'u1', 'm', %s)"
    since = datetime.now(UTC) - timedelta(hours=2)
    db.execute(waits, (since,))
    db.commit()
    answer = asyncio.run(finds_nothing(dsn, health.WAITING["Notifications"])())
    assert answer.status == f"the oldest unsent message has waited since {since:%Y-%m-%d %H:%M} UTC"


def test_a_dead_postgres_is_told_directly(service: HttpDouble, redis_server: Redis) -> None:
    dead = f"postgresql://nobody@127.0.0.1:{free_port()}/rolecall"
    slack = settings(service, redis_server, slack_webhook_url=f"{service.url}/slack")
    with pytest.raises(StoreUnavailable):
        health.keep_or_tell(dead, [result(True, "200")], NOW, slack)
    assert [call.json["text"] for call in service.calls] == ["🚨 Service Database is down! Status: it does not answer"]


def test_a_queue_that_stands_still_is_told_past_it_and_once(db: Connection, dsn: str, service: HttpDouble, redis_server: Redis) -> None:
    ways = settings(service, redis_server, slack_webhook_url=f"{service.url}/slack")
    stuck = result(False, "the oldest unsent message has waited since 12:00 UTC", "Notifications")
    for minutes in (0, 60):
        health.keep_or_tell(dsn, [stuck], NOW + timedelta(minutes=minutes), ways)
    assert [call.json["text"] for call in service.calls] == ["🚨 Notifications: the oldest unsent message has waited since 12:00 UTC"]
    assert told(db) == []
    db.commit()
    health.keep_or_tell(dsn, [result(True, "200", "Notifications")], NOW + timedelta(hours=2), ways)
    assert [message for _, message in told(db)] == ["✅ Notifications: all is well after 2 h"]


def test_what_no_channel_takes_directly_waits_in_the_queue(db: Connection, dsn: str, service: HttpDouble, redis_server: Redis) -> None:
    stuck = result(False, "the oldest unsent message has waited since 12:00 UTC", "Notifications")
    health.keep_or_tell(dsn, [stuck], NOW, settings(service, redis_server))
    assert len(told(db)) == 1
