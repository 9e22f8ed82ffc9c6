"""Passwords, keys and tokens of one stack: generated on the first start, kept in ``secrets.json`` with mode 0600."""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from local.base.files import read_json, write_json


def _token() -> str:
    return secrets.token_urlsafe(32)


@dataclass(frozen=True)
class Credentials:
    """Every secret the stack needs. None is ever on a command line or in a log."""

    postgres_password: str = field(default_factory=_token)
    redis_password: str = field(default_factory=_token)
    airflow_password: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    jwt_secret: str = field(default_factory=lambda: secrets.token_urlsafe(64))
    api_secret_key: str = field(default_factory=_token)
    fernet_key: str = field(default_factory=lambda: base64.urlsafe_b64encode(os.urandom(32)).decode())
    api_token: str = field(default_factory=_token)
    ai_service_token: str = field(default_factory=_token)
    sandbox_token: str = field(default_factory=_token)
    webhook_secret: str = field(default_factory=_token)
    backup_key: str = field(default_factory=_token)


def credentials(path: Path) -> Credentials:
    """The stack's secrets: kept ones as they are, missing ones generated and kept.

    :raises RuntimeError: the file is there but cannot be read as what it was
    """
    kept = read_json(path)
    if path.exists() and not kept:
        raise RuntimeError(f"{path} is damaged → restore it, or begin anew: make down, then remove the folder {path.parent}")
    known = {each.name for each in fields(Credentials)}
    made = Credentials(**{name: value for name, value in kept.items() if name in known})
    if kept != asdict(made):
        write_json(path, {**kept, **asdict(made)})
    path.chmod(0o600)
    return made
