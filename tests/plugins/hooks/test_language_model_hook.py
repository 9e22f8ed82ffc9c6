"""The model is asked over HTTP, by Airflow's provider, at any endpoint that speaks OpenAI's chat interface."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from rolecall.hooks.language_model_hook import LanguageModelHook
from rolecall.matching.letters.llm import RankingAnswer, improve
from rolecall.store import Connection
from tests.http_double import Answer, Call, HttpDouble, serving
from tests.matching.conftest import person
from tests.matching.letters.test_llm import HONEST, matches, order

pytest.importorskip("airflow.providers.common.ai", reason="requirements-llm.txt is not installed: the optional model is not tested")


@dataclass
class Endpoint(HttpDouble):
    """An OpenAI-compatible server: what it was asked, and what it answers: arguments of the tool, or an HTTP status."""

    questions: list[dict[str, Any]] = field(default_factory=list)
    answers: list[Any] = field(default_factory=list)

    def reply(self, call: Call) -> Answer:
        self.questions.append({"path": call.path, "key": call.headers["authorization"], **call.json})
        answer = self.answers.pop(0)
        if isinstance(answer, int):
            return Answer(answer)
        tool = {"name": call.json["tools"][0]["function"]["name"], "arguments": json.dumps(answer)}
        message = {"role": "assistant", "content": None, "tool_calls": [{"id": "c1", "type": "function", "function": tool}]}
        return Answer(200, {
            "id": "x", "object": "chat.completion", "created": 1, "model": "stub",
            "choices": [{"index": 0, "finish_reason": "tool_calls", "message": message}],
            "usage": {"prompt_tokens": 40, "completion_tokens": 10, "total_tokens": 50},
        })  # fmt: skip


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """It on loopback, with a connection ``model_test`` that leads to it."""
    with serving(Endpoint()) as state:
        extra = {"model": "openai-chat:stub"}
        fields = {"conn_type": "pydanticai", "host": f"{state.url}/v1", "password": "model-key", "extra": extra}
        monkeypatch.setenv("AIRFLOW_CONN_MODEL_TEST", json.dumps(fields))
        yield state


def test_an_answer_comes_in_its_shape_with_its_tokens(endpoint: Endpoint) -> None:
    endpoint.answers = [{"order": ["a"]}]
    said = LanguageModelHook("model_test").ask("order them", "{}", RankingAnswer, max_tokens=50)
    assert (said.answer, said.input_tokens, said.output_tokens) == ({"order": ["a"]}, 40, 10)
    asked = endpoint.questions[0]
    assert (asked["path"], asked["key"], asked["model"]) == ("/v1/chat/completions", "Bearer model-key", "stub")
    assert 50 in (asked.get("max_tokens"), asked.get("max_completion_tokens"))


def test_matches_are_improved_through_it(endpoint: Endpoint, db: Connection) -> None:
    endpoint.answers = [order("j1", "j0"), {"letter": HONEST}, {"letter": HONEST}]
    done = improve(db, LanguageModelHook("model_test"), person("data"), matches())
    assert (done.ranked, done.letters, done.matches[0].id) == (True, 2, "j1")


def test_a_broken_endpoint_leaves_the_local_result(endpoint: Endpoint, db: Connection) -> None:
    endpoint.answers = [400] * 9
    done = improve(db, LanguageModelHook("model_test"), person("data"), matches())
    assert [match.model_dump() for match in done.matches] == [match.model_dump() for match in matches()]
    assert "the model failed" in done.stopped
