"""Logs that never fill the disk."""

from __future__ import annotations

from pathlib import Path

LIMIT = 10 * 1024 * 1024
"""Bytes a log may have before its older part moves to ``<name>.log.1``."""


def trim(log: Path, limit: int = LIMIT) -> bool:
    """Moves a log that is too large aside, without the process that writes it noticing: it appends, so it goes on at the new end.

    Lines written in the instant between copying and emptying are lost; the newest ``limit`` bytes before it are kept. Returns whether
    it did something.
    """
    try:
        if log.stat().st_size <= limit:
            return False
        with log.open("r+b") as file:
            file.seek(-limit, 2)
            older = log.with_suffix(".log.1")
            older.touch(mode=0o600)
            older.write_bytes(file.read())
            file.truncate(0)
    except FileNotFoundError:
        return False
    return True


def tail(log: Path, *, after: int = 0, lines: int = 15) -> list[str]:
    """The last lines of a log that were written after byte ``after``."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(min(after, size), size - 20_000))
            text = file.read().decode(errors="replace")
    except FileNotFoundError:
        return []
    return [line.rstrip() for line in text.splitlines() if line.strip()][-lines:]
