"""The seed's environment variables become Airflow connections: here, and nowhere else.

Unset means the bundled or sandbox counterpart, set means the real one, with no other change. A token goes only to the service that the
same environment names: the bundled services' token is never sent to somebody else's ``API_BASE_URL``, a sandbox credential never to a
real provider.

docs/configuration.md has the table: each variable, the connection and field it becomes, and what stands in where it is not set.
Where Airflow runs these connections are rows of its table (:mod:`rolecall.maintenance.connection_rows`); a secret is in ``password``
only, which Airflow encrypts and masks.

The process ``rolecall.connections -- command …`` starts a command with every variable filled in: the bundled services in their container.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from rolecall.errors import InvalidInput, NotInSandbox

BOARDS = {"LINKEDIN": "https://www.linkedin.com", "INDEED": "https://www.indeed.com", "GLASSDOOR": "https://www.glassdoor.com"}
"""Boards of the seed, which the sandbox plays, and where they are."""

BOARD_FILES = Path(__file__).parent / "boards" / "sites"
BOARD_NAME = re.compile(r"""^    name(?::[^=\n]+)? = ["']([a-z][a-z0-9_]*)["']$""", re.M)

SANDBOX_TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
    "TWILIO_AUTH_TOKEN": "sandbox",
    "TWILIO_PHONE_NUMBER": "+15005550006",  # Twilio's own test number
}

PASSED_ON = (
    *(f"{board}_API_KEY" for board in BOARDS),
    "AI_SERVICE_IDEMPOTENT",
    "SENDGRID_API_KEY",
    "SENDGRID_BASE_URL",
    "SLACK_BOT_TOKEN",
    "SLACK_BASE_URL",
    "SANDBOX_URL",
    "PUSH_IDEMPOTENT",
    "TELEGRAM_BOT_TOKEN",
    "NTFY_TOKEN",
    "ADZUNA_APP_ID",
    "ADZUNA_APP_KEY",
    "USAJOBS_EMAIL",
    "FRANCETRAVAIL_CLIENT_ID",
    "FRANCETRAVAIL_CLIENT_SECRET",
)
"""Variables that are what they are, with nothing to fill in."""

SMTP = ("SMTP_HOST", "SMTP_PORT", "SMTP_USER", "SMTP_PASSWORD", "SMTP_FROM", "SMTP_SECURITY")
TWILIO = (*SANDBOX_TWILIO, "TWILIO_BASE_URL")
OWN_ADDRESSES = ("TELEGRAM_BASE_URL", "NTFY_BASE_URL")
"""Where channels are whose recipients people give themselves; nothing stands in for them in the sandbox."""

WEBHOOKS = {"slack": "SLACK_WEBHOOK_URL", "push": "PUSH_NOTIFICATION_URL", "alert": "ALERT_WEBHOOK_URL"}

LOGINS = {
    "ADZUNA": ("ADZUNA_APP_ID", "ADZUNA_APP_KEY"),
    "USAJOBS": ("USAJOBS_EMAIL", "USAJOBS_API_KEY"),
    "FRANCETRAVAIL": ("FRANCETRAVAIL_CLIENT_ID", "FRANCETRAVAIL_CLIENT_SECRET"),
}
"""Boards that want more than a key: what is their connection's login, and its password."""

Connections = dict[str, dict[str, Any]]


def variables() -> frozenset[str]:
    """Every variable that becomes part of a connection. Where Airflow runs nothing else reads them."""
    boards = {f"{board}_{what}" for board in known_boards() for what in ("BASE_URL", "API_KEY")}
    postgres = {"POSTGRES_HOST", "POSTGRES_PORT", "POSTGRES_USER", "POSTGRES_PASSWORD"}
    return frozenset({*resolved({}), *boards, *postgres} - {"SANDBOX_URL"})


