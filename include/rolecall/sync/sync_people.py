"""People and their preferences, in from the platform and out to it: the newer value of each field wins, the audit log keeps both.

A platform that lists its users (``GET /api/v1/users?updatedSince=…``; the seed's contract has no such call) is asked for those it
changed; our own changes are added. From any other, the people we know are asked for one by one, :data:`AT_A_TIME` a run, going on where
the last run ended.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, LiteralString, Protocol

from psycopg.types.json import Jsonb

from rolecall.errors import AuthFailed, BadAnswer, InvalidInput, MaybeReceived, NeverSent, RequestRejected, ServiceBusy
from rolecall.outbox.messages import Draft, enqueue
from rolecall.people.records import save_person
from rolecall.store import Connection, connect
from rolecall.store.dead_letters import about_the_row, clear, in_words, put_aside
from rolecall.store.documents import storable
from rolecall.store.watermarks import database_id, read_watermark, set_watermark
from rolecall.sync.invalid_fields import invalid_fields
from rolecall.sync.merge import PREFERENCES, Conflict, Merged, fields_of, merge, preferences_of

log = logging.getLogger("rolecall.sync")

CURSOR = "people"
PAGE = 100
AT_A_TIME = 1000
"""People asked for one by one in one run; the next run goes on with the others."""

OVERLAP = timedelta(minutes=5)
"""Listed again: what the platform committed a little late."""

EARLIEST = 1970
"""Year before which no platform changed anybody."""

IN_A_ROW = 5
"""People whose calls fail one after the other before it is the platform's fault and the run ends."""

ASIDE = "platform_user"
"""Queue of the people of whom something the platform says cannot be understood or kept."""

GONE = (404, 410)
GONE_DAYS = 2
"""Days on which the platform did not know a person before somebody is told. Nobody is ever erased because of an answer."""


class PeoplePlatform(Protocol):
    """What syncing needs of the platform's client."""

    def get_user(self, user_id: str) -> dict[str, Any]:
        """The person as the platform has them, in the contract's fields."""
        ...

    def update_user_preferences(self, user_id: str, preferences: dict[str, Any]) -> dict[str, Any]:
        """Replaces the preferences."""
        ...

    def changed_users(self, since: datetime | None, cursor: str | None, limit: int) -> dict[str, Any] | None:
        """One page of changed people; ``None``: it has no such list."""
        ...


@dataclass
class SyncTally:
    """What one run did, in people."""

    asked: int = 0
    taken: int = 0
    given: int = 0
    created: int = 0
    conflicts: int = 0
    unknown: int = 0
    failed_in_a_row: int = 0
    problems: list[str] = field(default_factory=list)
    finished: bool = False


def sync_people(dsn: str, platform: PeoplePlatform, *, full: bool = False, at_a_time: int = AT_A_TIME) -> SyncTally:
    """One run. Whatever it leaves undone, also by being killed, the next run does.

    :param full: from the beginning, everybody
    :raises ServiceError: the platform is away or does not accept our token; what was done stays done
    """
    tally = SyncTally()
    with connect(dsn, name="sync_data") as conn:
        conn.execute("select pg_advisory_lock(hashtext('rolecall.sync_people'))")  # two runs at once would only do the same twice
        try:
            if full:
                set_watermark(conn, CURSOR, {})
                conn.commit()
            if not _by_list(conn, platform, tally):
                _one_by_one(conn, platform, tally, at_a_time)
        finally:
            conn.rollback()
            conn.execute("select pg_advisory_unlock(hashtext('rolecall.sync_people'))")
            conn.commit()
    return tally


