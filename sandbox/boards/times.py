"""How long ago something was, as boards put it."""

from __future__ import annotations

from datetime import datetime


def ago(then: datetime, now: datetime) -> str:
    """``3 hours ago``, ``1 week ago``."""
    minutes = max(1, int((now - then).total_seconds() // 60))
    for size, unit in ((60 * 24 * 30, "month"), (60 * 24 * 7, "week"), (60 * 24, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {unit}{'s' if count != 1 else ''} ago"
    return "just now"


def days(then: datetime, now: datetime) -> int:
    """Whole days between two moments."""
    return max(0, int((now - then).total_seconds() // 86_400))
