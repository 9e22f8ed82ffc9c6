"""The second door into the landing table, and the search."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from rolecall.boards.landing import land
from rolecall.models import JobPosting
from rolecall.services.platform.payloads import stable_id
from rolecall.store import Connection
from tests.services.conftest import AI, API, add_job

DAY = "2026-11-20"  # any day: a posting says it, and nobody asks how long ago it was
DAY_BEFORE = "2026-11-19"  # any day: as above

JOB = {
    "title": "Night nurse",
    "company": "Alder Clinic",
    "location": "Leeds",
    "description": "Care at night.",
    "postedDate": DAY,
    "url": "https://board.example/jobs/1?utm_source=mail",
    "source": "linkedin",
}


def bulk(client: TestClient, *jobs: Any) -> Any:
    return client.post("/api/v1/jobs/bulk", json={"jobs": list(jobs)}, headers=API)


def rows(db: Connection) -> list[dict[str, Any]]:
    found = db.execute("select * from posting order by id").fetchall()
    db.rollback()
    return found


def test_a_bulk_post_lands_its_jobs_and_answers_201_with_the_count(client: TestClient, db: Connection) -> None:
    answer = bulk(client, JOB, {**JOB, "url": "https://board.example/jobs/2", "title": "Day nurse"})
    assert answer.status_code == 201
    assert answer.json() == {"count": 2, "new": 2, "changed": 0, "unchanged": 0}
    first = rows(db)[0]
    assert (first["title"], first["company"], first["location"], first["door"]) == ("Night nurse", "Alder Clinic", "Leeds", "bulk")
    assert first["posted_at"].isoformat() == f"{DAY}T00:00:00+00:00"


def test_an_answer_names_the_jobs_whose_text_is_kept_in_part(client: TestClient, db: Connection) -> None:
    long = {**JOB, "externalId": "long", "url": "https://board.example/jobs/2", "description": "Ward 7. " * 20_000}
    said = bulk(client, JOB, long).json()
    assert said["cut"] == [{"source": rows(db)[0]["board"], "externalId": "long", "description": 160_000, "kept": 100_000}]
    assert client.post("/api/v1/jobs", json=long, headers=API).json()["cut"] == said["cut"]
    assert "cut" not in bulk(client, JOB).json()


def test_the_same_bulk_post_again_changes_nothing(client: TestClient, db: Connection) -> None:
    bulk(client, JOB)
    before = rows(db)
    assert bulk(client, JOB).json() == {"count": 1, "new": 0, "changed": 0, "unchanged": 1}
    assert [row["content_hash"] for row in rows(db)] == [row["content_hash"] for row in before]


def test_our_own_delivery_coming_back_never_erases_what_the_scraper_landed(client: TestClient, db: Connection) -> None:
    rich = JobPosting(
        board="linkedin",
        external_id="4711",
        url="https://board.example/jobs/1",
        title="Night nurse",
        company="Alder Clinic",
        description="The whole text of the detail page.",
        apply_url="https://apply.example/1",
        salary_min=30_000,
        salary_currency="GBP",
        city="Leeds",
        country="GB",
    )
    land(db, [rich])
    db.commit()
    before = rows(db)
    poor = {**JOB, "url": "https://board.example/jobs/1", "description": None}
    assert bulk(client, {**poor, "externalId": "4711"}, poor).json()["new"] == 0
    assert rows(db) == before


def test_a_job_without_external_id_is_the_same_job_whoever_clicked_its_link(client: TestClient, db: Connection) -> None:
    bulk(client, JOB)
    assert bulk(client, {**JOB, "url": "https://board.example/jobs/1?trackingId=abc#top"}).json()["new"] == 0
    assert stable_id("https://board.example/jobs/1?id=2") != stable_id("https://board.example/jobs/1?id=3")


def test_one_malformed_job_lands_nothing_and_is_named_with_its_index_and_field(client: TestClient, db: Connection) -> None:
    odd = {**JOB, "url": "https://[x.example/jobs/1"}
    answer = bulk(client, JOB, {**JOB, "title": " "}, {**JOB, "url": "ftp://x", "postedDate": "yesterday"}, odd)
    assert answer.status_code == 422
    body = answer.json()
    assert [problem["field"] for problem in body["problems"]] == ["jobs[1].title", "jobs[2].url", "jobs[2].postedDate", "jobs[3].url"]
    assert body["field"] == "jobs[1].title"
    assert body["error"] == "jobs[1].title: is empty"
    assert all(problem["fix"] for problem in body["problems"])
    assert rows(db) == []


def test_text_that_postgres_cannot_hold_is_cleaned_and_html_is_made_safe(client: TestClient, db: Connection) -> None:
    job = {**JOB, "description": "a\x00b", "descriptionHtml": "<p onclick='x()'>Hi<script>x()</script></p>"}
    body = '{"jobs": [' + __import__("json").dumps(job).replace("Night", "Night \\ud800") + "]}"
    answer = client.post("/api/v1/jobs/bulk", content=body, headers={**API, "Content-Type": "application/json"})
    assert answer.status_code == 201, answer.text
    (row,) = rows(db)
    assert (row["description"], row["description_html"]) == ("ab", "<p>Hi</p>")
    assert row["title"] == "Night \ufffd nurse"


def test_fields_that_are_no_fields_of_a_posting_are_kept_raw(client: TestClient, db: Connection) -> None:
    bulk(client, {**JOB, "benefits": ["bike"]})
    assert rows(db)[0]["raw"]["benefits"] == ["bike"]


def test_an_empty_bulk_post_is_a_count_of_zero(client: TestClient) -> None:
    answer = bulk(client)
    assert (answer.status_code, answer.json()["count"]) == (201, 0)


def test_one_job_is_created_with_its_identity(client: TestClient) -> None:
    answer = client.post("/api/v1/jobs", json={**JOB, "externalId": "77"}, headers=API)
    assert answer.status_code == 201
    assert answer.json() | {"source": "linkedin", "externalId": "77", "count": 1, "new": 1} == answer.json()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("keywords=NURSE", ["j1", "j2"]),
        ("keywords=nurse%20night", ["j1"]),
        ("location=leeds", ["j1"]),
        ("company=birch", ["j2"]),
        ("remote=remote", ["j2"]),
        ("source=indeed", []),
        ("keywords=100%25", []),
        ("limit=1", ["j1"]),
        ("limit=1&offset=1", ["j2"]),
    ],
)
def test_search_finds_open_jobs(client: TestClient, db: Connection, query: str, expected: list[str]) -> None:
    add_job(db, "j1", title="Night nurse", location="Leeds", description="Care", posted_at=DAY)
    add_job(db, "j2", title="Nurse", company="Birch Ward", location="York", description="Care", remote="remote", posted_at=DAY_BEFORE)
    add_job(db, "j3", title="Nurse", state="quarantined")
    add_job(db, "j4", title="Nurse", merged_into="j1")
    answer = client.get(f"/api/v1/jobs/search?{query}", headers=API)
    assert [job["id"] for job in answer.json()["jobs"]] == expected


@pytest.mark.parametrize(("query", "field"), [("limit=0", "limit"), ("remote=moon", "remote"), ("keyword=x", "keyword")])
def test_a_search_that_makes_no_sense_names_the_parameter(empty_client: TestClient, query: str, field: str) -> None:
    answer = empty_client.get(f"/api/v1/jobs/search?{query}", headers=API)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert answer.json()["fix"]


def test_jobs_ask_for_the_platforms_own_token(client: TestClient) -> None:
    assert client.get("/api/v1/jobs/search", headers=AI).status_code == 401