def _by_list(conn: Connection, platform: PeoplePlatform, tally: SyncTally) -> bool:
    """Those the platform says it changed, then those we changed. ``False``: it has no list.

    :raises BadAnswer: the list leads in a circle
    """
    at = read_watermark(conn, CURSOR)
    since = datetime.fromisoformat(at["since"]) if at.get("since") else None
    newest, cursor, seen = at.get("newest") or at.get("since"), at.get("page"), set[str]()
    while (page := platform.changed_users(since - OVERLAP if since else None, cursor, PAGE)) is not None:
        if page.get("place") == database_id(conn):  # the bundled platform over our own tables: there is nothing to keep the same
            conn.commit()
            tally.finished = True
            return True
        users = [user for user in page.get("users") or [] if isinstance(user, Mapping) and user.get("id")]
        for user in users:
            tally.asked += 1
            with _alone(conn, str(user["id"]), tally):
                _met(conn, platform, str(user["id"]), user, tally)
        newest = _newest(newest, users)
        seen.add(str(cursor))
        cursor = page.get("next")
        if cursor and str(cursor) in seen:
            set_watermark(conn, CURSOR, {})
            conn.commit()
            raise BadAnswer("the platform's list of users leads back to a page that was read", fix="look at its GET /api/v1/users")
        done = not cursor
        set_watermark(conn, CURSOR, {"since": newest} if done else {"since": at.get("since"), "page": cursor, "newest": newest})
        conn.commit()
        if done:
            for statement in (CHANGED_HERE, UNMENTIONED):
                for person_id in _ids(conn, statement):
                    _ask(conn, platform, person_id, tally)
            tally.finished = True
            return True
    return False


def _newest(before: str | None, users: Iterable[Mapping[str, Any]]) -> str | None:
    """The latest change among them and before. A clock of theirs that runs ahead hides nobody: no later than now."""
    moments = [moment.astimezone(UTC) for user in users if (moment := _moment(user))]
    latest = [min(max(moments), datetime.now(UTC)).isoformat()] if moments else []
    return max([*latest, *filter(None, [before])], default=None)


CHANGED_HERE = """
select person.id from person join sync_person known on known.person_id = person.id
where (select coalesce(jsonb_object_agg(name, value), '{}')
       from jsonb_each(case when jsonb_typeof(person.preferences) = 'object' then person.preferences else '{}' end) each (name, value)
       where value <> 'null')
   <> (select coalesce(jsonb_object_agg(substr(name, 13), value), '{}') from jsonb_each(known.agreed) each (name, value)
       where name like 'preferences.%')
order by 1
"""
"""Compared by value, not by time: what the platform has not got yet is sent until it has."""

UNMENTIONED = """
select person_id as id from sync_person where greatest(agreed_at, missing_at) < clock_timestamp() - interval '20 hours'
order by greatest(agreed_at, missing_at) limit 200
"""
"""Whom the platform did not mention for a day is asked for by name, 200 a run: a list does not say who is gone."""


def _ids(conn: Connection, statement: LiteralString) -> list[str]:
    rows = conn.execute(statement).fetchall()
    conn.commit()
    return [row["id"] for row in rows]


def _one_by_one(conn: Connection, platform: PeoplePlatform, tally: SyncTally, at_a_time: int) -> None:
    after = str(read_watermark(conn, CURSOR).get("after", ""))
    for person_id in _known(conn, after, at_a_time):
        _ask(conn, platform, person_id, tally)
        after = person_id
        set_watermark(conn, CURSOR, {"after": after})
        conn.commit()
    if tally.asked < at_a_time:
        tally.finished = True
        set_watermark(conn, CURSOR, {})
        conn.commit()


def _known(conn: Connection, after: str, most: int) -> Iterator[str]:
    while most > 0:
        rows = conn.execute("select id from person where id > %s order by id limit %s", (after, min(PAGE, most))).fetchall()
        conn.commit()
        yield from (row["id"] for row in rows)
        if len(rows) < PAGE:
            return
        most -= len(rows)
        after = rows[-1]["id"]


def _ask(conn: Connection, platform: PeoplePlatform, person_id: str, tally: SyncTally) -> None:
    tally.asked += 1
    with _alone(conn, person_id, tally):
        _met(conn, platform, person_id, platform.get_user(person_id), tally)


