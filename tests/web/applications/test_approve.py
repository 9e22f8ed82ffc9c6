from __future__ import annotations

import re

import pytest

from rolecall.applying import approval, decisions, ledger, requests
from rolecall.applying.plan import plan
from rolecall.models import ApplyOrder
from rolecall.store import Connection
from tests.web.conftest import LETTER, Visitor, shown, states, waits


def test_a_card_says_who_what_where_how_well_and_why(db: Connection, mira: Visitor) -> None:
    waits(db, "j1")
    page = mira.get("/approve").text
    for what in (
        "Data engineer",
        "Quartz Harbor",
        "Berlin",
        "salary unknown",
        "91 %",
        "Python is required, and in your CV",
        "Lumen Freight",
        "the ad",
    ):
        assert what in page, what


def test_two_are_approved_one_of_them_is_taken_back_and_the_other_is_sent_by_a_run_that_asks_nothing(db: Connection, mira: Visitor) -> None:
    first, second, _ = waits(db, "j1", "j2", "j3")
    answered = mira.post("/approve", {"application": [shown(db, first), shown(db, second)], "answer": "yes"})
    assert (answered.status_code, states(db)) == (200, {"j1": "approved", "j2": "approved", "j3": "planned"})
    mira.post("/approve/undo", {"application": [second]})
    assert states(db) == {"j1": "approved", "j2": "planned", "j3": "planned"}
    assert requests.next_requests(db) == []  # it may still be taken back
    db.execute("update apply_request set start_at = now()")
    request = requests.next_requests(db)[0]
    requests.mark_triggered(db, [request["trigger_run_id"]])
    planned = plan(db, ApplyOrder.of(request["conf"]), run_id=request["trigger_run_id"], cv_sha256="sha", matches=[])
    assert ([one["application_id"] for one in planned.applications], planned.to_decide) == ([first], [])
    assert (ledger.begin(db, first) or {})["state"] == "submitting"
    assert ledger.begin(db, second) is None


def test_an_answer_here_is_the_answer_to_the_run_that_asks(db: Connection, mira: Visitor) -> None:
    first, second = waits(db, "j1", "j2")
    mira.post("/approve", {"application": [shown(db, first)], "answer": "no"})
    answers = {
        str(row["application_id"]): row["answer"] for row in db.execute("select application_id, answer from approval where run_id = 'r1'")
    }
    assert answers == {first: "no", second: None}
    with pytest.raises(approval.Contradictory):
        approval.record_answer(db, "r1", ["Data engineer @ Quartz Harbor"], by="Airflow account x")
    approval.record_answer(db, "r1", [approval.NONE], by="Airflow account x")
    assert "cannot" not in mira.get("/approve").text
    refused = mira.post("/approve", {"application": [shown(db, second)], "answer": "yes"})
    assert (refused.status_code, states(db)) == (409, {"j1": "cancelled", "j2": "cancelled"})


def test_a_yes_is_for_what_was_shown(db: Connection, mira: Visitor) -> None:
    (one,) = waits(db, "j1")
    before = shown(db, one)
    db.execute("update application set letter = 'another'")
    db.commit()
    refused = mira.post("/approve", {"application": [before], "answer": "yes"})
    assert (refused.status_code, "changed since it was shown" in refused.text, states(db)) == (409, True, {"j1": "planned"})


def test_later_is_put_off_and_no_can_be_taken_back(db: Connection, mira: Visitor) -> None:
    one, other = waits(db, "j1", "j2")
    mira.post("/approve", {"application": [shown(db, one)], "answer": "later"})
    mira.post("/approve", {"application": [shown(db, other)], "answer": "no"})
    assert "Put off" in mira.get("/approve").text
    mira.post("/approve/undo", {"application": [other]})
    mira.post("/approve/undo", {"application": [one]})
    assert (states(db), "Put off" in mira.get("/approve").text) == ({"j1": "planned", "j2": "planned"}, False)


def undos(page: str) -> list[str]:
    """The applications whose answers the page offers to take back."""
    forms = re.findall(r'action="/approve/undo".*?</form>', page, re.DOTALL)
    return [one for form in forms for one in re.findall(r'name="application" value="([^"]+)"', form)]


def test_every_answer_that_can_be_taken_back_is_listed_until_it_leaves(db: Connection, mira: Visitor) -> None:
    first, second, third = waits(db, "j1", "j2", "j3")
    mira.post("/approve", {"application": [shown(db, first)], "answer": "yes"})
    page = mira.post("/approve", {"application": [shown(db, second)], "answer": "no"}).text
    assert undos(page) == [second, first]
    assert re.search(r"Data engineer @ Quartz Harbor: leaves in about \d+ seconds\.", page)
    assert undos(mira.get("/approve").text) == [second, first]
    page = mira.post("/approve", {"application": [shown(db, third)], "answer": "later"}).text
    assert undos(page) == [third, second, first]
    db.execute("update approval set answered_at = answered_at - interval '30 seconds'")
    db.commit()
    assert "Data engineer @ Quartz Harbor: leaves at any moment." in mira.get("/approve").text
    ledger.begin(db, first)
    db.commit()
    assert undos(mira.post("/approve/undo", {"application": [second]}).text) == []


