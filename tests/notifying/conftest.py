"""Providers, settings that point at them, and a clean stream."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import redis

from local.processes.redis import Redis
from rolecall.endpoints import Endpoints
from tests.conftest import free_port
from tests.http_double import HttpDouble
from tests.notifying.mail_double import MailServer, mail_server


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """One mail server."""
    with mail_server() as running:
        yield running


@pytest.fixture
def settings(provider: HttpDouble, mail: MailServer, monkeypatch: pytest.MonkeyPatch) -> Endpoints:
    """Every channel set up, mail by SMTP."""
    for name in os.environ:
        if name.startswith(("SMTP_", "SENDGRID_", "TWILIO_", "SLACK_", "PUSH_")):
            monkeypatch.delenv(name)
    return Endpoints.model_validate(
        {
            "smtp_host": "127.0.0.1",
            "smtp_port": mail.port,
            "smtp_from": "Rolecall <jobs@rolecall.example>",
            "sendgrid_base_url": f"{provider.url}/sendgrid",
            "twilio_account_sid": "AC0123",
            "twilio_auth_token": "twilio-secret",
            "twilio_phone_number": "+15005550006",
            "twilio_base_url": f"{provider.url}/twilio",
            "slack_webhook_url": f"{provider.url}/services/T1/B1/slack-secret",
            "push_notification_url": f"{provider.url}/push?key=push-secret",
        }
    )


@pytest.fixture
def nowhere() -> str:
    """A URL at which nobody listens."""
    return f"http://127.0.0.1:{free_port()}"


@pytest.fixture
def stream(redis_server: Redis) -> Iterator[redis.Redis]:
    """A client of an empty Redis."""
    client = redis.Redis.from_url(redis_server.url, decode_responses=True)
    client.flushall()
    yield client
    client.close()
