"""The calendar of a person's meetings, to subscribe to: an address with a secret in it, that can be revoked."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from icalendar import Calendar, Event

from rolecall.models import text_digest
from rolecall.store import Connection
from rolecall.store.visible import see_person

NAME = "Rolecall: interviews"

OF_TOKEN = "select person_of_feed(%s) as person_id"

MEETINGS = """
select i.*, a.company, a.title from interview i join application a on a.id = i.application_id
where i.person_id = %(person)s and (i.start_at is not null or i.day is not null) and (%(only)s::bigint is null or i.id = %(only)s)
order by i.id
"""


def issue(conn: Connection, person_id: str) -> str:
    """Issues the secret of the person's calendar feed and revokes the one before. Only its hash is kept."""
    token = secrets.token_urlsafe(32)
    conn.execute(
        """
        insert into calendar_feed (person_id, token_sha256) values (%s, %s)
        on conflict (person_id) do update set token_sha256 = excluded.token_sha256, created_at = now()
        """,
        (person_id, text_digest(token)),
    )
    return token


def revoke(conn: Connection, person_id: str) -> bool:
    """No feed any more. Returns whether there was one."""
    return conn.execute("delete from calendar_feed where person_id = %s", (person_id,)).rowcount > 0


def of_token(conn: Connection, token: str) -> bytes | None:
    """The calendar (RFC 5545) that a feed's secret opens; ``None``: it was revoked, or never issued."""
    row = conn.execute(OF_TOKEN, (text_digest(token),)).fetchone()
    if row is None or row["person_id"] is None:
        return None
    see_person(conn, row["person_id"])
    return of_person(conn, row["person_id"])


def of_person(conn: Connection, person_id: str) -> bytes:
    """The person's meetings as a calendar (RFC 5545); those called off say so, so that subscribers take them out."""
    return _calendar(conn.execute(MEETINGS, {"person": person_id, "only": None}).fetchall())


def of_meeting(conn: Connection, person_id: str, meeting_id: int) -> bytes | None:
    """One of the person's meetings as a calendar; ``None``: there is none such, or nobody knows when it is."""
    rows = conn.execute(MEETINGS, {"person": person_id, "only": meeting_id}).fetchall()
    return _calendar(rows) if rows else None


def _calendar(meetings: list[dict[str, Any]]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Rolecall//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", NAME)
    for row in meetings:
        calendar.add_component(_event(row))
    return bytes(calendar.to_ical())


def _event(row: dict[str, Any]) -> Event:
    event = Event()
    event.add("uid", f"rolecall-{row['id']}")
    event.add("dtstamp", row["updated_at"])
    event.add("sequence", row["sequence"])
    event.add("status", "CANCELLED" if row["status"] == "cancelled" else "CONFIRMED")
    event.add("summary", f"{row['title']} @ {row['company']}"[:300])
    if row["start_at"] is not None:
        event.add("dtstart", row["start_at"])
        event.add("dtend", row["end_at"] or row["start_at"] + timedelta(hours=1))
    elif row["clock"] is not None:  # as the mail says it, in the reader's own zone: it names none
        starts = datetime.combine(row["day"], row["clock"])
        event.add("dtstart", starts)
        event.add("dtend", starts + timedelta(hours=1))
    else:
        event.add("dtstart", row["day"])
    if row["place"]:
        event.add("location", row["place"])
    event.add("description", "\n".join(filter(None, (row["summary"], row["link"]))))
    return event
