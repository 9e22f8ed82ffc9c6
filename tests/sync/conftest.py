"""Somebody else's platform, and our client of it, which waits for nothing."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from tenacity import wait_none

from rolecall.clients import platform_client as clients
from rolecall.clients.platform_client import PlatformClient
from tests.sync.platform_double import TOKEN, Double, platform_double


@pytest.fixture
def double(monkeypatch: pytest.MonkeyPatch) -> Iterator[Double]:
    """The platform."""
    monkeypatch.setattr(clients.repeatable, "wait", wait_none())
    monkeypatch.setattr(clients, "TIMEOUT", httpx.Timeout(2))
    with platform_double() as running:
        yield running


@pytest.fixture
def client(double: Double) -> Iterator[PlatformClient]:
    """The client."""
    with PlatformClient(double.url, TOKEN) as made:
        yield made
