"""Which channels messages can go out by: those whose settings are there."""

from __future__ import annotations

from rolecall.settings import Settings


def needs(settings: Settings) -> dict[str, tuple[str, ...]]:
    """Channel → the settings that the way out in use needs."""
    return {
        "email": ("sendgrid_api_key",) if settings.sendgrid_api_key else ("smtp_host",),
        "sms": ("twilio_account_sid", "twilio_auth_token", "twilio_phone_number"),
        "push": ("push_notification_url",),
        "slack": ("slack_bot_token",) if settings.slack_bot_token else ("slack_webhook_url",),
        "alert": ("alert_webhook_url",),
    }


def configured(settings: Settings) -> frozenset[str]:
    """The channels that have all the settings they need."""
    return frozenset(name for name, variables in needs(settings).items() if all(getattr(settings, variable) for variable in variables))
