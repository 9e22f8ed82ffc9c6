"""
### Keep what we share with the platform the same

Every hour: people and their preferences in from the platform and, where ours are newer, out to it; postings of jobs that were closed
out. Statuses of applications are followed by `process_applications`; what is owed about them goes out with `send_notifications`.

Only what changed since both sides agreed is touched. The newer value of each preference wins, the audit log keeps both. A run that is
killed is gone on with by the next one; `full` begins from the start and ends in the same state. Nobody is erased because of an answer:
`#alerts` hears of people whom the platform no longer knows. Rules: `docs/sync.md`.
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any

from airflow.sdk import Param, TriggerRule, dag, get_current_context, task

from rolecall import assets
from rolecall.defaults import DAG_DEFAULTS, by_clock, red_if_failed
from rolecall.endpoints import redis_url
from rolecall.hooks.platform_hook import PlatformHook
from rolecall.hooks.store_hook import StoreHook
from rolecall.outbox.wakeup import nudge
from rolecall.sync.closed_jobs import ClosedJobsTally as ClosedJobs
from rolecall.sync.closed_jobs import tell_closed
from rolecall.sync.sync_people import SyncTally as People
from rolecall.sync.sync_people import sync_people

log = logging.getLogger(__name__)

PARAMS = {
    "full": Param(
        False, type=["boolean", "null"], title="Everything", description="Begin from the start instead of where the last run ended."
    )
}


def shown(tally: People | ClosedJobs) -> dict[str, Any]:
    """The counts. What the platform said goes to the task's log only: an answer may quote a person's data, and XComs are not erased."""
    for problem in tally.problems:
        log.warning(problem)
    return asdict(tally) | {"problems": len(tally.problems)}


@dag(**DAG_DEFAULTS, schedule=by_clock("20 * * * *"), params=PARAMS, doc_md=__doc__, tags=["rolecall", "sync"])
def sync_data() -> None:
    @task(outlets=[assets.people])
    def exchange_people() -> dict[str, Any]:
        """People and preferences, both ways."""
        with PlatformHook().client() as platform:
            done = sync_people(StoreHook().dsn, platform, full=bool(get_current_context()["params"]["full"]))
        nudge(redis_url())
        return shown(done)

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def tell_closed_jobs() -> dict[str, Any]:
        """Closed jobs, out."""
        with PlatformHook().client() as platform:
            return shown(tell_closed(StoreHook().dsn, platform, full=bool(get_current_context()["params"]["full"])))

    exchanged = exchange_people()
    exchanged >> tell_closed_jobs()
    red_if_failed(exchanged)


sync_data()
