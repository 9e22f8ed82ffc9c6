"""From a board's page to a received application, on the real stack: the ledger and the receiving side say the same."""

from __future__ import annotations

import re
import time
import uuid
from typing import Any

import httpx

from rolecall.services.submitters.mail_way import message_id
from tests.integration.conftest import Stack

CONF = {"cvId": "nobody", "userId": "nobody", "userEmail": "nobody@example.com"}


def start(api: httpx.Client, conf: dict[str, Any], run_id: str | None = None) -> httpx.Response:
    body = {"dag_run_id": run_id or f"test__{uuid.uuid4()}", "logical_date": None, "conf": conf}
    return api.post("/dags/auto_apply/dagRuns", json=body)


def finished(api: httpx.Client, run_id: str) -> str:
    """Waits for the end of a run, by its state."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        state: str = api.get(f"/dags/auto_apply/dagRuns/{run_id}").raise_for_status().json()["state"]
        if state in ("success", "failed"):
            return state
        time.sleep(0.5)
    raise AssertionError(f"{run_id} did not end within two minutes")


def test_the_demo_applies_and_the_receiving_side_counted_each_application_once(stack: Stack) -> None:
    demo = stack.demo
    assert demo["postings"] > 0
    assert 0 < demo["jobs"] <= demo["postings"]
    assert demo["matches"] > 0
    assert demo["applications"]["submitted"] > 0
    receipts = demo["receipts"]
    assert (receipts["total"], receipts["duplicates"]) == (demo["applications"]["submitted"], 0)
    assert sum(receipts["ways"].values()) == receipts["total"]
    assert set(receipts["ways"]) == {"ats", "mail", "recruitee"}
    assert demo["handed_over"] == 1
    assert demo["answers"] == {"read": 5, "settled": 1, "rejected": 1, "assessments": 1, "interviews": 1}
    assert all(count > 0 for count in demo["notifications"].values()), demo["notifications"]
    assert set(demo["notifications"]) == {"email", "sms", "push", "slack"}


SENT = """
select a.idempotency_key as key, a.state, a.person_email as person, job.apply_url as address
from application a join job on job.id = application_job(a) where a.run_id not like 'elsewhere%'
"""


def key_there(row: dict[str, Any]) -> str:
    """Under what the other side has an application: what each way carries of ours."""
    if row["address"].startswith("mailto:"):
        return message_id(row["key"], row["person"])
    if offer := re.match(r"https://([\w-]+)\.recruitee\.com/o/([\w-]+)", row["address"]):
        return f"{offer[1]}/{offer[2]}/{row['person'].lower()}"
    return str(row["key"])


def test_every_key_in_the_ledger_has_its_receipt_and_every_receipt_its_row(stack: Stack) -> None:
    received = [receipt["key"] for receipt in stack.sandbox("/_sandbox/receipts")["receipts"]]
    with stack.db() as db:
        rows = db.execute(SENT).fetchall()
    assert sorted(received) == sorted(key_there(row) for row in rows if row["state"] == "submitted")
    assert {row["state"] for row in rows} == {"planned", "submitted"}, "the third person is asked first"


def test_an_unclear_application_is_settled_by_the_employers_mail_and_an_invitation_is_in_the_calendar(stack: Stack) -> None:
    with stack.db() as db:
        settled = db.execute(
            "select a.way, a.state, a.employer_status from application a join settlement s on s.application_id = a.id "
            "where s.evidence = 'mail'"
        )
        meeting = db.execute("select m.kind, i.start_at > m.sent_at as later, i.uid from interview i join mail m on m.id = i.mail_id")
        assert settled.fetchall() == [{"way": "mail", "state": "submitted", "employer_status": "received"}]
        assert [(row["kind"], row["later"]) for row in meeting.fetchall()] == [("interview_invitation", True)]
        statuses = db.execute(
            "select array_agg(distinct employer_status) as all from application where employer_status is not null"
        ).fetchone()
    assert statuses is not None
    assert set(statuses["all"]) >= {"received", "rejected", "interview", "assessment"}


def test_nobody_reached_one_opening_twice_whatever_boards_call_it(stack: Stack) -> None:
    """By what was received: who applied, for which of an employer's openings, whichever way it went."""
    received = stack.sandbox("/_sandbox/receipts?bodies=true")["receipts"]
    with stack.db() as db:
        address = {row["id"]: row["apply_url"] for row in db.execute("select id, apply_url from job").fetchall()}
    reached = [
        (receipt["body"]["applicant"]["email"], address[receipt["job_id"]])
        if receipt["way"] == "ats"
        else (receipt["body"]["from"], receipt["job_id"])
        for receipt in received
    ]
    assert len(reached) == len(set(reached)) == stack.demo["applications"]["submitted"]
    assert all(who and where for who, where in reached)


