"""Tells ``#alerts`` that a task or run failed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow.sdk import Context

from rolecall.models import Message
from rolecall.notifiers.channel_notifier import ChannelNotifier
from rolecall.text.display import one_line


class SlackAlertNotifier(ChannelNotifier):
    """For ``on_failure_callback``: names the DAG, the task, the run and the error.

    :param channel: Slack channel
    """

    template_fields: Sequence[str] = ()  # the text comes from the failure; it is never rendered as a template

    def __init__(self, *, channel: str = "#alerts") -> None:
        super().__init__(type="slack", recipient=channel, message="")

    def compose(self, context: Context) -> Message:
        """The alert, from whatever the context holds: a callback of a DAG knows no task."""
        self.message = describe(context)
        return super().compose(context)


def describe(context: Any) -> str:
    """``🚨 auto_apply.apply [3] failed in request__1 (try 2): LoginWall: …``"""
    task, dag, run = context.get("ti") or context.get("task_instance"), context.get("dag"), context.get("dag_run")
    dag_id = getattr(task, "dag_id", None) or getattr(dag, "dag_id", None) or "a DAG"
    run_id = context.get("run_id") or getattr(run, "run_id", None)
    name = f"{dag_id}.{task.task_id}" if task is not None else dag_id
    index = getattr(task, "map_index", -1)
    mapped = f" [{index}]" if isinstance(index, int) and index >= 0 else ""
    where = f" in {run_id}" if run_id else ""
    attempt = f" (try {task.try_number})" if getattr(task, "try_number", None) else ""
    error = context.get("exception") or context.get("reason")
    kind = f"{type(error).__name__}: " if isinstance(error, BaseException) else ""
    why = f": {kind}{one_line(str(error), 500)}" if error else ""
    return f"🚨 {name}{mapped} failed{where}{attempt}{why}"
