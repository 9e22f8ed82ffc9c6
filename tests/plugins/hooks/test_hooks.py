"""Connections as people write them become clients."""

from __future__ import annotations

import json
from typing import Any

import pytest

from rolecall.connections import AIRFLOWS_OWN
from rolecall.hooks.ai_service_hook import AiServiceHook
from rolecall.hooks.board_hook import BoardHook
from rolecall.hooks.platform_hook import PlatformHook
from rolecall.hooks.service_hook import base_url
from rolecall.hooks.store_hook import StoreHook
from tests.http_double import Answer, http_double


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


def set_up(monkeypatch: pytest.MonkeyPatch, conn_id: str, **fields: Any) -> None:
    monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(fields))


def test_what_the_connection_says_is_what_a_client_does(monkeypatch: pytest.MonkeyPatch) -> None:
    with http_double() as provider:
        provider.answer = lambda call: Answer(200, {"cv": {"id": "c1"}})
        extra = {"X-Tenant": "acme", "timeout": 7, "idempotent": True, "verify": False, "trust_env": False}
        set_up(monkeypatch, "platform_api", conn_type="rolecall_platform", host=provider.url, password="t0ken", extra=extra)
        hook = PlatformHook()
        with hook.client() as platform:
            platform.get_cv("c1")
            platform.get_cv("c1", user_token="their-own")
    first, second = provider.calls
    assert (first.path, first.headers["authorization"], first.headers["x-tenant"]) == ("/api/v1/cv/c1", "Bearer t0ken", "acme")
    assert second.headers["authorization"] == "Bearer their-own"
    assert not {"idempotent", "timeout", "verify"} & set(first.headers)
    assert hook.merged_extra["timeout"] == 7


def test_a_service_behind_a_login_is_asked_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with http_double() as provider:
        provider.answer = lambda call: Answer(200, {})
        set_up(monkeypatch, "platform_api", conn_type="http", host=provider.url, login="me", password="pw")
        with PlatformHook().client() as platform:
            platform.create_job({})
    assert provider.calls[0].headers["authorization"] == "Basic bWU6cHc="


def test_a_board_is_tested_by_asking_its_own_host_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with http_double() as provider:
        set_up(monkeypatch, "board_linkedin", conn_type="rolecall_board", host=f"{provider.url}/linkedin")
        worked, words = BoardHook("board_linkedin").test_connection()
    assert worked
    assert words.endswith("/linkedin answered 200 to /robots.txt")
    assert [call.path for call in provider.calls] == ["/linkedin/robots.txt"]
    assert (BoardHook("board_nowhere").address, BoardHook("board_nowhere").credential) == ("", ("", ""))


def test_the_store_keeps_every_option_of_its_connection_and_leaves_airflows_own_to_airflow(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = {"sslmode": "verify-full", "sslrootcert": "/etc/ca.pem", "cursor": "dictcursor", "sqlalchemy_scheme": "postgresql"}
    set_up(monkeypatch, "rolecall_db", conn_type="postgres", host="db.example", login="me", schema="jobs", extra=extra)
    dsn = StoreHook().dsn
    assert "sslmode=verify-full" in dsn
    assert "sslrootcert=/etc/ca.pem" in dsn
    assert "cursor" not in dsn
    assert StoreHook.ignored_extra_options == AIRFLOWS_OWN
