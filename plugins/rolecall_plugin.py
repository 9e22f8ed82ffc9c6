"""What Rolecall adds to Airflow: the webhook of the auto-apply workflow, the pages of figures, a listener that notes how long runs take.

Every Airflow process executes this file, so it imports nothing that only the web server needs.
"""

from __future__ import annotations

from typing import Any, ClassVar

from airflow.plugins_manager import AirflowPlugin

from rolecall import run_durations


async def webhook(scope: Any, receive: Any, send: Any) -> None:
    """The webhook's app, loaded when it is first called."""
    from rolecall.web.auto_apply_webhook import app

    await app()(scope, receive, send)


async def figures(scope: Any, receive: Any, send: Any) -> None:
    """The reports' app, loaded when it is first called."""
    from rolecall.web.figures_pages import app

    await app()(scope, receive, send)


class RolecallPlugin(AirflowPlugin):  # type: ignore[misc]  # Airflow gives it no type
    """Registered by its name."""

    name = "rolecall"
    fastapi_apps: ClassVar[list[Any]] = [
        {"app": webhook, "url_prefix": "/webhook", "name": "Rolecall webhook"},
        {"app": figures, "url_prefix": "/figures", "name": "Rolecall figures"},
    ]
    # Without a slash before it: the UI puts it behind whatever path its own address has.
    external_views: ClassVar[list[Any]] = [{"name": "Figures", "href": "figures/", "destination": "nav", "category": "browse"}]
    listeners: ClassVar[list[Any]] = [run_durations]
