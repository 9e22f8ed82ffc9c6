"""What is wrong is told when it begins and when it is over."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from rolecall.monitoring.incidents import Observation, close_quiet, format_distinct, format_duration, observe
from rolecall.store import Connection, connect

T0 = datetime(2026, 5, 4, 12, tzinfo=UTC)


def look(bad: bool | None, detail: str = "503") -> Observation:
    return Observation("health:AI Service", "health", "AI Service", bad, detail)


def changes(db: Connection, bad: bool | None, hours: float, remind: float = 6) -> list[str]:
    return [each.change for each in observe(db, [look(bad)], T0 + timedelta(hours=hours), remind_after=timedelta(hours=remind))]


def test_twelve_failures_in_a_row_are_one_incident_and_one_alert(db: Connection) -> None:
    told = [changes(db, True, number / 12) for number in range(12)]
    assert told == [["opened"]] + [[]] * 11
    assert db.execute("select occurrences, closed_at from incident").fetchall() == [{"occurrences": 12, "closed_at": None}]


def test_it_is_over_when_a_look_is_good_and_says_how_long_it_took(db: Connection) -> None:
    changes(db, True, 0)
    (over,) = observe(db, [look(False, "200")], T0 + timedelta(minutes=125))
    assert (over.change, format_duration(over.lasted)) == ("closed", "2 h 5 min")
    assert changes(db, False, 3) == []
    assert changes(db, True, 4) == ["opened"]


def test_it_is_told_again_while_it_lasts(db: Connection) -> None:
    assert [changes(db, True, hour) for hour in (0, 3, 6, 9, 12)] == [["opened"], [], ["reminded"], [], ["reminded"]]


def test_between_the_bounds_nothing_changes(db: Connection) -> None:
    assert changes(db, None, 0) == []
    changes(db, True, 1)
    assert changes(db, None, 2) == []
    assert changes(db, False, 3) == ["closed"]


def test_two_observers_at_once_open_one_incident(dsn: str) -> None:
    told: list[str] = []
    gate = threading.Barrier(4)

    def observer() -> None:
        with connect(dsn) as conn:
            gate.wait()
            told.extend(each.change for each in observe(conn, [look(True)], T0))

    threads = [threading.Thread(target=observer) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count("opened") == 1
    with connect(dsn) as conn:
        assert conn.execute("select count(*) as n from incident").fetchone() == {"n": 1}


def test_what_nobody_observes_to_be_over_ends_when_it_is_quiet(db: Connection) -> None:
    observe(db, [Observation("error:abc", "error", "d.t", True, "boom")], T0)
    assert close_quiet(db, "error", T0 + timedelta(hours=23), quiet=timedelta(days=1)) == 0
    assert close_quiet(db, "error", T0 + timedelta(hours=25), quiet=timedelta(days=1)) == 1


@pytest.mark.parametrize(
    ("lasted", "said"),
    [
        (timedelta(seconds=20), "less than a minute"),
        (timedelta(minutes=5), "5 min"),
        (timedelta(hours=2), "2 h"),
        (timedelta(days=1, hours=3, minutes=4), "1 d 3 h"),
    ],
)
def test_durations_are_said_as_people_say_them(lasted: timedelta, said: str) -> None:
    assert format_duration(lasted) == said


@pytest.mark.parametrize(
    ("unit", "numbers", "digits", "shown"),
    [
        ("%", (80.04, 80.0), 1, ["80.04 %", "80 %"]),
        ("%", (95.0, 80.0), 1, ["95 %", "80 %"]),
        ("%", (4.9999, 5.0), 1, ["4.9999 %", "5 %"]),
        ("%", (0.03, 90.0), 1, ["0 %", "90 %"]),
        ("ms", (2000.4, 2000.0), 0, ["2000.4 ms", "2000 ms"]),
        ("ms", (31000.7, 2000.0), 0, ["31001 ms", "2000 ms"]),
        ("%", (55.0, 45.0, 55.0), 1, ["55 %", "45 %", "55 %"]),
    ],
)
def test_a_figure_and_its_threshold_never_look_alike_unless_they_are(
    unit: str, numbers: tuple[float, ...], digits: int, shown: list[str]
) -> None:
    assert format_distinct(unit, *numbers, digits=digits) == shown
