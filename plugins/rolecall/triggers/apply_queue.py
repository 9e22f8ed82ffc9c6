"""Fires when there is something to apply for."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from rolecall.applying.work import wait_for_work
from rolecall.triggers.connection_addresses import postgres_dsn


class ApplyQueueTrigger(BaseTrigger):
    """Waits for a queued request, or a match nobody has taken of somebody who opted in; fires ``{"status": "ready"}`` once.

    Only looks: what it saw is claimed by the task that resumes, so that running twice does no harm.

    :param conn_id: the ``rolecall`` database
    :param poll_seconds: how often to look where no wake-up arrives
    """

    def __init__(self, *, conn_id: str = "rolecall_db", poll_seconds: float = 5.0) -> None:
        super().__init__()
        self.conn_id = conn_id
        self.poll_seconds = poll_seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Ids and numbers only; the password is looked up when it runs."""
        return f"{type(self).__module__}.{type(self).__qualname__}", {"conn_id": self.conn_id, "poll_seconds": self.poll_seconds}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Waits, fires, ends."""
        await wait_for_work(await postgres_dsn(self.conn_id), poll_seconds=self.poll_seconds)
        yield TriggerEvent({"status": "ready"})
