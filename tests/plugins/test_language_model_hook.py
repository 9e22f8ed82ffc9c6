"""The model is asked over HTTP, by Airflow's provider, at any endpoint that speaks OpenAI's chat interface."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from rolecall.hooks.language_model_hook import LanguageModelHook
from rolecall.matching.letters.llm import RankingAnswer, improve
from rolecall.store import Connection
from tests.matching.conftest import person
from tests.matching.test_llm import HONEST, matches, order

pytest.importorskip("airflow.providers.common.ai", reason="requirements-llm.txt is not installed: the optional model is not tested")


class Endpoint:
    """What it was asked, and what it answers: arguments of the tool, or an HTTP status."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answers: list[Any] = []
        self.url = ""


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """An OpenAI-compatible server on loopback, with a connection ``model_test`` that leads to it."""
    state = Endpoint()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            state.asked.append({"path": self.path, "key": self.headers["Authorization"], **body})
            answer = state.answers.pop(0)
            if isinstance(answer, int):
                self.send_error(answer)
                return
            tool = {"name": body["tools"][0]["function"]["name"], "arguments": json.dumps(answer)}
            message = {"role": "assistant", "content": None, "tool_calls": [{"id": "c1", "type": "function", "function": tool}]}
            reply = json.dumps(
                {
                    "id": "x", "object": "chat.completion", "created": 1, "model": "stub",
                    "choices": [{"index": 0, "finish_reason": "tool_calls", "message": message}],
                    "usage": {"prompt_tokens": 40, "completion_tokens": 10, "total_tokens": 50},
                }
            ).encode()  # fmt: skip
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    extra = {"model": "openai-chat:stub"}
    fields = {"conn_type": "pydanticai", "host": f"http://127.0.0.1:{server.server_address[1]}/v1", "password": "model-key", "extra": extra}
    monkeypatch.setenv("AIRFLOW_CONN_MODEL_TEST", json.dumps(fields))
    yield state
    server.shutdown()
    server.server_close()


def test_an_answer_comes_in_its_shape_with_its_tokens(endpoint: Endpoint) -> None:
    endpoint.answers = [{"order": ["a"]}]
    said = LanguageModelHook("model_test").ask("order them", "{}", RankingAnswer, max_tokens=50)
    assert (said.answer, said.input_tokens, said.output_tokens) == ({"order": ["a"]}, 40, 10)
    asked = endpoint.asked[0]
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
