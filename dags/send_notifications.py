"""
### Send what people are owed

Takes in other producers' messages, writes the summaries that are due, lets go what waited for quiet hours → **one mapped task a
batch**: switches by type (e-mail, SMS, push, Slack, alert) and sends → tells the platform the status.

Rows are claimed in Postgres, so that two tasks never send the same one; one bad recipient stops nobody. Starts when the wake-up
stream says so, and every five minutes in case it could not. Red means that a channel is down or a batch broke off; what it left
stays due.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from airflow.sdk import AssetOrTimeSchedule, TriggerRule, dag, get_current_context, task
from airflow.sdk.exceptions import AirflowFailException

from rolecall import assets
from rolecall.defaults import DAG_DEFAULTS, by_clock, deadline, failed_before, red_if_failed
from rolecall.endpoints import endpoints
from rolecall.hooks.platform_hook import PlatformHook
from rolecall.hooks.slack_client import slack_client
from rolecall.hooks.store_hook import StoreHook
from rolecall.notifying.ingest import ingest
from rolecall.notifying.send.batches import TEAM, batches, what_is_wrong
from rolecall.notifying.send.deliver import deliver_due, prepare
from rolecall.notifying.send.platform_calls import deliver_outbox
from rolecall.outbox.available_channels import configured

log = logging.getLogger(__name__)


@dag(
    **DAG_DEFAULTS,
    schedule=AssetOrTimeSchedule(timetable=by_clock("*/5 * * * *"), assets=[assets.notifications]),
    deadline=deadline("send_notifications", minutes=15),
    doc_md=__doc__,
    tags=["rolecall", "notifying"],
)
def send_notifications() -> None:
    @task
    def take_in() -> list[dict[str, Any]]:
        """Makes everything due that should be; returns the batches."""
        settings, dsn = endpoints(), StoreHook().dsn
        log.info("taken in: %s", ingest(settings.redis_url.get_secret_value(), dsn))
        return batches(prepare(dsn, settings))

    @task(map_index_template="{{ task.op_kwargs['batch']['name'] }}")
    def deliver(batch: dict[str, Any]) -> dict[str, Any]:
        """Sends what is due until nothing is; returns counts by outcome and channel."""
        return asdict(deliver_due(StoreHook().dsn, endpoints(), slack=slack_client))

    @task(trigger_rule=TriggerRule.ALL_DONE)
    def update_status(planned: list[dict[str, Any]] | None, results: Sequence[dict[str, Any]] | None) -> dict[str, Any]:
        """Tells the platform: notification statuses, and applications not recorded yet. Red where a channel rests."""
        with PlatformHook().client() as platform:
            sent = deliver_outbox(StoreHook().dsn, platform)
        log.info(sent.words)
        failed = failed_before(get_current_context(), "take_in", "deliver")
        if unset := sorted(TEAM - configured(endpoints())):
            log.info("not set up, so nobody is told there: %s", ", ".join(unset))
        if wrong := what_is_wrong(planned, list(results or []), failed=failed, not_set_up=unset):
            raise AirflowFailException(wrong)
        return asdict(sent)

    planned = take_in()
    delivered = deliver.expand(batch=planned)
    update_status(planned, delivered)
    red_if_failed(planned, delivered)


send_notifications()
