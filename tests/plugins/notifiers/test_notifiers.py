"""A notifier tells what failed, through a channel, and never adds a failure of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from rolecall.errors import InvalidInput, LoginWall
from rolecall.notifiers.alert_notifier import CriticalAlertNotifier
from rolecall.notifiers.channel_notifier import ChannelNotifier
from rolecall.notifiers.email_notifier import EmailNotifier
from rolecall.notifiers.push_notifier import PushNotifier
from rolecall.notifiers.slack_notifier import SlackAlertNotifier, describe
from rolecall.notifiers.sms_notifier import SmsNotifier
from tests.airflow_home import as_airflow_reads_it
from tests.conftest import free_port
from tests.http_double import Answer, HttpDouble, http_double


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[HttpDouble]:
    """Slack, as its connection names it."""
    with http_double() as provider:
        said = as_airflow_reads_it({"SLACK_WEBHOOK_URL": f"{provider.url}/services/slack-secret"})
        monkeypatch.setenv("AIRFLOW_CONN_SLACK_DEFAULT", said["AIRFLOW_CONN_SLACK_DEFAULT"])
        yield provider


FAILED: dict[str, Any] = {
    "ti": SimpleNamespace(dag_id="scrape_linkedin", task_id="scrape", map_index=3, try_number=2),
    "run_id": "scheduled__1",
    "exception": LoginWall("a login is asked for\nby <!channel>", fix="wait"),
}


def test_a_failed_task_is_told_to_alerts(slack: HttpDouble) -> None:
    SlackAlertNotifier()(dict(FAILED))
    assert slack.calls[0].json == {
        "channel": "#alerts",
        "text": "🚨 scrape_linkedin.scrape [3] failed in scheduled__1 (try 2): LoginWall: a login is asked for by &lt;!channel&gt; → wait",
    }


@pytest.mark.parametrize(
    ("context", "text"),
    [
        ({}, "🚨 a DAG failed"),
        ({"dag": SimpleNamespace(dag_id="auto_apply"), "run_id": "r1", "reason": "timed_out"}, "🚨 auto_apply failed in r1: timed_out"),
        ({"ti": SimpleNamespace(dag_id="d", task_id="t", map_index=-1, try_number=1)}, "🚨 d.t failed (try 1)"),
        ({"dag": SimpleNamespace(dag_id="d"), "exception": "{{ var.value.secret }}"}, "🚨 d failed: {{ var.value.secret }}"),
    ],
    ids=["nothing known", "a run", "an unmapped task", "text that looks like a template"],
)
def test_a_failure_is_described_by_what_is_known(context: dict[str, Any], text: str) -> None:
    assert describe(context) == text


def test_a_text_that_looks_like_a_template_is_sent_as_it_is(slack: HttpDouble) -> None:
    SlackAlertNotifier(channel="#x")({"dag": None, "exception": "{{ 6 * 7 }}"})
    assert slack.calls[0].json == {"channel": "#x", "text": "🚨 a DAG failed: {{ 6 * 7 }}"}


@pytest.mark.parametrize("answer", [Answer(500), Answer(404, b"no_service"), Answer(fault="hang up")])
def test_a_slack_that_fails_fails_nobody(slack: HttpDouble, answer: Answer, capsys: pytest.CaptureFixture[str]) -> None:
    slack.answer = lambda call: answer
    SlackAlertNotifier()(dict(FAILED))
    said = capsys.readouterr().out
    assert "the slack message was not sent" in said
    assert "slack-secret" not in said


def test_a_slack_that_is_not_set_up_or_away_fails_nobody_and_the_log_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_SLACK_DEFAULT", raising=False)
    SlackAlertNotifier()(dict(FAILED))
    assert "the slack message was not sent" in capsys.readouterr().out
    away = as_airflow_reads_it({"SLACK_WEBHOOK_URL": f"http://127.0.0.1:{free_port()}"})
    monkeypatch.setenv("AIRFLOW_CONN_SLACK_DEFAULT", away["AIRFLOW_CONN_SLACK_DEFAULT"])
    SlackAlertNotifier()(dict(FAILED))
    assert "the slack message was not sent" in capsys.readouterr().out


def test_it_can_be_awaited(slack: HttpDouble) -> None:
    async def story() -> None:
        notifier = SlackAlertNotifier()
        notifier.context = dict(FAILED)
        await notifier

    asyncio.run(story())
    assert len(slack.calls) == 1


def test_any_channel_can_be_used_from_a_dag(slack: HttpDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSH_NOTIFICATION_URL", f"{slack.url}/push")
    notifier = ChannelNotifier(type="push", recipient="u1", subject="Run {{ run_id }}", message="{{ run_id }} is done")
    notifier({"dag": None, "run_id": "r1"})
    assert slack.calls[0].json == {"userId": "u1", "title": "Run r1", "message": "r1 is done", "data": {}}


@pytest.mark.parametrize(
    ("made", "path", "body"),
    [
        (
            PushNotifier(user_id="u1", title="T", message="M", data={"n": 1}),
            "/push",
            {"userId": "u1", "title": "T", "message": "M", "data": {"n": 1}},
        ),
        (SlackAlertNotifier(), "/services/slack-secret", {"channel": "#alerts", "text": "🚨 a DAG failed: down"}),
    ],
    ids=["push", "slack"],
)
def test_each_channel_has_its_notifier(
    slack: HttpDouble, monkeypatch: pytest.MonkeyPatch, made: ChannelNotifier, path: str, body: dict[str, Any]
) -> None:
    monkeypatch.setenv("PUSH_NOTIFICATION_URL", f"{slack.url}/push")
    made({"dag": None, "reason": "down"})
    assert [(call.path, call.json) for call in slack.calls] == [(path, body)]


def test_mail_and_sms_have_theirs(slack: HttpDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"SENDGRID_API_KEY": "SG.x", "SENDGRID_BASE_URL": slack.url, "TWILIO_BASE_URL": slack.url, "TWILIO_ACCOUNT_SID": "AC1"}
    for name, value in {**values, "TWILIO_AUTH_TOKEN": "t", "TWILIO_PHONE_NUMBER": "+15005550006"}.items():
        monkeypatch.setenv(name, value)
    EmailNotifier(to="a@example.com", subject="{{ run_id }}", message="M", html="<p>{{ run_id }}</p>", cc=["b@example.com"])(
        {"run_id": "r1"}
    )
    SmsNotifier(to="+49 170 1234567", message="{{ run_id }}")({"run_id": "r1"})
    mail, sms = slack.calls
    assert (mail.json["subject"], mail.json["content"][1]["value"]) == ("r1", "<p>r1</p>")
    assert mail.json["personalizations"][0]["cc"] == [{"email": "b@example.com"}]
    assert (sms.form["To"], sms.form["Body"]) == ("+491701234567", "r1")


def test_a_critical_failure_is_posted_in_the_seeds_words(slack: HttpDouble, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALERT_WEBHOOK_URL", f"{slack.url}/alert")
    CriticalAlertNotifier()(dict(FAILED))
    (call,) = slack.calls
    assert call.json["text"] == "🚨 Critical Workflow Error: LoginWall: a login is asked for by &lt;!channel&gt; → wait"
    (attachment,) = call.json["attachments"]
    assert attachment["color"] == "danger"
    fields = {one["title"]: (one["value"], one["short"]) for one in attachment["fields"]}
    assert fields.pop("Time")[1] is True
    assert fields == {"Workflow": ("scrape_linkedin", True), "Node": ("scrape", True)}


def test_an_unknown_type_is_refused_when_the_dag_is_parsed() -> None:
    with pytest.raises(InvalidInput, match="'pigeon' is no channel → use one of email, sms, push, telegram, ntfy, slack, alert"):
        ChannelNotifier(type="pigeon", recipient="x", message="y")