def resolved(env: Mapping[str, str]) -> dict[str, str]:
    """Every variable of the table with its bundled or sandbox counterpart filled in, ``""`` where there is neither.

    Empty ones are there on purpose: laid over an environment, they silence what is only half set, such as ``SMTP_USER`` without a host.

    :raises InvalidInput: an address is not one; names the variable
    """
    given = {name: value.strip() for name, value in env.items() if value.strip()}
    filled = {name: given.get(name, "") for name in PASSED_ON} | dict.fromkeys((*SMTP, *TWILIO, *WEBHOOKS.values()), "")
    return filled | _stores(given) | _services(given) | _boards(given) | _channels(given)


def _stores(given: Mapping[str, str]) -> dict[str, str]:
    dsn = given.get("ROLECALL_DSN") or make_conninfo(
        host=given.get("POSTGRES_HOST", "localhost"),
        port=given.get("POSTGRES_PORT", "5432"),
        user=given.get("POSTGRES_USER", "rolecall"),
        password=given.get("POSTGRES_PASSWORD", ""),
        dbname="rolecall",
    )
    return {"ROLECALL_DSN": dsn, "REDIS_URL": given.get("REDIS_URL", "redis://localhost:6379/0")}


def _services(given: Mapping[str, str]) -> dict[str, str]:
    bundled = _bundled(given)
    platform = _address(given, "API_BASE_URL") or bundled
    services = {
        "API_BASE_URL": platform,
        "API_TOKEN": given.get("API_TOKEN", ""),
        "AI_SERVICE_URL": _address(given, "AI_SERVICE_URL") or f"{bundled}/ai",
        "AI_SERVICE_TOKEN": given.get("AI_SERVICE_TOKEN", ""),
        "USER_SERVICE_URL": _address(given, "USER_SERVICE_URL") or platform,
        "JOB_SERVICE_URL": _address(given, "JOB_SERVICE_URL") or platform,
        "SCRAPER_SERVICE_URL": _address(given, "SCRAPER_SERVICE_URL") or bundled,
    }
    if "AI_SERVICE_URL" not in given:
        services["AI_SERVICE_IDEMPOTENT"] = "true"  # the bundled one commits a key before it forwards: same key, same answer
    return services


def board_address(board: str, env: Mapping[str, str]) -> str:
    """Where a board is asked: ``<BOARD>_BASE_URL``, else its counterpart in the sandbox; ``""``: where it is.

    :raises NotInSandbox: the sandbox is on and does not play this board: nobody outside is asked
    :raises InvalidInput: an address is not one; names the variable
    """
    own, sandbox = _address(env, f"{board.upper()}_BASE_URL"), _address(env, "SANDBOX_URL")
    if own or not sandbox:
        return own
    if board.upper() not in BOARDS:
        fix = f"set {board.upper()}_BASE_URL to what stands in for it, or switch the sandbox off (ROLECALL_SANDBOX=off make up)"
        raise NotInSandbox(f"{board}: the sandbox is on and has no such board, and nobody outside it is asked", fix=fix)
    return f"{sandbox}/{board}"


def _bundled(given: Mapping[str, str]) -> str:
    """Where the bundled services are."""
    return _address(given, "ROLECALL_SERVICES_URL") or "http://localhost:8000"


def _boards(given: Mapping[str, str]) -> dict[str, str]:
    filled = {f"{board}_BASE_URL": board_address(board.lower(), given) or home for board, home in BOARDS.items()}
    for board in _further_boards(given):
        filled[f"{board}_API_KEY"] = given.get(f"{board}_API_KEY", "")
        filled[f"{board}_BASE_URL"] = _address(given, f"{board}_BASE_URL")
    return filled


def _further_boards(given: Mapping[str, str]) -> list[str]:
    """Boards beyond the seed's that the environment says something about."""
    spoken = {name for name, value in given.items() if value}
    about = {board: {f"{board}_BASE_URL", f"{board}_API_KEY", *LOGINS.get(board, ())} for board in known_boards() if board not in BOARDS}
    return [board for board, names in about.items() if names & spoken]


