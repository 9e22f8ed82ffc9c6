"""Which rows are too old, by table, and which of them must stay nevertheless."""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString


@dataclass(frozen=True)
class RetentionRule:
    """Rows of one table that may go.

    :param table: what is deleted from; what hangs on a row goes with it by the database's own rules
    :param which: condition on ``old`` (the table) with the moments ``%(before)s`` and ``%(now)s``
    :param key: primary key, for deleting in batches
    """

    table: LiteralString
    which: LiteralString
    key: LiteralString = "id"


AIRFLOW: tuple[RetentionRule, ...] = (
    # Task instances, XComs, histories, notes, rendered fields and deadlines go with their run. The last 20 of each DAG always stay: a
    # backup describes a DAG by them, and the scheduler goes on from the newest of each kind. So does a run that is not over, that has a
    # task at work, or that an unfinished backfill waits for.
    RetentionRule(
        "dag_run",
        """old.state in ('success', 'failed') and coalesce(old.end_date, old.updated_at) < %(before)s
        and old.id not in (
            select id from (select id, row_number() over (partition by dag_id order by run_after desc, id desc) as nth,
                                   row_number() over (partition by dag_id, run_type order by run_after desc, id desc) as nth_of_type
                            from dag_run) ranked
            where nth <= 20 or nth_of_type = 1)
        and not exists (select from backfill where backfill.id = old.backfill_id and backfill.completed_at is null)
        and not exists (select from task_instance ti where ti.dag_id = old.dag_id and ti.run_id = old.run_id
                        and ti.state in ('running', 'queued', 'scheduled', 'deferred', 'restarting', 'awaiting_input'))""",
    ),
    # A deadline of a run that is over is behind it, though Airflow goes on showing it as ahead.
    RetentionRule(
        "deadline",
        """not old.missed and exists (select from dag_run run where run.id = old.dagrun_id and run.state in ('success', 'failed')
                                    and coalesce(run.end_date, run.updated_at) < %(now)s - interval '1 hour')""",
    ),
    RetentionRule(
        "callback",
        """old.created_at < %(before)s and (old.state in ('success', 'failed') or old.state is null or old.state = 'scheduled')
        and not exists (select from deadline where deadline.callback_id = old.id)""",
    ),
    # What a DAG that waits for it has not seen yet stays.
    RetentionRule(
        "asset_event",
        """old."timestamp" < %(before)s and not exists (select from asset_dag_run_queue waiting where waiting.asset_id = old.asset_id)""",
    ),
    RetentionRule("log", "old.dttm < %(before)s"),
    RetentionRule("job", "old.latest_heartbeat < %(before)s and coalesce(old.end_date, old.latest_heartbeat) < %(before)s"),
    # The newest version of a DAG, and those that a run still shows, stay.
    RetentionRule(
        "dag_version",
        """old.created_at < %(before)s
        and exists (select from dag_version newer where newer.dag_id = old.dag_id and newer.version_number > old.version_number)
        and not exists (select from task_instance ti where ti.dag_version_id = old.id)
        and not exists (select from dag_run run where run.created_dag_version_id = old.id)""",
    ),
)

OURS: tuple[RetentionRule, ...] = (
    # Silence and durations look back on the last runs only; a workflow's newest run stays, so that its silence is measured from there.
    RetentionRule(
        "dag_run_end",
        """old.ended_at < %(before)s
        and exists (select from dag_run_end newer where newer.dag_id = old.dag_id and newer.state = old.state
                    and newer.ended_at > old.ended_at)""",
        key="dag_id, run_id",
    ),
    RetentionRule("workflow_error", "old.happened_at < %(before)s"),
    RetentionRule("incident", "old.closed_at < %(before)s"),
)
