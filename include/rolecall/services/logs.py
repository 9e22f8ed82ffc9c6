"""Log lines of a process that many people's data goes through: they outlive an erasure, so they hold none of it."""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType


class NoValues(logging.Formatter):
    """Tracebacks without the errors' own words: Postgres, pydantic and Python quote the value, which may be a person's."""

    def formatException(  # logging's own name
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """The frames and the type of the error and of what caused it."""
        lines: list[str] = []
        error, seen = ei[1], set[int]()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            lines += ["caused by:\n"] if len(seen) > 1 else []
            lines += [*traceback.format_tb(error.__traceback__), type(error).__qualname__, "\n"]
            error = error.__cause__ or error.__context__
        return "".join(lines).rstrip()


def to_stdout() -> None:
    """Logs to standard output."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(NoValues("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler])
