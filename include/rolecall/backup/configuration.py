"""The configuration of an installation without its secrets: enough to see how it was set up, nothing to get in with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit, urlunsplit

from rolecall.endpoints import Endpoints

SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|DSN|WEBHOOK|_SID|_CONN|CREDENTIAL", re.IGNORECASE)
OURS = re.compile(r"AIRFLOW__|ROLECALL_|ROBOTS_PERMISSION_|[A-Z0-9]+_BASE_URL$|TZ$|LOG_LEVEL$|N8N_|BACKUP_|SMTP_|AWS_|POSTGRES_")


def configuration(env: Mapping[str, str]) -> dict[str, str]:
    """What is set, by variable. Of a secret only that it is set; of an address neither user, password nor query."""
    names = {name.upper() for name in Endpoints.model_fields} | {name for name in env if OURS.match(name)}
    return {name: shown(name, env[name]) for name in sorted(names) if env.get(name)}


def shown(name: str, value: str) -> str:
    """A value as it may be kept."""
    if SECRET.search(name):
        return "(set)"
    return without_credentials(value) if "://" in value else value


def without_credentials(url: str) -> str:
    """An address without user, password, query and fragment; ``(set)`` where it cannot be read as one."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "(set)"
    return urlunsplit((parts.scheme, host, parts.path, "", ""))
