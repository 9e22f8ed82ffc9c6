"""
### Start applying where there is something to apply for

Waits (deferred, without holding a slot) until a match of somebody who opted in is new, or a request is queued; then starts
one `auto_apply` run a request, under an id derived from it: the same request is the same run, however often this is repeated.
Runs again as soon as it ends, and after new matches.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import AssetOrTimeSchedule, dag, task
from airflow.sdk.definitions.timetables.simple import ContinuousTimetable
from airflow.sdk.exceptions import AirflowSkipException

from rolecall import assets
from rolecall.applying import requests
from rolecall.applying.effects import park_and_tell
from rolecall.defaults import DAG_DEFAULTS, START
from rolecall.hooks.ai_service_hook import AiServiceHook
from rolecall.hooks.store_hook import StoreHook
from rolecall.sensors.apply_queue_sensor import ApplyQueueSensor

HOUR = 3600


@dag(
    **DAG_DEFAULTS,
    start_date=START,
    schedule=AssetOrTimeSchedule(timetable=ContinuousTimetable(), assets=[assets.matches]),
    doc_md=__doc__,
    tags=["rolecall", "applying"],
)
def dispatch_auto_apply() -> None:
    wait_for_work = ApplyQueueSensor(task_id="wait_for_work", timeout=HOUR, soft_fail=True, execution_timeout=timedelta(hours=2))

    @task
    def claim_requests() -> list[dict[str, Any]]:
        """Parks what died while sending, then turns new matches into requests; returns a run id and conf for each."""
        with StoreHook().get_conn() as conn:
            park_and_tell(conn)
            requests.queue_new_matches(conn)
            return requests.next_requests(conn, bundled=AiServiceHook().bundled)

    start = TriggerDagRunOperator.partial(
        task_id="start",
        trigger_dag_id="auto_apply",
        logical_date=None,
        skip_when_already_exists=True,
        map_index_template="{{ task.conf['userId'] }}",
    )

    @task(trigger_rule="none_failed")
    def mark_triggered(claimed: list[dict[str, Any]] | None) -> int:
        """Notes that the runs exist; until then they are asked for again. Where one could not be started, the others note it themselves."""
        if claimed is None:
            raise AirflowSkipException("there was nothing to start in this hour")
        with StoreHook().get_conn() as conn:
            return requests.mark_triggered(conn, [request["trigger_run_id"] for request in claimed])

    claimed = claim_requests()
    wait_for_work >> claimed
    start.expand_kwargs(claimed) >> mark_triggered(claimed)


dispatch_auto_apply()
