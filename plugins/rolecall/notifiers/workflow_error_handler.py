"""The one path for every failed task (the seed's ``WorkflowErrorHandler``)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import BaseNotifier, Context
from asgiref.sync import sync_to_async

from rolecall.endpoints import CHANNELS, endpoints, redis_url
from rolecall.hooks.slack_client import slack_client
from rolecall.hooks.store_hook import StoreHook
from rolecall.models import Message
from rolecall.monitoring.workflows.failed_tasks import Failure, alerts, failure, record
from rolecall.notifying.send.channels import send
from rolecall.outbox.wakeup import nudge
from rolecall.settings import Settings


class WorkflowErrorHandler(BaseNotifier):
    """For ``on_failure_callback``: stores the failure and tells of critical ones, once a mistake. Never adds a failure of its own.

    Where Postgres itself is the trouble the alert goes out directly.
    """

    def notify(self, context: Context) -> None:
        """Records, or sends, or logs why it could do neither."""
        try:
            failed = read(context)
            self.log.error("workflow error: %s.%s in %s: %s", failed.workflow, failed.node, failed.run_id, failed.message)
            self._keep(failed, Settings())
        except Exception:  # a callback that raises would hide the failure it reports
            self.log.exception("the failure could not be recorded")

    async def async_notify(self, context: Context) -> None:
        """The same for the triggerer, off its event loop."""
        await sync_to_async(self.notify)(context)  # it asks Airflow for connections, which a plain thread cannot

    def _keep(self, failed: Failure, settings: Settings) -> None:
        try:
            with StoreHook().get_conn() as conn:
                record(conn, failed, remind_after=timedelta(hours=settings.remind_hours))
        except Exception as error:
            self.log.warning("not stored: %s", error)
            if failed.critical:
                self._send(failed)
            return
        nudge(redis_url())

    def _send(self, failed: Failure) -> None:
        for draft in alerts(failed, "direct"):
            try:
                send(
                    Message(id=draft.dedupe_key, type=draft.type, recipient=draft.recipient, message=draft.message, data=draft.data),
                    endpoints(*CHANNELS[draft.type]),
                    slack=slack_client,
                )
            except Exception as error:
                self.log.error("the alert was not sent by %s: %s", draft.type, error)


def read(context: Any) -> Failure:
    """The failure a callback's context describes; what it does not know is said so."""
    task = context.get("ti") or context.get("task_instance")
    dag, run = context.get("dag"), context.get("dag_run")
    index = getattr(task, "map_index", None)
    return failure(
        context.get("exception") or context.get("reason"),
        workflow=str(getattr(task, "dag_id", None) or getattr(dag, "dag_id", None) or "unknown"),
        node=str(getattr(task, "task_id", None) or "-"),
        run_id=str(context.get("run_id") or getattr(task, "run_id", None) or getattr(run, "run_id", None) or "unknown"),
        map_index=index if isinstance(index, int) else -1,
        try_number=int(getattr(task, "try_number", None) or 0),
        link=str(getattr(task, "log_url", None) or ""),
        happened_at=datetime.now(UTC),
    )