@cache
def known_boards() -> tuple[str, ...]:
    """Names of the boards there are files for, in capitals; read off the files, since their parsers take a second to load."""
    texts = (file.read_text(encoding="utf-8", errors="replace") for file in BOARD_FILES.glob("*.py"))
    return tuple(sorted({name.upper() for text in texts for name in BOARD_NAME.findall(text)}))


def _channels(given: Mapping[str, str]) -> dict[str, str]:
    channels = _smtp(given) | _twilio(given)
    sandbox = _address(given, "SANDBOX_URL")
    if sandbox and "PUSH_NOTIFICATION_URL" not in given:
        channels["PUSH_IDEMPOTENT"] = "true"  # the sandbox knows an Idempotency-Key again
    channels |= {name: _address(given, name) for name in OWN_ADDRESSES}
    return channels | {name: _address(given, name) or (f"{sandbox}/{channel}" if sandbox else "") for channel, name in WEBHOOKS.items()}


def _smtp(given: Mapping[str, str]) -> dict[str, str]:
    if "SMTP_HOST" in given:
        return {name: given[name] for name in SMTP if name in given}
    if "SANDBOX_SMTP_PORT" not in given:
        return {}
    host = given.get("SANDBOX_SMTP_HOST") or urlsplit(given.get("SANDBOX_URL", "")).hostname or "localhost"
    sender = {"SMTP_FROM": given["SMTP_FROM"]} if "SMTP_FROM" in given else {}
    return {"SMTP_HOST": host, "SMTP_PORT": given["SANDBOX_SMTP_PORT"], "SMTP_SECURITY": "none", **sender}


def _twilio(given: Mapping[str, str]) -> dict[str, str]:
    if "TWILIO_ACCOUNT_SID" in given:
        return {name: given[name] for name in TWILIO if name in given}
    sandbox = _address(given, "SANDBOX_URL")
    base = _address(given, "TWILIO_BASE_URL") or (f"{sandbox}/twilio" if sandbox else "")
    return {**SANDBOX_TWILIO, "TWILIO_BASE_URL": base} if base else {}


def _address(given: Mapping[str, str], name: str) -> str:
    """The http(s) address in a variable without its trailing slash, or ``""``. Its value is never in an error: it may be a secret."""
    value = given.get(name, "").strip().rstrip("/")
    if not value:
        return ""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise InvalidInput(name, "is not a web address", fix="write it as https://host or http://host:port/path")
    if parts.username or parts.password:
        raise InvalidInput(name, "holds a user name or password", fix="give the credential in its own variable, not in the address")
    return value


def _yes(value: str) -> bool:
    return value.strip().lower() in ("1", "true", "yes", "on")


def _whole(name: str, value: Any) -> int:
    if not str(value).isdigit():
        raise InvalidInput(name, "holds something that is not a whole number where one is expected", fix="for example 5432 for a port")
    return int(value)


def connections(env: Mapping[str, str]) -> Connections:
    """Every connection that this environment gives, by ``conn_id``, as Airflow's connection JSON.

    :raises InvalidInput: an address is not one; names the variable
    """
    values = resolved(env)
    made = {"rolecall_db": _postgres(values["ROLECALL_DSN"]), "redis_default": _redis(values["REDIS_URL"])}
    services = {"user_service": "USER_SERVICE_URL", "job_service": "JOB_SERVICE_URL", "scraper_service": "SCRAPER_SERVICE_URL"}
    usual = (values["API_BASE_URL"], _bundled(env))
    made |= {conn_id: _http(values[name], "") for conn_id, name in services.items() if values[name] not in usual}
    made["platform_api"] = _http(values["API_BASE_URL"], values["API_TOKEN"], kind="rolecall_platform")
    idempotent = {"idempotent": True} if _yes(values["AI_SERVICE_IDEMPOTENT"]) else {}
    bundled = {"bundled": True} if values["AI_SERVICE_URL"] == f"{_bundled(env)}/ai" else {}
    made["ai_service"] = _http(values["AI_SERVICE_URL"], values["AI_SERVICE_TOKEN"], kind="rolecall_ai", **idempotent, **bundled)
    made |= {f"board_{board.lower()}": _board(board, values) for board in [*BOARDS, *_further_boards(values)]}
    return made | _provider_connections(values, env)


