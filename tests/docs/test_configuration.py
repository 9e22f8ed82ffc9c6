"""The table of docs/configuration.md, walked: each variable changes just the fields it names, of just that connection."""

from __future__ import annotations

import re

import pytest

from local.base.paths import ROOT
from rolecall.connections import Connections, connections, variables

PAGE = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
TABLE = {
    name: (conn_id, set(fields.split(", "))) for name, conn_id, fields in re.findall(r"^\| `(\w+)` \| `(\w+)` \| ([a-z, ]+) \|", PAGE, re.M)
}

VALUES = {
    "ROLECALL_DSN": "postgresql://me:pw@db.example:6432/jobs?sslmode=require",
    "REDIS_URL": "rediss://me:pw@cache.example:6380/3",
    "POSTGRES_PORT": "6543",
    "SMTP_PORT": "2525",
    "SMTP_SECURITY": "tls",
    "AI_SERVICE_IDEMPOTENT": "true",
    "PUSH_IDEMPOTENT": "true",
}
GROUND = {
    "AI_SERVICE_URL": "https://ai.example",
    "SMTP_HOST": "mail.example",
    "SENDGRID_API_KEY": "SG.ground",
    "TWILIO_ACCOUNT_SID": "AC-ground",
    "SLACK_BOT_TOKEN": "xoxb-ground",
    "PUSH_NOTIFICATION_URL": "https://push.example/ground",
    "TELEGRAM_BOT_TOKEN": "123456:ground",
    "NTFY_BASE_URL": "https://ntfy.example/ground",
}
"""What some variables need beside them."""

ALSO = {"SMTP_FROM": {"sendgrid_default"}}
"""Connections that the last column names."""


def value_of(name: str) -> str:
    if name in VALUES:
        return VALUES[name]
    return f"https://{name.lower().replace('_', '-')}.example/changed" if name.endswith("_URL") else f"changed-{name.lower()}"


@pytest.mark.parametrize("name", TABLE)
def test_a_variable_becomes_what_the_table_says_and_nothing_else(name: str) -> None:
    before, after = connections(GROUND), connections({**GROUND, name: value_of(name)})
    conn_id, fields = TABLE[name]
    assert changed(before, after) == {conn_id, *ALSO.get(name, set())}
    was, now = before.get(conn_id, {}), after[conn_id]
    different = {field for field in {*was, *now} - {"conn_type"} if was.get(field) != now.get(field)}
    assert different <= fields
    if conn_id in before:
        assert different == fields


def changed(before: Connections, after: Connections) -> set[str]:
    return {conn_id for conn_id in {*before, *after} if before.get(conn_id) != after.get(conn_id)}


def test_every_variable_that_becomes_a_connection_is_in_the_table() -> None:
    seeds = {name for name in variables() if not name.endswith(("_BASE_URL", "_API_KEY"))}
    assert seeds <= set(TABLE)
    assert set(TABLE) <= variables()
