"""Letting go what obeys a person's wishes: by their preferences as they are now, not as they were when it was written."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from psycopg.types.json import Jsonb

from rolecall.outbox.message_wishes import MessageWishes, Preferences
from rolecall.store import Connection, sql

SQL = Path(__file__).parent / "sql"

HELD = """
select n.id, n.kind, n.person_id, p.preferences,
       exists (select from message_stop s where (s.person_id, s.kind) = (n.person_id, n.kind)) as stopped,
       exists (select from message_stop s where (s.person_id, s.kind) = (n.person_id, 'digest')) as without_digest
from notification n left join person p on p.id = n.person_id
where n.state = 'held' and n.next_at <= %s and n.digest_id is null
order by n.next_at for update of n skip locked limit 10000
"""

COUNTED = """
select n.person_id, count(*) as n
from unnest(%(persons)s::text[], %(days)s::timestamptz[]) as d (person_id, begins)
join notification n on n.person_id = d.person_id and n.kind = any (%(kinds)s)
where n.sent_at >= d.begins or n.state in ('queued', 'sending')
group by n.person_id
"""

STOPPED = "the person does not want messages of this kind"


@dataclass(frozen=True)
class Released:
    """How many rows may go now, wait on, or were cancelled."""

    released: int = 0
    waiting: int = 0
    cancelled: int = 0


def release(conn: Connection, kinds: list[str], *, now: datetime | None = None) -> Released:
    """Decides about every held row that is due: go, wait for quiet hours or the daily limit or the next summary, or never.

    Set-based: one query for the rows, one for what each person got today, one for the decisions. Any number of callers may run.

    :param kinds: the kinds that count towards the daily limit
    """
    now = now or datetime.now(UTC)
    rows = conn.execute(HELD, (now,)).fetchall()
    if not rows:
        return Released()
    today = _today(conn, rows, kinds, now)
    decisions = [_decide(row, today, now) for row in rows]
    conn.execute(sql(SQL / "release.sql"), {"decisions": Jsonb(decisions)})
    counts = Counter(one["state"] for one in decisions)
    return Released(counts["queued"], counts["held"], counts["cancelled"])


def _today(conn: Connection, rows: list[dict[str, Any]], kinds: list[str], now: datetime) -> Counter[str]:
    """Messages each person with a limit got since their midnight, those on their way included."""
    limited = {
        row["person_id"]: wishes.day_begins(now) for row in rows if row["person_id"] and (wishes := _wishes(row)).daily_limit is not None
    }
    if not limited:
        return Counter()
    values = {"persons": list(limited), "days": list(limited.values()), "kinds": kinds}
    return Counter({row["person_id"]: row["n"] for row in conn.execute(COUNTED, values).fetchall()})


def _decide(row: dict[str, Any], today: Counter[str], now: datetime) -> dict[str, Any]:
    wishes, person = _wishes(row), row["person_id"]

    def until(at: datetime) -> dict[str, Any]:
        return {"id": str(row["id"]), "state": "held", "next_at": at.isoformat(), "error": None}

    if wishes.opted_out or row["stopped"]:
        return {"id": str(row["id"]), "state": "cancelled", "next_at": now.isoformat(), "error": STOPPED}
    if waits_for_digest(row["kind"], row["preferences"]) and not row["without_digest"]:
        return until(wishes.next_digest(now))
    if quiet := wishes.quiet_until(now):
        return until(quiet)
    if wishes.daily_limit is not None and today[person] >= wishes.daily_limit:
        return until(wishes.next_day(now))
    today[person] += 1
    return {"id": str(row["id"]), "state": "queued", "next_at": now.isoformat(), "error": None}


def waits_for_digest(kind: str, preferences: Any) -> bool:
    """Whether a message of this kind is told in the person's next summary. Who stopped summaries gets it at once."""
    said = Preferences.read(preferences)
    return kind != "digest" and said.for_kind(kind).delivery != "at_once" and not said.for_kind("digest").opted_out


def _wishes(row: dict[str, Any]) -> MessageWishes:
    return Preferences.read(row["preferences"]).for_kind(row["kind"])
