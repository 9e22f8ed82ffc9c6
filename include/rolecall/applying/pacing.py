"""One pace per platform, kept across all runs and workers in one statement.

The seed sends 5 applications, waits 2 s, sends the next 5. A row per platform holds the current window (its start, and how
many sends it already has); whoever reserves gets a place in this window or opens the next. 100 sends need 19 windows: 38 s.
"""

from __future__ import annotations

from datetime import timedelta

from rolecall.store import Connection

RESERVE = """
insert into pace as p (key, window_start, used, reserved_at) values (%(key)s, clock_timestamp(), 1, clock_timestamp())
on conflict (key) do update set (window_start, used, reserved_at) = (
    select case when now >= began + %(delay)s then now when p.used < %(batch)s then began else began + %(delay)s end,
           case when now < began + %(delay)s and p.used < %(batch)s then p.used + 1 else 1 end,
           now
    from (select clock_timestamp() as now) clock,
         lateral (select p.window_start - greatest(p.reserved_at - now, interval '0') as began) seen
)
returning greatest(extract(epoch from window_start - clock_timestamp()), 0)::float as wait
"""
"""A window is moved with the clock where that was set back since the last reservation: nobody waits for the old time to come again."""


def reserve(conn: Connection, key: str, *, batch: int, delay: float) -> float:
    """Takes the next free slot of ``key`` and returns the seconds until it begins (0 or more). Commit to keep it.

    :param batch: sends per window
    :param delay: seconds from the start of one window to the start of the next
    """
    row = conn.execute(RESERVE, {"key": key, "batch": batch, "delay": timedelta(seconds=delay)}).fetchone()
    return float(row["wait"]) if row else 0.0


HOLD = """
insert into pace as p (key, window_start, used) values (%(key)s, clock_timestamp() + %(wait)s, 0)
on conflict (key) do update set (window_start, used, reserved_at) = (
    select greatest(began, excluded.window_start), case when excluded.window_start > began then 0 else p.used end, now
    from (select clock_timestamp() as now) clock,
         lateral (select p.window_start - greatest(p.reserved_at - now, interval '0') as began) seen
)
"""


def hold(conn: Connection, key: str, seconds: float) -> None:
    """Nobody sends under ``key`` for so long: the platform asked for it (``Retry-After``). Commit to keep it."""
    conn.execute(HOLD, {"key": key, "wait": timedelta(seconds=seconds)})
