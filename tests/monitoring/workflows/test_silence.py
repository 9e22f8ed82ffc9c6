"""What should have run and did not, and what runs and finds nothing, are told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from rolecall.errors import InvalidInput
from rolecall.monitoring.workflows.silence import allowed_hours, watch
from rolecall.monitoring.workflows.watch import watch_runs
from rolecall.settings import Settings
from rolecall.store import Connection

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


def ran(db: Connection, dag_id: str, *hours_ago: float, state: str = "success") -> None:
    for hours in hours_ago:
        moment = NOW - timedelta(hours=hours)
        db.execute(
            "insert into dag_run_end (dag_id, run_id, state, queued_seconds, seconds, ended_at) values (%s, %s, %s, 0, 1, %s)",
            (dag_id, f"{moment}", state, moment),
        )


def watching(db: Connection, *, hours: float = 48) -> None:
    """The watcher has run every half hour for so long."""
    ran(db, "monitor_performance", *(number / 2 for number in range(1, int(hours * 2))))


def only(name: str, hours: float) -> Settings:
    known = allowed_hours(Settings())
    return Settings(silence_hours=",".join([*(f"{other}=0" for other in known if other != name), f"{name}={hours}"]))


def told(db: Connection, settings: Settings, *, later: float = 0) -> list[tuple[str, str, str]]:
    changes = watch(db, settings, NOW + timedelta(hours=later))
    return [(change.change, change.service, change.detail) for change in changes]


def messages(db: Connection) -> list[str]:
    return [row["message"] for row in db.execute("select message from notification order by created_at, message")]


def test_a_workflow_without_a_good_run_is_told_once_and_once_when_it_is_back(db: Connection) -> None:
    watching(db)
    ran(db, "backup", 30)
    ran(db, "backup", 1, state="failed")
    settings = only("backup", 26)
    assert told(db, settings) == [("opened", "backup", "no run has succeeded for 1 d 6 h, at most 1 d 2 h are allowed")]
    assert told(db, settings, later=0.1) == []
    ran(db, "backup", -0.2)
    assert [change for change, *_ in told(db, settings, later=0.3)] == ["closed"]
    assert messages(db) == ["✅ backup is heard of again", "🔇 backup: no run has succeeded for 1 d 6 h, at most 1 d 2 h are allowed"]


@pytest.mark.parametrize("dag_id", ["backup", "scrape_indeed"])
@pytest.mark.parametrize("stopped", [False, True])
def test_what_fails_every_time_and_is_told_as_an_error_is_not_told_as_silent_too(db: Connection, dag_id: str, stopped: bool) -> None:
    watching(db, hours=90)
    ran(db, dag_id, 80)
    failed = 30.0 if stopped else 1.0
    for hours in (failed + 24, failed):
        ran(db, dag_id, hours, state="failed")
        db.execute(
            "insert into workflow_error (fingerprint, workflow, node, run_id, map_index, try_number, type, message, stack, link, critical,"
            " happened_at, told) values ('f', %s, 'scrape', %s, -1, 1, 'ConnectError', 'refused', '', '', true, %s, true)",
            (dag_id, f"{NOW - timedelta(hours=hours)}", NOW - timedelta(hours=hours)),
        )
    heard = watch_runs(db, only(dag_id, 26), NOW)
    assert [change.kind for change in heard] == (["silence"] if stopped else [])  # it does not even try any more


def test_a_workflow_that_never_ran_counts_from_when_the_watch_began(db: Connection) -> None:
    watching(db, hours=27)
    assert [change for change, *_ in told(db, only("analytics", 26))] == ["opened"]


def test_while_everything_was_off_nothing_was_silent(db: Connection) -> None:
    ran(db, "monitor_performance", 51, 50.5, 50)
    ran(db, "backup", 60)
    assert told(db, only("backup", 26)) == []  # the first look after two days
    ran(db, "monitor_performance", 0.1)
    assert told(db, only("backup", 26), later=0.1) == []
    assert told(db, only("backup", 26), later=0.9) == []


def searched(db: Connection, *cards: int, error: str | None = None) -> None:
    """Runs of a board, the latest last."""
    for number, count in enumerate(cards):
        db.execute(
            """
            insert into board_run (run_id, board, search, outcome, cards, error, finished_at) values (%s, 'indeed', 's', 'ok', %s, %s, %s)
            """,
            (f"r{number}", count, error, NOW - timedelta(hours=len(cards) - number)),
        )


@pytest.mark.parametrize(
    ("cards", "error", "expected"),
    [
        ((5, 0, 0, 0), None, ["opened"]),
        ((5, 0, 0), None, []),
        ((0, 0, 0, 0), None, []),  # it never found anything: that is a search, not a change
        ((5, 0, 0, 3), None, []),
        ((5, 0, 0, 0), "Blocked", []),  # a failure has its own alert
    ],
)
def test_success_with_nothing_three_times_is_told(db: Connection, cards: tuple[int, ...], error: str | None, expected: list[str]) -> None:
    searched(db, *cards, error=error)
    assert [change for change, service, _ in told(db, Settings()) if service == "scrape_indeed"] == expected


def test_the_settings_change_and_stop_watches_and_a_wrong_one_is_named() -> None:
    assert allowed_hours(Settings(silence_hours="backup=50, scrape_indeed=0")) == {
        name: hours for name, hours in allowed_hours(Settings()).items() if name != "scrape_indeed"
    } | {"backup": 50.0}
    with pytest.raises(InvalidInput, match="SILENCE_HOURS"):
        allowed_hours(Settings(silence_hours="backup=soon"))