@contextmanager
def _alone(conn: Connection, person_id: str, tally: SyncTally) -> Iterator[None]:
    """One person's failure (a 4xx, a broken answer, a value Postgres cannot keep) is theirs alone; that of many in a row is not."""
    try:
        yield
    except RequestRejected as error:
        conn.rollback()
        if error.status in GONE:
            _missed(conn, person_id, tally)
        else:
            tally.problems.append(str(error))
    except (BadAnswer, MaybeReceived) as error:
        conn.rollback()
        tally.problems.append(str(error))
        tally.failed_in_a_row += 1
        if tally.failed_in_a_row >= IN_A_ROW:
            raise
        return
    except (AuthFailed, NeverSent, ServiceBusy):
        raise
    except Exception as error:
        if not about_the_row(error):
            raise
        conn.rollback()
        tally.problems.append(f"person {person_id[:200]}: what the platform says cannot be kept → correct it there")
        put_aside(conn, ASIDE, person_id, in_words(error), person_id=person_id)
        conn.commit()
    tally.failed_in_a_row = 0


def _met(conn: Connection, platform: PeoplePlatform, person_id: str, user: Mapping[str, Any], tally: SyncTally) -> None:
    """Merges what the platform says of a person; gives back what is newer here."""
    if user.get("deleted") is True or user.get("deletedAt"):
        _gone(conn, person_id)
        clear(conn, ASIDE, person_id)
        conn.commit()
        return
    theirs = storable(fields_of(user))
    row = conn.execute("select * from person where id = %s for update", (person_id,)).fetchone()
    odd = invalid_fields(theirs)
    _note_odd(conn, person_id, odd, tally)
    if row is None:
        _create(conn, person_id, {name: value for name, value in theirs.items() if name not in odd}, tally)
        conn.commit()
        return
    ours = fields_of(row)
    left = {f"{PREFERENCES}{name}": value for name, value in preferences_of(theirs).items() if f"{PREFERENCES}{name}" in odd}
    theirs = {name: value for name, value in theirs.items() if name not in odd} | {name: ours[name] for name in odd if name in ours}
    merged = _merged(conn, row, user, theirs)
    tally.taken += bool(merged.taken)
    tally.conflicts += len(merged.conflicts)
    unchanged = {name: theirs[name] for name in merged.given if name in theirs}  # theirs still, until they have ours
    _agree(conn, person_id, {name: value for name, value in merged.values.items() if name not in merged.given} | unchanged)
    conn.commit()
    if merged.given:
        said = platform.update_user_preferences(person_id, preferences_of(merged.values | left))  # what we cannot read is theirs to mend
        tally.given += 1
        _agree(conn, person_id, _confirmed(merged, said))
        conn.commit()


def _note_odd(conn: Connection, person_id: str, odd: Mapping[str, InvalidInput], tally: SyncTally) -> None:
    """Puts a person's odd fields aside, in one row; forgets it when they are mended."""
    if odd:
        reason = "; ".join(dict.fromkeys(str(error) for error in odd.values()))
        put_aside(conn, ASIDE, person_id, reason, person_id=person_id)
        tally.problems.append(f"person {person_id}: {len(odd)} of the platform's values cannot be understood and are left out: {reason}")
    else:
        clear(conn, ASIDE, person_id)


def _confirmed(merged: Merged, said: Mapping[str, Any]) -> dict[str, Any]:
    """What both have now. A preference that the platform's answer leaves out was not kept there: one day it must not look deleted."""
    if not isinstance(said.get("preferences"), Mapping):
        return merged.values
    kept = fields_of(said)
    return {name: value for name, value in merged.values.items() if name not in merged.given or name in kept}


def _merged(conn: Connection, row: Mapping[str, Any], user: Mapping[str, Any], theirs: dict[str, Any]) -> Merged:
    """What both shall have; written to our side, both values of a conflict to the audit log."""
    person_id = row["id"]
    known = conn.execute("select agreed from sync_person where person_id = %s", (person_id,)).fetchone()
    times = conn.execute("select field, changed_at from sync_field where person_id = %s", (person_id,)).fetchall()
    merged = merge(
        known["agreed"] if known else None, fields_of(row), theirs,
        ours_at={time["field"]: time["changed_at"] for time in times}, theirs_at=_moment(user),
        theirs_has_preferences=isinstance(user.get("preferences"), Mapping),
    )  # fmt: skip
    if merged.taken:
        _take(conn, person_id, merged)
    _note(conn, person_id, merged.conflicts)
    return merged


