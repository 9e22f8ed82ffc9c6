"""Figures are read from either format, compared with the seed's rules, kept and condensed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from rolecall.endpoints import Endpoints
from rolecall.monitoring.performance import MAX_ANSWER, Sample, _fetch, collect, judge, keep, own_figures, read, rules
from rolecall.store import Connection
from tests.conftest import free_port
from tests.http_double import Answer, http_double

NOW = datetime(2026, 5, 4, 12, 34, 56, tzinfo=UTC)
RULES = rules(Endpoints())


@pytest.mark.parametrize(
    ("text", "figures"),
    [
        ('{"service": "api", "cpu_usage": 0.5, "memory_usage": 0.25, "avg_response_time": 12}', {"api": [0.5, 0.25, 12]}),
        ('{"cpu_usage": 0.5}', {"asked": [0.5]}),
        ('{"cpu_usage": "high", "memory_usage": true, "avg_response_time": null}', {}),
        ("[1, 2]", {}),
        ("# TYPE rolecall_cpu_usage gauge\nrolecall_cpu_usage 0.5\n", {"asked": [0.5]}),
        ('app_cpu_usage{service="a"} 0.1\napp_cpu_usage{service="b"} 0.9\n', {"a": [0.1], "b": [0.9]}),
        ('cpu_usage{core="0"} 0.1\ncpu_usage{core="1"} 0.9\n', {"asked": [0.9]}),
        ("cpu_usage NaN\n", {}),
        ("<html>502 Bad Gateway</html>", {}),
        ("", {}),
    ],
)
def test_json_and_prometheus_text_are_read_and_nonsense_gives_nothing(text: str, figures: dict[str, list[float]]) -> None:
    by_service: dict[str, list[float]] = {}
    for sample in read(text, service="asked"):
        by_service.setdefault(sample.service, []).append(sample.value)
    assert by_service == figures


@pytest.mark.parametrize(
    ("metric", "value", "bad"),
    [
        ("cpu_usage", 0.8, None),
        ("cpu_usage", 0.81, True),
        ("cpu_usage", 0.71, False),
        ("memory_usage", 0.85, None),
        ("memory_usage", 0.851, True),
        ("avg_response_time", 2000, None),
        ("avg_response_time", 2001, True),
        ("avg_response_time", 1800, False),
    ],
)
def test_the_seeds_thresholds_are_exceeded_only_above_them(metric: str, value: float, bad: bool | None) -> None:
    assert [each.bad for each in judge([Sample("api", metric, value)], RULES)] == [bad]


def sample_at(db: Connection, value: float, minutes: int) -> list[str]:
    moment = NOW + timedelta(minutes=minutes)
    return [each.change for each in keep(db, [Sample("api", "cpu_usage", value)], RULES, moment, remind_after=timedelta(hours=6))]


def test_a_value_that_hovers_at_the_threshold_is_told_once_in_the_seeds_words(db: Connection) -> None:
    values = (0.9, 0.79, 0.85, 0.78, 0.95, 0.5)
    assert [sample_at(db, value, 5 * number) for number, value in enumerate(values)] == [["opened"], [], [], [], [], ["closed"]]
    told = db.execute("select recipient, message from notification order by created_at, message").fetchall()
    assert {row["recipient"] for row in told} == {"#performance-alerts"}
    assert "⚠️ Performance Alert: cpu_high for api\nValue: 90 %\nThreshold: 80 %" in [row["message"] for row in told]
    assert "✅ Performance is back to normal: cpu 50 % (threshold 80 %) for api, after 25 min" in [row["message"] for row in told]


@pytest.mark.parametrize(
    ("metric", "value", "words"),
    [
        ("cpu_usage", 0.41, "cpu 41 % (threshold 80 %)"),
        ("memory_usage", 0.123, "memory 12.3 % (threshold 85 %)"),
        ("avg_response_time", 120.4, "average answer 120 ms (threshold 2000 ms)"),
    ],
)
def test_a_recovery_shows_the_figure_within_its_bound(metric: str, value: float, words: str) -> None:
    (look,) = judge([Sample("api", metric, value)], RULES)
    assert look.detail == words


def test_one_machine_is_told_once_and_two_machines_twice() -> None:
    here = [Sample(name, "cpu_usage", value, "localhost") for name, value in (("api-service", 0.9), ("ai-service", 0.95))]
    (look,) = judge(here, RULES)
    assert (look.key, look.service, look.detail) == ("cpu_high:localhost", "machine localhost", "Value: 95 %\nThreshold: 80 %")
    assert judge(here[:1], RULES)[0].key == look.key, "one of them that is silent begins no second incident"
    apart = [Sample("api-service", "cpu_usage", 0.9, "one.example"), Sample("ai-service", "cpu_usage", 0.9, "two.example")]
    assert len(judge(apart, RULES)) == 2
    assert [each.service for each in judge(apart, RULES)] == ["machine one.example", "machine two.example"]
    slow = [Sample(name, "avg_response_time", 3000, "localhost") for name in ("api-service", "ai-service")]
    assert len(judge(slow, RULES)) == 2, "each service answers for its own speed"


def test_an_alert_gives_value_and_bound_with_their_unit() -> None:
    told = [judge([Sample("api", metric, value)], RULES)[0].detail for metric, value in (("cpu_usage", 0.803), ("avg_response_time", 2500))]
    assert told == ["Value: 80.3 %\nThreshold: 80 %", "Value: 2500 ms\nThreshold: 2000 ms"]


def test_a_service_that_answers_without_end_costs_what_is_read_of_it() -> None:
    sent = 0

    async def endless() -> tuple[int, str]:
        async def chunks() -> AsyncIterator[bytes]:
            nonlocal sent
            while True:
                sent += 65536
                yield b"x" * 65536

        transport = httpx.MockTransport(lambda request: httpx.Response(200, content=chunks()))
        async with httpx.AsyncClient(transport=transport) as http:
            return await _fetch(http, "http://a.example/metrics")

    _, text = asyncio.run(endless())
    assert len(text) == MAX_ANSWER
    assert sent <= MAX_ANSWER + 65536


def test_thresholds_are_settings() -> None:
    (strict, *_) = rules(Endpoints.model_validate({"max_cpu_usage": 0.1}))
    assert [each.bad for each in judge([Sample("api", "cpu_usage", 0.2)], [strict])] == [True]


def test_after_a_week_an_hour_is_one_mean_and_doing_it_again_changes_nothing(db: Connection) -> None:
    for minute, value in ((0, 0.2), (20, 0.4), (40, 0.6)):
        moment = NOW.replace(minute=minute, second=1) - timedelta(days=8)
        db.execute("insert into performance_sample values ('api', 'cpu_usage', %s, %s)", (value, moment))
    for _ in range(2):
        keep(db, [], RULES, NOW, remind_after=timedelta(hours=6))
    rows = db.execute("select value, samples, sampled_at from performance_sample").fetchall()
    assert [(round(row["value"], 6), row["samples"], row["sampled_at"]) for row in rows] == [
        (0.4, 3, NOW.replace(minute=0, second=0) - timedelta(days=8))
    ]


def test_a_service_that_gives_no_figures_is_named_and_the_others_are_kept() -> None:
    with http_double() as web:
        web.answer = lambda call: Answer(body={"service": "api", "cpu_usage": 0.3}) if call.path == "/metrics" else Answer(status=500)
        found, silent = asyncio.run(
            collect(
                Endpoints.model_validate(
                    {
                        "api_base_url": web.url,
                        "ai_service_url": f"{web.url}/ai",
                        "scraper_service_url": f"http://127.0.0.1:{free_port()}",
                    }
                )
            )
        )
    assert found == [Sample("api", "cpu_usage", 0.3)]
    assert silent == {"ai-service": "answered 500", "scraper-service": "no answer (ConnectError)"}


def test_our_own_figures_are_there_on_an_empty_database_and_medians_of_runs_follow(db: Connection) -> None:
    assert {each.value for each in own_figures(db)} == {0.0}
    for number in range(3):
        db.execute("insert into dag_run_end values ('auto_apply', %s, 'success', 1, %s, now())", (f"r{number}", 10 * (number + 1)))
    assert Sample("auto_apply", "run_seconds", 20.0) in own_figures(db)
