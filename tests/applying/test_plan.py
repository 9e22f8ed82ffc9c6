"""Planning commits the intents once, whoever plans and however often."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from rolecall.applying import approval, follow, ledger, policy
from rolecall.applying.plan import plan
from rolecall.errors import InvalidInput
from rolecall.people import privacy
from rolecall.people.records import save_cv, save_person
from rolecall.services import submitters
from rolecall.services.ai import job_facts
from rolecall.store import Connection, connect
from tests import world
from tests.applying.conftest import ORDER
from tests.world import add_job

match = partial(world.match, company="Clinic")


def test_only_matches_that_pass_the_seeds_three_filters_are_planned(db: Connection) -> None:
    found = [match(1), match(2, matchScore=0.69), match(3, canAutoApply=False), match(4, alreadyApplied=True), match(5, matchScore=0.7)]
    planned = plan(db, ORDER, run_id="r1", cv_sha256="h", matches=found)
    assert [application["label"] for application in planned.applications] == ["Nurse 1 @ Clinic", "Nurse 5 @ Clinic"]
    assert planned.skipped == {"below_threshold": 1, "no_auto_apply": 1, "already_applied": 1}
    assert planned.words.splitlines() == [
        "2 ready to be sent, 0 to ask about, 3 held back",
        "  1: the match score is below the threshold",
        "  1: the platform does not take automatic applications for this job",
        "  1: you have already applied for this job",
    ]


@pytest.mark.parametrize(
    ("job", "reason"),
    [
        ({"source": "remoteok"}, "its board names no address to apply at"),
        ({"apply_url": "https://clinic.example/apply"}, "its employer takes applications only on a page of its own"),
        ({"url": "https://de.indeed.com/viewjob?jk=1"}, "the terms of de.indeed.com forbid that a machine applies there"),
        ({"source": "glassdoor", "url": "http://127.0.0.1/1"}, "the terms of Glassdoor forbid that a machine applies there"),
        ({"apply_url": "mailto:a@clinic.example"}, "its ad names an address for applications, and no mail is sent there by itself"),
        ({"state": "closed"}, "the job is closed"),
        ({"state": "quarantined"}, "the job did not pass our checks"),
        ({"risk": 0.9}, "the ad looks like a fraud: read it yourself first"),
        (None, "the platform does not take automatic applications for this job"),
    ],
)
def test_what_no_platform_takes_is_held_back_in_the_words_that_every_page_and_list_shows(
    db: Connection, job: dict[str, Any] | None, reason: str
) -> None:
    if job is not None:
        add_job(db, "j1", **job)
        known = job_facts.jobs(db, ["j1"])["j1"]
        assert submitters.obstacle(known, []) == reason
    plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1, id="j1", canAutoApply=False)])
    assert db.execute("select rule, reason from held_back").fetchall() == [{"rule": "no_auto_apply", "reason": reason}]


def test_planning_the_same_run_twice_gives_the_same_list(db: Connection) -> None:
    first = plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1), match(2)])
    db.commit()
    assert plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1), match(2)]).applications == first.applications
    assert db.execute("select count(*) as n from application").fetchone() == {"n": 2}


def test_a_later_run_takes_over_what_was_never_sent_and_nothing_else(db: Connection) -> None:
    before = plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1), match(2)]).applications
    sent = before[0]["application_id"]
    for state in ("submitting", "submitted"):
        db.execute("update application set state = %s where id = %s", (state, sent))
    after = plan(db, ORDER, run_id="r2", cv_sha256="h", matches=[match(1), match(2)])
    assert after.applications == before[1:]
    assert after.skipped == {"already_applied": 1}


def test_ten_runs_at_once_plan_each_job_once(dsn: str) -> None:
    def run(number: int) -> None:
        with connect(dsn) as conn:
            plan(conn, ORDER, run_id=f"r{number}", cv_sha256="h", matches=[match(n) for n in range(20)])

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(run, range(10)))
    with connect(dsn) as conn:
        assert conn.execute("select count(*) as n, count(distinct job_key) as k from application").fetchone() == {"n": 20, "k": 20}


def test_a_job_known_under_an_old_id_is_the_job_it_was_merged_into(db: Connection) -> None:
    add_job(db, "new")
    add_job(db, "old", merged_into="new")
    planned = plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1, id="old"), match(2, id="new")])
    assert len(planned.applications) == 1
    assert db.execute("select job_key from application").fetchall() == [{"job_key": "new"}]


def test_two_postings_that_lead_to_the_same_application_form_are_applied_for_once(db: Connection) -> None:
    for identity in ("j1", "j2", "j3"):
        add_job(db, identity, apply_url="https://clinic.example/apply/7")
    first = plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1, id="j1"), match(2, id="j2", matchScore=0.95)])
    assert [application["label"] for application in first.applications] == ["Nurse 2 @ Clinic"]
    assert first.skipped == {"same_job": 1}
    db.execute("update application set state = 'submitting'")
    assert plan(db, ORDER, run_id="r2", cv_sha256="h", matches=[match(3, id="j3")]).skipped == {"already_applied": 1}


def test_the_database_itself_refuses_a_second_application_to_the_same_form(db: Connection) -> None:
    add_job(db, "j1", apply_url="https://clinic.example/apply/7")
    plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1, id="j1")])
    copied = "person_id, job_id, source, apply_url, cv_id, cv_sha256, person_email, title, company, score, run_id"
    db.execute(f"insert into application (job_key, idempotency_key, {copied}) select 'j9', 'k9', {copied} from application")
    assert db.execute("select count(*) as n from application").fetchone() == {"n": 1}
    assert db.execute("select count(distinct application_id) as n from application_lock").fetchone() == {"n": 1}


def test_jobs_only_an_external_service_knows_are_distinct_by_source_and_id(db: Connection) -> None:
    found = [match(1, id=7, source="linkedin"), match(2, id=7, source="indeed")]
    assert len(plan(db, ORDER, run_id="r1", cv_sha256="h", matches=found).applications) == 2


@pytest.mark.parametrize(("state", "rule"), [("closed", "job_closed"), ("warned", "job_doubtful"), ("quarantined", "job_doubtful")])
def test_a_job_that_is_closed_or_doubtful_is_not_applied_for(db: Connection, state: str, rule: str) -> None:
    add_job(db, "j1", state=state)
    assert plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1, id="j1")]).skipped == {rule: 1}


def test_a_dry_run_plans_nothing(db: Connection) -> None:
    planned = plan(db, ORDER.model_copy(update={"dry_run": True}), run_id="r1", cv_sha256="h", matches=[match(1)])
    assert planned.applications == []
    assert planned.skipped == {"dry_run": 1}
    assert db.execute("select count(*) as n from application").fetchone() == {"n": 0}


def test_another_persons_cv_is_refused_naming_the_field(db: Connection) -> None:
    save_person(db, person_id="p2", name="B", email="b@example.com", phone=None, preferences={})
    save_cv(db, cv_id="c1", person_id="p2", data={})
    with pytest.raises(InvalidInput, match="userId"):
        plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1)])


def test_the_current_employer_is_never_applied_to_by_whatever_name_the_catalog_knows(db: Connection) -> None:
    wishes = {"criteria": {"currentEmployer": ["Clinic Group"]}}
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences=wishes)
    found = [match(1, company="CLINIC GmbH"), match(2, company="Clinical Trials Ltd"), match(3, company="clinic.com")]
    planned = plan(db, ORDER, run_id="r1", cv_sha256="h", matches=found)
    assert planned.skipped == {"current_employer": 2}
    assert planned.why == {"it is your current employer": 2}


def test_a_company_on_the_blacklist_and_withdrawn_consent_hold_back(db: Connection) -> None:
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences={"blacklist": ["CLINIC "]})
    assert plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1)]).skipped == {"blacklisted": 1}
    db.execute("update person set preferences = %s", (Jsonb({"auto_apply": False}),))
    assert plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1)]).skipped == {"consent": 1}


def test_more_than_a_run_can_map_goes_back_to_the_dispatcher(db: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rolecall.applying.plan.MAX_PER_RUN", 2)
    planned = plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(n, matchScore=0.7 + n / 100) for n in range(5)])
    assert [application["label"] for application in planned.applications] == ["Nurse 4 @ Clinic", "Nurse 3 @ Clinic"]
    assert planned.skipped == {"next_run": 3}


@pytest.mark.parametrize("score", [0.1, 0.9])
def test_the_same_match_three_times_is_planned_or_held_back_once(db: Connection, score: float) -> None:
    found = [match(1, matchScore=score), match(1, matchScore=score, title="Nurse, again"), match(1, matchScore=score / 2)]
    for _ in range(2):
        planned = plan(db, ORDER, run_id="r1", cv_sha256="h", matches=found)
        assert len(planned.applications) == (1 if score > 0.7 else 0)
    assert db.execute("select count(*) as n from held_back").fetchone() == {"n": 1}


@pytest.mark.parametrize("sent", ["j1", "j2"])
def test_of_two_planned_applications_whose_jobs_become_one_only_one_is_sent(db: Connection, sent: str) -> None:
    add_job(db, "j1")
    add_job(db, "j2")
    both = plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1, id="j1"), match(2, id="j2")]).applications
    assert len(both) == 2
    db.execute("update job set merged_into = 'j2' where id = 'j1'")
    ids = {row["job_id"]: str(row["id"]) for row in db.execute("select id, job_id from application").fetchall()}
    other = ids["j2" if sent == "j1" else "j1"]
    first = ledger.begin(db, ids[sent])
    assert first is not None
    assert first["state"] == "submitting"
    with pytest.raises(psycopg.errors.CheckViolation, match="applied for already"), db.transaction():
        db.execute("update application set state = 'submitting' where id = %s", (other,))
    held = ledger.begin(db, other)
    assert held is not None
    assert (held["state"], "the same job" in held["state_reason"]) == ("planned", True)
    assert plan(db, ORDER, run_id="r2", cv_sha256="h", matches=[match(2, id="j2")]).skipped == {"already_applied": 1}


def test_a_run_of_somebody_who_was_erased_meanwhile_plans_nothing(db: Connection) -> None:
    gone = ORDER.model_copy(update={"request_id": "00000000-0000-0000-0000-000000000001"})
    with pytest.raises(InvalidInput, match="its person was erased"):
        plan(db, gone, run_id="r1", cv_sha256="h", matches=[match(1)])


def test_nothing_is_planned_for_somebody_who_was_erased(db: Connection) -> None:
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences={})
    privacy.erase(db, "p1")
    with pytest.raises(privacy.Erased, match="erased here"):
        plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(0)])


def test_a_job_that_was_unknown_when_it_was_applied_for_is_not_applied_for_again_once_it_is_known(db: Connection) -> None:
    plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1, id="X")])
    db.execute("update application set state = 'submitting'")
    db.execute("update application set state = 'submitted', submitted_at = clock_timestamp()")
    add_job(db, "X")
    assert plan(db, ORDER, run_id="r2", cv_sha256="h", matches=[match(1, id="X")]).applications == []


def test_a_no_holds_for_what_the_job_became(db: Connection) -> None:
    add_job(db, "j1")
    add_job(db, "j2")
    plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1, id="j1"), match(2, id="j2")])
    ids = {row["job_id"]: str(row["id"]) for row in db.execute("select id, job_id from application").fetchall()}
    follow.withdraw(db, ids["j1"], actor="Ada")
    db.execute("update job set merged_into = 'j2' where id = 'j1'")
    held = ledger.begin(db, ids["j2"])
    assert held is not None
    assert (held["state"], "declined" in held["state_reason"]) == ("planned", True)
    assert plan(db, ORDER, run_id="r2", cv_sha256="h", matches=[match(2, id="j2")]).skipped == {"declined": 1}
    follow.reopen_cancelled(db, ids["j1"], actor="Ada")
    again = plan(db, ORDER, run_id="r3", cv_sha256="h", matches=[match(2, id="j2")]).applications
    begun = [ledger.begin(db, one["application_id"]) for one in again]
    assert [row and row["state"] for row in begun] == ["submitting"]


def test_a_no_to_a_job_that_became_a_closed_one_is_not_taken_back(db: Connection) -> None:
    for identity in ("j1", "j2", "j3"):
        add_job(db, identity)
    plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1, id="j1"), match(2, id="j2")])
    ids = {row["job_id"]: str(row["id"]) for row in db.execute("select id, job_id from application").fetchall()}
    follow.withdraw(db, ids["j1"], actor="Ada")
    db.execute("update job set merged_into = 'j2' where id = 'j1'")
    db.execute("update job set merged_into = 'j3' where id = 'j2'")
    db.execute("update job set state = 'closed' where id = 'j3'")
    with pytest.raises(InvalidInput, match="closed"):
        follow.reopen_cancelled(db, ids["j1"], actor="Ada")


def test_nothing_is_sent_for_a_job_that_became_a_closed_one(db: Connection) -> None:
    for identity in ("j1", "j2", "j3"):
        add_job(db, identity)
    planned = plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1, id="j1")])
    db.execute("update job set merged_into = 'j2' where id = 'j1'")
    db.execute("update job set merged_into = 'j3' where id = 'j2'")
    db.execute("update job set state = 'closed' where id = 'j3'")
    held = ledger.begin(db, planned.applications[0]["application_id"])
    assert held is not None
    assert (held["state"], held["state_reason"]) == ("planned", "held back: the job was closed")


def test_a_no_to_a_job_that_was_applied_for_under_another_ad_is_not_taken_back(db: Connection) -> None:
    add_job(db, "j1")
    add_job(db, "j2")
    plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1, id="j1"), match(2, id="j2")])
    ids = {row["job_id"]: str(row["id"]) for row in db.execute("select id, job_id from application").fetchall()}
    follow.withdraw(db, ids["j1"], actor="Ada")
    ledger.begin(db, ids["j2"])
    db.execute("update job set merged_into = 'j2' where id = 'j1'")
    with pytest.raises(InvalidInput, match="was applied for"):
        follow.reopen_cancelled(db, ids["j1"], actor="Ada")


def test_a_job_planned_while_it_was_unknown_is_the_same_one_application_once_it_is_known(db: Connection) -> None:
    first = plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1, id="X")]).applications
    add_job(db, "X")
    assert plan(db, ORDER, run_id="r2", cv_sha256="h", matches=[match(1, id="X")]).applications == first
    assert db.execute("select count(*) as n from application").fetchone() == {"n": 1}


def test_two_applications_for_what_the_catalog_came_to_know_as_one_job_are_sent_once(db: Connection) -> None:
    plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1, id="X")])
    db.execute("delete from application_lock")  # as it was planned before every name was locked
    add_job(db, "X")
    plan(db, ORDER, run_id="r2", cv_sha256="h", matches=[match(1, id="X")])
    ids = [str(row["id"]) for row in db.execute("select id from application order by created_at").fetchall()]
    assert len(ids) == 2
    states = [row and row["state"] for row in (ledger.begin(db, one) for one in ids)]
    assert states == ["submitting", "planned"]


def test_a_job_that_the_catalog_forgets_is_still_the_one_that_was_applied_for(db: Connection) -> None:
    add_job(db, "old")
    add_job(db, "new")
    db.execute("update job set merged_into = 'new' where id = 'old'")
    plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1, id="old")])
    db.execute("update application set state = 'submitting'")
    db.execute("delete from job")
    assert plan(db, ORDER, run_id="r2", cv_sha256="h", matches=[match(1, id="old")]).skipped == {"already_applied": 1}


LATER_WISHES: list[tuple[dict[str, Any], str]] = [
    ({"blacklist": ["CLINIC"]}, "blacklist"),
    ({"criteria": {"excludedCompanies": "Clinic, Acme"}}, "blacklist"),
    ({"criteria": {"currentEmployer": "The CLINIC Ltd"}}, "current employer"),
    ({"blacklist": "Clinic"}, "cannot be understood"),
    ({"auto_apply": False}, "consent"),
    ({"applying": {"dailyCap": 0}}, "limit"),
    ({"applying": {"dryRun": True}}, "dry run"),
    ({"applying": {"dryRun": "perhaps"}}, "cannot be understood"),
]


@pytest.mark.parametrize("approved", [False, True])
@pytest.mark.parametrize(("later", "reason"), LATER_WISHES)
def test_what_the_person_wishes_by_then_is_looked_at_before_it_is_sent(
    db: Connection, *, approved: bool, later: dict[str, Any], reason: str
) -> None:
    wishes: dict[str, Any] = {"auto_apply": True, "applying": {"approval": approved}}
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences=wishes)
    planned = plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1)])
    if approved:
        approval.store_questions(db, "r1", planned.to_decide)
        approval.record_answer(db, "r1", [one.label for one in planned.to_decide], by="Ada")
    applying = {**wishes["applying"], **later.get("applying", {})}
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences={**wishes, **later, "applying": applying})
    row = db.execute("select id, state from application").fetchone()
    assert row is not None
    assert row["state"] == "approved"
    held = ledger.begin(db, str(row["id"]))
    assert held is not None
    assert held["state"] == "planned"
    assert reason in held["state_reason"]


def test_who_wants_to_be_asked_by_then_is_asked_first(db: Connection) -> None:
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences={"applying": {"approval": False}})
    planned = plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1)])
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences={})
    held = ledger.begin(db, planned.applications[0]["application_id"])
    assert held is not None
    assert (held["state"], "approval" in held["state_reason"]) == ("planned", True)


def test_wishes_do_not_change_between_the_last_look_and_the_intent(dsn: str, db: Connection) -> None:
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences={"applying": {"approval": False}})
    planned = plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1)])
    db.commit()
    assert policy.objection_to_sending(db, planned.applications[0]["application_id"]) is None
    with connect(dsn) as other:
        other.execute("set lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute('update person set preferences = \'{"blacklist": ["Clinic"]}\'')


def test_a_run_whose_limits_nobody_can_read_plans_nothing(db: Connection) -> None:
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences={"blacklist": "Clinic"})
    with pytest.raises(InvalidInput, match="blacklist"):
        plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(1)])
