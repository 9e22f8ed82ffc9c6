"""A critical alert when a task or run fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow.sdk import Context

from rolecall.models import Message
from rolecall.notifiers.channel_notifier import ChannelNotifier
from rolecall.text.display import one_line


class CriticalAlertNotifier(ChannelNotifier):
    """For ``on_failure_callback``: posts the seed's error (workflow, node, time) to ``ALERT_WEBHOOK_URL``."""

    template_fields: Sequence[str] = ()  # the text comes from the failure; it is never rendered as a template

    def __init__(self) -> None:
        super().__init__(type="alert", recipient="team", message="")

    def compose(self, context: Context) -> Message:
        """The alert, from whatever the context holds."""
        known: Any = context
        task, dag = known.get("ti") or known.get("task_instance"), known.get("dag")
        error = known.get("exception") or known.get("reason") or "failed"
        kind = f"{type(error).__name__}: " if isinstance(error, BaseException) else ""
        self.message = f"{kind}{one_line(str(error), 500)}"
        where = {
            "workflow": getattr(task, "dag_id", None) or getattr(dag, "dag_id", None),
            "node": getattr(task, "task_id", None),
        }
        return super().compose(context).model_copy(update={"data": {name: value for name, value in where.items() if value}})
