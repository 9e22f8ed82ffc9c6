"""A CV sent as a file, read in a process of its own: nothing in it can keep this one from answering."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from rolecall.matching.cv.files.child_process import run_in_child
from rolecall.matching.cv.files.limits import Limits, TooMuch
from rolecall.matching.cv.reader import read_cv
from rolecall.models import Cv


def read_file(data: bytes, *, filename: str = "", today: date | None = None, limits: Limits | None = None) -> Cv:
    """As :func:`rolecall.matching.cv.reader.read_cv`, outside this process.

    :raises InvalidInput: as there; as :class:`rolecall.matching.cv.files.limits.TooCostly` where the time or memory limit was met
    """
    limits = limits or Limits()
    if len(data) > limits.size:
        raise TooMuch(f"{len(data):,} bytes are too many", fix=f"send at most {limits.size:,}")
    given = (filename, (today or datetime.now(UTC).date()).isoformat(), limits.size, limits.pages, limits.text)
    return Cv.model_validate(run_in_child("rolecall.matching.read_file:as_json", data, *given, limits=limits))


def as_json(data: bytes, filename: str, today: str, size: str | int, pages: str | int, text: str | int) -> dict[str, Any]:
    """What the process does: the CV as JSON."""
    limits = Limits(size=int(size), pages=int(pages), text=int(text))
    return read_cv(data, filename=filename, today=date.fromisoformat(today), limits=limits).model_dump(mode="json", by_alias=True)
