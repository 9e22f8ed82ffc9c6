"""Connections as people write them become clients."""

from __future__ import annotations

from typing import Any

import pytest

from rolecall.hooks.ai_service_hook import AiServiceHook
from rolecall.hooks.platform_hook import PlatformHook
from rolecall.hooks.service_hook import base_url


@pytest.mark.parametrize(
    ("fields", "url"),
    [
        ({"host": "https://api.example.com/"}, "https://api.example.com"),
        ({"host": "http://127.0.0.1:8000/ai"}, "http://127.0.0.1:8000/ai"),
        ({"host": "api.example.com", "port": 8443}, "https://api.example.com:8443"),
        ({"host": "api.internal", "schema": "http", "port": 80}, "http://api.internal:80"),
        ({"host": "http://api.internal/v2", "port": 8080}, "http://api.internal:8080/v2"),
    ],
)
def test_an_address_is_read_as_people_paste_it(fields: dict[str, Any], url: str) -> None:
    from airflow.sdk import Connection

    assert base_url(Connection(conn_id="x", conn_type="http", **fields)) == url


def test_a_service_that_does_not_answer_fails_the_connection_test_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_PLATFORM_API", '{"conn_type": "http", "host": "http://127.0.0.1:9", "password": "t0ken-of-mine"}')
    worked, words = PlatformHook().test_connection()
    assert not worked
    assert "cannot be reached at http://127.0.0.1:9" in words
    assert "t0ken-of-mine" not in words


@pytest.mark.parametrize(("extra", "promised"), [("{}", False), ('{"idempotent": true}', True)])
def test_only_a_promise_in_the_connection_makes_a_service_idempotent(monkeypatch: pytest.MonkeyPatch, extra: str, promised: bool) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_AI_SERVICE", f'{{"conn_type": "http", "host": "http://127.0.0.1:9", "extra": {extra}}}')
    assert AiServiceHook().idempotent is promised
