"""What a run of `analytics` does for a day that is over, and for one that is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rolecall.store import Connection
from tests.analytics.world import World
from tests.dags.test_applying import call


@pytest.fixture
def reports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, db: Connection) -> Path:
    """Where reports go; something happened today and yesterday."""
    monkeypatch.setenv("REPORT_URL", str(tmp_path))
    world, now = World(db), datetime.now(UTC)
    for when in (now - timedelta(seconds=5), now - timedelta(days=1)):
        world.posting(when)
    db.commit()
    return tmp_path


def pages(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.html"))


def stored_days(db: Connection) -> set[str]:
    found = {str(row["day"]) for row in db.execute("select day from figures.funnel").fetchall()}
    db.rollback()
    return found


def test_todays_figures_are_drawn_marked_and_not_stored(
    bag: Any, monkeypatch: pytest.MonkeyPatch, dsn: str, db: Connection, reports: Path
) -> None:
    write = bag.dags["analytics"].get_task("write_report").python_callable
    monkeypatch.setitem(write.__globals__, "is_over", lambda day: False)  # midnight does not pass while this test runs
    counted = call(bag, monkeypatch, dsn, "analytics.count_the_day", params={"day": "today"})
    place = call(bag, monkeypatch, dsn, "analytics.write_report", counted, params={})
    assert pages(reports) == [f"analytics-{counted['day']}.html"]
    assert ", so far, until " in Path(place).read_text()
    assert (counted["rows"], counted["read"], stored_days(db)) == ({}, 2, set())


def test_without_a_day_the_one_before_is_counted_and_stored(
    bag: Any, monkeypatch: pytest.MonkeyPatch, dsn: str, db: Connection, reports: Path
) -> None:
    counted = call(bag, monkeypatch, dsn, "analytics.count_the_day", params={"day": None})
    place = call(bag, monkeypatch, dsn, "analytics.write_report", counted, params={})
    assert counted["so_far"] is None
    assert stored_days(db) == {counted["day"]}
    assert "so far, until" not in Path(place).read_text()


def test_a_report_of_today_that_is_late_does_not_take_the_place_of_the_whole_days(
    bag: Any, monkeypatch: pytest.MonkeyPatch, dsn: str, db: Connection, reports: Path
) -> None:
    counted = call(bag, monkeypatch, dsn, "analytics.count_the_day", params={"day": "today"})
    counted["so_far"] = datetime.now(UTC).isoformat()  # also where midnight passed while it counted
    (reports / f"analytics-{counted['day']}.html").write_text("the whole day")
    write = bag.dags["analytics"].get_task("write_report").python_callable
    monkeypatch.setitem(write.__globals__, "is_over", lambda day: True)  # midnight has passed meanwhile
    assert call(bag, monkeypatch, dsn, "analytics.write_report", counted, params={}) == ""
    assert (reports / f"analytics-{counted['day']}.html").read_text() == "the whole day"
