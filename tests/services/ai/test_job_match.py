"""``POST /api/job-match``: the open jobs that fit, what may be applied for, and what already was."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi.testclient import TestClient

from rolecall.matching import ENGINE
from rolecall.matching.score import matcher
from rolecall.models import Match
from rolecall.services.ai import matchmaking
from rolecall.services.ai.matchmaking import Matchmaker
from rolecall.store import Connection
from tests.services.conftest import AI, CV, Receiver, add_job

MIRAS = {**CV, "id": "cv-mira", "userId": "mira"}


def match(client: TestClient, cv: Any = MIRAS, **criteria: Any) -> list[dict[str, Any]]:
    answer = client.post("/api/job-match", json={"cv": cv, "criteria": criteria}, headers=AI)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["matches"]
    return found


def ids(found: list[dict[str, Any]]) -> list[str]:
    return sorted(line["id"] for line in found)


def test_a_match_carries_every_field_of_the_contract(client: TestClient, db: Connection, receiver: Receiver) -> None:
    add_job(db, "j1", apply_url=f"{receiver.url}/1")
    (line,) = match(client)
    assert Match.model_validate(line).engine == ENGINE
    assert {name: line[name] for name in ("id", "title", "company", "source", "url", "location")} == {
        "id": "j1",
        "title": "Data engineer",
        "company": "Quartz Harbor",
        "source": "linkedin",
        "url": "https://board.example/jobs/j1",
        "location": "Berlin",
    }
    assert 0.7 <= line["matchScore"] <= 1
    assert (line["canAutoApply"], line["alreadyApplied"]) == (True, False)
    assert "Quartz Harbor" in line["generatedCoverLetter"]
    assert line["matchReasons"]


def test_a_job_the_engine_cannot_read_is_put_aside_and_the_others_are_matched(
    client: TestClient, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_ad(job: Any) -> Any:
        if job.id == "odd":
            raise RecursionError("odd")
        return real(job)

    real = matcher.read_ad
    monkeypatch.setattr(matcher, "read_ad", read_ad)
    for name in ("a", "b", "odd", "z"):
        add_job(db, name)
    assert ids(match(client)) == ["a", "b", "z"]
    assert ids(match(client)) == ["a", "b", "z"]
    assert db.execute("select queue, key, times from dead_letter").fetchall() == [{"queue": "matching", "key": "odd", "times": 1}]
    monkeypatch.setattr(matcher, "read_ad", real)
    db.execute("update job set content_hash = 'mended' where id = 'odd'")
    db.commit()
    assert ids(match(client)) == ["a", "b", "odd", "z"]
    assert db.execute("select key from dead_letter").fetchall() == []


def test_an_engine_that_can_read_hardly_any_job_says_so_instead_of_no_matches(
    client: TestClient, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read_ad(job: Any) -> Any:
        if job.id != "good":
            raise TypeError("ours, about somebody's text")
        return real(job)

    real = matcher.read_ad
    monkeypatch.setattr(matcher, "read_ad", read_ad)
    for name in ("a", "b", "c", "good"):
        add_job(db, name)
    for _ in range(2):
        answer = client.post("/api/job-match", json={"cv": MIRAS, "criteria": {}}, headers=AI)
        assert (answer.status_code, answer.json()["error"].partition(" at ")[0]) == (500, "the engine could read 1 of 4 jobs: TypeError")
        assert "somebody" not in answer.text
    monkeypatch.setattr(matcher, "read_ad", real)
    assert len(match(client)) == 4  # nothing of it was kept
    assert db.execute("select key from dead_letter").fetchall() == []


def test_a_mistake_of_ours_that_hits_every_job_is_no_answer_without_matches(
    client: TestClient, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def line(*_: Any, **__: Any) -> Any:
        raise TypeError("ours")

    for name in ("a", "b", "c"):
        add_job(db, name)
    assert len(match(client)) == 3
    monkeypatch.setattr(Matchmaker, "_line", line)
    answer = client.post("/api/job-match", json={"cv": MIRAS, "criteria": {}}, headers=AI)
    assert answer.status_code == 500


def test_a_better_fit_stands_above_a_worse_one_and_only_good_ones_get_a_letter(client: TestClient, db: Connection) -> None:
    add_job(db, "nurse", title="Night nurse", description="Care for patients at night. Registered nurse with ward experience.")
    add_job(db, "data")
    best, worst = match(client)
    assert (best["id"], worst["id"]) == ("data", "nurse")
    assert best["generatedCoverLetter"]
    assert worst["matchScore"] < 0.7
    assert worst["generatedCoverLetter"] is None


def test_a_question_is_answered_between_two_letters_of_the_one_before_it(
    client: TestClient, db: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: Any, **__: Any) -> str:
        begun.set()
        time.sleep(0.3)
        return "Dear all"

    for number in range(12):
        add_job(db, f"j{number}", title=f"Data engineer {number}")
    match(client)
    begun, ended = threading.Event(), dict[str, float]()
    monkeypatch.setattr(matchmaking, "write_letter", slow)

    def ask(who: str, **criteria: Any) -> None:
        match(client, **criteria)
        ended[who] = time.monotonic()

    with ThreadPoolExecutor(2) as pool:
        costly = pool.submit(ask, "costly", threshold=0, limit=12)
        assert begun.wait(60)
        pool.submit(ask, "other", threshold=0, limit=1).result()
        costly.result()
    assert ended["other"] < ended["costly"]


def test_equal_questions_have_equal_answers(client: TestClient, db: Connection) -> None:
    for number in range(5):
        add_job(db, f"j{number}", title=f"Data engineer {number}")
    assert match(client) == match(client)


@pytest.mark.parametrize(
    ("changed", "shown", "applicable"),
    [
        ({}, True, True),
        ({"state": "warned"}, True, False),
        ({"apply_url": "https://careers.example/1"}, True, False),
        ({"apply_url": None}, True, False),
        ({"apply_url": "mailto:jobs@example.com"}, True, True),
        ({"state": "new"}, False, False),
        ({"state": "quarantined"}, False, False),
        ({"state": "closed"}, False, False),
    ],
)
def test_only_what_has_a_receiver_and_passed_its_checks_can_be_applied_for(
    client: TestClient, db: Connection, receiver: Receiver, changed: dict[str, Any], shown: bool, applicable: bool
) -> None:
    add_job(db, "j1", **{"apply_url": f"{receiver.url}/1", **changed})
    found = match(client)
    assert ids(found) == (["j1"] if shown else [])
    assert [line["canAutoApply"] for line in found] == ([applicable] if shown else [])


def test_a_job_whose_postings_have_all_expired_is_not_shown(client: TestClient, db: Connection) -> None:
    add_job(db, "j1")
    for number, expired in ((1, True), (2, False)):
        db.execute(
            "insert into posting (board, external_id, url, title, raw, content_hash, job_id, expired)"
            " values ('linkedin', %s, 'https://board.example', 'Data engineer', '{}', 'h', 'j1', %s)",
            (str(number), expired),
        )
    db.commit()
    assert ids(match(client)) == ["j1"]
    db.execute("update posting set expired = true")
    db.commit()
    assert match(client) == []


def test_the_engine_follows_the_catalog(client: TestClient, db: Connection) -> None:
    add_job(db, "j1")
    assert ids(match(client)) == ["j1"]
    add_job(db, "j2", title="Data platform engineer")
    assert ids(match(client)) == ["j1", "j2"]
    db.execute("update job set title = 'Streaming data engineer', content_hash = 'new', changed_at = now() where id = 'j1'")
    db.commit()
    assert {line["id"]: line["title"] for line in match(client)}["j1"] == "Streaming data engineer"
    db.execute("update job set merged_into = 'j2' where id = 'j1'")
    db.commit()
    assert ids(match(client)) == ["j2"]
    db.execute("update job set state = 'closed' where id = 'j2'")
    db.commit()
    assert match(client) == []


APPLIED = """
insert into application (person_id, job_key, job_id, source, cv_id, cv_sha256, person_email, title, company, score, idempotency_key, run_id)
values ('mira', %(job)s, %(job)s, 'linkedin', 'cv-mira', 'x', 'mira@example.com', 't', 'c', 0.9, 'k1', 'r1')
"""
RECORDED = "insert into application_record (user_id, job_id, cv_id, status, applied_at) values ('mira', %s, 'cv-mira', 'sent', now())"
STATES = {
    "planned": [],
    "approved": ["approved"],
    "cancelled": ["cancelled"],
    "submitting": ["approved", "submitting"],
    "uncertain": ["approved", "submitting", "uncertain"],
    "submitted": ["approved", "submitting", "submitted"],
    "refused": ["approved", "submitting", "refused"],
}


@pytest.mark.parametrize(("state", "path"), STATES.items())
def test_what_left_the_house_counts_as_applied_for_and_an_intent_does_not(
    client: TestClient, db: Connection, mira: str, state: str, path: list[str]
) -> None:
    add_job(db, "j1")
    db.execute(APPLIED, {"job": "j1"})
    for step in path:
        db.execute("update application set state = %s, state_reason = 'test'", (step,))
    db.commit()
    left = state in ("submitting", "uncertain", "submitted", "refused")
    assert [line["alreadyApplied"] for line in match(client)] == [left]
    assert [line["alreadyApplied"] for line in match(client, {**MIRAS, "userId": None})] == [left]
    assert [line["alreadyApplied"] for line in match(client, {**MIRAS, "id": "other", "userId": "otto"})] == [False]


def test_an_application_counts_under_every_id_the_job_ever_had(client: TestClient, db: Connection, mira: str) -> None:
    add_job(db, "j1")
    add_job(db, "j-old", merged_into="j1")
    add_job(db, "j-older", merged_into="j-old")
    db.execute(APPLIED, {"job": "j-older"})
    db.execute("update application set state = 'approved'")
    db.execute("update application set state = 'submitting'")
    db.commit()
    assert [line["alreadyApplied"] for line in match(client)] == [True]


def recorded(db: Connection, *jobs: str) -> None:
    for job in jobs:
        db.execute(RECORDED, (job,))
    db.commit()


def test_a_record_at_the_platform_counts_as_applied_for(client: TestClient, db: Connection, mira: str) -> None:
    add_job(db, "j1")
    recorded(db, "j1")
    assert [line["alreadyApplied"] for line in match(client)] == [True]


def test_what_was_just_applied_for_is_already_applied(client: TestClient, db: Connection, mira: str, receiver: Receiver) -> None:
    add_job(db, "j1", apply_url=f"{receiver.url}/1")
    order = {"jobId": "j1", "cvId": "cv-mira", "coverLetter": "", "platform": "linkedin"}
    client.post("/api/auto-apply", json=order, headers={**AI, "Idempotency-Key": "k1"})
    assert [line["alreadyApplied"] for line in match(client)] == [True]


def test_jobs_already_applied_for_take_no_place_of_the_limit(client: TestClient, db: Connection, mira: str) -> None:
    for number in range(4):
        add_job(db, f"j{number}")
    first = match(client, limit=2)
    assert len(first) == 2
    recorded(db, *ids(first))
    second = match(client, limit=2)
    assert sorted(line["id"] for line in second if not line["alreadyApplied"]) == sorted({"j0", "j1", "j2", "j3"} - set(ids(first)))


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({}, ["berlin", "leeds", "remote"]),
        ({"locations": ["Leeds"]}, ["leeds", "remote"]),
        ({"location": "Leeds"}, ["leeds", "remote"]),
        ({"remote": True}, ["remote"]),
        ({"keywords": "kafka, spark"}, ["leeds"]),
        ({"exclude": ["Grim Ltd"]}, ["berlin", "leeds"]),
        ({"limit": 1}, 1),
        ({"minScore": 1}, 0),
    ],
)
def test_wishes_narrow_the_answer(client: TestClient, db: Connection, criteria: dict[str, Any], expected: list[str] | int) -> None:
    add_job(db, "berlin", location="Berlin", city="Berlin", country="DE", remote="onsite")
    add_job(db, "leeds", location="Leeds", city="Leeds", country="GB", remote="onsite", description="Python, Airflow and Kafka in Leeds.")
    add_job(db, "remote", location="Remote", remote="remote", company="Grim Ltd")
    found = match(client, **criteria)
    assert len(found) == expected if isinstance(expected, int) else ids(found) == expected


def test_wishes_we_do_not_know_are_named(client: TestClient) -> None:
    answer = client.post("/api/job-match", json={"cv": CV, "criteria": {"keyword": "x", "limit": 5}}, headers=AI)
    assert answer.json()["ignoredCriteria"] == ["keyword"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "cv"),
        ({"cv": "text"}, "cv"),
        ({"cv": {}}, "cv"),
        ({"cv": {"skills": "Python"}}, "cv.skills"),
        ({"cv": CV, "criteria": []}, "criteria"),
        ({"cv": CV, "criteria": {"threshold": 7}}, "criteria.threshold"),
        ({"cv": CV, "criteria": {"minScore": "high"}}, "criteria.minScore"),
        ({"cv": CV, "criteria": {"limit": 0}}, "criteria.limit"),
        ({"cv": CV, "criteria": {"remote": "moon"}}, "criteria.remote"),
        ({"cv": CV, "criterion": {}}, "criterion"),
    ],
)
def test_a_question_that_makes_no_sense_names_field_and_fix(empty_client: TestClient, body: dict[str, Any], field: str) -> None:
    answer = empty_client.post("/api/job-match", json=body, headers=AI)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert answer.json()["fix"]


def test_health_answers_while_many_cvs_are_matched(client: TestClient, db: Connection) -> None:
    db.execute(
        """
        insert into job (id, merge_key, title, company, url, source, content_hash, state, description)
        select 'j' || n, 'm' || n, 'Data engineer ' || n, 'Company ' || n, 'https://board.example/' || n, 'linkedin', 'h' || n, 'valid',
               repeat('Python, Airflow and PostgreSQL in Berlin. We build pipelines. ', 20)
        from generate_series(1, 50) n
        """
    )
    db.commit()
    with ThreadPoolExecutor(4) as threads:
        asked = [threads.submit(match, client) for _ in range(4)]
        slowest, began, said = 0.0, time.monotonic(), set()
        while not all(one.done() for one in asked):
            started = time.monotonic()
            said.add(client.get("/health").status_code)
            slowest = max(slowest, time.monotonic() - started)
        total = time.monotonic() - began
    assert 200 in said  # where a machine is so busy that Postgres does not answer in time, some are 503, and answers too
    assert slowest < total / 2  # nobody waits for the matching to end, however slow the machine is
    assert len(asked[0].result()) == 50
