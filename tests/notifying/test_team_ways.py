"""What the team must hear takes the first way that works, once; a way that does not work makes no alerts about alerts."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from rolecall.endpoints import Endpoints
from rolecall.notifying.send.deliver import deliver_due
from rolecall.notifying.send.delivery_alerts import first_way, not_told
from rolecall.outbox.messages import Draft, enqueue
from rolecall.store import Connection
from tests.http_double import Answer, HttpDouble


def alert(key: str = "k1", recipient: str = "#alerts") -> Draft:
    return Draft(dedupe_key=f"stack:{key}:slack", kind="health_alert", type="slack", recipient=recipient, message="scheduler was killed")


def deliver(dsn: str, db: Connection, settings: Endpoints, *drafts: Draft) -> dict[str, str]:
    """What became of them and of what they led to, by key, once nothing is due any more."""
    enqueue(db, drafts)
    db.commit()
    for _ in range(4):
        deliver_due(dsn, settings)
    return {row["dedupe_key"]: row["state"] for row in db.execute("select dedupe_key, state from notification").fetchall()}


@pytest.fixture
def hook(provider: HttpDouble) -> SecretStr:
    return SecretStr(f"{provider.url}/alerts")


def test_without_slack_an_alert_takes_the_webhook_and_nothing_is_told_about_that(
    dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble, hook: SecretStr
) -> None:
    without = settings.model_copy(update={"slack_webhook_url": None, "alert_webhook_url": hook})
    assert deliver(dsn, db, without, alert()) == {"stack:k1:slack": "failed", "stack:k1:alert": "sent"}
    (call,) = provider.calls
    assert call.json["text"].endswith("scheduler was killed")
    assert not_told(db) == {}


def test_a_slack_that_refuses_us_is_told_of_by_the_webhook_only(
    dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble, hook: SecretStr
) -> None:
    provider.answer = lambda call: Answer(403 if "services" in call.path else 200)
    found = deliver(dsn, db, settings.model_copy(update={"alert_webhook_url": hook}), alert("k1"), alert("k2"))
    assert {key: state for key, state in found.items() if key.startswith("stack")} == {
        "stack:k1:slack": "failed", "stack:k2:slack": "failed", "stack:k1:alert": "sent", "stack:k2:alert": "sent",
    }  # fmt: skip
    assert [(key.rpartition(":")[2], state) for key, state in found.items() if "notifying:slack" in key] == [("alert", "sent")]
    assert len(found) == 5


def test_with_neither_nothing_is_written_about_it_and_status_counts_what_was_not_told(
    dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble
) -> None:
    neither = settings.model_copy(update={"slack_webhook_url": None, "alert_webhook_url": None})
    found = deliver(dsn, db, neither, *(alert(f"k{number}") for number in range(5)))
    assert not [key for key in found if "notifying" in key]
    assert provider.calls == []
    told = not_told(db)
    assert told["slack"][0] == 5
    assert "SLACK_WEBHOOK_URL" in told["slack"][1]


def test_news_that_can_be_missed_takes_no_other_way(dsn: str, db: Connection, settings: Endpoints, hook: SecretStr) -> None:
    without = settings.model_copy(update={"slack_webhook_url": None, "alert_webhook_url": hook})
    assert deliver(dsn, db, without, alert(recipient="#job-scraping")) == {"stack:k1:slack": "failed"}


def test_what_goes_both_ways_anyway_is_not_told_twice(
    dsn: str, db: Connection, settings: Endpoints, provider: HttpDouble, hook: SecretStr
) -> None:
    without = settings.model_copy(update={"slack_webhook_url": None, "alert_webhook_url": hook})
    both = Draft(dedupe_key="stack:k1:alert", kind="health_alert", type="alert", recipient="team", message="scheduler was killed")
    deliver(dsn, db, without, alert(), both)
    assert len(provider.calls) == 1


def test_the_first_way_is_the_first_that_is_set_up() -> None:
    assert first_way(alert(), {"slack", "alert"}).type == "slack"
    assert first_way(alert(), {"alert", "email"}).dedupe_key == "stack:k1:alert"
    assert first_way(alert(), set()).type == "slack"
