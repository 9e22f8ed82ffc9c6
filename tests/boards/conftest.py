"""A board of our own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.boards.board_server import FakeBoard
from tests.http_double import serving


@pytest.fixture
def fake() -> Iterator[FakeBoard]:
    """It, on loopback."""
    with serving(FakeBoard()) as one:
        yield one
