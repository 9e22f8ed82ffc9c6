"""A sandbox over real sockets, in a thread of the test."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import uvicorn

from sandbox.ads.content import Catalogue
from sandbox.app import Sandbox, create_app
from sandbox.edge import Protocol
from sandbox.receivers import smtp
from sandbox.receivers.employers import Mailboxes
from tests.conftest import free_port


@dataclass
class Running:
    """A sandbox that serves."""

    url: str
    smtp_port: int
    client: httpx.Client

    def fault(self, **fault: Any) -> None:
        """Switches a fault on."""
        self.client.put("/_sandbox/faults", json=fault).raise_for_status()

    def receipts(self) -> dict[str, Any]:
        """Applications received."""
        found: dict[str, Any] = self.client.get("/_sandbox/receipts").raise_for_status().json()
        return found

    def messages(self, channel: str) -> list[dict[str, Any]]:
        """Messages received on one channel."""
        found: list[dict[str, Any]] = (
            self.client.get("/_sandbox/messages", params={"channel": channel}).raise_for_status().json()["messages"]
        )
        return found


@contextmanager
def served(sandbox: Sandbox) -> Iterator[Running]:
    """Serves HTTP and SMTP for the length of the block."""
    port, smtp_port = free_port(), free_port()
    config = uvicorn.Config(create_app(sandbox), port=port, http=Protocol, ws="none", log_config=None, access_log=False)
    server = uvicorn.Server(config)

    async def serve() -> None:
        mail = await smtp.serve(sandbox.records, sandbox.faults, "127.0.0.1", smtp_port, Mailboxes(sandbox.catalogue()))
        await server.serve()
        mail.close()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started:
        assert thread.is_alive(), "the sandbox did not start"
        assert time.monotonic() < deadline, "the sandbox did not start in time"
        time.sleep(0.01)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            yield Running(f"http://127.0.0.1:{port}", smtp_port, client)
    finally:
        server.should_exit = True
        thread.join(10)
        sandbox.records.close()


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[Running]:
    """One sandbox for the tests of a module; use :func:`sandbox`."""
    with served(Sandbox()) as running:
        yield running


@pytest.fixture
def sandbox(shared_sandbox: Running) -> Iterator[Running]:
    """The module's sandbox, without faults."""
    yield shared_sandbox
    shared_sandbox.client.delete("/_sandbox/faults")


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """The ads as of a fixed moment."""
    return Catalogue(anchor=datetime(2026, 11, 20, 12, tzinfo=UTC))  # any day: it changes nothing but the dates that ads show
