"""Figures as Prometheus reads them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from rolecall.store import Connection, sql

SQL = Path(__file__).parent / "sql"
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
PREFIX = "rolecall_"

HELP = {
    "cpu_usage": "Share of all cores in use, 0 to 1",
    "memory_usage": "Share of memory in use, 0 to 1",
    "avg_response_time": "Average answer in milliseconds over the last five minutes",
    "service_healthy": "1 when the last look found the service healthy",
    "workflow_errors": "Tasks that failed for good in the last 24 hours",
    "dag_run_seconds": "Median length of the runs of the last hour",
    "dag_run_queued_seconds": "Longest wait of a run of the last hour before it began",
}


@dataclass(frozen=True)
class Figure:
    """One Prometheus sample: a metric's name, its value, its labels."""

    name: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


def asks_for_text(accept: str) -> bool:
    """Whether an ``Accept`` header is Prometheus' (it asks for text first); everybody else gets the seed's JSON."""
    return "openmetrics" in accept or accept.strip().startswith("text/plain")


def text(figures: Iterable[Figure]) -> bytes:
    """The figures in Prometheus' text format, each name once with its help."""
    registry, by_name = CollectorRegistry(), defaultdict[str, list[Figure]](list)
    for figure in figures:
        by_name[figure.name].append(figure)
    for name, same in by_name.items():
        labels = sorted({label for figure in same for label in figure.labels})
        gauge = Gauge(PREFIX + name, HELP.get(name, name.replace("_", " ")), labels, registry=registry)
        for figure in same:
            one = gauge.labels(*(figure.labels.get(label, "") for label in labels)) if labels else gauge
            one.set(figure.value)
    return generate_latest(registry)


def gauges(conn: Connection) -> list[Figure]:
    """What only our tables know: how much of everything, in which state, and how old."""
    return [Figure(row["name"], float(row["value"]), row["labels"]) for row in conn.execute(sql(SQL / "gauges.sql"))]