def _board(board: str, values: Mapping[str, str]) -> dict[str, Any]:
    login, key = LOGINS.get(board, ("", f"{board}_API_KEY"))
    made = _http(values.get(f"{board}_BASE_URL", ""), values.get(key) or values.get(f"{board}_API_KEY", ""), kind="rolecall_board")
    return made | ({"login": values[login]} if values.get(login) else {})


def _provider_connections(values: Mapping[str, str], env: Mapping[str, str]) -> Connections:
    made: Connections = {}
    if values["SMTP_HOST"]:
        made["smtp_default"] = _mail(values)
    if values["SENDGRID_API_KEY"]:
        base = values["SENDGRID_BASE_URL"] or "https://api.sendgrid.com"
        sender = {"from_email": env["SMTP_FROM"].strip()} if env.get("SMTP_FROM", "").strip() else {}
        made["sendgrid_default"] = _http(base, values["SENDGRID_API_KEY"], **sender)
    if values["SLACK_BOT_TOKEN"]:
        made["slack_api_default"] = {
            "conn_type": "slack",
            "password": values["SLACK_BOT_TOKEN"],
            "extra": {"base_url": f"{values['SLACK_BASE_URL'].rstrip('/') or 'https://slack.com'}/api/"},
        }
    if values["TWILIO_ACCOUNT_SID"]:
        base = values["TWILIO_BASE_URL"] or "https://api.twilio.com"
        twilio = _http(base, values["TWILIO_AUTH_TOKEN"], from_number=values["TWILIO_PHONE_NUMBER"])
        made["twilio_default"] = twilio | {"login": values["TWILIO_ACCOUNT_SID"]}
    if values["TELEGRAM_BOT_TOKEN"]:
        made["telegram_default"] = _http(values["TELEGRAM_BASE_URL"] or "https://api.telegram.org", values["TELEGRAM_BOT_TOKEN"])
    if values["NTFY_BASE_URL"]:
        made["ntfy_default"] = _http(values["NTFY_BASE_URL"], values["NTFY_TOKEN"])
    for channel, name in WEBHOOKS.items():
        if values[name]:
            made[f"{channel}_default"] = _webhook(values[name], "slackwebhook" if channel == "slack" else "http")
    if "push_default" in made and _yes(values["PUSH_IDEMPOTENT"]):
        made["push_default"]["extra"] = {"idempotent": "true"}  # a word: Airflow's HTTP hook sends extras as headers
    return made


def _http(address: str, token: str, *, kind: str = "http", **extra: Any) -> dict[str, Any]:
    """Host with scheme, port and path, as people paste it; the token in the password."""
    fields = {"host": address, "password": token, "extra": extra}
    return {"conn_type": kind} | {name: value for name, value in fields.items() if value}


def _webhook(address: str, kind: str) -> dict[str, Any]:
    """A webhook's path is its secret: only the origin is in the host."""
    parts = urlsplit(address)
    origin = f"{parts.scheme}://{parts.netloc}"
    return {"conn_type": kind, "host": origin, "password": address.removeprefix(origin).lstrip("/")}


def _postgres(dsn: str) -> dict[str, Any]:
    """What has no field of its own (``sslmode``, ``options``, further ports) is in ``extra``; :func:`dsn_of` reads it back."""
    parts = {name: value for name, value in conninfo_to_dict(dsn).items() if value}
    known = {"host": "host", "user": "login", "password": "password", "dbname": "schema"}
    ports = [_whole("ROLECALL_DSN", port or "5432") for port in str(parts.pop("port", "5432")).split(",")]
    made: dict[str, Any] = {"conn_type": "postgres", "port": ports[0]}
    made |= {name: parts.pop(key) for key, name in known.items() if key in parts}
    if len(ports) > 1:
        parts["port"] = ",".join(str(port) for port in ports)
    return made | ({"extra": parts} if parts else {})


