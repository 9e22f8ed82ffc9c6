"""Whether a run asks its board or reads history again, and which part of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

HOURS = (6, 12, 18)
"""The seed's hours, UTC."""

SCHEDULE = f"0 {','.join(map(str, HOURS))} * * *"

BEHIND = timedelta(hours=12)
"""A run whose time is longer ago has a successor that was due meanwhile: the present is that one's business."""


@dataclass(frozen=True, slots=True)
class Window:
    """Raw answers by their fetch time: from ``since`` on, before ``until``; ``None`` is open."""

    since: datetime | None = None
    until: datetime | None = None


def landed_window(run_type: str, logical_date: datetime | None, *, replay: bool = False, now: datetime | None = None) -> Window | None:
    """The raw answers a run reads again in place of asking the board; ``None``: it asks the board.

    A run of the past (a backfill, or an old run that is cleared) reads what was fetched between its time and the next one's: what the
    board says today is no news of last week.

    :param run_type: Airflow's: ``scheduled``, ``manual``, ``backfill``, …
    :param logical_date: the run's time; ``None`` for a run that was triggered without one
    :param replay: asked for by the run's parameter: everything that was landed
    """
    if logical_date is not None and (run_type == "backfill" or (now or datetime.now(UTC)) - logical_date > BEHIND):
        return Window(logical_date, next_slot(logical_date))
    return Window() if replay else None


def next_slot(moment: datetime) -> datetime:
    """The first scheduled time after a moment."""
    midnight = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    slots = (midnight + timedelta(days=day, hours=hour) for day in (0, 1) for hour in HOURS)
    return next(slot for slot in slots if slot > moment)
