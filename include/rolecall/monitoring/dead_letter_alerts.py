"""Rows that could not be processed and were put aside with their reason, so that everybody else's went on.

./rolecall dead-letters [QUEUE]     each with its reason; it is taken up again once that is mended
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from datetime import datetime, timedelta

from rolecall.errors import RolecallError
from rolecall.monitoring.incidents import IncidentChange, Observation, observe
from rolecall.outbox.messages import Draft, enqueue
from rolecall.settings import Settings
from rolecall.store import Connection, connect

SHOWN = """
select queue, key, reason, times, first_at, last_at from dead_letter where %(queue)s::text is null or queue = %(queue)s
order by queue, last_at desc
"""


WAITING = """
select queue, count(letter.key) as n, min(letter.reason) as reason
from (select queue from dead_letter union select service from incident where kind = 'dead letters' and closed_at is null) known
left join lateral (select key, reason from dead_letter where queue = known.queue) letter on true
group by queue
"""


def watch(conn: Connection, now: datetime) -> list[IncidentChange]:
    """Looks at every queue, opens and closes incidents, writes the alerts. Returns what changed."""
    looks = [
        Observation(
            f"dead letters:{row['queue']}", "dead letters", row["queue"], row["n"] > 0, f"{row['n']} put aside; one: {row['reason']}"
        )
        for row in conn.execute(WAITING).fetchall()
    ]
    changes = observe(conn, looks, now, remind_after=timedelta(days=3650))  # once: `make status` goes on showing them
    enqueue(conn, alerts(changes))
    return changes


def alerts(changes: Iterable[IncidentChange]) -> list[Draft]:
    """What is told about dead letters, to ``#alerts``."""
    texts = {
        "opened": "📪 {0.service}: {0.detail}\nEverybody else's went on. Look at them: ./rolecall dead-letters {0.service}",
        "closed": "✅ {0.service}: nothing is put aside any more",
    }
    return [
        Draft(
            dedupe_key=f"dead-letters:{each.id}:{each.change}:slack", kind="health_alert", type="slack", recipient="#alerts",
            message=texts[each.change].format(each)[:1500],
        )
        for each in changes if each.change in texts
    ]  # fmt: skip


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
