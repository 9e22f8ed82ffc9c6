"""A yes is for this letter and this CV; a change needs a new one; silence is no."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from rolecall.applying import approval, follow, ledger
from rolecall.applying.approval import LATER, NONE
from rolecall.applying.plan import Plan, plan
from rolecall.errors import InvalidInput
from rolecall.models import ApplyOrder, Match
from rolecall.people.records import save_person
from rolecall.store import Connection

ORDER = ApplyOrder(cv_id="c1", user_id="p1", user_email="p1@example.com")


def match(number: int, **changed: Any) -> Match:
    values = {"id": f"x{number}", "title": "Nurse", "company": "Clinic", "source": "linkedin", "matchScore": 0.9 - number / 100}
    return Match.model_validate({**values, "canAutoApply": True, "generatedCoverLetter": f"Dear {number}", **changed})


@pytest.fixture(autouse=True)
def cautious(db: Connection) -> None:
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences={"applying": {"approval": True}})
    db.commit()


def asked(db: Connection, run: str, *matches: Match, cv: str = "h") -> Plan:
    planned = plan(db, ORDER, run_id=run, cv_sha256=cv, matches=list(matches) or [match(0), match(1), match(2)])
    approval.store_questions(db, run, planned.to_decide)
    db.commit()
    return planned


def states(db: Connection) -> dict[str, str]:
    rows = db.execute("select job_id, state from application order by job_id").fetchall()
    return {row["job_id"]: row["state"] for row in rows}


def test_nothing_is_ready_before_the_person_says_so_and_the_list_tells_them_apart(db: Connection) -> None:
    planned = asked(db, "r1")
    assert planned.applications == []
    assert [one.label for one in planned.to_decide] == [f"Nurse @ Clinic ({one.application_id[:8]})" for one in planned.to_decide]
    assert "> Dear 1" in approval.body(planned.to_decide)
    assert ledger.begin(db, planned.to_decide[0].application_id) is None


def test_what_is_ticked_is_sent_and_the_rest_never_with_who_and_when(db: Connection) -> None:
    planned = asked(db, "r1")
    ready = approval.record_answer(db, "r1", [planned.to_decide[1].label], by="Ada (ada)")
    assert [one["application_id"] for one in ready] == [planned.to_decide[1].application_id]
    assert states(db) == {"x0": "cancelled", "x1": "approved", "x2": "cancelled"}
    kept = db.execute(
        "select p.answer, p.answered_by, p.answered_at is not null as dated from approval p join application a on a.id = p.application_id "
        "order by a.job_id"
    ).fetchall()
    assert [(row["answer"], row["answered_by"], row["dated"]) for row in kept] == [
        ("no", "Ada (ada)", True),
        ("yes", "Ada (ada)", True),
        ("no", "Ada (ada)", True),
    ]
    assert plan(db, ORDER, run_id="r2", cv_sha256="h", matches=[match(0)]).skipped == {"declined": 1}


@pytest.mark.parametrize("by", ["Ada", None])
def test_none_of_these_and_silence_both_send_nothing(db: Connection, by: str | None) -> None:
    planned = asked(db, "r1")
    assert planned.to_decide
    assert approval.record_answer(db, "r1", [NONE] if by else [LATER], by=by) == []
    assert set(states(db).values()) == {"cancelled"}


def test_after_silence_a_later_run_asks_again_and_after_a_no_it_does_not(db: Connection) -> None:
    asked(db, "r1", match(0))
    approval.record_answer(db, "r1", [NONE], by=None)
    assert len(asked(db, "r2", match(0)).to_decide) == 1
    approval.record_answer(db, "r2", [NONE], by="Ada")
    assert asked(db, "r3", match(0)).to_decide == []


@pytest.mark.parametrize("change", ["letter = 'Dear somebody else'", "cv_sha256 = 'other'", "cv_version = 'v2'"])
def test_a_change_after_the_yes_stops_it_and_needs_a_new_yes(db: Connection, change: str) -> None:
    planned = asked(db, "r1", match(0))
    approval.record_answer(db, "r1", [planned.to_decide[0].label], by="Ada")
    db.execute(f"update application set {change}")  # type: ignore[arg-type]
    with pytest.raises(psycopg.errors.CheckViolation, match="not the one that was approved"), db.transaction():
        db.execute("update application set state = 'submitting'")
    row = ledger.begin(db, planned.to_decide[0].application_id)
    assert row is not None
    assert (row["state"], "changed after it was approved" in row["state_reason"]) == ("planned", True)
    assert len(asked(db, "r2", match(0)).to_decide) == 1


def test_a_yes_to_what_has_changed_while_it_was_asked_counts_for_nothing(db: Connection) -> None:
    planned = asked(db, "r1", match(0))
    db.execute("update application set letter = 'Dear somebody else'")
    assert approval.record_answer(db, "r1", [planned.to_decide[0].label], by="Ada") == []
    assert states(db) == {"x0": "planned"}


def test_a_yes_stands_in_a_later_run_as_long_as_nothing_changed(db: Connection) -> None:
    planned = asked(db, "r1", match(0))
    approval.record_answer(db, "r1", [planned.to_decide[0].label], by="Ada")
    again = asked(db, "r2", match(0))
    assert ([one["application_id"] for one in again.applications], again.to_decide) == ([planned.to_decide[0].application_id], [])
    changed = asked(db, "r3", match(0, generatedCoverLetter="Another letter"))
    assert (changed.applications, len(changed.to_decide)) == ([], 1)


def test_no_hand_approves_what_the_person_was_not_asked_about(db: Connection) -> None:
    asked(db, "r1", match(0))
    with pytest.raises(psycopg.errors.CheckViolation, match="approved"):
        db.execute("update application set state = 'approved'")


def test_what_has_left_never_changes(db: Connection) -> None:
    planned = asked(db, "r1", match(0))
    approval.record_answer(db, "r1", [planned.to_decide[0].label], by="Ada")
    ledger.begin(db, planned.to_decide[0].application_id)
    with pytest.raises(psycopg.errors.CheckViolation, match="never changes"):
        db.execute("update application set letter = 'rewritten'")


def test_a_name_of_a_stranger_is_no_markdown(db: Connection) -> None:
    planned = asked(db, "r1", match(0, title="# [click](http://x)"))
    assert "\\[click\\]" in approval.body(planned.to_decide)


def wants(db: Connection, *, approval: bool) -> None:
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences={"applying": {"approval": approval}})
    db.commit()


@pytest.mark.parametrize("ticked", [[NONE, "Nurse @ Clinic"], [NONE, LATER], ["Nurse @ Clinic", "Surgeon @ Moon"], []])
def test_an_answer_that_contradicts_itself_changes_nothing_and_can_be_given_again(db: Connection, ticked: list[str]) -> None:
    asked(db, "r1", match(0), match(1, title="Midwife"))
    before = states(db)
    with pytest.raises(approval.Contradictory, match="tick what is to be sent"):
        approval.record_answer(db, "r1", ticked, by="Ada")
    db.commit()
    assert states(db) == before
    again = approval.still_open(db, "r1", now=datetime.now(UTC))
    assert again is not None
    assert [one.label for one in again.decisions] == ["Nurse @ Clinic", "Midwife @ Clinic"]
    assert 23 < again.left.total_seconds() / 3600 <= 24
    assert len(approval.record_answer(db, "r1", ["Nurse @ Clinic"], by="Ada")) == 1


def test_what_is_decided_later_stays_open_beside_what_was_ticked_and_is_asked_again_a_day_later(db: Connection) -> None:
    planned = asked(db, "r1")
    ready = approval.record_answer(db, "r1", [LATER, planned.to_decide[0].label], by="Ada")
    assert [one["application_id"] for one in ready] == [planned.to_decide[0].application_id]
    assert states(db) == {"x0": "approved", "x1": "planned", "x2": "planned"}
    assert follow.requeue_unsent(db) == 0
    db.execute("update approval set answered_at = answered_at - interval '25 hours'")
    assert follow.requeue_unsent(db) == 1
    assert len(asked(db, "r2").to_decide) == 2


def test_a_yes_once_given_does_not_stop_whoever_is_not_asked_any_more(db: Connection) -> None:
    planned = asked(db, "r1", match(0))
    approval.record_answer(db, "r1", [planned.to_decide[0].label], by="Ada")
    wants(db, approval=False)
    for run in ("r2", "r3"):
        again = asked(db, run, match(0, generatedCoverLetter=f"Another letter for {run}"))
        assert ([one["label"] for one in again.applications], again.to_decide) == (["Nurse @ Clinic"], [])
    assert ledger.begin(db, planned.to_decide[0].application_id) is not None


def test_a_yes_that_was_held_back_and_then_not_wanted_any_more_goes_on(db: Connection) -> None:
    planned = asked(db, "r1", match(0))
    approval.record_answer(db, "r1", [planned.to_decide[0].label], by="Ada")
    db.execute("update application set letter = 'changed by hand'")
    held = ledger.begin(db, planned.to_decide[0].application_id)
    assert held is not None
    assert held["state"] == "planned"
    wants(db, approval=False)
    new = match(0, generatedCoverLetter="A new letter")
    assert len(asked(db, "r2", new).applications) == 1
    wants(db, approval=True)
    assert len(asked(db, "r3", new).to_decide) == 1


def test_a_planning_that_is_cleared_asks_again_whatever_was_answered_under_the_same_label(db: Connection) -> None:
    first = asked(db, "r1", match(0), match(1))
    approval.record_answer(db, "r1", [first.to_decide[0].label, LATER], by="Ada")
    again = asked(db, "r1", match(0), match(1))
    assert [one.label for one in again.to_decide] == ["Nurse @ Clinic"]
    assert again.to_decide[0].application_id == first.to_decide[1].application_id
    ready = approval.record_answer(db, "r1", ["Nurse @ Clinic"], by="Ada")
    assert len(ready) == 2


def test_labels_are_told_apart_whatever_companies_call_themselves(db: Connection) -> None:
    planned = asked(db, "r1", match(0), match(1), match(2, company="Clinic (2)"), match(3, company="Clinic (2)"))
    assert len({one.label for one in planned.to_decide}) == 4


def test_a_no_is_taken_back_until_the_job_closes(db: Connection) -> None:
    planned = asked(db, "r1", match(0))
    identity = planned.to_decide[0].application_id
    with pytest.raises(InvalidInput, match="no no to take back"):
        follow.reopen_cancelled(db, identity, actor="Ada")
    approval.record_answer(db, "r1", [NONE], by="Ada")
    assert follow.carry_out_decision(db, identity, "take a no back", "statement", "I misread it", "Ada")["state"] == "planned"
    assert db.execute("select origin, state from apply_request").fetchall() == [{"origin": "dispatch", "state": "queued"}]
    assert len(asked(db, "r2", match(0)).to_decide) == 1
    approval.record_answer(db, "r2", [NONE], by="Ada")
    db.execute(
        "insert into job (id, merge_key, title, company, url, source, content_hash, state)"
        " values ('linkedin:x0', 'm', 'Nurse', 'Clinic', 'https://x.example', 'linkedin', 'h', 'closed')"
    )
    with pytest.raises(InvalidInput, match="its job is closed"):
        follow.reopen_cancelled(db, identity, actor="Ada")


def test_a_no_is_not_undone_by_another_application_of_the_same_form(db: Connection) -> None:
    planned = asked(db, "r1", match(0), match(1))
    approval.record_answer(db, "r1", [NONE], by="Ada")
    again = asked(db, "r1", match(0), match(1))
    assert (again.to_decide, again.skipped) == ([], {"declined": 2})
    assert set(states(db).values()) == {"cancelled"}
    assert len(planned.to_decide) == 2


@pytest.mark.parametrize(
    ("preferences", "is_asked"),
    [
        ({"auto_apply": True}, True),  # replaced by {"auto_apply": false}, and switched on again
        ({"auto_apply": True, "applying": {}}, True),
        ({"auto_apply": True, "applying": {"dailyCap": 5}}, True),
        ({"auto_apply": True, "applying": {"approval": None}}, True),
        ({"auto_apply": True, "applying": {"approval": False}}, False),
        ({"auto_apply": True, "applying": {"approval": True}}, True),
    ],
)
def test_who_never_said_that_nobody_need_ask_is_asked(db: Connection, preferences: dict[str, Any], is_asked: bool) -> None:
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences=preferences)
    planned = plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(0)])
    assert (len(planned.to_decide), len(planned.applications)) == ((1, 0) if is_asked else (0, 1))


def test_of_somebody_who_is_not_ours_the_request_says_all(db: Connection) -> None:
    order = ORDER.model_copy(update={"user_id": "somebody"})
    assert len(plan(db, order, run_id="r1", cv_sha256="h", matches=[match(0)]).applications) == 1


def test_preferences_replaced_and_switched_on_again_apply_for_nothing_without_asking(db: Connection) -> None:
    first = plan(db, ORDER.model_copy(), run_id="r0", cv_sha256="h", matches=[match(0)])
    assert first.to_decide
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences={"applying": {"approval": False}})
    assert plan(db, ORDER, run_id="r1", cv_sha256="h", matches=[match(0)]).applications  # approved, and not sent yet
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences={"auto_apply": False})
    save_person(db, person_id="p1", name="A", email="a@example.com", phone=None, preferences={"auto_apply": True})
    again = plan(db, ORDER, run_id="r2", cv_sha256="h", matches=[match(0), match(1)])
    assert (again.applications, len(again.to_decide)) == ([], 2)


def test_a_label_means_the_same_job_whatever_its_score_is_when_it_is_asked_about_again(db: Connection) -> None:
    first = asked(db, "r1", match(0), match(1, matchScore=0.8))
    second = asked(db, "r1", match(0, matchScore=0.75), match(1, matchScore=0.95))
    assert [one.label for one in first.to_decide] == [one.label for one in reversed(second.to_decide)]
    assert {one.label: one.application_id for one in first.to_decide} == {one.label: one.application_id for one in second.to_decide}


def test_a_label_that_was_answered_already_is_no_answer_to_a_later_question(db: Connection) -> None:
    asked(db, "r1", match(0))
    approval.record_answer(db, "r1", ["Nurse @ Clinic"], by="Ada")
    asked(db, "r1", match(1, title="Midwife"))
    with pytest.raises(approval.Contradictory, match="was not asked about"):
        approval.record_answer(db, "r1", ["Nurse @ Clinic"], by="Ada")


def test_a_no_to_an_older_question_about_the_same_job_is_a_no(db: Connection) -> None:
    asked(db, "r1", match(0))
    asked(db, "r2", match(0))
    approval.record_answer(db, "r1", [NONE], by="Ada")
    assert states(db) == {"x0": "cancelled"}
    wants(db, approval=False)
    assert plan(db, ORDER, run_id="r3", cv_sha256="h", matches=[match(0)]).applications == []
