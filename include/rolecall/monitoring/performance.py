"""How busy the services are: sampled every five minutes, compared with rules, told as incidents in the seed's words."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from psycopg.types.json import Jsonb

from rolecall.endpoints import Endpoints
from rolecall.monitoring.incidents import IncidentChange, Observation, format_distinct, format_duration, observe
from rolecall.outbox.messages import Draft, enqueue
from rolecall.settings import USER_AGENT, Settings
from rolecall.store import Connection, sql

SQL = Path(__file__).parent / "sql"
LIMIT = 5.0
"""Seconds one service may take to answer."""

MAX_ANSWER = 256 * 1024
"""Bytes of one answer that are read."""

CHANNEL = "#performance-alerts"
CALM = 0.9
"""An incident is over when the value is below this share of the threshold: a value that hovers there is told once."""

RAW = timedelta(days=7)
"""Samples older than this are kept as one mean an hour."""

KEEP = timedelta(days=400)


@dataclass(frozen=True)
class Threshold:
    """One bound. ``type`` is the seed's name of the alert, ``threshold`` in the metric's own unit."""

    type: str
    metric: str
    threshold: float


@dataclass(frozen=True)
class Sample:
    """One figure of one service at one moment: shares 0 to 1, times in milliseconds, ages in seconds.

    :param machine: host that it was read from
    """

    service: str
    metric: str
    value: float
    machine: str = field(default="", compare=False)


def rules(settings: Settings) -> tuple[Threshold, ...]:
    """The seed's three rules, with the settings' thresholds."""
    return (
        Threshold("cpu_high", "cpu_usage", settings.max_cpu_usage),
        Threshold("memory_high", "memory_usage", settings.max_memory_usage),
        Threshold("response_time_high", "avg_response_time", settings.max_response_ms),
    )


def sources(settings: Endpoints) -> dict[str, str]:
    """Where figures come from; the scraper service follows the API where it is not set."""
    bases = {
        "api-service": settings.api_base_url,
        "ai-service": settings.ai_service_url,
        "scraper-service": settings.scraper_service_url or settings.rolecall_services_url or settings.api_base_url,
    }
    return {name: base.rstrip("/") + "/metrics" for name, base in bases.items()}


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────


def read(text: str, *, service: str) -> list[Sample]:
    """The figures of one answer, JSON as in the seed or Prometheus text; what is no number is left out.

    :param service: its name where the answer does not say
    """
    import json

    try:
        body = json.loads(text)
    except ValueError:
        return _prometheus(text, service)
    if not isinstance(body, Mapping):
        return []
    name = str(body.get("service") or service)[:100]
    return [Sample(name, metric, float(body[metric])) for metric in METRICS if _is_number(body.get(metric))]


METRICS = ("cpu_usage", "memory_usage", "avg_response_time")
OF_THE_MACHINE = ("cpu_usage", "memory_usage")
"""What all services on one machine say alike: it is judged, and told, once a machine."""

WORDS = {"cpu_usage": "cpu", "memory_usage": "memory", "avg_response_time": "average answer"}


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _prometheus(text: str, service: str) -> list[Sample]:
    """Gauges of the same names, with any prefix: ``rolecall_cpu_usage{service="api"} 0.2``. The largest of several counts."""
    from prometheus_client.parser import text_string_to_metric_families

    found: dict[tuple[str, str], float] = {}
    try:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                for metric in METRICS:
                    if sample.name.endswith(metric) and _is_number(sample.value):
                        key = (sample.labels.get("service", service), metric)
                        found[key] = max(sample.value, found.get(key, -math.inf))
    except ValueError:
        return []
    return [Sample(name, metric, value) for (name, metric), value in found.items()]


async def collect(settings: Endpoints) -> tuple[list[Sample], dict[str, str]]:
    """Asks all services at once. Returns their figures, and why by name for those that gave none."""
    async with httpx.AsyncClient(timeout=LIMIT, headers={"User-Agent": USER_AGENT}, follow_redirects=False) as http:

        async def one(service: str, url: str) -> list[Sample] | str:
            try:
                status, text = await asyncio.wait_for(_fetch(http, url), LIMIT)
            except (httpx.HTTPError, TimeoutError) as error:
                return f"no answer ({type(error).__name__})"
            if status != 200:
                return f"answered {status}"
            machine = urlsplit(url).hostname or ""
            machine = "localhost" if machine in ("127.0.0.1", "::1") else machine
            return [replace(sample, machine=machine) for sample in read(text, service=service)] or "no figure that we know"

        asked = sources(settings)
        answers = await asyncio.gather(*(one(service, url) for service, url in asked.items()))
    samples = {(sample.service, sample.metric): sample for answer in answers if not isinstance(answer, str) for sample in answer}
    return list(samples.values()), {service: answer for service, answer in zip(asked, answers, strict=True) if isinstance(answer, str)}


async def _fetch(http: httpx.AsyncClient, url: str) -> tuple[int, str]:
    """Status and text; of a longer answer the beginning, without the rest."""
    text = bytearray()
    async with http.stream("GET", url) as response:
        async for chunk in response.aiter_bytes():
            text += chunk
            if len(text) >= MAX_ANSWER:
                break
    return response.status_code, bytes(text[:MAX_ANSWER]).decode("utf-8", "replace")


def own_figures(conn: Connection) -> list[Sample]:
    """What only our tables know: postings a minute, ages of what waits, how long runs took and tasks queued."""
    return [Sample(**row) for row in conn.execute(sql(SQL / "own_figures.sql"))]


# ── judging and keeping ─────────────────────────────────────────────────────────────────────────────────────


def judge(samples: Iterable[Sample], bounds: Iterable[Threshold]) -> list[Observation]:
    """Compares samples with rules. Between the calm bound and the threshold nothing changes."""
    by_metric = {rule.metric: rule for rule in bounds}
    looks = []
    for sample in _one_a_machine(samples):
        rule = by_metric.get(sample.metric)
        if rule is None:
            continue
        bad = True if sample.value > rule.threshold else False if sample.value <= rule.threshold * CALM else None
        share = sample.metric in OF_THE_MACHINE
        numbers = [(100 if share else 1) * number for number in (sample.value, rule.threshold)]
        value, threshold = format_distinct("%", *numbers, digits=1) if share else format_distinct("ms", *numbers)
        shown = f"Value: {value}\nThreshold: {threshold}" if bad else f"{WORDS[sample.metric]} {value} (threshold {threshold})"
        looks.append(Observation(f"{rule.type}:{sample.machine or sample.service}", "performance", sample.service, bad, shown))
    return looks


def _one_a_machine(samples: Iterable[Sample]) -> list[Sample]:
    """Figures of a machine once, the largest, in the machine's name: no service is to blame for them. Others have no machine."""
    found: dict[tuple[str, str], list[Sample]] = {}
    for sample in samples:
        machine = sample.machine if sample.metric in OF_THE_MACHINE else ""
        named = replace(sample, machine=machine, service=f"machine {machine}" if machine else sample.service)
        found.setdefault((named.metric, named.service), []).append(named)
    return [max(same, key=lambda each: each.value) for same in found.values()]


