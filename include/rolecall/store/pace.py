"""One pace a host, platform or channel, kept in Postgres across all runs, workers and processes, in one statement.

A row holds the current window: its start, and how many are in it. Whoever reserves gets a place in this window or opens the next, so that
5 sends, 2 s, the next 5 means 19 windows, 38 s, for 100. Where the clock was set back since, all times of the row are moved with it:
nobody waits for the old time to come again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import LiteralString

from rolecall.store import Connection

SEEN: LiteralString = """
(select clock_timestamp() as now) clock,
lateral (select greatest(p.reserved_at - now, interval '0') as ahead) moved,
lateral (select p.window_start - ahead as began, p.held_until - ahead as held) seen
"""
NEXT: LiteralString = f"""
{SEEN},
lateral (select greatest(held, case when now >= began + %(delay)s then now when p.used < %(batch)s then began else began + %(delay)s end)
         as start) slot
"""
RESERVE: LiteralString = f"""
insert into pace as p (key, window_start, used, reserved_at) values (%(key)s, clock_timestamp(), 1, clock_timestamp())
on conflict (key) do update set (window_start, used, held_until, reserved_at) = (
    select start, case when start = began then p.used + 1 else 1 end, held, now from {NEXT}
)
where %(most)s::interval is null or (select start < now + %(most)s::interval from {NEXT})
returning greatest(extract(epoch from window_start - %(burst)s - clock_timestamp()), 0)::float8 as wait
"""  # noqa: S608  # put together from constants
HOLD: LiteralString = f"""
insert into pace as p (key, window_start, used, held_until, reserved_at)
values (%(key)s, clock_timestamp(), 0, clock_timestamp() + %(wait)s, clock_timestamp())
on conflict (key) do update set (window_start, held_until, reserved_at) = (select began, greatest(held, now + %(wait)s), now from {SEEN})
"""  # noqa: S608


def reserve(conn: Connection, key: str, *, delay: float, batch: int = 1, burst: float = 0.0, most: float | None = None) -> float | None:
    """Takes the next free slot of ``key`` and returns the seconds until it begins. Commit to keep it.

    :param delay: seconds from the start of one window to the start of the next
    :param batch: slots of one window
    :param burst: seconds by which whoever comes after a time of rest may be early
    :param most: ``None`` is returned, and no slot taken, where the next one is further away; ``None``: it never is
    """
    values = {"key": key, "batch": batch, "delay": timedelta(seconds=delay), "burst": timedelta(seconds=burst)}
    row = conn.execute(RESERVE, {**values, "most": None if most is None else timedelta(seconds=most)}).fetchone()
    return None if row is None else float(row["wait"])


def hold(conn: Connection, key: str, seconds: float) -> None:
    """No slot of ``key`` begins for so long: the other side asked for it (``Retry-After``). Commit to keep it."""
    conn.execute(HOLD, {"key": key, "wait": timedelta(seconds=seconds)})
