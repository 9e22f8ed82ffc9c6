"""Which backups are kept: the newest of each of the last days, weeks and months that have one."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from datetime import datetime

DAILY, WEEKLY, MONTHLY = 7, 4, 12

PERIODS: tuple[tuple[int, Callable[[datetime], Hashable]], ...] = (
    (DAILY, lambda moment: moment.date()),
    (WEEKLY, lambda moment: moment.isocalendar()[:2]),
    (MONTHLY, lambda moment: (moment.year, moment.month)),
)


def backups_to_keep(moments: Iterable[datetime]) -> set[datetime]:
    """Of backups made at these moments (UTC), those to keep: the newest of each of the last 7 days, 4 ISO weeks and 12 months.

    Periods without a backup do not count: a machine that was off for a month loses nothing by it. The newest is always kept.
    """
    newest_first = sorted(set(moments), reverse=True)
    keep: set[datetime] = set()
    for most, period in PERIODS:
        seen: set[Hashable] = set()
        for moment in newest_first:
            if period(moment) not in seen:
                if len(seen) == most:
                    break
                seen.add(period(moment))
                keep.add(moment)
    return keep
