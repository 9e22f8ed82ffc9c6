"""
### Match jobs with people

**One mapped task a CV**: the AI service scores the open jobs with reasons; what is at or above 0.7 is stored. Equal inputs
give equal scores. Starts when valid jobs changed, and every ten minutes for what is left: a run takes 1,000 CVs, those that wait
longest, and the next one goes on. Changed CVs and wishes do not wait for it: `match_changed_people`. `dispatch_auto_apply` takes it
from there.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import TriggerRule, dag, get_current_context, task

from rolecall import assets
from rolecall.applying.work import notify_matched
from rolecall.defaults import DAG_DEFAULTS, by_asset_or_clock, deadline, red_if_failed
from rolecall.hooks.store_hook import StoreHook
from rolecall.operators.ai_job_matcher_operator import AIJobMatcherOperator
from rolecall.people.records import cvs_to_match


@dag(
    **DAG_DEFAULTS,
    schedule=by_asset_or_clock(assets.valid_jobs, "*/10 * * * *"),
    deadline=deadline("match_jobs", minutes=30),
    doc_md=__doc__,
    tags=["rolecall", "matching"],
)
def match_jobs() -> None:
    @task
    def list_cvs() -> list[dict[str, Any]]:
        """Ids of the CVs that are due."""
        by_clock = get_current_context()["dag_run"].run_type == "scheduled"
        with StoreHook().get_conn() as conn:
            return cvs_to_match(conn, jobs_changed=not by_clock)

    match = AIJobMatcherOperator.partial(task_id="match", map_index_template="{{ task.cv_data['id'] }}", pool="rolecall_matching")

    @task(trigger_rule=TriggerRule.NONE_SKIPPED, inlets=[assets.valid_jobs], outlets=[assets.matches])
    def announce() -> None:
        """Wakes the dispatcher: the matches are stored."""
        with StoreHook().get_conn() as conn:
            notify_matched(conn)

    listed = list_cvs()
    matched = match.expand_kwargs(listed)
    matched >> announce()
    red_if_failed(listed, matched)


match_jobs()
