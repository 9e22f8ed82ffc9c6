"""
### Match people who changed something

A changed CV, wish or permission is matched within seconds of its commit, by page, REST, command or sync: the trigger
`changed_people` hears it from Postgres and starts a run; what changes together is one run. New people come this way, too.

Does what `match_jobs` does, for those who changed only, and before its tasks: nobody waits until everybody was matched with new jobs. What
this one misses, `match_jobs` finds within ten minutes.
"""

from __future__ import annotations

from typing import Any

from airflow.sdk import TriggerRule, dag, task

from rolecall import assets
from rolecall.applying.work import notify_matched
from rolecall.defaults import ARGS, DAG_DEFAULTS, deadline, red_if_failed
from rolecall.hooks.store_hook import StoreHook
from rolecall.operators.ai_job_matcher_operator import AIJobMatcherOperator
from rolecall.people.records import cvs_to_match

FIRST = 10
"""Priority: above the tasks of ``match_jobs``, which may have a thousand waiting for the same slots."""


@dag(
    **DAG_DEFAULTS | {"default_args": ARGS | {"priority_weight": FIRST}},
    schedule=[assets.people],
    deadline=deadline("match_changed_people", minutes=30),
    doc_md=__doc__,
    tags=["rolecall", "matching"],
)
def match_changed_people() -> None:
    @task
    def list_changed() -> list[dict[str, Any]]:
        """Ids of the CVs that changed, or whose person did."""
        with StoreHook().get_conn() as conn:
            return cvs_to_match(conn, only_changed=True)

    match = AIJobMatcherOperator.partial(task_id="match", map_index_template="{{ task.cv_data['id'] }}", pool="rolecall_matching")

    @task(trigger_rule=TriggerRule.NONE_SKIPPED, inlets=[assets.people], outlets=[assets.matches])
    def announce() -> None:
        """Wakes the dispatcher: the matches are stored."""
        with StoreHook().get_conn() as conn:
            notify_matched(conn)

    listed = list_changed()
    matched = match.expand_kwargs(listed)
    matched >> announce()
    red_if_failed(listed, matched)


match_changed_people()
