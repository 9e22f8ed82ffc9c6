"""Tells of a run that people wait for and that takes longer than it should."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from airflow.sdk import BaseNotifier, Context, conf

from rolecall.endpoints import redis_url
from rolecall.hooks.store_hook import StoreHook
from rolecall.monitoring.incidents import format_duration
from rolecall.outbox.messages import Draft, enqueue
from rolecall.outbox.wakeup import nudge
from rolecall.store import Connection, connect
from rolecall.triggers import connection_addresses
from rolecall.triggers.connection_addresses import postgres_dsn


class LateRunNotifier(BaseNotifier):
    """For deadlines: one message to ``#alerts`` a run. A run that waits for a person's yes is not late, and one that has ended is told
    of under another name, or not at all. Never raises.

    :param minutes: the deadline that was missed
    """

    def __init__(self, context: Context | None = None, *, minutes: float = 30) -> None:
        super().__init__(context)
        self.minutes = minutes

    def notify(self, context: Context) -> None:
        """Writes the message, or logs why it could not."""
        try:
            self._tell(StoreHook().dsn, redis_url(), context)
        except Exception as error:
            self.log.error("a late run was not told of: %s", error)

    async def async_notify(self, context: Context) -> None:
        """The same in the triggerer, off its event loop."""
        try:
            dsn, redis = await postgres_dsn(StoreHook.default_conn_name), await connection_addresses.redis_url("redis_default")
            await asyncio.to_thread(self._tell, dsn, redis, context)
        except Exception as error:
            self.log.error("a late run was not told of: %s", error)

    def _tell(self, dsn: str, redis: str, context: Context) -> None:
        run: Any = context.get("dag_run") or {}
        dag_id, run_id = str(_of(run, "dag_id")), str(_of(run, "dag_run_id") or _of(run, "run_id"))
        with connect(dsn, name="deadline") as conn:
            if has_ended(conn, dag_id, run_id, _of(run, "state")):
                self.log.info("%s %s has ended", dag_id, run_id)
                return
            if conn.execute("select 1 from approval where run_id = %s and answer is null limit 1", (run_id,)).fetchone():
                self.log.info("%s %s waits for a person", dag_id, run_id)
                return
            enqueue(conn, [self.draft(dag_id, run_id)])
        nudge(redis)

    def draft(self, dag_id: str, run_id: str) -> Draft:
        """The message with a link to the run."""
        link = f"{conf.get('api', 'base_url', fallback='').rstrip('/')}/dags/{quote(dag_id)}/runs/{quote(run_id, safe='')}"
        text = f"⏰ {dag_id} has not ended after {format_duration(timedelta(minutes=self.minutes))}: {link}"
        key = f"late:{dag_id}:{run_id}:slack"
        return Draft(dedupe_key=key, kind="health_alert", type="slack", recipient="#alerts", message=text)


def has_ended(conn: Connection, dag_id: str, run_id: str, state: object) -> bool:
    """Whether the run is over: it says so itself, or we noted its end."""
    if str(getattr(state, "value", state)) in ("success", "failed"):
        return True
    noted = "select 1 from dag_run_end where dag_id = %s and run_id = %s and ended_at > now() - interval '5 minutes'"
    return conn.execute(noted, (dag_id, run_id)).fetchone() is not None


def _of(run: Any, name: str) -> Any:
    return run.get(name) if isinstance(run, dict) else getattr(run, name, None)
