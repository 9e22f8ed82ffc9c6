"""Airflow's own metrics reach a collector by the variables that docs/monitoring.md names."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.http_double import http_double

COUNT = """
from airflow._shared.observability.metrics import stats
from airflow.observability.metrics.stats_utils import get_stats_factory
stats.initialize(factory=get_stats_factory(), export_legacy_names=True)
stats.incr("rolecall_test")
"""


def test_airflows_metrics_reach_an_otlp_collector(tmp_path: Path) -> None:
    with http_double() as collector:
        settings = {
            "AIRFLOW_HOME": str(tmp_path),
            "AIRFLOW__METRICS__OTEL_ON": "True",
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url,
        }
        subprocess.run([sys.executable, "-c", COUNT], env={**os.environ, **settings}, check=True, timeout=60)
    assert {call.path for call in collector.calls} == {"/v1/metrics"}
    assert any(b"airflow.rolecall_test" in call.body for call in collector.calls)
