"""People and their CVs, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, LiteralString

from psycopg.types.json import Jsonb

from rolecall.criteria import hiding
from rolecall.errors import InvalidInput
from rolecall.models import digest
from rolecall.people import preferences
from rolecall.store import Connection
from rolecall.store.dead_letters import put_aside
from rolecall.store.documents import storable
from rolecall.store.watermarks import read_watermark, set_watermark


def read_cv_row(conn: Connection, cv_id: str) -> dict[str, Any]:
    """The stored CV as it is served: its data with ``id`` and ``userId``.

    :raises InvalidInput: there is no such CV
    """
    row = conn.execute("select person_id, data from cv where id = %s", (cv_id,)).fetchone()
    if row is None:
        raise InvalidInput("cvId", f"there is no CV {cv_id!r}", fix="send the id of a stored CV")
    return {**row["data"], "id": cv_id, "userId": row["person_id"]}


def criteria_of(conn: Connection, cv_id: str) -> dict[str, Any]:
    """What the person whose CV it is wishes of a match (:func:`rolecall.criteria.hiding`); empty where they wish nothing."""
    row = conn.execute(
        "select preferences -> 'criteria' as criteria from person join cv on cv.person_id = person.id where cv.id = %s", (cv_id,)
    ).fetchone()
    return dict(hiding((row and row["criteria"]) or {}))


AT_A_TIME = 1_000
"""CVs one run of ``match_jobs`` takes; Airflow maps over 1,024 at most, the next run goes on."""

TRIED_AGAIN = timedelta(hours=1)
"""After which a CV is listed again whose matching failed."""

JOBS_CHANGED = "match_jobs"
"""Cursor: since when the jobs are the ones that CVs must have been matched with."""

PEOPLE_CHANGED: LiteralString = "rolecall_people"
"""``NOTIFY`` channel: at the commit of a new or changed CV, or of a changed person, the schema's triggers write to it (``0041``)."""

LISTED = "listed"
"""What :func:`cvs_to_match` says there of the changed ones: whatever was committed before is in its list."""

DUE: LiteralString = """
from cv join person on person.id = cv.person_id
cross join lateral (select array[cv.updated_at, person.updated_at] as at) changed
where (cv.matched_of is distinct from changed.at
       and (cv.match_asked_of is distinct from changed.at or cv.match_asked_at < clock_timestamp() - %(again)s))
   or ((cv.matched_at is null or cv.matched_at <= %(jobs_at)s::timestamptz)
       and (cv.match_asked_at <= %(jobs_at)s::timestamptz or cv.match_asked_at < clock_timestamp() - %(again)s))
"""
"""Which CVs are listed; values: :func:`due`. Compared is which change was seen, not when: a change may be committed long after its time."""

TO_MATCH: LiteralString = f"""
update cv set match_asked_at = clock_timestamp(), match_asked_of = due.at
from (
    select cv.id, person.id as person_id, coalesce(nullif(person.preferences -> 'criteria', 'null'), '{{}}') as criteria, changed.at
    {DUE}
    order by cv.match_asked_at nulls first, cv.id
    limit %(most)s
    for update of cv skip locked
) due
where cv.id = due.id
returning cv.id, due.person_id, due.criteria
"""  # noqa: S608  # put together from a constant

ANY_DUE: LiteralString = f"select exists (select {DUE})"  # the same
"""Whether there is anything to list."""


def due(jobs_at: str | None = None) -> dict[str, Any]:
    """The values of :data:`DUE`.

    :param jobs_at: since when the jobs are other ones; ``None``: only what people changed counts
    """
    return {"jobs_at": jobs_at, "again": TRIED_AGAIN}


def cvs_to_match(conn: Connection, *, jobs_changed: bool = True, only_changed: bool = False, most: int = AT_A_TIME) -> list[dict[str, Any]]:
    """The CVs that are due as ``{"cv_data": {"id"}}``, longest waiting first: what ``match_jobs`` maps over. Airflow shows it: nothing of
    a person but the CV's id is in it.

    Due is what changed since it was matched (the CV, its person, the jobs), and an hour after it failed. Whose criteria cannot be
    understood is put aside with the reason (queue ``preferences``) until they change.

    :param jobs_changed: all CVs are due, as after new jobs
    :param only_changed: only what people changed; whom new jobs made due is left to ``match_jobs``
    """
    if only_changed:
        conn.execute("select pg_notify(%s, %s)", (PEOPLE_CHANGED, LISTED))
    elif jobs_changed:
        set_watermark(conn, JOBS_CHANGED, {"jobs_at": _now(conn)})
    jobs_at = None if only_changed else read_watermark(conn, JOBS_CHANGED).get("jobs_at")
    listed = []
    for row in sorted(conn.execute(TO_MATCH, due(jobs_at) | {"most": most}).fetchall(), key=lambda row: str(row["id"])):
        if wrong := preferences.problems_by_name({"criteria": row["criteria"]}).get("criteria"):
            put_aside(conn, "preferences", row["person_id"], str(wrong), person_id=row["person_id"])
            note_matched(conn, row["id"])  # with nothing, until something changes
        else:
            listed.append({"cv_data": {"id": row["id"]}})
    return listed


def note_matched(conn: Connection, cv_id: str, matching: Mapping[str, Any] | None = None) -> bool:
    """Notes that a CV's matches are stored, as of when it was listed: what changed since makes it due again.
    ``False``: there is none here.

    :param matching: ``{"jobs": how many are open, "leftOut": {criterion: jobs}}``, as far as it is known
    """
    done = conn.execute(
        "update cv set matched_at = coalesce(match_asked_at, clock_timestamp()), matched_of = match_asked_of, matching = %s where id = %s",
        (Jsonb(dict(matching or {})), cv_id),
    )
    return done.rowcount == 1


def _now(conn: Connection) -> str:
    row = conn.execute("select clock_timestamp()::text as now").fetchone()
    return str((row or {})["now"])


def save_person(
    conn: Connection,
    *,
    person_id: str,
    name: str,
    email: str,
    phone: str | None,
    preferences: dict[str, Any],
    token_sha256: str | None = None,
) -> None:
    """Creates or updates a person."""
    conn.execute(
        """
        insert into person (id, name, email, phone, preferences, token_sha256) values (%s, %s, %s, %s, %s, %s)
        on conflict (id) do update set name = excluded.name, email = excluded.email, phone = excluded.phone,
            preferences = excluded.preferences, token_sha256 = coalesce(excluded.token_sha256, person.token_sha256), updated_at = now()
        """,
        (person_id, name, email, phone, Jsonb(storable(preferences)), token_sha256),
    )


def save_cv(conn: Connection, *, cv_id: str, person_id: str, data: dict[str, Any]) -> None:
    """Creates or updates a CV.

    :raises InvalidInput: the id is taken by another person's CV
    """
    data = storable(data)
    owner = conn.execute("select person_of_cv(%s) as id", (cv_id,)).fetchone()
    saved = (
        owner
        and owner["id"] in (None, person_id)
        and conn.execute(
            """
        insert into cv (id, person_id, data, sha256) values (%s, %s, %s, %s)
        on conflict (id) do update set data = excluded.data, sha256 = excluded.sha256, updated_at = now()
        where cv.person_id = excluded.person_id
        """,
            (cv_id, person_id, Jsonb(data), digest(data)),
        ).rowcount
        == 1
    )
    if not saved:
        raise InvalidInput("cvId", f"{cv_id!r} is another person's CV", fix="choose another id")
    conn.execute("delete from removed_cv where cv_id = %s", (cv_id,))  # it is back