def test_what_has_left_is_not_taken_back(db: Connection, mira: Visitor) -> None:
    (one,) = waits(db, "j1")
    mira.post("/approve", {"application": [shown(db, one)], "answer": "yes"})
    ledger.begin(db, one)
    refused = mira.post("/approve/undo", {"application": [one]})
    assert (refused.status_code, states(db)) == (409, {"j1": "submitting"})


def test_a_letter_with_a_lie_is_kept_only_when_the_person_answers_for_it(db: Connection, mira: Visitor) -> None:
    (one,) = waits(db, "j1")
    lie = f"{LETTER}\n\nI hold a PhD and led 40 people at Initech. I am fluent in Icelandic."
    refused = mira.post(f"/approve/{one}/letter", {"letter": lie})
    assert refused.status_code == 422
    assert "<mark>I hold a PhD and led 40 people at Initech.</mark>" in refused.text
    claims = re.findall(r'name="confirmed" value="([^"]+)"', refused.text)
    assert claims == ["I hold a PhD and led 40 people at Initech.", "I am fluent in Icelandic."], "one box a sentence, none for honest ones"
    half = mira.post(f"/approve/{one}/letter", {"letter": lie, "confirmed": claims[:-1]})
    assert half.status_code == 422
    kept = mira.post(f"/approve/{one}/letter", {"letter": lie, "confirmed": claims})
    row = db.execute("select letter, (select confirmed from letter_edit) as confirmed from application").fetchone() or {}
    assert (kept.status_code, row["letter"], sorted(row["confirmed"])) == (303, lie, sorted(claims))


def test_what_no_part_of_the_cv_carries_is_asked_about_once_a_sentence_and_never_again_for_the_same_text(
    db: Connection, mira: Visitor
) -> None:
    first, second = waits(db, "j1", "j2")
    new = "I wrote the rota of the night shift."
    asked = mira.post(f"/approve/{first}/letter", {"letter": f"{LETTER}\n\n{new}"})
    assert asked.status_code == 422
    assert re.findall(r'name="confirmed" value="([^"]+)"', asked.text) == [new]
    assert "<mark>" not in asked.text, "it may be true: a quiet question"
    lie = f"{LETTER}\n\n{new} I hold a PhD."
    both = mira.post(f"/approve/{first}/letter", {"letter": lie, "confirmed": [new]}).text
    assert re.findall(r'name="confirmed" value="([^"]+)"( checked)?>', both) == [("I hold a PhD.", ""), (new, " checked")]
    assert mira.post(f"/approve/{first}/letter", {"letter": lie, "confirmed": [new, "I hold a PhD."]}).status_code == 303
    again = mira.post(f"/approve/{second}/letter", {"letter": f"{lie} I build pipelines in Python."})
    assert again.status_code == 422
    assert re.findall(r'name="confirmed" value="([^"]+)"', again.text) == ["I hold a PhD."], (
        "what the CV denies is asked about in each letter"
    )
    kept = mira.post(f"/approve/{second}/letter", {"letter": f"{LETTER}\n\n{new} I build pipelines in Python."})
    row = db.execute("select confirmed from letter_edit order by id desc limit 1").fetchone() or {}
    assert (kept.status_code, row["confirmed"]) == (303, [new]), "kept with what it stands on"


def test_a_word_given_by_somebody_else_counts_for_nothing(db: Connection, mira: Visitor) -> None:
    (one,) = waits(db, "j1")
    new = "I wrote the rota of the night shift."
    mira.post(f"/approve/{one}/letter", {"letter": new, "confirmed": [new]})
    assert len(decisions.sentences_said_true(db, "mira")) == 1
    assert decisions.sentences_said_true(db, "noor") == frozenset()


def test_a_letter_in_the_persons_words_stays_theirs_when_a_later_run_plans(db: Connection, mira: Visitor) -> None:
    (one,) = waits(db, "j1")
    own = "Dear team,\n\nI build pipelines in Python.\n\nMira"
    assert mira.post(f"/approve/{one}/letter", {"letter": own}).status_code == 303
    assert waits_again(db) == own


def waits_again(db: Connection) -> str:
    from rolecall.models import Match

    order = ApplyOrder.model_validate({"cvId": "cv-mira", "userId": "mira", "userEmail": "mira@example.com"})
    match = Match.model_validate(
        {"id": "j1", "title": "Data engineer", "company": "Quartz Harbor", "source": "linkedin", "matchScore": 0.9, "canAutoApply": True,
         "generatedCoverLetter": "Written anew"}
    )  # fmt: skip
    plan(db, order, run_id="r2", cv_sha256="sha", matches=[match])
    row = db.execute("select letter from application").fetchone() or {}
    return str(row["letter"])


def test_nothing_ticked_is_no_answer(db: Connection, mira: Visitor) -> None:
    waits(db, "j1")
    refused = mira.post("/approve", {"answer": "yes"})
    assert (refused.status_code, states(db)) == (422, {"j1": "planned"})


def test_a_hidden_job_is_taken_back_and_not_planned_again(db: Connection, mira: Visitor) -> None:
    waits(db, "j1")
    assert mira.post("/jobs/j1/mark", {"mark": "hidden", "reason": "too far"}).status_code == 303
    assert states(db) == {"j1": "cancelled"}
    assert "Data engineer" not in mira.get("/jobs").text
    assert "too far" in mira.get("/jobs/j1").text
