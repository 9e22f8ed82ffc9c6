"""What travels between the tasks of matching is an id: the CV and the person's wishes are read where they are used."""

from __future__ import annotations

from typing import Any

import pytest

from rolecall.operators import ai_job_matcher_operator as module
from rolecall.operators.ai_job_matcher_operator import AIJobMatcherOperator
from rolecall.people.records import cvs_to_match, save_cv, save_person
from rolecall.store import Connection, connect


class Ai:
    def __init__(self) -> None:
        self.asked: list[tuple[dict[str, Any], dict[str, Any]]] = []

    def __enter__(self) -> Ai:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def job_match(self, cv: dict[str, Any], criteria: dict[str, Any]) -> tuple[list[Any], list[str]]:
        self.asked.append((cv, criteria))
        return [], []


@pytest.fixture
def ai(dsn: str, monkeypatch: pytest.MonkeyPatch) -> Ai:
    service = Ai()
    monkeypatch.setattr(module, "AiServiceHook", lambda *_: type("Hook", (), {"client": lambda _: service})())
    monkeypatch.setattr(module, "StoreHook", lambda *_: type("Hook", (), {"get_conn": lambda _: connect(dsn, name="task")})())
    return service


def matched(**given: Any) -> dict[str, Any]:
    return AIJobMatcherOperator(task_id="match", **given).execute({})  # type: ignore[typeddict-item]


def test_only_ids_travel_and_the_service_gets_the_cv_with_its_persons_wishes(db: Connection, ai: Ai) -> None:
    save_person(db, person_id="p1", name="Ada", email="a@b.example", phone=None, preferences={"criteria": {"keywords": ["nurse"]}})
    save_cv(db, cv_id="c1", person_id="p1", data={"summary": "Night nurse of the Quill clinic"})
    listed = cvs_to_match(db)
    db.commit()
    assert listed == [{"cv_data": {"id": "c1"}}]
    told = matched(**listed[0])
    ((cv, criteria),) = ai.asked
    assert (cv["summary"], cv["userId"]) == ("Night nurse of the Quill clinic", "p1")
    assert criteria == {"keywords": ["nurse"], "threshold": 0.7}
    assert "Quill" not in str(told)


@pytest.mark.parametrize("preferences", [{}, {"criteria": None}])
def test_who_has_no_wishes_is_matched_without_any(db: Connection, ai: Ai, preferences: dict[str, Any]) -> None:
    save_person(db, person_id="p1", name="Ada", email="a@b.example", phone=None, preferences=preferences)
    save_cv(db, cv_id="c1", person_id="p1", data={})
    db.commit()
    matched(cv_data={"id": "c1"})
    assert ai.asked[0][1] == {"threshold": 0.7}


def test_wishes_that_are_given_are_used_and_of_nobodys_cv_none_are_looked_up(ai: Ai) -> None:
    matched(cv_data={"summary": "Nurse"})
    matched(cv_data={"summary": "Nurse"}, criteria={"remote": True})
    assert [criteria for _, criteria in ai.asked] == [{"threshold": 0.7}, {"remote": True, "threshold": 0.7}]