def _create(conn: Connection, person_id: str, theirs: dict[str, Any], tally: SyncTally) -> None:
    erased = conn.execute("select 1 from sync_erased where id_sha256 = %s", (sha256(person_id.encode()).hexdigest(),)).fetchone()
    if erased:
        tally.problems.append(f"person {person_id} was erased here, and the platform still has them → erase them there too")
        return
    if not theirs.get("email"):
        tally.problems.append(f"person {person_id} has no e-mail address on the platform → set one there")
        return
    save_person(
        conn, person_id=person_id, name=str(theirs.get("name") or theirs["email"]), email=str(theirs["email"]),
        phone=str(theirs["phone"]) if theirs.get("phone") else None, preferences=preferences_of(theirs),
    )  # fmt: skip
    _agree(conn, person_id, theirs)
    tally.created += 1


def _take(conn: Connection, person_id: str, merged: Merged) -> None:
    conn.execute("select set_config('rolecall.syncing', 'yes', true), set_config('rolecall.actor', 'sync_data', true)")
    values = merged.values
    conn.execute(
        "update person set name = %s, email = %s, phone = %s, preferences = %s, updated_at = clock_timestamp() where id = %s",
        (values.get("name", ""), values.get("email", ""), values.get("phone"), Jsonb(preferences_of(values)), person_id),
    )


def _agree(conn: Connection, person_id: str, agreed: dict[str, Any]) -> None:
    conn.execute(
        """
        insert into sync_person (person_id, agreed) values (%s, %s)
        on conflict (person_id) do update set agreed = excluded.agreed, agreed_at = clock_timestamp(), missing_days = 0, missing_at = null
        """,
        (person_id, Jsonb(agreed)),
    )


NOTE = """
insert into audit (actor, action, subject, person_hash, before_sha256, after_sha256, detail)
select 'sync_data', 'conflict settled', 'person:' || left(keyed_sha256(key, %(id)s), 16), keyed_sha256(key, %(id)s),
       keyed_sha256(key, %(ours)s), keyed_sha256(key, %(theirs)s), %(detail)s
from audit_person_key(%(id)s) key
"""


def _note(conn: Connection, person_id: str, conflicts: Iterable[Conflict]) -> None:
    """Both values, as keyed hashes: ours before, theirs after."""
    for each in conflicts:
        detail = {"field": each.field, "winner": each.winner, "because": each.because}
        both = {"ours": json.dumps(each.ours, sort_keys=True), "theirs": json.dumps(each.theirs, sort_keys=True)}
        conn.execute(NOTE, {"id": person_id, "detail": Jsonb(detail), **both})


MISSED = """
update sync_person set missing_days = missing_days + 1, missing_at = clock_timestamp()
where person_id = %s and (missing_at is null or missing_at < clock_timestamp() - interval '20 hours') returning missing_days
"""


def _missed(conn: Connection, person_id: str, tally: SyncTally) -> None:
    """The platform does not know the person. If it once did, somebody is told on the second day; only a person erases."""
    tally.unknown += 1
    row = conn.execute(MISSED, (person_id,)).fetchone()
    if row and row["missing_days"] >= GONE_DAYS:
        _gone(conn, person_id)
    conn.commit()


def _gone(conn: Connection, person_id: str) -> None:
    """Alerts, once, that the platform no longer knows a person; not for one whom it never knew."""
    if conn.execute("select 1 from sync_person where person_id = %s", (person_id,)).fetchone():
        text = f"❓ The platform no longer knows person {person_id}. If they left, erase them: DELETE /api/v1/users/{person_id}"
        draft = Draft(dedupe_key=f"sync:gone:{person_id}:slack", kind="health_alert", type="slack", recipient="#alerts", message=text)
        enqueue(conn, [draft])


def _moment(user: Mapping[str, Any]) -> datetime | None:
    """When the platform changed the person last; ``None``: it does not say so that one could read it, or says ``0001-01-01``, which stands
    for never."""
    for name in ("updatedAt", "updated_at"):
        try:
            found = datetime.fromisoformat(str(user[name]))
            moment = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
            return moment if moment.year >= EARLIEST else None
        except (KeyError, ValueError, OverflowError):
            continue
    return None
