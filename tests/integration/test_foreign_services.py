"""Somebody else's platform and AI service, named by the environment, with people and jobs that only they know."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from local.dag_runs.airflow_api import AirflowApi
from tests.integration.conftest import Stack
from tests.integration.foreign_services import foreign_services
from tests.integration.test_watching import run
from tests.integration.test_whole_way import finished, start
from tests.sync.platform_double import TOKEN, platform_double

NOOR = {"cvId": "771", "userId": "u-55", "userEmail": "noor@foreign.example", "delaySeconds": 0}


@pytest.mark.long
def test_one_500_among_many_is_one_uncertain_application_and_nobody_elses(stack: Stack) -> None:
    with foreign_services(fails_at=5) as foreign:
        there = {"API_BASE_URL": foreign.url, "API_TOKEN": "theirs", "AI_SERVICE_URL": foreign.url, "AI_SERVICE_TOKEN": "theirs"}
        stack.make("up", **there)
        try:
            with stack.airflow() as api:
                for number in range(2):
                    run_id = f"foreign__{number}"
                    start(api, NOOR, run_id).raise_for_status()
                    assert finished(api, run_id) == "success"
            deadline = time.monotonic() + 60
            while len(foreign.recorded) < foreign.jobs - 1 and time.monotonic() < deadline:
                time.sleep(0.5)
        finally:
            stack.make("up")
        with stack.db() as db:
            rows = db.execute("select state, count(*) as n from application where person_id = 'u-55' group by state").fetchall()
    assert {row["state"]: row["n"] for row in rows} == {"submitted": foreign.jobs - 1, "uncertain": 1}
    assert max(Counter(str(one["jobId"]) for one in foreign.applied).values()) == 1
    assert len(foreign.applied) == foreign.jobs
    assert len(foreign.recorded) == foreign.jobs - 1
    assert {one["userId"] for one in foreign.recorded} == {"u-55"}
    mails = [mail for mail in stack.sandbox("/_sandbox/messages?channel=email")["messages"] if "noor@foreign.example" in str(mail)]
    assert len(mails) == foreign.jobs


@pytest.mark.long
def test_people_are_kept_the_same_on_a_platform_that_knows_only_the_contract(stack: Stack) -> None:
    with platform_double() as there, stack.db() as db:
        person = db.execute("select id, name, email, preferences from person order by id limit 1").fetchone()
        db.commit()
        assert person is not None
        there.users[person["id"]] = {**person, "preferences": {**person["preferences"], "motto": "theirs"}}
        stack.make("up", API_BASE_URL=there.url, API_TOKEN=TOKEN)
        try:
            with AirflowApi(stack.facts) as airflow:
                assert run(airflow, "sync_data", "sync-1") == "success"
                change = 'update person set preferences = preferences || \'{"colour": "ours"}\' where id = %s'
                db.execute(change, (person["id"],))
                db.commit()
                assert run(airflow, "sync_data", "sync-2") == "success"
        finally:
            stack.make("up")
        ours = db.execute("select preferences from person where id = %s", (person["id"],)).fetchone()
    expected = {**person["preferences"], "motto": "theirs", "colour": "ours"}
    assert ours == {"preferences": expected}
    assert there.users[person["id"]]["preferences"] == expected
