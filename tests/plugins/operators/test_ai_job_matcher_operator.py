"""What travels between the tasks of matching is an id: the CV and the person's wishes are read where they are used."""

from __future__ import annotations

from typing import Any

import pytest

from rolecall.applying.requests import next_requests, queue_new_matches
from rolecall.clients.ai_client import MatchAnswer
from rolecall.models import Match
from rolecall.operators import ai_job_matcher_operator as module
from rolecall.operators.ai_job_matcher_operator import AIJobMatcherOperator
from rolecall.people.records import cvs_to_match, save_cv, save_person
from rolecall.store import Connection, connect


class Ai:
    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, Any], dict[str, Any]]] = []
        self.found: list[Match] = []

    def __enter__(self) -> Ai:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def matched(self, cv: dict[str, Any], criteria: dict[str, Any]) -> MatchAnswer:
        self.asked.append((cv, criteria))
        return MatchAnswer(list(self.found), [], more=False, jobs=40, left_out={"locations": 3})


@pytest.fixture
def ai(dsn: str, monkeypatch: pytest.MonkeyPatch) -> Ai:
    service = Ai()
    monkeypatch.setattr(module, "AiServiceHook", lambda *_: type("Hook", (), {"client": lambda _: service, "bundled": True})())
    monkeypatch.setattr(module, "StoreHook", lambda *_: type("Hook", (), {"get_conn": lambda _: connect(dsn, name="task")})())
    return service


def matched(**given: Any) -> dict[str, Any]:
    return AIJobMatcherOperator(task_id="match", **given).execute({})  # type: ignore[typeddict-item]


def test_only_ids_travel_and_the_service_gets_the_cv_with_its_persons_wishes(db: Connection, ai: Ai) -> None:
    wishes = {"criteria": {"keywords": ["nurse"], "remote": True}}
    save_person(db, person_id="p1", name="Ada", email="a@b.example", phone=None, preferences=wishes)
    save_cv(db, cv_id="c1", person_id="p1", data={"summary": "Night nurse of the Quill clinic"})
    listed = cvs_to_match(db)
    db.commit()
    assert listed == [{"cv_data": {"id": "c1"}}]
    told = matched(**listed[0])
    ((cv, criteria),) = ai.asked
    assert (cv["summary"], cv["userId"]) == ("Night nurse of the Quill clinic", "p1")
    assert criteria == {"remote": True, "threshold": 0.7, "atLeast": 10}  # keywords search, they hide nothing
    assert "Quill" not in str(told)


@pytest.mark.parametrize("preferences", [{}, {"criteria": None}])
def test_who_has_no_wishes_is_matched_without_any(db: Connection, ai: Ai, preferences: dict[str, Any]) -> None:
    save_person(db, person_id="p1", name="Ada", email="a@b.example", phone=None, preferences=preferences)
    save_cv(db, cv_id="c1", person_id="p1", data={})
    db.commit()
    matched(cv_data={"id": "c1"})
    assert ai.asked[0][1] == {"threshold": 0.7, "atLeast": 10}


def test_wishes_that_are_given_are_used_and_of_nobodys_cv_none_are_looked_up(ai: Ai) -> None:
    matched(cv_data={"summary": "Nurse"})
    matched(cv_data={"summary": "Nurse"}, criteria={"remote": True})
    assert [criteria for _, criteria in ai.asked] == [{"threshold": 0.7}, {"remote": True, "threshold": 0.7}]


def found(number: int, score: float, company: str = "Clinic") -> Match:
    fields = {"id": f"j{number}", "title": "Nurse", "company": company, "source": "linkedin", "matchScore": score, "canAutoApply": True}
    return Match.model_validate(fields)


def kept(db: Connection) -> dict[str, float]:
    """Job → score of what the newest matching found."""
    db.commit()
    return {row["job_id"]: row["score"] for row in db.execute("select job_id, score from match where gone_at is null").fetchall()}


def stored(db: Connection, criteria: dict[str, Any]) -> None:
    save_person(db, person_id="p1", name="Ada", email="a@b.example", phone=None, preferences={"criteria": criteria})
    save_cv(db, cv_id="c1", person_id="p1", data={})
    db.commit()


def test_the_best_ten_are_kept_also_below_the_threshold_and_no_more_of_those(db: Connection, ai: Ai) -> None:
    stored(db, {})
    ai.found = [found(number, score) for number, score in enumerate([0.9, 0.8, *(0.6 - 0.01 * n for n in range(20))])]
    assert matched(cv_data={"id": "c1"})["count"] == 2
    assert sorted(kept(db)) == [f"j{number}" for number in range(10)]
    assert db.execute("select count(*) as n from good_match").fetchone() == {"n": 2}
    assert db.execute("select count(*) as n from figures.first_match").fetchone() == {"n": 2}
    assert db.execute("select matching from cv").fetchone() == {"matching": {"jobs": 40, "leftOut": {"locations": 3}}}


def test_a_persons_own_threshold_holds_for_what_counts_as_a_match(db: Connection, ai: Ai) -> None:
    stored(db, {"threshold": 0.5})
    ai.found = [found(number, score) for number, score in enumerate([0.9, 0.55, 0.45])]
    assert matched(cv_data={"id": "c1"})["count"] == 2
    assert ai.asked[0][1]["threshold"] == 0.5
    assert db.execute("select count(*) as n from good_match").fetchone() == {"n": 2}
    assert (queue_new_matches(db), db.execute("select criteria from apply_request").fetchall()) == (0, [])
    db.execute("update person set preferences = preferences || '{\"auto_apply\": true}'")
    assert queue_new_matches(db) == 2
    (asked,) = next_requests(db)
    assert asked["conf"]["threshold"] == 0.5


def test_what_the_newest_matching_does_not_find_any_more_is_gone_and_comes_back(db: Connection, ai: Ai) -> None:
    stored(db, {})
    ai.found = [found(1, 0.9), found(2, 0.8)]
    matched(cv_data={"id": "c1"})
    ai.found = [found(2, 0.8)]
    matched(cv_data={"id": "c1"})
    assert kept(db) == {"j2": 0.8}
    ai.found = [found(1, 0.9), found(2, 0.8)]
    matched(cv_data={"id": "c1"})
    assert kept(db) == {"j1": 0.9, "j2": 0.8}


def test_what_the_current_employer_offers_is_not_kept_whoever_answers(db: Connection, ai: Ai) -> None:
    stored(db, {"currentEmployer": "Rosemill"})
    ai.found = [found(1, 0.95, "ROSEMILL Ltd."), found(2, 0.8)]
    matched(cv_data={"id": "c1"})
    assert kept(db) == {"j2": 0.8}
    assert db.execute("select matching -> 'leftOut' as n from cv").fetchone() == {"n": {"locations": 3, "current_employer": 1}}
