"""Waits until somebody has something to apply for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.sdk import BaseSensorOperator, Context

from rolecall.hooks.store_hook import StoreHook
from rolecall.triggers.apply_queue import ApplyQueueTrigger


class ApplyQueueSensor(BaseSensorOperator):
    """Succeeds when a request is queued or a match waits for dispatch. Holds no worker slot: it always defers.

    :param conn_id: the ``rolecall`` database
    :param poll_seconds: how often to look where no wake-up arrives
    """

    def __init__(self, *, conn_id: str = StoreHook.default_conn_name, poll_seconds: float = 5.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.conn_id = conn_id
        self.poll_seconds = poll_seconds

    def execute(self, context: Context) -> None:
        """Hands the waiting to the triggerer."""
        self.defer(
            trigger=ApplyQueueTrigger(conn_id=self.conn_id, poll_seconds=self.poll_seconds),
            method_name="ready",
            timeout=timedelta(seconds=self.timeout),
        )

    def ready(self, context: Context, event: dict[str, Any]) -> None:
        """There is work; the next task claims it."""
        self.log.info("the apply queue has work: %s", event)