def test_only_people_who_opted_in_are_applied_for_and_all_of_them_are(stack: Stack) -> None:
    with stack.db() as db:
        willing = db.execute("select id from person where preferences ->> 'auto_apply' = 'true' order by id").fetchall()
        applied = db.execute("select distinct person_id as id from application order by id").fetchall()
        matched = db.execute("select count(distinct person_id) as n from match").fetchone()
    assert applied == willing
    assert len(willing) == 3
    assert matched == {"n": 3}


def test_what_three_boards_say_of_one_opening_is_one_job_that_can_be_explained(stack: Stack) -> None:
    with stack.db() as db:
        boards = db.execute("select distinct board from posting order by board").fetchall()
        spread = db.execute(
            "select job_id, count(distinct board) as n from job_source group by job_id having count(distinct board) > 2"
        ).fetchall()
        explained = db.execute(
            "select count(distinct job_id) as n from merge_event where job_id = any(%s)", ([row["job_id"] for row in spread],)
        )
        assert [row["board"] for row in boards] == ["glassdoor", "indeed", "linkedin"]
        assert spread
        assert explained.fetchone() == {"n": len(spread)}
    assert f"{len(spread)} on three boards" in stack.output


def test_every_application_is_recorded_at_the_platform_and_every_message_delivered(stack: Stack) -> None:
    with stack.db() as db:
        recorded = db.execute("select count(*) as n from application_record").fetchone()
        owed = db.execute("select count(*) as n from outbox where done_at is null").fetchone()
        states = db.execute("select distinct state from notification").fetchall()
    assert recorded == {"n": stack.demo["applications"]["submitted"]}
    assert owed == {"n": 0}
    assert states == [{"state": "sent"}]


def test_no_dag_has_an_import_error_and_none_is_paused(stack: Stack) -> None:
    with stack.airflow() as api:
        assert api.get("/importErrors").json()["total_entries"] == 0
        assert [dag["dag_id"] for dag in api.get("/dags").json()["dags"] if dag["is_paused"]] == []


def test_a_run_is_started_over_rest_once_per_id(stack: Stack) -> None:
    run_id = f"test__{uuid.uuid4()}"
    with stack.airflow() as api:
        assert start(api, CONF, run_id).status_code == 200
        assert start(api, CONF, run_id).status_code == 409


def test_a_bad_conf_is_refused_naming_the_field(stack: Stack) -> None:
    with stack.airflow() as api:
        for conf, field in (
            ({**CONF, "threshold": 7}, "threshold"),
            ({**CONF, "batchSize": 0}, "batchSize"),
            ({"userId": "nobody", "userEmail": "nobody@example.com"}, "cvId"),
            ({**CONF, "userEmail": "nobody"}, "userEmail"),
        ):
            answer = start(api, conf)
            assert (answer.status_code, field in answer.text) == (400, True), answer.text


def test_an_unknown_cv_ends_the_run_with_an_error_that_says_so_and_nothing_is_planned(stack: Stack) -> None:
    run_id = f"test__{uuid.uuid4()}"
    with stack.airflow() as api:
        start(api, CONF, run_id).raise_for_status()
        assert finished(api, run_id) == "failed"
        log = api.get(f"/dags/auto_apply/dagRuns/{run_id}/taskInstances/fetch_cv/logs/1", headers={"Accept": "application/json"}).text
    assert "404" in log
    assert "nobody" in log
    with stack.db() as db:
        assert db.execute("select count(*) as n from application where person_id = 'nobody'").fetchone() == {"n": 0}


def test_no_secret_shows_in_confs_xcoms_or_logs(stack: Stack) -> None:
    facts = stack.facts
    secrets = [facts["api_token"], facts["ai_service_token"], facts["postgres_dsn"], facts["redis_url"]]
    shown = "\n".join(path.read_text(errors="replace") for path in (stack.home / "airflow" / "logs").rglob("*.log"))
    with stack.airflow() as api:
        shown += api.get("/dags/~/dagRuns", params={"limit": 100}).text
        shown += api.get("/dags/~/dagRuns/~/taskInstances/~/xcomEntries", params={"limit": 100}).text
    assert not [secret[:6] for secret in secrets if secret in shown]


TOLD = """
select dedupe_key from notification where person_id is not null and kind not in ('digest', 'reminder', 'weekly_report')
"""
"""What people were told of their applications."""


def test_a_second_demo_is_quick_and_sends_nothing_again(stack: Stack) -> None:
    before = stack.demo
    with stack.db() as db:  # other tests, and the clock, may have noted and told more
        by_hand = len(db.execute("select from application where run_id like 'elsewhere%' and state = 'submitted'").fetchall())
        told = {row["dedupe_key"] for row in db.execute(TOLD).fetchall()}
    stack.make("demo")
    after = stack.demo
    same = ("jobs", "applications", "receipts", "needs_answer", "answers")
    assert {key: after[key] for key in same} == {key: before[key] for key in same}
    assert after["handed_over"] == by_hand
    with stack.db() as db:
        assert {row["dedupe_key"] for row in db.execute(TOLD).fetchall()} == told
