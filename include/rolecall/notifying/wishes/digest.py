"""One summary instead of many messages: new matches, and what waited for it, per person and day (or hour).

A match is told once: the row that says so is written in the transaction of the summary. Five hundred matches are one message that
shows the best ten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rolecall.notifying.wishes.release import waits_for_digest
from rolecall.outbox.compose import compose
from rolecall.outbox.message_wishes import MessageWishes, Preferences
from rolecall.outbox.messages import enqueue
from rolecall.outbox.rendering import SHOWN
from rolecall.store import Connection, sql
from rolecall.store.dead_letters import for_each_row

SQL = Path(__file__).parent / "sql"

ONE_AT_A_TIME = "select pg_try_advisory_xact_lock(hashtext('rolecall digest')) as mine"
SCHEDULE = """
insert into digest_schedule (person_id, next_at) select * from unnest(%(persons)s::text[], %(times)s::timestamptz[])
on conflict (person_id) do update set next_at = excluded.next_at
"""

TELL = """
insert into told_match (person_id, source, job_id)
select * from unnest(%(persons)s::text[], %(sources)s::text[], %(jobs)s::text[]) on conflict do nothing
"""

MERGE = """
update notification n set digest_id = d.id
from notification d
where d.dedupe_key = %(key)s and n.id = any(%(ids)s) and n.state = 'held' and n.digest_id is null
"""

Row = dict[str, Any]


def compose_digests(conn: Connection, *, available: Collection[str] | None = None, now: datetime | None = None) -> int:
    """Writes the summaries that are due, in the caller's transaction. Returns how many people get one.

    Somebody without news gets none. While another caller is at it, this one does nothing.

    :param available: channels that are set up
    """
    lock = conn.execute(ONE_AT_A_TIME).fetchone()
    if not lock or not lock["mine"]:
        return 0
    now = now or datetime.now(UTC)
    people = conn.execute(sql(SQL / "digest_people.sql"), {"now": now}).fetchall()
    due = [person for person in people if _is_due(person, now)]
    times = {person["id"]: _next(person, now) for person in people}
    if times:
        conn.execute(SCHEDULE, {"persons": list(times), "times": list(times.values())})
    if not due:
        return 0
    matches = _by_person(conn.execute(sql(SQL / "digest_matches.sql"), {"persons": _ids(due)}).fetchall())
    held = _by_person(conn.execute(sql(SQL / "digest_held.sql"), {"persons": _ids(due)}).fetchall())
    written = 0

    def one(person: Row) -> None:
        nonlocal written
        written += _tell(conn, person, matches[person["id"]], held[person["id"]], available, now)

    for_each_row(conn, "digest", due, one, person="id")
    return written


def _is_due(person: Row, now: datetime) -> bool:
    """Due is who has news that came before their hour. Who was never told waits for it; so does news that came after it."""
    wishes = _wishes(person)
    if wishes.opted_out:
        return False
    if wishes.delivery == "at_once":
        return True
    return person["next_at"] is not None and person["next_at"] <= now and person["oldest"] <= person["next_at"]


def _tell(conn: Connection, person: Row, matches: list[Row], held: list[Row], available: Collection[str] | None, now: datetime) -> int:
    others = [row for row in held if waits_for_digest(row["kind"], person["preferences"])]
    if not matches and not others:
        return 0
    context = {
        "key": f"{person['id']}:{now.isoformat()}",
        "userId": person["id"],
        "userEmail": person["email"],
        "phone": person["phone"],
        "preferences": person["preferences"],
        "count": len(matches),
        "jobs": [
            {"jobTitle": row["title"], "companyName": row["company"], "matchScore": row["score"], "url": row["url"]}
            for row in matches[:SHOWN]
        ],
        "others": list(dict.fromkeys(row["subject"] for row in others)),
    }
    drafts = compose("digest", context, available=available)
    enqueue(conn, drafts)
    matched = {"persons": [person["id"]] * len(matches), "sources": [m["source"] for m in matches], "jobs": [m["job_id"] for m in matches]}
    conn.execute(TELL, matched)
    if others and drafts:
        conn.execute(MERGE, {"key": drafts[0].dedupe_key, "ids": [row["id"] for row in others]})
    return 1


def _next(person: Row, now: datetime) -> datetime:
    """When the person's summary is looked at again: at their next hour for it; tomorrow where they want none."""
    wishes = _wishes(person)
    return wishes.next_day(now) if wishes.opted_out else wishes.next_digest(now)


def _wishes(person: Row) -> MessageWishes:
    return Preferences.read(person["preferences"]).for_kind("digest")


def _ids(people: Iterable[Row]) -> list[str]:
    return [person["id"] for person in people]


def _by_person(rows: Iterable[Row]) -> defaultdict[str, list[Row]]:
    grouped: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["person_id"]].append(row)
    return grouped
