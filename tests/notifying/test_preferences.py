"""What a person wishes is read leniently, and quiet hours are those of their clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from rolecall.outbox.message_wishes import MessageWishes, Preferences


def wishes(kind: str = "reminder", **said: Any) -> MessageWishes:
    return Preferences.read({"notifications": said}).for_kind(kind)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NIGHT = {"from": "22:00", "to": "07:00"}


@pytest.mark.parametrize(
    ("zone", "hours", "now", "until"),
    [
        ("UTC", NIGHT, "2026-11-23 21:59", None),
        ("UTC", NIGHT, "2026-11-23 22:00", "2026-11-24 07:00"),
        ("UTC", NIGHT, "2026-11-24 06:59", "2026-11-24 07:00"),
        ("UTC", NIGHT, "2026-11-24 07:00", None),
        ("UTC", {"from": "12:00", "to": "13:00"}, "2026-11-23 12:30", "2026-11-23 13:00"),
        ("UTC", {"from": "12:00", "to": "12:00"}, "2026-11-23 12:00", None),
        ("Europe/Berlin", NIGHT, "2026-11-23 21:30", "2026-11-24 06:00"),
        ("Asia/Kolkata", NIGHT, "2026-11-23 16:30", "2026-11-24 01:30"),
        ("Europe/Berlin", NIGHT, "2026-03-28 22:00", "2026-03-29 05:00"),  # the clock is put forward in this night
        ("Europe/Berlin", NIGHT, "2026-10-24 21:00", "2026-10-25 06:00"),  # and back in this one
        ("Europe/Berlin", {"from": "01:00", "to": "02:30"}, "2026-03-29 00:30", "2026-03-29 01:30"),  # an end that is skipped
    ],
)
def test_quiet_hours_end_at_the_hour_of_the_persons_clock(zone: str, hours: dict[str, str], now: str, until: str | None) -> None:
    found = wishes(timeZone=zone, quietHours=hours).quiet_until(at(now))
    assert found == (at(until) if until else None)


@pytest.mark.parametrize(
    ("said", "now", "expected"),
    [
        ({"delivery": "daily"}, "2026-11-23 07:59", "2026-11-23 08:00"),
        ({"delivery": "daily"}, "2026-11-23 08:00", "2026-11-24 08:00"),
        ({"delivery": "daily", "digestHour": 18, "timeZone": "America/New_York"}, "2026-11-23 22:00", "2026-11-23 23:00"),
        ({"delivery": "daily", "timeZone": "Europe/Berlin"}, "2026-03-28 12:00", "2026-03-29 06:00"),
        ({"delivery": "hourly"}, "2026-11-23 07:59", "2026-11-23 08:00"),
        ({"delivery": "at_once"}, "2026-11-23 07:59", "2026-11-23 07:59"),
    ],
)
def test_the_next_summary_comes_at_the_hour_that_was_asked_for(said: dict[str, Any], now: str, expected: str) -> None:
    assert wishes("digest", **said).next_digest(at(now)) == at(expected)


def test_new_matches_come_once_a_day_and_all_else_at_once_unless_asked_otherwise() -> None:
    assert wishes("digest").delivery == "daily"
    assert wishes("reminder").delivery == "at_once"
    assert wishes("reminder", delivery="daily").delivery == "daily"
    assert wishes("reminder", delivery="daily", kinds={"reminder": {"delivery": "at_once"}}).delivery == "at_once"


@pytest.mark.parametrize(
    "said",
    [
        {"timeZone": "Mars/Base", "quietHours": "always", "dailyLimit": "five", "digestHour": 25, "channels": "sms", "delivery": "never"},
        {"timeZone": 7, "quietHours": {"from": "25:00", "to": "x"}, "dailyLimit": -1, "kinds": [], "optOut": "yes"},
        {"timeZone": "../etc/passwd", "quietHours": {"from": "22:00"}, "dailyLimit": True, "kinds": {"reminder": 3}},
    ],
)
def test_what_is_not_understood_counts_as_not_said(said: dict[str, Any]) -> None:
    assert wishes(**said) == MessageWishes(zone=UTC)


@pytest.mark.parametrize("preferences", [None, [], "x", {"notifications": None}, {"notifications": ["x"]}])
def test_whatever_preferences_hold_they_can_be_read(preferences: Any) -> None:
    assert Preferences.read(preferences).for_kind("reminder") == MessageWishes(zone=UTC)
