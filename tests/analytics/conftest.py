"""A world to count."""

from __future__ import annotations

import pytest

from rolecall.store import Connection
from tests.analytics.world import World


@pytest.fixture
def world(db: Connection) -> World:
    return World(db)
