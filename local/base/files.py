"""Files that are whole or absent, and readable for the owner only."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def write_private(path: Path, text: str) -> None:
    """Replaces a file in one step; mode 0600 from its first byte."""
    draft = path.with_name(f".{path.name}.{threading.get_native_id()}")
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)


def write_json(path: Path, value: Any) -> None:
    """:func:`write_private` of a JSON-able value."""
    write_private(path, json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def read_json(path: Path) -> dict[str, Any]:
    """The object in a file; ``{}`` where there is none, or where a crash left something else."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


class Taken(Exception):
    """Somebody else holds the lock."""


@contextmanager
def lock(path: Path, *, wait: bool = False) -> Iterator[None]:
    """Holds a lock for the length of the block. The kernel lets go when the process dies: there are no stale ones.

    :param wait: wait for the other holder instead of raising
    :raises Taken: held by another process
    """
    with path.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            raise Taken(str(path)) from None
        yield
