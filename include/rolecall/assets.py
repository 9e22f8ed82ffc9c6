"""Every asset: the map of the flow. A stage that wrote rows updates its asset; the next stage is scheduled on it."""

from __future__ import annotations

from airflow.sdk import Asset, AssetWatcher

from rolecall.triggers.changed_people import ChangedPeopleTrigger
from rolecall.triggers.notification_stream import NotificationStreamTrigger

postings = Asset("rolecall://postings", group="rolecall", extra={"table": "posting"})
"""Raw postings landed. Written by ``scrape_*``, read by ``aggregate_jobs``."""

catalog = Asset("rolecall://catalog", group="rolecall", extra={"table": "job"})
"""Jobs merged. Written by ``aggregate_jobs``, read by ``validate_jobs``."""

valid_jobs = Asset("rolecall://valid-jobs", group="rolecall", extra={"table": "job"})
"""Jobs checked. Written by ``validate_jobs``, read by ``match_jobs``."""

people = Asset(
    "rolecall://people",
    group="rolecall",
    extra={"table": "person"},
    watchers=[AssetWatcher(name="changed_people", trigger=ChangedPeopleTrigger())],
)
"""CVs, wishes, permissions changed. Written by ``sync_data``, REST, page and commands; the watcher hears each commit. Read by
``match_changed_people``."""

matches = Asset("rolecall://matches", group="rolecall", extra={"table": "match"})
"""Matches stored. Written by ``match_jobs`` and ``match_changed_people``; ``dispatch_auto_apply`` watches the rows themselves."""

notifications = Asset(
    "rolecall://notifications",
    group="rolecall",
    extra={"table": "notification"},
    watchers=[AssetWatcher(name="notification_stream", trigger=NotificationStreamTrigger())],
)
"""Something waits to be sent. The watcher hears the wake-up stream; ``send_notifications`` claims the rows."""
