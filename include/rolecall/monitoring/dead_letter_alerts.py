"""Rows that could not be processed and were put aside with their reason, so that everybody else's went on.

./rolecall dead-letters [QUEUE]     each with its reason; it is taken up again once that is mended
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta

from rolecall.commands import Arguments
from rolecall.endpoints import endpoints
from rolecall.errors import RolecallError
from rolecall.monitoring.incidents import IncidentChange, Observation, observe
from rolecall.outbox.messages import Draft, enqueue
from rolecall.store import Connection, connect

SHOWN = """
select queue, key, reason, times, first_at, last_at from dead_letter where %(queue)s::text is null or queue = %(queue)s
order by queue, last_at desc
"""

MANY = 20
"""So many new ones in a queue whose failure was told already are told once more: something else may have begun."""

WAITING = """
select queue, count(letter.key) as n, min(letter.reason) as reason,
       count(letter.key) filter (where letter.first_at > told.opened_at) as fresh,
       count(letter.key) filter (where letter.first_at > coalesce(many.reminded_at, told.opened_at)) as untold,
       (array_agg(letter.reason order by letter.first_at desc))[1] as newest
from (select queue from dead_letter union select service from incident where kind = 'dead letters' and closed_at is null) known
left join lateral (select key, reason, first_at from dead_letter where queue = known.queue) letter on true
left join incident told on told.key = 'dead letters:' || queue and told.closed_at is null
left join incident many on many.key = 'dead letters:' || queue || ':many' and many.closed_at is null
group by queue
"""

ONCE = timedelta(days=3650)
"""`make status` goes on showing them."""


def watch(conn: Connection, now: datetime) -> list[IncidentChange]:
    """Looks at every queue, opens and closes incidents, writes the alerts. Returns what changed.

    A queue's dead letters are told once. One that nobody mends does not hide a new mass: :data:`MANY` new ones are told again.
    """
    looks: list[Observation] = []
    more: list[Observation] = []
    for row in conn.execute(WAITING).fetchall():
        queue = row["queue"]
        waiting = f"{row['n']} put aside; one: {row['reason']}"
        looks.append(Observation(f"dead letters:{queue}", "dead letters", queue, row["n"] > 0, waiting))
        many = True if row["fresh"] >= MANY else None if row["fresh"] else False
        newest = f"{row['fresh']} of {row['n']} put aside are new; the newest: {row['newest']}"
        (more if row["untold"] >= MANY else looks).append(Observation(f"dead letters:{queue}:many", "dead letters", queue, many, newest))
    changes = observe(conn, looks, now, remind_after=ONCE) + observe(conn, more, now, remind_after=timedelta(0))
    enqueue(conn, alerts(changes))
    return changes


def alerts(changes: Sequence[IncidentChange]) -> list[Draft]:
    """What is told about dead letters, to ``#alerts``."""
    wrong = "📪 {0.service}: {0.detail}\nEverybody else's went on. Look at them: ./rolecall dead-letters {0.service}"
    over = {each.service for each in changes if each.change == "closed" and not _many(each)}
    drafts = []
    for each in changes:
        if each.change == "closed" and _many(each):
            if each.service in over:
                continue
            text = "✅ {0.service}: the new ones are mended; older ones are still put aside"
        else:
            text = "✅ {0.service}: nothing is put aside any more" if each.change == "closed" else wrong
        key = f"dead-letters:{each.id}:{each.occurrences if each.change == 'reminded' else each.change}:slack"
        drafts.append(Draft(dedupe_key=key, kind="health_alert", type="slack", recipient="#alerts", message=text.format(each)[:1500]))
    return drafts


def _many(change: IncidentChange) -> bool:
    return change.key.endswith(":many")


def lines(conn: Connection, queue: str | None = None) -> list[str]:
    """One row a line, newest first in its queue."""
    rows = conn.execute(SHOWN, {"queue": queue}).fetchall()
    return [
        f"{row['queue']}  {row['key']:.80}  {row['times']} times, last {row['last_at']:%Y-%m-%d %H:%M}: {row['reason']}" for row in rows
    ]


def main(arguments: list[str] | None = None) -> int:
    """Prints them; 2 where the database does not answer."""
    parser = Arguments(prog="./rolecall dead-letters", description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("queue", nargs="?", metavar="QUEUE")
    asked = parser.parse_args(arguments)
    try:
        with connect(endpoints("rolecall_db").dsn, name="dead letters") as conn:
            found = lines(conn, asked.queue)
    except RolecallError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(found) or "nothing is put aside")
    return 0


if __name__ == "__main__":
    sys.exit(main())
