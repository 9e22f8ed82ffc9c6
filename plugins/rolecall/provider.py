"""Rolecall as a provider package: what Airflow's pages and command line know of it (`airflow providers get rolecall --full`)."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from rolecall.hooks.named import CONN_IDS

NAME = "Rolecall"
HOME = "https://rolecall.example"

ABSENT: dict[str, Any] = {"type": ["string", "null"]}
SECONDS = {"label": "Seconds", "description": "How long an answer may take. Empty: as usual.", "schema": {"type": ["number", "null"]}}
VERIFY = {
    "label": "Check certificates",
    "description": "Off only on a network you trust: the token goes to whoever answers.",
    "schema": {"type": ["boolean", "null"], "default": True},
}
IDEMPOTENT = {
    "label": "Knows an Idempotency-Key again",
    "description": "The service promises that one key has one effect: an unclear answer is then asked for again. Off in doubt.",
    "schema": {"type": ["boolean", "null"], "default": False},
}
HTTP_FORM = {
    "hidden-fields": ["login", "schema"],
    "relabeling": {"host": "Address", "password": "Token"},
    "placeholders": {
        "host": "https://api.example.com",
        "password": "sent as a bearer token, to this address only",
        "port": "for example 443: without one Airflow's Test button refuses",
    },
}
"""The other fields of an address stay for those who write it in parts."""


def get_provider_info() -> dict[str, Any]:
    """What the entry point ``apache_airflow_provider`` gives; ``package-name`` is the distribution's name, else nobody finds it."""
    modules = {
        "operators": ("ai_job_matcher_operator", "application_task", "job_scraper_operator", "plan_applications_operator"),
        "sensors": ("apply_queue_sensor",),
        "hooks": ("ai_service_hook", "board_hook", "language_model_hook", "platform_hook", "store_hook"),
        "triggers": ("apply_queue", "changed_people", "notification_stream"),
    }
    return {
        "package-name": "rolecall",
        "name": NAME,
        "description": "Job search on Airflow: boards scraped, ads merged, matched with people's CVs, and applied for at most once.",
        "versions": [version("rolecall")],
        "integrations": [{"integration-name": NAME, "external-doc-url": HOME, "tags": ["service"]}],
        **{
            kind: [{"integration-name": NAME, "python-modules": [f"rolecall.{kind}.{name}" for name in names]}]
            for kind, names in modules.items()
        },
        "notifications": [
            "rolecall.notifiers.alert_notifier.CriticalAlertNotifier",
            "rolecall.notifiers.channel_notifier.ChannelNotifier",
            "rolecall.notifiers.email_notifier.EmailNotifier",
            "rolecall.notifiers.push_notifier.PushNotifier",
            "rolecall.notifiers.slack_notifier.SlackAlertNotifier",
            "rolecall.notifiers.sms_notifier.SmsNotifier",
            "rolecall.notifiers.workflow_error_handler.WorkflowErrorHandler",
        ],
        "asset-uris": [
            {
                "schemes": ["rolecall"],
                "handler": "rolecall.lineage.as_it_is",
                "to_openlineage_converter": "rolecall.lineage.to_openlineage",
            }
        ],
        "extra-links": ["rolecall.links.ad_link.AdLink", "rolecall.links.figures_link.FiguresLink"],
        "connection-types": [
            {
                "connection-type": "rolecall_platform",
                "hook-class-name": "rolecall.hooks.platform_hook.PlatformHook",
                "hook-name": "Rolecall platform API",
                "ui-field-behaviour": HTTP_FORM,
                "conn-fields": {"timeout": SECONDS, "verify": VERIFY},
            },
            {
                "connection-type": "rolecall_ai",
                "hook-class-name": "rolecall.hooks.ai_service_hook.AiServiceHook",
                "hook-name": "Rolecall AI service",
                "ui-field-behaviour": HTTP_FORM,
                "conn-fields": {"idempotent": IDEMPOTENT, "timeout": SECONDS, "verify": VERIFY},
            },
            {
                "connection-type": "rolecall_board",
                "hook-class-name": "rolecall.hooks.board_hook.BoardHook",
                "hook-name": "Rolecall job board",
                "ui-field-behaviour": {
                    "hidden-fields": ["schema", "port", "extra"],
                    "relabeling": {"host": "Address", "login": "Id or e-mail", "password": "Key"},
                    "placeholders": {
                        "host": "https://www.example.com; empty: where the board is",
                        "login": "Adzuna's app id, USAJOBS' e-mail; others want none",
                    },
                },
            },
        ],
        "config": {
            "rolecall": {
                "description": "Connections that Rolecall's tasks use, where an Airflow has other ones already, and who answers for whom.",
                "options": {
                    f"{name}_conn_id": {
                        "description": f"Connection of {what}.",
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": None,
                        "default": conn_id,
                    }
                    for name, (conn_id, what) in CONN_IDS.items()
                }
                | {
                    "approvers": {
                        "description": "Whose Airflow account (the auth manager's user id) answers for whom, as JSON.",
                        "version_added": "0.1.0",
                        "type": "string",
                        "example": '{"ada": "ada@example.com"}',
                        "default": "{{}}",  # Airflow fills in braces
                    }
                },
            }
        },
    }
