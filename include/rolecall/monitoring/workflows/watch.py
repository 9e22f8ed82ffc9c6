"""One look at how workflows do: red ones first, so that those that fail are not told of as silent too."""

from __future__ import annotations

from datetime import datetime

from rolecall.monitoring.incidents import IncidentChange, close_forgotten
from rolecall.monitoring.workflows import runs, silence
from rolecall.settings import Settings
from rolecall.store import Connection


def watch_runs(conn: Connection, settings: Settings, now: datetime) -> list[IncidentChange]:
    """Red runs, silence, and the end of incidents that nobody sees any more. Returns what changed."""
    changes = runs.watch(conn, settings, now) + silence.watch(conn, settings, now)
    close_forgotten(conn, now)
    return changes