AIRFLOWS_OWN = frozenset(
    {"iam", "redshift", "redshift-serverless", "cursor", "cluster-identifier", "workgroup-name"}
    | {"aws_conn_id", "azure_conn_id", "sqlalchemy_scheme", "sqlalchemy_query"}
)
"""What Airflow's ``PostgresHook`` reads in an ``extra`` and hands on to nobody."""


def dsn_of(conn: Any) -> str:
    """The connection string of an Airflow connection to Postgres: its fields and every option in its ``extra``.

    :raises InvalidInput: ``extra`` holds what is no option of a Postgres connection: leaving out a misspelt ``sslmode`` is no choice
    """
    extra = {name: str(value) for name, value in conn.extra_dejson.items() if value not in (None, "") and name not in AIRFLOWS_OWN}
    database = conn.schema or (None if "service" in extra else "rolecall")
    fields = {"host": conn.host, "port": conn.port, "user": conn.login, "password": conn.password, "dbname": database}
    try:
        return make_conninfo(**{**fields, **extra})
    except psycopg.ProgrammingError as error:
        raise InvalidInput(
            f"connection {conn.conn_id}", str(error).strip(), fix="correct the field extra: names as libpq has them"
        ) from error


def _redis(url: str) -> dict[str, Any]:
    """The query's options (``ssl_ca_certs`` …) are in ``extra``, as for Airflow's own hook; :func:`redis_url_of` reads them."""
    parts = urlsplit(url)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname:
        raise InvalidInput("REDIS_URL", "is not a Redis address", fix="write it as redis://:password@host:6379/0")
    made: dict[str, Any] = {"conn_type": "redis", "host": parts.hostname, "port": parts.port or 6379}
    if parts.username:
        made["login"] = unquote(parts.username)
    if parts.password:
        made["password"] = unquote(parts.password)
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    return made | {"extra": {"db": _whole("REDIS_URL", parts.path.strip("/") or "0"), "ssl": parts.scheme == "rediss"} | options}


def redis_url_of(conn: Any) -> str:
    """The address of an Airflow connection to Redis: its fields and every option in its ``extra``."""
    extra = {name: value for name, value in conn.extra_dejson.items() if value not in (None, "")}
    scheme, database = "rediss" if extra.pop("ssl", False) else "redis", extra.pop("db", None) or conn.schema or 0
    user, password = quote(conn.login or "", safe=""), quote(conn.password or "", safe="")
    query = f"?{urlencode(extra)}" if extra else ""
    return f"{scheme}://{user}:{password}@{conn.host}:{conn.port or 6379}/{database}{query}"


def _mail(values: Mapping[str, str]) -> dict[str, Any]:
    """As the SMTP provider reads it: ``disable_ssl`` means no TLS from the first byte, ``disable_tls`` no STARTTLS; and ``security``, which
    also says "where offered"."""
    security = values["SMTP_SECURITY"] or "opportunistic"
    extra = {"disable_ssl": security != "tls", "disable_tls": security in ("none", "tls"), "security": security}
    sender = {"from_email": values["SMTP_FROM"]} if values["SMTP_FROM"] else {}
    made: dict[str, Any] = {"conn_type": "smtp", "host": values["SMTP_HOST"], "port": _whole("SMTP_PORT", values["SMTP_PORT"] or "587")}
    login = {field: values[name] for field, name in (("login", "SMTP_USER"), ("password", "SMTP_PASSWORD")) if values[name]}
    return made | login | {"extra": extra | sender}


def main(arguments: list[str]) -> None:
    """Replaces this process by the command after ``--``, whose environment has everything filled in."""
    command = arguments[1:] if arguments[:1] == ["--"] else []
    if not command:
        sys.exit("usage: rolecall.connections -- command …")
    try:
        environment = {**os.environ, **resolved(os.environ)}
    except InvalidInput as error:
        sys.exit(str(error))
    os.execvpe(command[0], command, environment)  # noqa: S606  # the command is the container's own


if __name__ == "__main__":
    main(sys.argv[1:])
