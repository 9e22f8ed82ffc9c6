"""``./rolecall help``: what the commands' docstrings say, read without running them. It needs no installation: any Python 3 prints it."""

from __future__ import annotations

import ast
from pathlib import Path

from rolecall.commands import GIVEN_ON, Usage, commands, table, usages

CLI = Path(__file__).parent / "cli.py"


def everything() -> list[Usage]:
    """Every usage line: the stack's own first, then the domain's by name."""
    own = ast.get_docstring(ast.parse(CLI.read_text(encoding="utf-8"))) or ""
    return [*usages(own), *sorted(commands(), key=lambda usage: usage.name), *usages(GIVEN_ON)]


def text() -> str:
    """The whole list."""
    return f"Rolecall's commands (make help lists those of development):\n\n{table(everything())}"


if __name__ == "__main__":
    import sys

    from rolecall.entry import ends_quietly

    sys.exit(ends_quietly(lambda: print(text())))
