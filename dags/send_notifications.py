"""
### Send what people are owed

Switches by type: e-mail, SMS, push, Slack; then tells the platform the status. Rows are claimed in Postgres, so that two runs
never send the same one; one bad recipient stops nobody. Starts when the wake-up stream says so, and every five minutes in
case it could not.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from airflow.sdk import AssetOrTimeSchedule, CronTriggerTimetable, TriggerRule, dag, task

from include import assets
from include.defaults import DAG_DEFAULTS
from include.notifying.deliver import deliver_due
from include.notifying.ingest import ingest
from include.notifying.settle import settle_outbox
from include.settings import Settings
from rolecall.hooks.platform_hook import PlatformHook
from rolecall.hooks.store_hook import StoreHook


@dag(
    **DAG_DEFAULTS,
    schedule=AssetOrTimeSchedule(timetable=CronTriggerTimetable("*/5 * * * *", timezone="UTC"), assets=[assets.notifications]),
    doc_md=__doc__,
    tags=["rolecall", "notifying"],
)
def send_notifications() -> None:
    @task
    def deliver() -> dict[str, Any]:
        """Takes in other producers' messages, then sends what is due; returns counts by outcome and channel."""
        settings = Settings()
        dsn = StoreHook().dsn
        taken = ingest(settings.redis_url.get_secret_value(), dsn)
        return asdict(taken) | asdict(deliver_due(dsn, settings))

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def update_status() -> dict[str, Any]:
        """Tells the platform: notification statuses, and applications not recorded yet."""
        with PlatformHook().get_conn() as platform:
            return asdict(settle_outbox(StoreHook().dsn, platform))

    deliver() >> update_status()


send_notifications()
