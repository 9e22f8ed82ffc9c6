"""People and their CVs, as rows."""

from __future__ import annotations

from typing import Any

from psycopg.types.json import Jsonb

from include.documents import storable
from include.errors import InvalidInput
from include.models import digest
from include.store import Connection


def read_cv_row(conn: Connection, cv_id: str) -> dict[str, Any]:
    """The stored CV as it is served: its data with ``id`` and ``userId``.

    :raises InvalidInput: there is no such CV
    """
    row = conn.execute("select person_id, data from cv where id = %s", (cv_id,)).fetchone()
    if row is None:
        raise InvalidInput("cvId", f"there is no CV {cv_id!r}", fix="send the id of a stored CV")
    return {**row["data"], "id": cv_id, "userId": row["person_id"]}


def cvs_to_match(conn: Connection) -> list[dict[str, Any]]:
    """Every person's CV as ``{"cv_data": {"id"}, "criteria"}``: what ``match_jobs`` maps over."""
    rows = conn.execute(
        """
        select cv.id, coalesce(person.preferences -> 'criteria', '{}') as criteria
        from cv join person on person.id = cv.person_id
        order by cv.id
        """
    ).fetchall()
    return [{"cv_data": {"id": row["id"]}, "criteria": row["criteria"]} for row in rows]


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
    saved = conn.execute(
        """
        insert into cv (id, person_id, data, sha256) values (%s, %s, %s, %s)
        on conflict (id) do update set data = excluded.data, sha256 = excluded.sha256, updated_at = now()
        where cv.person_id = excluded.person_id
        """,
        (cv_id, person_id, Jsonb(data), digest(data)),
    )
    if saved.rowcount != 1:
        raise InvalidInput("cvId", f"{cv_id!r} is another person's CV", fix="choose another id")
