"""Who hears of figures, and how often."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from rolecall.analytics import report_messages as report_words
from rolecall.analytics.figures import compute
from rolecall.analytics.posting_facts import read_postings
from rolecall.analytics.report_messages import enqueue_reports
from rolecall.store import Connection
from tests.analytics.world import DAY, World, at

NEXT = datetime(2026, 11, 11, 0, 30, tzinfo=UTC)


def count(db: Connection) -> None:
    read_postings(db)
    compute(db, DAY)


def told(db: Connection, kind: str) -> list[dict[str, Any]]:
    return db.execute("select * from notification where kind = %s order by dedupe_key", (kind,)).fetchall()


def test_the_team_hears_of_yesterday_once_with_what_changed_most(db: Connection, world: World) -> None:
    for number in range(100):
        world.posting(at(-10), description="SQL")
        world.posting(at(-2), description="SQL, Python" if number < 60 else "SQL")
    count(db)
    assert enqueue_reports(db, DAY, "reports/analytics-2026-11-10.html", now=NEXT) == {"figures": 1, "weekly_report": 0}
    assert enqueue_reports(db, DAY, "elsewhere", now=NEXT + timedelta(hours=3))["figures"] == 0
    (message,) = told(db, "figures")
    assert message["recipient"] == "#analytics"
    assert "100 new jobs in seven days, 100 in the seven before" in message["message"]
    assert "1. Python is asked for in 60 % of 100 new jobs, 0.0 % of 100 the week before" in message["message"]
    assert message["message"].endswith("Report: reports/analytics-2026-11-10.html")


def test_older_days_are_told_to_nobody(db: Connection, world: World) -> None:
    world.posting(at(0))
    count(db)
    assert enqueue_reports(db, DAY, "", now=NEXT + timedelta(days=1)) == {"figures": 0, "weekly_report": 0}
    assert told(db, "figures") == []


def test_where_there_is_no_job_there_is_no_news(db: Connection) -> None:
    count(db)
    assert enqueue_reports(db, DAY, "", now=NEXT)["figures"] == 0


def test_a_monday_that_stays_red_costs_nobody_their_weekly_report(db: Connection, world: World) -> None:
    tuesday = datetime(2026, 11, 17, 0, 30, tzinfo=UTC)
    world.person("ann", at(-30))
    world.match("ann", "j1", at(0))
    count(db)  # a day of the week; the run of Monday, about Sunday, failed
    monday = (tuesday - timedelta(days=1)).date()
    assert enqueue_reports(db, monday, "", now=tuesday)["weekly_report"] == 1
    assert enqueue_reports(db, monday + timedelta(days=1), "", now=tuesday + timedelta(days=1))["weekly_report"] == 0
    assert "16" not in told(db, "weekly_report")[0]["subject"]  # it is about the week that ended on Sunday


def test_one_report_that_cannot_be_written_keeps_nobody_elses_and_comes_on_the_day_after(
    db: Connection, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monday = datetime(2026, 11, 16, 0, 30, tzinfo=UTC)
    for name in ("ann", "bob", "cat"):
        world.person(name, at(-30))
        world.match(name, "j1", at(0))
    real = report_words.compose

    def compose(kind: str, context: Any, **more: Any) -> Any:
        if context.get("userId") == "bob":
            raise ValueError("odd")
        return real(kind, context, **more)

    monkeypatch.setattr(report_words, "compose", compose)
    assert enqueue_reports(db, (monday - timedelta(days=1)).date(), "", now=monday)["weekly_report"] == 2
    assert db.execute("select queue, person_id from dead_letter").fetchall() == [{"queue": "weekly_report", "person_id": "bob"}]
    monkeypatch.setattr(report_words, "compose", real)
    assert enqueue_reports(db, monday.date(), "", now=monday + timedelta(days=1))["weekly_report"] == 1
    assert db.execute("select 1 from dead_letter").fetchall() == []


def test_after_a_sunday_people_get_their_week_from_their_funnels(db: Connection, world: World) -> None:
    monday = datetime(2026, 11, 16, 0, 30, tzinfo=UTC)
    sunday = (monday - timedelta(days=1)).date()
    world.person("ann", at(-30))
    world.person("bob", at(-30))
    world.match("ann", "j1", at(0))
    world.match("ann", "j2", at(1))
    world.match("ann", "older", at(-3))
    sent = world.application("ann", "j1", at(1), "approved", "submitting", "submitted")
    world.answered(sent, "interview", at(3))
    assert enqueue_reports(db, sunday, "", now=monday)["weekly_report"] == 1
    assert enqueue_reports(db, sunday, "", now=monday)["weekly_report"] == 0
    (report,) = told(db, "weekly_report")
    assert report["person_id"] == "ann"
    assert "1 application, 1 answer" in report["subject"]
    assert "New matches: 2" in report["message"]