def keep(
    conn: Connection, samples: list[Sample], bounds: Iterable[Threshold], now: datetime, *, remind_after: timedelta
) -> list[IncidentChange]:
    """Stores samples, condenses old ones, opens and closes incidents and writes the alerts: one transaction. Returns what changed."""
    rows = [{"service": each.service, "metric": each.metric, "value": each.value} for each in samples]
    conn.execute(sql(SQL / "keep_samples.sql"), {"rows": Jsonb(rows), "now": now})
    conn.execute(sql(SQL / "condense_samples.sql"), {"before": now - RAW})
    conn.execute("delete from performance_sample where sampled_at < %s", (now - KEEP,))
    changes = observe(conn, judge(samples, bounds), now, remind_after=remind_after)
    enqueue(conn, [alert(each) for each in changes])
    return changes


def alert(change: IncidentChange) -> Draft:
    """The seed's text when it begins or lasts; when it is over, the figure that is below its threshold again."""
    name = change.key.partition(":")[0]
    text = (
        f"✅ Performance is back to normal: {change.detail} for {change.service}, after {format_duration(change.lasted)}"
        if change.change == "closed"
        else f"⚠️ Performance Alert: {name} for {change.service}\n{change.detail}"
    )
    key = f"performance:{change.id}:{change.change}:{change.occurrences}:slack"
    return Draft(dedupe_key=key, kind="performance_alert", type="slack", recipient=CHANNEL, message=text)
