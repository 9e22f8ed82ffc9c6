"""A language model may help and can break nothing: budget, cache, validation, the claims checker."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from rolecall.matching import check_letter, write_letter
from rolecall.matching.letters.llm import ModelBudget, Said, improve
from rolecall.models import Match
from rolecall.store import Connection
from tests.matching.conftest import ad, person

HONEST = (
    "Dear hiring team,\n\nI am applying for the position of Data Engineer (m/w/d) at Rosemill. At Rye Logistics GmbH I work with "
    "Airflow, dbt and Snowflake.\n\nKind regards\nAda Brook"
)
LYING = HONEST.replace("Snowflake", "Snowflake, and before that I led a team of forty engineers at Google")


class Stub:
    """Says what it is told to, and counts."""

    name = "stub"

    def __init__(self, *answers: Any, tokens: int = 100) -> None:
        self.answers, self.tokens, self.questions = list(answers), tokens, list[str]()

    def ask(self, instructions: str, question: str, shape: type[BaseModel], *, max_tokens: int) -> Said:
        self.questions.append(question)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return Said(answer, self.tokens, self.tokens)


def matches(count: int = 2) -> list[Match]:
    letter = write_letter(person("data"), ad("data"))
    return [
        Match(id=f"j{number}", title=ad("data").title, company="Rosemill", source="linkedin", match_score=0.9 - number / 100,
              can_auto_apply=True, generated_cover_letter=letter)
        for number in range(count)
    ]  # fmt: skip


def order(*ids: str) -> dict[str, Any]:
    return {"order": [f"linkedin:{one}" for one in ids]}


def test_the_order_and_honest_letters_are_the_models_scores_are_ours(db: Connection) -> None:
    model = Stub(order("j1", "j0"), {"letter": HONEST}, {"letter": HONEST})
    done = improve(db, model, person("data"), matches())
    assert [(match.id, match.match_score) for match in done.matches] == [("j1", 0.89), ("j0", 0.9)]
    assert (done.ranked, done.letters, done.stopped) == (True, 2, "")
    assert done.matches[0].generated_cover_letter == HONEST
    assert done.matches[0].recommendations == ["stub ranks it 1 of 2"]
    assert all("ada@brook.example" not in question and "+49" not in question for question in model.questions)


def test_a_lying_letter_is_never_used(db: Connection) -> None:
    done = improve(db, Stub(order("j0", "j1"), {"letter": LYING}, {"letter": LYING}), person("data"), matches())
    assert (done.letters, done.refused) == (0, 2)
    for match in done.matches:
        assert match.generated_cover_letter == matches()[0].generated_cover_letter
        assert check_letter(str(match.generated_cover_letter), person("data"), ad("data")) == []


@pytest.mark.parametrize("more", ["I rebuilt the night shift's rota.", "I hold a PhD."], ids=["not found", "denied"])
def test_a_model_may_word_and_never_add(db: Connection, more: str) -> None:
    added = HONEST.replace("\n\nKind", f" {more}\n\nKind")
    done = improve(db, Stub({"letter": added}), person("data"), matches(1))
    assert (done.letters, done.refused) == (0, 1)
    assert done.matches[0].generated_cover_letter == matches()[0].generated_cover_letter


def test_an_order_that_is_not_of_these_matches_and_a_failure_leave_the_local_result(db: Connection) -> None:
    for answers in ([order("j0", "j9")], [order("j0", "j0")], [{"order": "x"}], [TimeoutError()], [{}]):
        done = improve(db, Stub(*answers), person("data"), matches())
        assert [match.model_dump() for match in done.matches] == [match.model_dump() for match in matches()]
        assert done.stopped


def test_after_a_failure_the_model_is_not_asked_again(db: Connection) -> None:
    model = Stub(ConnectionError())
    improve(db, model, person("data"), matches(5))
    assert len(model.questions) == 1


def test_the_same_question_is_asked_once(db: Connection) -> None:
    improve(db, Stub(order("j1", "j0"), {"letter": HONEST}, {"letter": LYING}), person("data"), matches())
    again = Stub()
    done = improve(db, again, person("data"), matches())
    assert (again.questions, done.ranked, done.cached) == ([], True, 3)
    assert done.stopped == ""


def test_the_budget_is_kept(db: Connection) -> None:
    for budget in (ModelBudget(tokens=100), ModelBudget(dollars=0.0001)):
        model = Stub()
        assert improve(db, model, person("data"), matches(), budget=budget).stopped == "the budget is spent"
        assert model.questions == []
    model = Stub(order("j0", "j1"), tokens=2_000)
    done = improve(db, model, person("data"), matches(), budget=ModelBudget(tokens=4_500))
    assert (done.ranked, done.stopped, len(model.questions)) == (True, "the budget is spent", 1)
