"""From looks to incidents: what is wrong is told when it begins, reminded of while it lasts, and told when it is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from psycopg.types.json import Jsonb

from rolecall.store import Connection, sql

SQL = Path(__file__).parent / "sql"

REMIND_AFTER = timedelta(hours=6)
"""An incident that lasts is told again after this long, unless the settings say otherwise."""


@dataclass(frozen=True)
class Observation:
    """What one look at one thing found.

    :param key: what was looked at: ``health:AI Service``
    :param kind: one of :data:`QUIET`
    :param bad: ``None``: between the bound that opens an incident and the one that closes it; nothing changes
    :param detail: what was seen, for people
    """

    key: str
    kind: str
    service: str
    bad: bool | None
    detail: str


@dataclass(frozen=True)
class IncidentChange:
    """What a look did to an incident.

    :param detail: what this look saw: of an incident that is over, what is well again
    :param occurrences: bad looks since it was opened
    :param lasted: from its first bad look until now
    """

    change: Literal["opened", "reminded", "closed"]
    id: int
    key: str
    kind: str
    service: str
    detail: str
    occurrences: int
    lasted: timedelta


def observe(
    conn: Connection, looks: Iterable[Observation], now: datetime, *, remind_after: timedelta = REMIND_AFTER
) -> list[IncidentChange]:
    """Opens, repeats and closes incidents: one statement. Returns what is worth telling, in the order of the looks' keys.

    Two observers at once open one incident: the second one finds it open. Looks of one call have different keys.
    """
    rows = [asdict(look) for look in looks]
    parameters = {"looks": Jsonb(rows), "now": now, "remind_after": remind_after}
    return [IncidentChange(**row) for row in conn.execute(sql(SQL / "observe.sql"), parameters)] if rows else []


def close_quiet(conn: Connection, kind: str, now: datetime, *, quiet: timedelta) -> int:
    """Closes incidents of a kind that nobody observes to be over (errors): not seen for ``quiet``. Returns how many."""
    statement = "update incident set closed_at = %s where kind = %s and closed_at is null and last_seen_at < %s"
    return conn.execute(statement, (now, kind, now - quiet)).rowcount


@dataclass(frozen=True)
class OpenIncident:
    """Something that is wrong now.

    :param what: in one line
    """

    what: str
    since: datetime


OPEN = """
select case when kind = 'performance' then split_part(key, ':', 1) || ' of ' || service else service end as name,
       last_detail as detail, opened_at
from incident where closed_at is null and kind <> 'dead letters'
union all
select 'scrape_' || board, error, opened_at from board_incident where closed_at is null
order by opened_at desc, name
"""


def open_incidents(conn: Connection) -> list[OpenIncident]:
    """Everything that is wrong now, newest first; rows put aside are counted elsewhere."""
    return [OpenIncident(f"{row['name']}: {' '.join(row['detail'].split())}", row["opened_at"]) for row in conn.execute(OPEN).fetchall()]


QUIET: Mapping[str, timedelta] = {"error": timedelta(days=1)} | dict.fromkeys(
    ("health", "performance", "silence", "quality", "run", "dag file", "dead letters"), timedelta(days=7)
)
"""How long an incident may go unseen before it counts as over: a mistake that does not happen again, what is no longer looked at."""


def close_forgotten(conn: Connection, now: datetime) -> int:
    """Closes every incident that has gone unseen for its kind's time, without a word. Returns how many."""
    return sum(close_quiet(conn, kind, now, quiet=quiet) for kind, quiet in QUIET.items())


def format_duration(lasted: timedelta) -> str:
    """A duration as people say it: ``2 h 5 min``."""
    minutes = max(0, round(lasted.total_seconds() / 60))
    if minutes < 1:
        return "less than a minute"
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    parts = [f"{number} {unit}" for number, unit in ((days, "d"), (hours, "h"), (rest, "min")) if number]
    return " ".join(parts[:2])


def format_distinct(unit: str, *numbers: float, digits: int = 0) -> list[str]:
    """Numbers with their unit, rounded no further than that different ones read differently: above a threshold looks above it.

    >>> apart("%", 80.04, 80), apart("ms", 2412.7, 2000)
    (['80.04 %', '80 %'], ['2413 ms', '2000 ms'])

    :param digits: behind the point, at least; noughts at the end are left out
    """
    shown: list[str] = []
    for places in range(digits, 10):
        shown = [f"{f'{number:.{places}f}'.rstrip('0').rstrip('.') if places else f'{number:.0f}'} {unit}" for number in numbers]
        if len(set(shown)) == len(set(numbers)):
            break
    return shown
