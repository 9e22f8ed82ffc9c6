"""Postgres: one way to connect, one way to find a statement, one way to migrate."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row

from include.errors import StoreUnavailable

type_row = dict[str, Any]
Connection = psycopg.Connection[type_row]

CONNECT_TIMEOUT = 5
"""Seconds to wait for a connection before saying that Postgres is down."""

STATEMENT_TIMEOUT = 120
"""Seconds one statement may take."""


def connect(dsn: str, *, name: str = "rolecall") -> Connection:
    """Opens a connection whose rows are dicts; use it as a context manager: commit on leaving, roll back on an error.

    :param dsn: connection string
    :param name: shown in ``pg_stat_activity``
    :raises StoreUnavailable: no connection within 5 s
    """
    try:
        return psycopg.connect(
            dsn,
            row_factory=dict_row,
            connect_timeout=CONNECT_TIMEOUT,
            application_name=name,
            options=f"-c statement_timeout={STATEMENT_TIMEOUT}s -c timezone=UTC",
        )
    except psycopg.OperationalError as error:
        raise StoreUnavailable(
            f"Postgres did not answer ({str(error).strip().splitlines()[-1]})",
            fix="start it (`make up`, or the postgres service) and run the task again; nothing was changed",
        ) from error


@cache
def sql(path: Path) -> LiteralString:
    """The text of a ``.sql`` file kept beside the code that runs it; parameters are ``%(name)s``."""
    return path.read_text(encoding="utf-8")


def migrate(dsn: str) -> str:
    """Brings the ``rolecall`` database to the newest schema; a second call changes nothing. Returns the revision."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["dsn"] = dsn
    command.upgrade(config, "head")
    return ScriptDirectory.from_config(config).get_current_head() or ""
