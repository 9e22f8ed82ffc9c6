"""The receiving side of applications counts what it gets."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from sandbox.app import Sandbox
from sandbox.records import Records
from tests.sandbox.conftest import Running, served

BODY = {"jobId": "job-1", "cvId": "cv-1", "coverLetter": "Dear all", "applicant": {"name": "Ada Muster"}}


def test_every_application_gets_a_receipt_and_a_repeated_key_counts_as_duplicate(sandbox: Running) -> None:
    before = sandbox.receipts()
    answers = [sandbox.client.post("/ats/applications/j%2F1", json=BODY, headers={"Idempotency-Key": key}) for key in ("a", "b", "a")]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    assert len({answer.json()["receipt"] for answer in answers}) == 3
    assert answers[0].json()["status"] == "received"
    after = sandbox.receipts()
    assert [after[name] - before[name] for name in ("total", "distinct", "duplicates")] == [3, 2, 1]
    assert [(one["key"], one["job_id"]) for one in after["receipts"][-3:]] == [("a", "j/1"), ("b", "j/1"), ("a", "j/1")]
    one_key = sandbox.client.get("/_sandbox/receipts", params={"key": "a", "bodies": True}).json()
    assert (one_key["total"], one_key["duplicates"]) == (2, 1)
    assert one_key["receipts"][0]["body"] == BODY
    assert sandbox.client.get("/ats/receipts/a").json() == answers[0].json()
    assert sandbox.client.get("/ats/receipts/never-used").status_code == 404


@pytest.mark.parametrize(
    ("body", "headers", "status", "field"),
    [
        (json.dumps(BODY), {}, 400, "Idempotency-Key"),
        (json.dumps(BODY), {"Idempotency-Key": "x" * 201}, 400, "Idempotency-Key"),
        ("{", {"Idempotency-Key": "k"}, 400, "body"),
        ("[]", {"Idempotency-Key": "k"}, 400, "body"),
        ("[" * 100_000, {"Idempotency-Key": "k"}, 400, "body"),
        (json.dumps({**BODY, "cvId": " "}), {"Idempotency-Key": "k"}, 422, "cvId"),
        (json.dumps({"cvId": "c"}), {"Idempotency-Key": "k"}, 422, "jobId"),
        (json.dumps({**BODY, "coverLetter": 7}), {"Idempotency-Key": "k"}, 422, "coverLetter"),
        (json.dumps({**BODY, "applicant": "me"}), {"Idempotency-Key": "k"}, 422, "applicant"),
    ],
)
def test_a_bad_application_is_refused_by_field_and_not_counted(
    sandbox: Running, body: str, headers: dict[str, str], status: int, field: str
) -> None:
    before = sandbox.receipts()["total"]
    answer = sandbox.client.post("/ats/applications/job-1", content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]["field"]) == (status, field)
    assert sandbox.receipts()["total"] == before


def test_a_body_over_a_megabyte_is_refused(sandbox: Running) -> None:
    big = json.dumps({**BODY, "coverLetter": "x" * 1_100_000})
    assert sandbox.client.post("/ats/applications/job-1", content=big, headers={"Idempotency-Key": "big"}).status_code == 413


def test_receipts_and_messages_survive_a_restart(tmp_path: Any) -> None:
    with served(Sandbox.at(tmp_path)) as first:
        for key in ("a", "a", "b"):
            first.client.post("/ats/applications/job-1", json=BODY, headers={"Idempotency-Key": key})
        first.client.post("/slack", json={"text": "hello"})
        said = first.receipts()
    with served(Sandbox.at(tmp_path)) as second:
        assert second.receipts() == said
        assert (said["total"], said["distinct"], said["duplicates"]) == (3, 2, 1)
        assert [one["text"] for one in second.messages("slack")] == ["hello"]
        last = second.client.post("/ats/applications/job-1", json=BODY, headers={"Idempotency-Key": "c"}).json()["receipt"]
        assert last not in {one["receipt"] for one in said["receipts"]}


def test_a_receiver_that_deduplicates_answers_a_repeated_key_with_its_first_receipt() -> None:
    with served(Sandbox(deduplicates=True)) as running:
        first, again = (running.client.post("/ats/applications/job-1", json=BODY, headers={"Idempotency-Key": "k"}) for _ in range(2))
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json()["receipt"] == again.json()["receipt"]
        assert running.receipts()["total"] == 1


def test_old_messages_are_dropped_but_still_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sandbox.records.KEPT_BODIES", 5)
    records = Records()
    for number in range(12):
        records.deliver("push", {"text": str(number)})
        records.receive(f"key-{number}", "job", {"n": number})
    found = records.messages()
    assert found["counts"]["push"] == 12
    assert [one["text"] for one in found["messages"]] == ["7", "8", "9", "10", "11"]
    receipts = records.receipts(bodies=True)
    assert receipts["total"] == 12
    assert sum(one["body"] is not None for one in receipts["receipts"]) == 5


def test_the_apply_page_of_a_job_shows_the_ad(sandbox: Running) -> None:
    answer = sandbox.client.get("/ats/applications/NOPE-1")
    assert answer.status_code == 404


def test_half_an_application_is_not_received(sandbox: Running) -> None:
    before = sandbox.receipts()["total"]
    body = json.dumps(BODY).encode()
    host, port = sandbox.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as raw:
        head = f"POST /ats/applications/j HTTP/1.1\r\nHost: {host}\r\nIdempotency-Key: half\r\nContent-Length: {len(body) + 5}\r\n\r\n"
        raw.sendall(head.encode() + body)
    assert sandbox.client.get("/_sandbox/health").status_code == 200
    assert sandbox.receipts()["total"] == before
