"""The pools of Airflow that our workflows use: what is scarce, and how much of it may be taken at once. Airflow's web UI changes them.

The process ``rolecall.maintenance.pools`` makes those that are missing. A task of a pool that does not exist never starts, so every way to
set Rolecall up runs this.
"""

from __future__ import annotations

import os
import sys

from rolecall.errors import InvalidInput, RolecallError
from rolecall.store import Connection, connect

POOLS = {
    "rolecall_boards": (6, "Searches at once over all boards: each sleeps for its board's pace, and may not take every worker asleep"),
    "rolecall_applications": (12, "Applications at once over all people: whoever has a thousand jobs leaves workers to everybody else"),
    "rolecall_matching": (4, "CVs matched at once: the AI service scores with one core's worth of threads"),
}
"""Slots by name, and why. Of sixteen workers none of them takes all, and together they leave room for what must not wait."""

MISSING = """
insert into slot_pool (pool, slots, description, include_deferred) values (%s, %s, %s, false) on conflict (pool) do nothing
"""


def make(conn: Connection) -> int:
    """Makes the pools that are missing in Airflow's metadata database, in the caller's transaction; those that exist stay as they are.
    Returns how many were made."""
    return sum(conn.execute(MISSING, (name, slots, why)).rowcount for name, (slots, why) in POOLS.items())


def main() -> int:
    """Entry point of containers."""
    try:
        dsn = os.environ.get("AIRFLOW_DSN", "")
        if not dsn:
            raise InvalidInput("AIRFLOW_DSN", "is not set", fix="set it to the address of Airflow's metadata database")
        with connect(dsn, name="pools") as conn:
            make(conn)
    except RolecallError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
