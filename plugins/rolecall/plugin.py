"""What Rolecall adds to Airflow: the webhook of the auto-apply workflow, the pages of figures, a listener that notes how long runs take.

Every Airflow process executes this file, so it imports nothing that only the web server needs.
"""

from __future__ import annotations

from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin

from rolecall import missing_pools, run_durations, run_notes


async def webhook(scope: Any, receive: Any, send: Any) -> None:
    """The webhook's app, loaded when it is first called."""
    from rolecall.apps.auto_apply_webhook import app

    await app()(scope, receive, send)


async def figures(scope: Any, receive: Any, send: Any) -> None:
    """The reports' app, loaded when it is first called."""
    from rolecall.apps.figures_pages import app

    await app()(scope, receive, send)


async def page(scope: Any, receive: Any, send: Any) -> None:
    """The page's app, loaded when it is first called."""
    from rolecall.apps.rolecall_page import app

    await app()(scope, receive, send)


# One plugin each: the page Admin → Plugins shows nothing of a plugin but its name.


class Webhook(AirflowPlugin):
    """Lets other systems start a run."""

    name = "Rolecall webhook: POST /webhook/auto-apply"
    fastapi_apps: ClassVar[list[Any]] = [{"app": webhook, "url_prefix": "/webhook", "name": "Rolecall webhook"}]


class Figures(AirflowPlugin):
    """The charted reports, with an entry in the menu."""

    name = "Rolecall figures: charted reports under Browse, /figures/"
    fastapi_apps: ClassVar[list[Any]] = [{"app": figures, "url_prefix": "/figures", "name": "Rolecall figures"}]
    # Without a slash before it: the UI puts it behind whatever path its own address has.
    external_views: ClassVar[list[Any]] = [{"name": "Figures", "href": "figures/", "destination": "nav", "category": "browse"}]


class PeoplesPage(AirflowPlugin):
    """The page of people and of the flow, with an entry in the menu."""

    name = "Rolecall page: what people decide and follow, and the flow, /rolecall/"
    fastapi_apps: ClassVar[list[Any]] = [{"app": page, "url_prefix": "/rolecall", "name": "Rolecall page"}]
    external_views: ClassVar[list[Any]] = [{"name": "Rolecall", "href": "rolecall/", "destination": "nav"}]


class RunDurations(AirflowPlugin):
    """Notes how long runs take, and what they did; makes the pools that they need."""

    name = "Rolecall runs: how long every run waited and took, as its note what it did, and the pools"
    listeners: ClassVar[list[Any]] = [run_durations, run_notes, missing_pools]
