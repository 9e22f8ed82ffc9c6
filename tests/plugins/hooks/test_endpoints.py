"""Where Airflow runs, its connections say where everything is, and the seed's variables say nothing."""

from __future__ import annotations

from typing import Any

import pytest

from rolecall import endpoints
from rolecall.errors import StoreUnavailable
from rolecall.hooks import connection as asked
from rolecall.hooks.connection import connection
from rolecall.outbox.available_channels import Available
from tests.airflow_home import as_airflow_reads_it

VARIABLES = {"SMTP_HOST": "variable.example", "PUSH_NOTIFICATION_URL": "https://variable.example/push", "TWILIO_ACCOUNT_SID": "AC1"}


@pytest.fixture
def _airflow() -> None:
    """As in a process that has imported our hooks."""
    endpoints.found_by(connection)


@pytest.mark.usefixtures("_airflow")
def test_a_connection_is_what_counts_and_a_variable_beside_it_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    made = as_airflow_reads_it({"SMTP_HOST": "connection.example", "SMTP_SECURITY": "none"})
    monkeypatch.setenv("AIRFLOW_CONN_SMTP_DEFAULT", made["AIRFLOW_CONN_SMTP_DEFAULT"])
    said = endpoints.endpoints("smtp_default", "push_default", "twilio_default")
    assert (said.smtp_host, said.smtp_security) == ("connection.example", "none")
    assert (said.push_notification_url, said.twilio_account_sid) == (None, None)
    assert set(Available()) == {"email"}


def test_without_airflow_the_variables_count(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    assert endpoints.endpoints("smtp_default").smtp_host == "variable.example"


class Supervisor:
    """Answers a task's question about a connection that no backend gave."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    def send(self, _: Any) -> Any:
        return self.answer


@pytest.mark.parametrize(("error", "sure"), [("CONNECTION_NOT_FOUND", True), ("API_SERVER_ERROR", False), ("GENERIC_ERROR", False)])
def test_a_server_that_does_not_answer_is_not_taken_for_a_connection_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, error: str, sure: bool
) -> None:
    from airflow.sdk.exceptions import ErrorType
    from airflow.sdk.execution_time.comms import ErrorResponse

    supervisor = Supervisor(ErrorResponse(error=ErrorType[error]))
    monkeypatch.setattr(asked, "_supervisor", lambda: supervisor)
    monkeypatch.setattr(asked, "_known", {})
    monkeypatch.delenv("AIRFLOW_CONN_PUSH_DEFAULT", raising=False)
    if sure:
        assert connection("push_default") is None
        return
    with pytest.raises(StoreUnavailable, match="push_default"):
        connection("push_default")
