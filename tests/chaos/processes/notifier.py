"""Processes of the notification drill: what the triggerer does, and what one run of ``send_notifications`` does, without Airflow.

tests.chaos.processes.notifier watch STREAM_URL    prints a line a wake-up, for ever
tests.chaos.processes.notifier run                 takes in, makes due, sends, tells the statuses
"""

from __future__ import annotations

import asyncio
import os
import sys

from rolecall.clients.platform_client import PlatformClient
from rolecall.endpoints import Endpoints, endpoints, of_environment
from rolecall.notifying.ingest import ingest
from rolecall.notifying.send.deliver import deliver_due, prepare
from rolecall.notifying.send.platform_calls import deliver_outbox


async def watch() -> None:
    """The watcher's reader, acknowledging as Airflow's shared streams do: after the wake-up was passed on."""
    from rolecall.triggers import connection_addresses, notification_stream

    known = Endpoints.of(of_environment(os.environ)).redis_url.get_secret_value()

    async def url(_: str) -> str:
        return known

    notification_stream.redis_url = url  # no Airflow connection here
    assert connection_addresses
    reader = notification_stream.StreamReader("redis_default", notification_stream.STREAM)
    print("ready", flush=True)
    async for batch, nudges in reader.open_stream():
        print(batch["entries"], flush=True)
        await reader.acknowledge(nudges)


def run() -> None:
    """One run, as the DAG's tasks do it."""
    settings = endpoints()
    print("ready", flush=True)
    ingest(settings.redis_url.get_secret_value(), settings.dsn)
    prepare(settings.dsn, settings)
    deliver_due(settings.dsn, settings)
    with PlatformClient(settings.api_base_url, settings.api_token.get_secret_value()) as platform:
        deliver_outbox(settings.dsn, platform)


if __name__ == "__main__":
    asyncio.run(watch()) if sys.argv[1] == "watch" else run()
