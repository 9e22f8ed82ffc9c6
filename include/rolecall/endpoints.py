"""Where everything is reached, and with which credential: what connections say.

Where Airflow runs a connection of Airflow's is the truth (``rolecall.hooks`` says so when it is imported); elsewhere, in the bundled
services and the commands, the seed's variables are, by way of the same connections (:mod:`rolecall.connections`). Nobody else reads
either.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource

from rolecall.connections import connections, dsn_of, redis_url_of
from rolecall.settings import SENDER, Settings


@dataclass(frozen=True)
class Fields:
    """One connection, as Airflow has it."""

    conn_id: str
    conn_type: str = ""
    host: str | None = None
    port: int | None = None
    login: str | None = None
    password: str | None = field(default=None, repr=False)
    schema: str | None = None
    extra: Any = None

    @property
    def extra_dejson(self) -> dict[str, Any]:
        """The extra as an object; what is none is empty."""
        try:
            read = json.loads(self.extra) if isinstance(self.extra, str) else self.extra
        except ValueError:
            return {}
        return read if isinstance(read, dict) else {}

    @property
    def url(self) -> str:
        """``scheme://host[:port][/path]`` without a trailing slash: ``host`` may be a bare name (https by default) or a whole URL."""
        host = (self.host or "").rstrip("/")
        scheme, separated, rest = host.partition("://")
        if not separated:
            scheme, rest = self.schema or "https", host
        name, slash, path = rest.partition("/")
        port = f":{self.port}" if self.port and ":" not in name else ""
        return f"{scheme}://{name}{port}{slash}{path}" if host else ""

    @property
    def webhook(self) -> str:
        """The address of a webhook: its path is its password, or all of it is."""
        if "://" in (self.password or ""):
            return self.password or ""
        return f"{self.url}/{(self.password or '').lstrip('/')}".rstrip("/")

    def says(self, name: str) -> bool:
        """Whether the extra holds a plain yes: ``true``, also as a word."""
        return self.extra_dejson.get(name) in (True, "true")


Find = Callable[[str], Any]
"""A connection by its id, like :class:`Fields`; ``None`` where there is none."""


class Endpoints(Settings):
    """The settings, and what is reached. A field that is empty has no connection, or was not asked for."""

    rolecall_dsn: SecretStr | None = None
    redis_url: SecretStr = SecretStr("")

    api_base_url: str = ""
    api_token: SecretStr = SecretStr("")
    ai_service_url: str = ""
    ai_service_token: SecretStr = SecretStr("")
    ai_idempotent: bool = False
    user_service_url: str = ""
    job_service_url: str = ""
    scraper_service_url: str = ""

    sendgrid_api_key: SecretStr | None = None
    sendgrid_base_url: str = "https://api.sendgrid.com"
    smtp_host: str | None = None
    smtp_port: int = 587
    smtp_user: str | None = None
    smtp_password: SecretStr | None = None
    smtp_from: str = SENDER
    smtp_security: str = "opportunistic"
    twilio_account_sid: str | None = None
    twilio_auth_token: SecretStr | None = None
    twilio_phone_number: str | None = None
    twilio_base_url: str = "https://api.twilio.com"
    slack_webhook_url: SecretStr | None = None
    slack_bot_token: SecretStr | None = None
    slack_base_url: str = "https://slack.com"
    push_notification_url: str | None = None
    push_idempotent: bool = False
    telegram_bot_token: SecretStr | None = None
    telegram_base_url: str = "https://api.telegram.org"
    ntfy_base_url: str | None = None
    ntfy_token: SecretStr | None = None
    alert_webhook_url: SecretStr | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The settings' own fields come from the environment; the others from nowhere but a connection."""
        return init_settings, EnvSettingsSource(Settings, env_ignore_empty=True)

    @property
    def dsn(self) -> str:
        """Connection string of the ``rolecall`` database."""
        return self.rolecall_dsn.get_secret_value() if self.rolecall_dsn else ""

    @classmethod
    def of(cls, find: Find, *conn_ids: str) -> Endpoints:
        """What these connections say; without ids, all of them."""
        values: dict[str, Any] = {}
        for conn_id in conn_ids or READ:
            conn = find(conn_id)
            if conn is not None:
                values |= {name: value for name, value in READ[conn_id](conn).items() if value not in (None, "")}
        return cls(**values)


def _service(name: str) -> Callable[[Any], dict[str, Any]]:
    def read(conn: Any) -> dict[str, Any]:
        return {f"{name}_url": url(conn), f"{name}_token": conn.password or ""}

    return read


def url(conn: Any) -> str:
    """:attr:`Fields.url` of any connection."""
    return _fields(conn).url


