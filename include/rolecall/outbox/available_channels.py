"""Which channels messages can go out by: those whose connections are there."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from rolecall.endpoints import CHANNELS, Endpoints, endpoints


def required_settings(settings: Endpoints) -> dict[str, tuple[str, ...]]:
    """Channel → the values that the way out in use needs."""
    return {
        "email": ("sendgrid_api_key",) if settings.sendgrid_api_key else ("smtp_host",),
        "sms": ("twilio_account_sid", "twilio_auth_token", "twilio_phone_number"),
        "push": ("push_notification_url",),
        "telegram": ("telegram_bot_token",),
        "ntfy": ("ntfy_base_url",),
        "slack": ("slack_bot_token",) if settings.slack_bot_token else ("slack_webhook_url",),
        "alert": ("alert_webhook_url",),
    }


def configured(settings: Endpoints) -> frozenset[str]:
    """The channels that have all they need."""
    return frozenset(name for name, values in required_settings(settings).items() if all(getattr(settings, value) for value in values))


class Available(Collection[str]):
    """The channels that are set up. Each is looked up when it is asked about: a connection costs a call to Airflow."""

    def __contains__(self, channel: object) -> bool:
        return channel in CHANNELS and channel in configured(endpoints(*CHANNELS[str(channel)]))

    def __iter__(self) -> Iterator[str]:
        return (channel for channel in CHANNELS if channel in self)

    def __len__(self) -> int:
        return len(list(iter(self)))
