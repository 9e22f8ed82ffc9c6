"""Which variable becomes which connection, and who never gets whose secret."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from psycopg.conninfo import conninfo_to_dict

from rolecall.connections import board_address, connections, known_boards, resolved
from rolecall.endpoints import Endpoints, Fields, of_environment
from rolecall.errors import InvalidInput, NotInSandbox

ROOT = Path(__file__).parents[1]
BUNDLED = {
    "ROLECALL_SERVICES_URL": "http://127.0.0.1:20001",
    "SANDBOX_URL": "http://127.0.0.1:20002",
    "SANDBOX_SMTP_PORT": "20003",
    "API_TOKEN": "bundled-token",
}
CONN_IDS = {
    "rolecall_db",
    "redis_default",
    "platform_api",
    "ai_service",
    "board_linkedin",
    "board_indeed",
    "board_glassdoor",
    "slack_default",
    "smtp_default",
    "twilio_default",
    "push_default",
    "alert_default",
}


def test_with_nothing_set_everything_points_at_the_bundled_services_and_the_sandbox() -> None:
    made = connections(BUNDLED)
    assert set(made) == CONN_IDS
    assert made["platform_api"] == {"conn_type": "rolecall_platform", "host": "http://127.0.0.1:20001", "password": "bundled-token"}
    assert made["ai_service"]["host"] == "http://127.0.0.1:20001/ai"
    assert made["board_linkedin"]["host"] == "http://127.0.0.1:20002/linkedin"
    assert (made["smtp_default"]["host"], made["smtp_default"]["port"]) == ("127.0.0.1", 20003)
    assert made["twilio_default"]["host"] == "http://127.0.0.1:20002/twilio"


def test_without_a_sandbox_boards_are_the_real_ones_and_channels_are_absent() -> None:
    made = connections({})
    assert made["board_linkedin"]["host"] == "https://www.linkedin.com"
    assert not {"slack_default", "smtp_default", "twilio_default", "push_default", "alert_default"} & set(made)


@pytest.mark.parametrize(
    ("variable", "conn_id"),
    [
        ("API_BASE_URL", "platform_api"),
        ("AI_SERVICE_URL", "ai_service"),
        ("LINKEDIN_BASE_URL", "board_linkedin"),
        ("INDEED_BASE_URL", "board_indeed"),
        ("GLASSDOOR_BASE_URL", "board_glassdoor"),
    ],
)
def test_a_set_address_replaces_the_counterpart(variable: str, conn_id: str) -> None:
    assert connections({**BUNDLED, variable: "https://real.example/"})[conn_id]["host"] == "https://real.example"


def test_a_further_board_has_a_connection_as_soon_as_the_environment_speaks_of_it() -> None:
    made = connections({**BUNDLED, "REMOTEOK_BASE_URL": "http://127.0.0.1:9/remoteok", "ADZUNA_API_KEY": "key"})
    assert made["board_remoteok"] == {"conn_type": "rolecall_board", "host": "http://127.0.0.1:9/remoteok"}
    assert made["board_adzuna"] == {"conn_type": "rolecall_board", "password": "key"}


def test_only_the_bundled_ai_service_is_trusted_to_be_idempotent() -> None:
    assert connections(BUNDLED)["ai_service"]["extra"] == {"idempotent": True, "bundled": True}
    assert "extra" not in connections({**BUNDLED, "AI_SERVICE_URL": "https://ai.example"})["ai_service"]
    promised = {**BUNDLED, "AI_SERVICE_URL": "https://ai.example", "AI_SERVICE_IDEMPOTENT": "true"}
    assert connections(promised)["ai_service"]["extra"] == {"idempotent": True}


def test_the_bundled_ai_service_is_known_as_such_also_where_everything_is_filled_in() -> None:
    for env in (BUNDLED, resolved(BUNDLED) | BUNDLED, {}):
        assert connections(env)["ai_service"]["extra"]["bundled"] is True
    assert "bundled" not in connections({**BUNDLED, "AI_SERVICE_URL": "https://ai.example"})["ai_service"].get("extra", {})


def test_mail_goes_to_the_real_server_with_nothing_of_the_sandbox_mixed_in() -> None:
    values = resolved({**BUNDLED, "SMTP_HOST": "mail.example", "SMTP_USER": "me", "SMTP_PASSWORD": "pw", "SMTP_SECURITY": "tls"})
    assert (values["SMTP_HOST"], values["SMTP_PORT"], values["SMTP_SECURITY"]) == ("mail.example", "", "tls")
    mail = connections({**BUNDLED, "SMTP_HOST": "mail.example", "SMTP_USER": "me", "SMTP_PASSWORD": "pw", "SMTP_SECURITY": "tls"})[
        "smtp_default"
    ]
    assert mail["port"] == 587
    assert mail["extra"] == {"disable_ssl": False, "disable_tls": True, "security": "tls"}


def test_a_half_set_provider_is_silenced_instead_of_meeting_the_sandbox() -> None:
    values = resolved({**BUNDLED, "SMTP_USER": "me", "SMTP_PASSWORD": "real", "TWILIO_AUTH_TOKEN": "real"})
    assert values["SMTP_USER"] == values["SMTP_PASSWORD"] == ""
    assert values["TWILIO_AUTH_TOKEN"] == "sandbox"


def test_sendgrid_is_used_where_its_key_is_set() -> None:
    assert "sendgrid_default" not in connections(BUNDLED)
    made = connections({**BUNDLED, "SENDGRID_API_KEY": "SG.key"})["sendgrid_default"]
    assert (made["host"], made["password"]) == ("https://api.sendgrid.com", "SG.key")


def test_secrets_are_in_no_field_but_the_password() -> None:
    secrets = {
        "API_TOKEN": "secret-a",
        "AI_SERVICE_TOKEN": "secret-b",
        "LINKEDIN_API_KEY": "secret-c",
        "SENDGRID_API_KEY": "secret-d",
        "TWILIO_ACCOUNT_SID": "AC1",
        "TWILIO_AUTH_TOKEN": "secret-e",
        "SLACK_WEBHOOK_URL": "https://hooks.example/services/secret-f",
        "ALERT_WEBHOOK_URL": "https://alerts.example/hook?key=secret-g",
        "SMTP_HOST": "mail.example",
        "SMTP_PASSWORD": "secret-h",
        "ROLECALL_DSN": "postgresql://me:secret-i@db.example/rolecall",
        "REDIS_URL": "redis://:secret-j@cache.example:6379/2",
    }
    for fields in connections({**BUNDLED, **secrets}).values():
        shown = {name: value for name, value in fields.items() if name != "password"}
        assert "secret-" not in json.dumps(shown)


def test_a_database_url_keeps_its_options() -> None:
    made = connections({"ROLECALL_DSN": "postgresql://me:p%40ss@db.example:6432/jobs?sslmode=require"})["rolecall_db"]
    assert made == {
        "conn_type": "postgres",
        "host": "db.example",
        "port": 6432,
        "login": "me",
        "password": "p@ss",
        "schema": "jobs",
        "extra": {"sslmode": "require"},
    }


def test_the_seeds_postgres_variables_are_enough() -> None:
    made = connections({"POSTGRES_HOST": "db", "POSTGRES_USER": "me", "POSTGRES_PASSWORD": "it's"})["rolecall_db"]
    assert (made["host"], made["port"], made["login"], made["password"], made["schema"]) == ("db", 5432, "me", "it's", "rolecall")


def test_redis_with_tls_and_a_user_is_read_whole() -> None:
    made = connections({"REDIS_URL": "rediss://me:p%3Aw@cache.example/3"})["redis_default"]
    assert made == {
        "conn_type": "redis",
        "host": "cache.example",
        "port": 6379,
        "login": "me",
        "password": "p:w",
        "extra": {"db": 3, "ssl": True},
    }


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("API_BASE_URL", "api.example"),
        ("AI_SERVICE_URL", "ftp://ai.example"),
        ("SLACK_WEBHOOK_URL", "hooks.example/T0/secret"),
        ("API_BASE_URL", "https://me:secret@api.example"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "redis://localhost/secret"),
        ("SMTP_PORT", "secret"),
    ],
)
def test_a_bad_value_is_refused_by_name_without_showing_it(variable: str, value: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        connections({"SMTP_HOST": "mail.example", variable: value})
    assert refused.value.field == variable
    assert "secret" not in str(refused.value)


def test_white_space_and_empty_values_count_as_unset() -> None:
    assert connections({**BUNDLED, "API_BASE_URL": "  ", "LINKEDIN_BASE_URL": ""}) == connections(BUNDLED)


def test_what_the_variables_say_is_read_by_way_of_the_connections() -> None:
    said = Endpoints.of(of_environment(BUNDLED))
    assert (said.api_base_url, said.api_token.get_secret_value()) == (BUNDLED["ROLECALL_SERVICES_URL"], "bundled-token")
    assert (said.ai_service_url, said.ai_idempotent) == (f"{BUNDLED['ROLECALL_SERVICES_URL']}/ai", True)
    assert (said.smtp_port, said.smtp_user, said.smtp_security) == (20003, None, "none")
    assert said.slack_webhook_url is not None
    assert said.slack_webhook_url.get_secret_value() == "http://127.0.0.1:20002/slack"
    meant = conninfo_to_dict(resolved(BUNDLED)["ROLECALL_DSN"])
    assert conninfo_to_dict(said.dsn) == {name: value for name, value in meant.items() if value}


@pytest.mark.parametrize("security", ["none", "starttls", "tls", "opportunistic"])
def test_how_mail_is_encrypted_survives_the_way_through_its_connection(security: str) -> None:
    assert Endpoints.of(of_environment({"SMTP_HOST": "mail.example", "SMTP_SECURITY": security})).smtp_security == security


@pytest.mark.parametrize(
    ("extra", "security"), [({}, "tls"), ({"disable_ssl": True}, "starttls"), ({"disable_ssl": True, "disable_tls": True}, "none")]
)
def test_a_mail_connection_made_in_the_web_ui_means_what_its_form_says(extra: dict[str, bool], security: str) -> None:
    made = Fields("smtp_default", "smtp", host="mail.example", extra=json.dumps(extra))
    assert Endpoints.of({"smtp_default": made}.get, "smtp_default").smtp_security == security


@pytest.mark.parametrize(
    "address", ["https://hooks.example/services/T0/B0/secret", "https://alerts.example/hook?key=secret", "http://127.0.0.1:9/push"]
)
def test_a_webhooks_address_survives_the_way_through_its_connection(address: str) -> None:
    env = {"SLACK_WEBHOOK_URL": address, "ALERT_WEBHOOK_URL": address, "PUSH_NOTIFICATION_URL": address, "PUSH_IDEMPOTENT": "true"}
    said = Endpoints.of(of_environment(env))
    assert said.slack_webhook_url is not None
    assert said.alert_webhook_url is not None
    assert {said.slack_webhook_url.get_secret_value(), said.alert_webhook_url.get_secret_value()} == {address}
    assert (said.push_notification_url, said.push_idempotent) == (address, True)


def test_airflow_takes_every_field_of_every_connection() -> None:
    fields = {"conn_type", "host", "port", "login", "password", "schema", "extra"}
    assert all(set(made) <= fields for made in connections(BUNDLED).values())


def test_a_command_is_run_with_everything_filled_in_and_no_connection_in_its_environment() -> None:
    code = "import json, os; print(json.dumps(dict(os.environ)))"
    done = subprocess.run(
        [sys.executable, "-m", "rolecall.connections", "--", sys.executable, "-c", code],
        env={**os.environ, **BUNDLED, "SMTP_USER": "left over"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    given = json.loads(done.stdout)
    assert given["AI_SERVICE_URL"] == "http://127.0.0.1:20001/ai"
    assert given["SMTP_USER"] == ""
    assert not [name for name in given if name.startswith("AIRFLOW_CONN_")]


def test_a_bad_address_ends_the_command_with_a_sentence() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rolecall.connections", "--", "true"],
        env={**os.environ, "API_BASE_URL": "nowhere"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("API_BASE_URL: is not a web address → write it as")


@pytest.mark.parametrize("variable", ["OPENAI_API_KEY", "ANTHROPIC_API_KEY", "FOO_BASE_URL", "SENDGRID_BASE_URL", "AIRFLOW_API_KEY"])
def test_no_variable_of_another_program_becomes_the_connection_of_a_board(variable: str) -> None:
    made = connections({**BUNDLED, variable: "https://x.example"})
    assert {name for name in made if name.startswith("board_")} == {"board_linkedin", "board_indeed", "board_glassdoor"}


def test_the_boards_that_connections_know_are_those_there_are() -> None:
    from rolecall.boards import BOARDS

    assert known_boards() == tuple(sorted(name.upper() for name in BOARDS))


@pytest.mark.parametrize("board", known_boards())
def test_a_base_address_of_the_environment_holds_for_every_board(board: str) -> None:
    given = {f"{board}_BASE_URL": "http://127.0.0.1:9/here/"}
    for env in (given, {**BUNDLED, **given}):
        assert board_address(board.lower(), env) == "http://127.0.0.1:9/here"
        assert connections(env)[f"board_{board.lower()}"]["host"] == "http://127.0.0.1:9/here"


@pytest.mark.parametrize("board", known_boards())
def test_with_the_sandbox_on_no_board_is_led_outside_it(board: str) -> None:
    assert board_address(board.lower(), {}) == ""
    if board in ("LINKEDIN", "INDEED", "GLASSDOOR"):
        assert board_address(board.lower(), BUNDLED) == f"{BUNDLED['SANDBOX_URL']}/{board.lower()}"
        return
    with pytest.raises(NotInSandbox, match=f"set {board}_BASE_URL"):
        board_address(board.lower(), BUNDLED)


def test_what_airflows_own_http_hook_reads_holds_words_only_for_it_sends_them_as_headers() -> None:
    made = connections(
        BUNDLED | {"PUSH_NOTIFICATION_URL": "https://push.example/x", "PUSH_IDEMPOTENT": "yes", "ALERT_WEBHOOK_URL": "https://a.example/y"}
    )
    own = {name: each["extra"] for name, each in made.items() if each["conn_type"] == "http" and each.get("extra")}
    assert "push_default" in own
    for extra in own.values():
        requests.Request("GET", "https://push.example", headers=extra).prepare()
