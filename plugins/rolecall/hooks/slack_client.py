"""Slack through its provider's hooks: the bot token's connection where there is one, else the webhook's."""

from __future__ import annotations

from airflow.providers.slack.hooks.slack import SlackHook
from airflow.providers.slack.hooks.slack_webhook import SlackWebhookHook
from slack_sdk import WebClient
from slack_sdk.webhook import WebhookClient

from rolecall.hooks.connection import connection
from rolecall.notifying.send.channels.common import NotConfigured
from rolecall.notifying.send.channels.slack import SECONDS


def slack_client() -> WebClient | WebhookClient:
    """A client that repeats nothing: a message may have arrived.

    :raises NotConfigured: there is neither connection
    """
    if connection("slack_api_default") is not None:
        bot: WebClient = SlackHook(slack_conn_id="slack_api_default", timeout=SECONDS, retry_handlers=[]).client
        return bot
    if connection("slack_default") is not None:
        webhook: WebhookClient = SlackWebhookHook(slack_webhook_conn_id="slack_default", timeout=SECONDS, retry_handlers=[]).client
        return webhook
    raise NotConfigured("SLACK_WEBHOOK_URL", "Slack")
