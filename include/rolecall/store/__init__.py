"""Postgres: one way to connect, one way to find a statement, one way to migrate."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.rows import dict_row
from psycopg.types.json import set_json_loads

from rolecall.errors import StoreUnavailable
from rolecall.store.json_text import stored

__all__ = [
    "CONNECT_TIMEOUT",
    "STATEMENT_TIMEOUT",
    "Connection",
    "connect",
    "dead_letters",
    "documents",
    "migrate",
    "session",
    "sql",
    "watermarks",
]

type_row = dict[str, Any]
Connection = psycopg.Connection[type_row]

set_json_loads(stored)  # one number that is too long for Python would stop every query that reads its row

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
        return psycopg.connect(session(dsn, name=name, limit=STATEMENT_TIMEOUT), row_factory=dict_row)
    except psycopg.OperationalError as error:
        raise StoreUnavailable(
            f"Postgres did not answer ({str(error).strip().splitlines()[-1]})",
            fix="start it (`make up`, or the postgres service) and run the task again; nothing was changed",
        ) from error


def session(dsn: str, *, name: str, limit: float = 0, patience: int = CONNECT_TIMEOUT, role: str = "", by_index: bool = False) -> str:
    """The connection string of one of our sessions: UTC, and limits that the address itself may set otherwise.

    :param dsn: what it says of its own (TLS, ``options``, ``connect_timeout``, ``application_name`` …) stays
    :param name: shown in ``pg_stat_activity``
    :param limit: seconds one statement may take; 0: as the server has it
    :param patience: seconds to wait for a connection
    :param role: as whom it asks, whoever logged in; empty: as who did
    :param by_index: what is asked is of one person, whose rows lie scattered in memory: never worth reading a table of everybody's
    """
    given = conninfo_to_dict(dsn)
    ours = f"-c statement_timeout={limit:g}s" if limit else ""
    as_role = f"-c role={role}" if role else ""
    scattered = "-c random_page_cost=1.1" if by_index else ""
    options = " ".join(
        filter(None, (ours, scattered, str(given.get("options") or ""), "-c timezone=UTC", as_role))
    )  # of two, the later one holds
    return make_conninfo(dsn, **{"application_name": name, "connect_timeout": patience, **given, "options": options})


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
