"""The same address tells the seed's JSON to everybody and Prometheus' text to Prometheus."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from rolecall.monitoring.exposition import asks_for_text
from rolecall.store import Connection

ACCEPT = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1"
INCIDENT = """
    insert into incident (key, kind, service, detail, last_detail, opened_at, last_seen_at, reminded_at)
    values ('health:X', 'health', 'X', 'd', 'd', now(), now(), now())"""


@pytest.mark.parametrize(("prefix", "service"), [("", "platform-api"), ("/ai", "ai-service")])
def test_prometheus_gets_its_text_with_what_our_tables_know(prefix: str, service: str, client: TestClient, db: Connection) -> None:
    db.execute(INCIDENT)
    db.commit()
    answer = client.get(f"{prefix}/metrics", headers={"Accept": ACCEPT})
    assert answer.headers["content-type"].startswith("text/plain")
    samples = [each for family in text_string_to_metric_families(answer.text) for each in family.samples]
    found = {(each.name, *each.labels.values()): each.value for each in samples}
    assert 0 <= found[("rolecall_cpu_usage", service)] <= 1
    assert found[("rolecall_open_incidents", "health")] == 1
    assert found[("rolecall_oldest_unsent_notification_seconds",)] == 0


@pytest.mark.parametrize(
    ("accept", "text"), [(ACCEPT, True), ("text/plain", True), ("*/*", False), ("application/json", False), ("", False)]
)
def test_everybody_else_gets_json(accept: str, text: bool) -> None:
    assert asks_for_text(accept) is text
