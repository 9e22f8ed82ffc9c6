"""The clocks under which tests must be green. None is written down: each is the next one from now on."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = "Europe/Berlin"
"""A zone whose clocks are put forward and back."""

PLAIN = {"LC_ALL": "C", "LANG": "C", "LANGUAGE": ""}
"""The locale that every machine has."""


@dataclass(frozen=True)
class Clock:
    """What time it is.

    :param shift: how far the clock is ahead
    :param moment: when each test begins, instead: the clock is put back for the next one
    :param environment: time zone and locale
    :param whole: the whole suite, not only the tests that ask a clock
    :param short: in the short form too
    """

    name: str
    shift: timedelta = timedelta(0)
    moment: datetime | None = None
    environment: dict[str, str] = field(default_factory=dict)
    whole: bool = False
    short: bool = False


def clocks(now: datetime) -> Iterator[Clock]:
    """All of them, as seen from ``now``."""
    soon = now + timedelta(hours=1)  # a change that has all but begun is not ahead
    tomorrow = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    yield Clock("in 1 day", timedelta(days=1))
    yield Clock("in 95 days", timedelta(days=95))
    yield Clock("in 800 days", timedelta(days=800), whole=True, short=True)
    yield Clock("at 23:59:50", moment=tomorrow + timedelta(hours=23, minutes=59, seconds=50), whole=True)
    yield Clock("over midnight", moment=tomorrow + timedelta(hours=23, minutes=59, seconds=59.7))
    yield Clock("on 29 February", moment=leap_day(now) + timedelta(hours=12))
    for name, change in (("put forward", hour_changes(soon, forward=True)), ("put back", hour_changes(soon, forward=False))):
        yield Clock(f"clock {name}, {ZONE}", moment=change - timedelta(seconds=10), environment={"TZ": ZONE})
    yield Clock("Pacific/Kiritimati", moment=tomorrow + timedelta(hours=22), environment={"TZ": "Pacific/Kiritimati"})  # a day ahead
    yield Clock("America/St_Johns", moment=tomorrow + timedelta(hours=1), environment={"TZ": "America/St_Johns"})  # and a day behind
    yield Clock("LC_ALL=C", environment=PLAIN)
    night = leap_day(now) + timedelta(hours=23, minutes=59, seconds=50)
    yield Clock("29 February 23:59:50, St. John's", moment=night, environment={"TZ": "America/St_Johns"}, short=True)


def leap_day(now: datetime) -> datetime:
    """The beginning of the next 29 February."""
    year = next(year for year in range(now.year + 1, now.year + 10) if calendar.isleap(year))
    return datetime(year, 2, 29, tzinfo=UTC)


def hour_changes(now: datetime, *, forward: bool) -> datetime:
    """When the clocks of :data:`ZONE` are put forward or back next."""
    zone, hour = ZoneInfo(ZONE), timedelta(hours=1)
    moment = now.replace(minute=0, second=0, microsecond=0)
    while True:
        moment += hour
        gained = moment.astimezone(zone).utcoffset() or timedelta(0)
        before = (moment - hour).astimezone(zone).utcoffset() or timedelta(0)
        if gained != before and (gained > before) is forward:
            return moment
