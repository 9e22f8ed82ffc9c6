"""
### Follow applications after they have left

Every quarter of an hour: asks the service, by key, about applications whose answer was unclear, and settles those it is sure about;
asks the platform for statuses (viewed, interview, rejected, offer) and tells people of changes; reminds of employers who have been
silent; asks for a new run where applications never left because the service was away. It never sends an application.

What no service can tell stays *uncertain* until a person settles it with `settle_application`.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from airflow.sdk import TriggerRule, dag, task

from rolecall import assets
from rolecall.applying import follow
from rolecall.defaults import DAG_DEFAULTS, by_clock, red_if_failed
from rolecall.hooks.ai_service_hook import AiServiceHook
from rolecall.hooks.platform_hook import PlatformHook
from rolecall.hooks.store_hook import StoreHook
from rolecall.inbox.consequences import enqueue_statuses


@dag(**DAG_DEFAULTS, schedule=by_clock("*/15 * * * *"), doc_md=__doc__, tags=["rolecall", "applying"])
def process_applications() -> None:
    @task
    def settle_uncertain() -> dict[str, Any]:
        """Settles what the service can tell by key."""
        with AiServiceHook().client() as ai:
            return asdict(follow.resolve_by_asking(StoreHook().dsn, ai.auto_apply_status))

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def follow_status() -> dict[str, Any]:
        """Asks the platform what employers said, but for what it is yet to be told by us: what a mail said before it had the record."""
        with StoreHook().get_conn() as conn:
            enqueue_statuses(conn)
        with PlatformHook().client() as platform:
            return asdict(follow.follow_status(StoreHook().dsn, platform.application))

    @task(trigger_rule=TriggerRule.ALL_DONE, outlets=[assets.notifications])
    def remind() -> dict[str, int]:
        """Reminds, enqueues withdrawals for the platform, asks again for what never left; wakes the messages."""
        with StoreHook().get_conn() as conn:
            return {
                "reminded": follow.remind_of_silence(conn),
                "withdrawn": follow.enqueue_withdrawals(conn),
                "asked_again": follow.requeue_unsent(conn),
            }

    settled, followed = settle_uncertain(), follow_status()
    settled >> followed >> remind()
    red_if_failed(settled, followed)


process_applications()
