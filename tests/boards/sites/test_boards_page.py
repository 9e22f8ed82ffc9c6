"""The page about boards names every board, and says "not verified live" where the board's own file does."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from rolecall.boards import BOARDS

PAGE = (Path(__file__).parents[3] / "docs/boards.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", BOARDS)
def test_the_table_says_of_each_board_what_its_file_says(name: str) -> None:
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |")]
    said = " ".join((sys.modules[type(BOARDS[name]).__module__].__doc__ or "").split()).lower()
    assert ("not verified live" in row) == ("not verified live" in said)
