"""Who comes in, or changes a wish, has their matches within half a minute, on the real stack, over REST."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import httpx

from rolecall.clients.platform_client import PlatformClient
from tests.integration.conftest import Stack

SECONDS = 30.0
CV = b"""Ida Brandt
Data engineer, Berlin

Senior Data Engineer, Orbital Freight GmbH (2019 to now)
Python, SQL, Apache Airflow, Kafka, Spark and dbt on AWS; Terraform, Docker, Kubernetes.

Data Engineer, Lindenpost AG (2015 to 2019)
ETL pipelines in Python and SQL, PostgreSQL, Airflow.

Skills: Python, SQL, Airflow, Kafka, Spark, dbt, AWS, PostgreSQL, Docker, Kubernetes
Education: MSc Computer Science
Languages: German, English
"""


def until(done: Callable[[], bool]) -> float:
    """Seconds until it is so."""
    began = time.monotonic()
    while not done():
        assert time.monotonic() - began < SECONDS, f"not within {SECONDS:.0f} s"
        time.sleep(0.5)
    return time.monotonic() - began


def test_a_new_cv_and_a_changed_wish_are_matched_within_half_a_minute(stack: Stack) -> None:
    facts = stack.facts
    with PlatformClient(facts["services_url"], facts["api_token"], seconds=20) as platform:
        person = platform.create_user({"name": "Ida Brandt", "email": "ida@changed.example"})["id"]

        def found() -> dict[str, Any]:
            return platform.matches(person, limit=50)

        try:
            platform.upload_cv(person, CV, filename="cv.txt", cv_id=f"cv-{person}")
            first = until(lambda: bool(found()["matches"]))
            best = found()["matches"][0]["company"]
            platform.change_user(person, {"preferences": {"criteria": {"blacklist": [best]}}})
            second = until(lambda: best not in {match["company"] for match in found()["matches"]})
            assert found()["matches"], "only the company that was left out is gone"
        finally:
            address = f"{facts['services_url']}/api/v1/users/{person}"
            httpx.delete(address, headers={"Authorization": f"Bearer {facts['api_token']}"}, timeout=60).raise_for_status()
    print(f"a new CV: {first:.1f} s, a changed wish: {second:.1f} s")
