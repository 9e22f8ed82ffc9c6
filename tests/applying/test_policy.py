"""A person's limits hold, whoever plans at the same time; each match that is held back says why."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from rolecall.applying import ledger
from rolecall.applying.plan import Plan, plan
from rolecall.errors import InvalidInput
from rolecall.models import Match
from rolecall.people.applying_wishes import ApplyingWishes, blacklist
from rolecall.people.records import read_cv_row, save_cv, save_person
from rolecall.store import Connection, connect, documents
from tests.applying.conftest import ORDER
from tests.world import add_job, match


def wants(db: Connection, **applying: Any) -> None:
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences={"applying": {"approval": False, **applying}})
    db.commit()


def doubt(db: Connection, one: str, other: str, decision: str | None = None) -> None:
    db.execute(
        "insert into possible_duplicate (job_id, other_job_id, score, evidence, decision) values (%s, %s, 0.8, '{}', %s)",
        (*sorted((one, other)), decision),
    )
    db.commit()


def run(db: Connection, number: int, *matches: Match) -> Plan:
    planned = plan(db, ORDER, run_id=f"r{number}", cv_sha256="h", matches=list(matches))
    db.commit()
    return planned


def sent_days_ago(db: Connection, days: float) -> None:
    db.execute("update application set state = 'submitting' where state = 'approved'")
    db.execute("update application set state = 'submitted' where state = 'submitting'")
    db.execute("alter table application_event disable trigger application_event_append_only")
    db.execute("update application_event set at = clock_timestamp() - %s * interval '1 day' where at > now() - interval '1 hour'", (days,))
    db.execute("alter table application_event enable trigger application_event_append_only")
    db.commit()


def test_without_limits_of_the_persons_own_there_are_none(db: Connection) -> None:
    wants(db)
    assert len(run(db, 1, *(match(n, company="One") for n in range(30))).applications) == 30


@pytest.mark.parametrize(
    ("limit", "days", "rule"),
    [
        ({"dailyCap": 2}, 0.9, "daily_cap"),
        ({"weeklyCap": 2}, 6.9, "weekly_cap"),
        ({"companyCap": 2, "companyCapDays": 10}, 9.9, "company_cap"),
    ],
)
def test_a_limit_holds_within_its_window_and_not_beyond(db: Connection, limit: dict[str, int], days: float, rule: str) -> None:
    wants(db, **limit)
    companies = [f"{name} GmbH" if rule == "company_cap" else f"{name} {n}" for n, name in enumerate(["Acme", "ACME", "acme", "Acme"])]
    first = run(db, 1, *(match(n, company=companies[n], matchScore=0.9 - n / 100) for n in range(3)))
    assert ([one["label"][:7] for one in first.applications], first.skipped) == (["Nurse 0", "Nurse 1"], {rule: 1})
    sent_days_ago(db, days)
    assert run(db, 2, match(3, company=companies[3])).skipped == {rule: 1}
    sent_days_ago(db, days)
    db.execute("alter table application_event disable trigger application_event_append_only")
    db.execute("update application_event set at = at - interval '1 day'")
    db.commit()
    assert run(db, 3, match(3, company=companies[3])).skipped == {}


def test_after_an_application_a_company_has_its_rest(db: Connection) -> None:
    wants(db, coolDownDays=5)
    assert run(db, 1, match(1, company="Acme Inc"), match(2, company="Other")).skipped == {}
    sent_days_ago(db, 4)
    assert run(db, 2, match(3, company="ACME, Inc.")).skipped == {"cool_down": 1}


def test_a_company_without_a_name_is_never_limited(db: Connection) -> None:
    wants(db, companyCap=1, coolDownDays=9)
    assert len(run(db, 1, match(1, company=""), match(2, company="Confidential")).applications) == 2


def test_a_cap_of_nothing_sends_nothing(db: Connection) -> None:
    wants(db, dailyCap=0)
    assert run(db, 1, match(1)).skipped == {"daily_cap": 1}


def test_planning_again_counts_nobody_twice(db: Connection) -> None:
    wants(db, dailyCap=2)
    first = run(db, 1, match(1), match(2), match(3))
    for number in (1, 2):
        again = run(db, number, match(1), match(2), match(3))
        assert [one["application_id"] for one in again.applications] == [one["application_id"] for one in first.applications]


def test_a_cap_holds_over_ten_runs_at_once(dsn: str, db: Connection) -> None:
    wants(db, dailyCap=7, companyCap=3)

    def one(number: int) -> None:
        with connect(dsn) as conn:
            found = [match(number * 10 + n, company=f"Company {n % 3}") for n in range(10)]
            plan(conn, ORDER, run_id=f"r{number}", cv_sha256="h", matches=found)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(one, range(10)))
    assert db.execute("select count(*) as n from application").fetchone() == {"n": 7}
    most = db.execute("select max(n) as n from (select count(*) as n from application group by company_key) counted").fetchone()
    assert most == {"n": 3}


@pytest.mark.parametrize(
    ("applying", "field"),
    [({"dailycap": 3}, "dailycap"), ({"dailyCap": "3"}, "dailyCap"), ({"weeklyCap": -1}, "weeklyCap"), ({"approval": "yes"}, "approval")],
)
def test_a_limit_that_cannot_be_understood_stops_the_run(db: Connection, applying: dict[str, Any], field: str) -> None:
    wants(db, **applying)
    with pytest.raises(InvalidInput, match=f"preferences.applying.{field}"):
        run(db, 1, match(1))
    assert ApplyingWishes.read({}).daily_cap is None


def test_the_blacklist_knows_a_company_by_any_spelling(db: Connection) -> None:
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences={"blacklist": ["Acme Widgets GmbH", ""]})
    found = [match(1, company="ACME WIDGETS"), match(2, company="Acme"), match(3, company="")]
    assert run(db, 1, *found).skipped == {"blacklisted": 1}
    assert blacklist({"blacklist": "Acme"}) == frozenset()


def test_an_ad_that_looks_like_a_scam_is_not_applied_for(db: Connection) -> None:
    add_job(db, "j1", risk=0.5)
    add_job(db, "j2", risk=0.49)
    assert run(db, 1, match(1, id="j1"), match(2, id="j2")).skipped == {"scam_risk": 1}


def test_every_match_that_is_held_back_says_why_once_a_run(db: Connection) -> None:
    for _ in range(2):
        run(db, 1, match(1, matchScore=0.5), match(2))
    rows = db.execute("select job_id, rule, reason from held_back").fetchall()
    assert rows == [{"job_id": "x1", "rule": "below_threshold", "reason": "the match score is below the threshold"}]


def test_a_cv_that_changed_after_it_was_fetched_is_not_applied_with(db: Connection) -> None:
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences={})
    save_cv(db, cv_id="c1", person_id="p1", data={"name": "Ada", "skills": ["triage"]})
    fetched = documents.put(db, "cv", read_cv_row(db, "c1"))
    db.commit()
    assert plan(db, ORDER, run_id="r1", cv_sha256=fetched, matches=[match(1)]).skipped == {}
    db.commit()
    save_cv(db, cv_id="c1", person_id="p1", data={"name": "Ada", "skills": ["triage", "lead"]})
    db.commit()
    assert plan(db, ORDER, run_id="r2", cv_sha256=fetched, matches=[match(2)]).skipped == {"cv_changed": 1}


def test_what_the_person_took_back_is_not_planned_again(db: Connection) -> None:
    run(db, 1, match(1))
    db.execute("update application set state = 'cancelled', state_reason = 'withdrawn by Ada'")
    assert run(db, 2, match(1)).skipped == {"declined": 1}


# ── possible duplicates ─────────────────────────────────────────────────────────────────────────────────────


def test_of_two_jobs_that_may_be_one_the_better_is_applied_for(db: Connection) -> None:
    add_job(db, "j1")
    add_job(db, "j2")
    doubt(db, "j1", "j2")
    planned = run(db, 1, match(1, id="j1", matchScore=0.8), match(2, id="j2", matchScore=0.9))
    assert ([one["label"] for one in planned.applications], planned.skipped) == (["Nurse 2 @ Clinic 2"], {"possible_duplicate": 1})


@pytest.mark.parametrize(("decision", "many"), [(None, 1), ("same", 1), ("different", 2)])
def test_a_doubt_blocks_until_somebody_says_that_they_differ(db: Connection, decision: str | None, many: int) -> None:
    add_job(db, "j1")
    add_job(db, "j2")
    doubt(db, "j1", "j2", decision)
    run(db, 1, match(1, id="j1"))
    sent_days_ago(db, 0)
    run(db, 2, match(2, id="j2"))
    assert db.execute("select count(*) as n from application").fetchone() == {"n": many}


def test_two_runs_at_once_never_both_plan_what_may_be_one_job(dsn: str, db: Connection) -> None:
    pairs = [(f"a{n}", f"b{n}") for n in range(15)]
    for one, other in pairs:
        add_job(db, one)
        add_job(db, other)
        doubt(db, one, other)

    def plan_side(side: int) -> None:
        with connect(dsn) as conn:
            found = [match(n, id=pair[side]) for n, pair in enumerate(pairs)]
            plan(conn, ORDER, run_id=f"r{side}", cv_sha256="h", matches=found)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(plan_side, (0, 1)))
    numbers = [row["job_key"][1:] for row in db.execute("select job_key from application").fetchall()]
    assert sorted(numbers) == sorted({str(n) for n in range(15)})


def test_a_doubt_noted_after_both_were_planned_lets_only_one_leave(dsn: str, db: Connection) -> None:
    for n in range(10):
        add_job(db, f"a{n}")
        add_job(db, f"b{n}")
    found = [match(n, id=f"{side}{n}", title=f"{side}{n}") for n, side in itertools.product(range(10), "ab")]
    planned = run(db, 1, *found)
    for n in range(10):
        doubt(db, f"a{n}", f"b{n}")

    def begin(application: str) -> str:
        with connect(dsn) as conn:
            row = ledger.begin(conn, application)
            assert row is not None
            return str(row["state"])

    with ThreadPoolExecutor(8) as pool:
        states = list(pool.map(begin, [one["application_id"] for one in planned.applications]))
    assert sorted(states) == ["planned"] * 10 + ["submitting"] * 10
    left = db.execute("select count(distinct substr(job_key, 2)) as n from application where state = 'submitting'").fetchone()
    assert left == {"n": 10}


def test_the_database_itself_lets_no_second_of_two_that_may_be_one_leave(db: Connection) -> None:
    add_job(db, "j1")
    add_job(db, "j2")
    run(db, 1, match(1, id="j1"), match(2, id="j2"))
    doubt(db, "j1", "j2")
    db.execute("update application set state = 'submitting' where job_key = 'j1'")
    with pytest.raises(psycopg.errors.CheckViolation, match="may be a job that was applied for"):
        db.execute("update application set state = 'submitting' where job_key = 'j2'")
