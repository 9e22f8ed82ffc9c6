"""How every command begins and ends: this module, run with a module's name and arguments, runs that module as a command.

Ctrl-C ends it with status 130, and a reader that has gone (``| head -1``) ends it without a word: neither is a mistake that a traceback
would explain.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells count it: 128 and the signal's number."""

NOBODY_READS = 141
"""Exit status where the reader of the output has gone: 128 and SIGPIPE's number."""


def run_command(main: Callable[[], int | str | None]) -> int:
    """Runs a command and returns its exit status."""
    try:
        try:
            status = main()
        except SystemExit as ended:
            status = ended.code
        if isinstance(status, str):
            sys.stderr.write(f"{status}\n")
            status = 1
        sys.stdout.flush()
        sys.stderr.flush()
    except KeyboardInterrupt:
        _say_nothing_more()
        os.write(2, b"\ninterrupted\n")
        return INTERRUPTED
    except BrokenPipeError:  # ours: what goes to servers is wrapped by the libraries that send it
        _say_nothing_more()
        return NOBODY_READS
    return int(status or 0)


def parse_limit(text: str) -> int:
    """The value of ``--limit``: 1 to 10,000.

    :raises argparse.ArgumentTypeError: it is none of them
    """
    import argparse

    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= 10_000):
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 10000")
    return int(text)


def _say_nothing_more() -> None:
    """What is still in a buffer goes nowhere: Python would write it at exit, and complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def _run(module: str) -> None:
    import runpy

    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    sys.argv = sys.argv[1:]
    sys.exit(run_command(lambda: _run(sys.argv[0])))
