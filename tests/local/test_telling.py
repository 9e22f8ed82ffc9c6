"""The team hears of a process that ended or hung: once, when there is something to say, and afterwards where Postgres was away."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.telling import QUIET, News, news, tell
from local.troubles import DAY, MOST, Trouble, Troubles
from rolecall.store import Connection
from tests.conftest import free_port

NOW = 1_000_000.0


@pytest.fixture
def troubles(tmp_path: Path) -> Troubles:
    return Troubles(tmp_path / "troubles.json")


def environment(dsn: str, **more: str) -> dict[str, str]:
    return {"ROLECALL_DSN": dsn, "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0", "SLACK_WEBHOOK_URL": "http://slack.example", **more}


def told(db: Connection) -> list[tuple[str, str, str]]:
    rows = db.execute("select type, recipient, message from notification order by created_at").fetchall()
    return [(row["type"], row["recipient"], row["message"]) for row in rows]


def texts(found: list[News]) -> list[str]:
    return [each.text for each in found]


def test_one_process_killed_and_started_again_is_one_message_with_both_moments(db: Connection, dsn: str, troubles: Troubles) -> None:
    troubles.note("scheduler", "killed by SIGKILL", NOW)
    assert tell(troubles, environment(dsn), NOW + 5)  # nothing yet: it may be back soon
    troubles.back("scheduler", NOW + 21)
    for moment in (22, 30, 4000):
        assert tell(troubles, environment(dsn), NOW + moment)
    assert told(db) == [
        ("slack", "#alerts", "⚠️ scheduler (13:46:40 UTC) was killed by SIGKILL. It was started again and is ready since 13:47:01 UTC.")
    ]


def test_what_does_not_come_back_is_told_after_a_minute_and_its_return_too(troubles: Troubles) -> None:
    troubles.note("redis", "hung: no sign of life for 61 s", NOW)
    assert texts(news(troubles.all(), NOW + 59)) == []
    (away,) = news(troubles.all(), NOW + 61)
    assert away.text == "🚨 redis (13:46:40 UTC) was found hanging and killed: no sign of life for 61 s. It is not back yet → make status"
    troubles.told("redis", away.said, away.up_to, NOW + 61)
    assert news(troubles.all(), NOW + 500) == []
    troubles.back("redis", NOW + 600)
    (back,) = news(troubles.all(), NOW + 601)
    assert back.text == "✅ redis runs again, after 10 min."
    troubles.told("redis", back.said, back.up_to, NOW + 601)
    assert news(troubles.all(), NOW + 9000) == []


def test_a_process_that_keeps_dying_is_told_of_once_an_hour_with_how_often(troubles: Troubles) -> None:
    said = []
    for minute in range(120):
        now = NOW + minute * 60
        troubles.note("services", "ended with status 1", now)
        troubles.back("services", now + 10)
        for each in news(troubles.all(), now + 11):
            said.append(each.text)
            troubles.told(each.process, each.said, each.up_to, now + 11)
    assert len(said) == 120 * 60 // QUIET
    assert "ended 60 times since" in said[1] or "ended 61 times since" in said[1]


def test_where_postgres_was_away_it_is_told_afterwards(db: Connection, dsn: str, troubles: Troubles) -> None:
    troubles.note("postgres", "killed by SIGKILL", NOW)
    troubles.back("postgres", NOW + 3)
    away = environment(f"postgresql://nobody@127.0.0.1:{free_port()}/x")
    assert not tell(troubles, away, NOW + 4)
    assert tell(Troubles(troubles._path), environment(dsn), NOW + 600)  # another supervisor
    assert len(told(db)) == 1


def test_without_slack_it_goes_to_the_alert_webhook(db: Connection, dsn: str, troubles: Troubles) -> None:
    troubles.note("triggerer", "ended with status 1", NOW)
    troubles.back("triggerer", NOW + 3)
    assert tell(troubles, environment(dsn, SLACK_WEBHOOK_URL="", ALERT_WEBHOOK_URL="http://alerts.example"), NOW + 4)
    assert [(kind, to) for kind, to, _ in told(db)] == [("alert", "team")]


def test_who_falls_with_what_it_stands_on_is_counted_and_not_told_of(troubles: Troubles) -> None:
    troubles.note("postgres", "hung: no sign of life for 61 s", NOW)
    for name in ("scheduler", "triggerer"):
        troubles.note(name, "ended with status 1", NOW + 1, follows=True)
        troubles.back(name, NOW + 20)
    troubles.back("postgres", NOW + 10)
    assert [each.process for each in news(troubles.all(), NOW + 21)] == ["postgres"]
    assert len(troubles.of_last_day(NOW + 21)) == 3


def test_the_list_is_of_the_last_day_bounded_and_survives_nonsense(troubles: Troubles) -> None:
    for number in range(MOST + 50):
        troubles.note("redis", "killed by SIGKILL", NOW + number)
    assert len(troubles.all()) == MOST
    assert troubles.of_last_day(NOW + DAY + 10_000) == []
    troubles._path.write_text('{"troubles": [{"process": "redis", "of": "another version"}]}')
    assert troubles.all() == []
    assert Trouble("redis", "killed", 1.0).said == "nothing"
