"""Rows that could not be processed and were put aside with their reason, so that everybody else's went on.

./rolecall dead-letters [QUEUE]     each with its reason; it is taken up again once that is mended
"""

from __future__ import annotations

import argparse
import sys

from include.errors import RolecallError
from include.settings import Settings
from include.store import Connection, connect

SHOWN = """
select queue, key, reason, times, first_at, last_at from dead_letter where %(queue)s::text is null or queue = %(queue)s
order by queue, last_at desc
"""


def lines(conn: Connection, queue: str | None = None) -> list[str]:
    """One row a line, newest first in its queue."""
    rows = conn.execute(SHOWN, {"queue": queue}).fetchall()
    return [
        f"{row['queue']}  {row['key']:.80}  {row['times']} times, last {row['last_at']:%Y-%m-%d %H:%M}: {row['reason']}" for row in rows
    ]


def main(arguments: list[str] | None = None) -> int:
    """Prints them; 2 where the database does not answer."""
    parser = argparse.ArgumentParser(prog="./rolecall dead-letters", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("queue", nargs="?", metavar="QUEUE")
    asked = parser.parse_args(arguments)
    try:
        with connect(Settings().dsn, name="dead letters") as conn:
            found = lines(conn, asked.queue)
    except RolecallError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(found) or "nothing is put aside")
    return 0


if __name__ == "__main__":
    sys.exit(main())