def _fields(conn: Any) -> Fields:
    names = ("conn_id", "conn_type", "host", "port", "login", "password", "schema")
    known: dict[str, Any] = {name: getattr(conn, name, None) for name in names}
    return Fields(**known, extra=conn.extra_dejson)


def _smtp(conn: Any) -> dict[str, Any]:
    extra = conn.extra_dejson
    plain, unencrypted = extra.get("disable_ssl") is True, extra.get("disable_tls") is True
    security = extra.get("security") or ("tls" if not plain else "none" if unencrypted else "starttls")
    return {
        "smtp_host": conn.host,
        "smtp_port": conn.port or 587,
        "smtp_user": conn.login,
        "smtp_password": conn.password,
        "smtp_from": extra.get("from_email"),
        "smtp_security": security,
    }


def _twilio(conn: Any) -> dict[str, Any]:
    return {
        "twilio_account_sid": conn.login,
        "twilio_auth_token": conn.password,
        "twilio_phone_number": conn.extra_dejson.get("from_number"),
        "twilio_base_url": url(conn),
    }


READ: dict[str, Callable[[Any], dict[str, Any]]] = {
    "rolecall_db": lambda conn: {"rolecall_dsn": dsn_of(conn)},
    "redis_default": lambda conn: {"redis_url": redis_url_of(conn)},
    "platform_api": lambda conn: {"api_base_url": url(conn), "api_token": conn.password},
    "ai_service": lambda conn: {
        **_service("ai_service")(conn),
        "ai_idempotent": _fields(conn).says("idempotent"),
    },
    "user_service": lambda conn: {"user_service_url": url(conn)},
    "job_service": lambda conn: {"job_service_url": url(conn)},
    "scraper_service": lambda conn: {"scraper_service_url": url(conn)},
    "smtp_default": _smtp,
    "sendgrid_default": lambda conn: {
        "sendgrid_api_key": conn.password,
        "sendgrid_base_url": url(conn),
        "smtp_from": conn.extra_dejson.get("from_email"),
    },
    "twilio_default": _twilio,
    "slack_default": lambda conn: {"slack_webhook_url": _fields(conn).webhook},
    "slack_api_default": lambda conn: {
        "slack_bot_token": conn.password,
        "slack_base_url": str(conn.extra_dejson.get("base_url") or "").rstrip("/").removesuffix("/api"),
    },
    "push_default": lambda conn: {"push_notification_url": _fields(conn).webhook, "push_idempotent": _fields(conn).says("idempotent")},
    "telegram_default": lambda conn: {"telegram_bot_token": conn.password, "telegram_base_url": url(conn)},
    "ntfy_default": lambda conn: {"ntfy_base_url": url(conn), "ntfy_token": conn.password},
    "alert_default": lambda conn: {"alert_webhook_url": _fields(conn).webhook},
}
"""What each connection says, by the names of :class:`Endpoints`."""

SERVICES = ("redis_default", "platform_api", "ai_service", "user_service", "job_service", "scraper_service")
"""The connections that are looked at for health and load."""

CHANNELS = {
    "email": ("smtp_default", "sendgrid_default"),
    "sms": ("twilio_default",),
    "push": ("push_default",),
    "telegram": ("telegram_default",),
    "ntfy": ("ntfy_default",),
    "slack": ("slack_default", "slack_api_default"),
    "alert": ("alert_default",),
}
"""The connections a message may go out by."""


def of_environment(env: Mapping[str, str] = os.environ) -> Find:
    """The connections that the seed's variables make."""
    made = connections(env)
    return lambda conn_id: Fields(conn_id=conn_id, **made[conn_id]) if conn_id in made else None


_find: Find | None = None


def found_by(find: Find | None) -> None:
    """Says where this process finds its connections; ``None``: in the environment."""
    global _find
    _find = find


def endpoints(*conn_ids: str) -> Endpoints:
    """What these connections say now; without ids, all of them.

    :raises InvalidInput: a variable, or a field of a connection, is not what it should be
    """
    return Endpoints.of(_find or of_environment(), *conn_ids)


def board_address(board: str) -> str:
    """Where the connection ``board_<name>`` leads; ``""``: where the board is."""
    conn = (_find or of_environment())(f"board_{board}")
    return url(conn) if conn is not None else ""


def board_connection(board: str, env: Mapping[str, str] = os.environ) -> Fields | None:
    """The connection ``board_<name>``, or ``None``: there is none.

    :param env: the variables, where no connections of Airflow's are at hand
    """
    conn = (_find or of_environment(env))(f"board_{board}")
    return _fields(conn) if conn is not None else None


def redis_url() -> str:
    """Where the wake-up stream is."""
    return endpoints("redis_default").redis_url.get_secret_value()
