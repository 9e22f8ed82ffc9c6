"""One look at how workflows do: red ones first, so that those that fail are not told of as silent too."""

from __future__ import annotations

from datetime import datetime

from include.monitoring import runs, silence
from include.monitoring.incidents import Change, close_forgotten
from include.settings import Settings
from include.store import Connection


def watch_runs(conn: Connection, settings: Settings, now: datetime) -> list[Change]:
    """Red runs, silence, and the end of incidents that nobody sees any more. Returns what changed."""
    changes = runs.watch(conn, settings, now) + silence.watch(conn, settings, now)
    close_forgotten(conn, now)
    return changes
