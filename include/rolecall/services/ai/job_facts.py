"""What Postgres knows, at this moment, about the jobs and people an answer is about."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from psycopg.rows import class_row

from rolecall.errors import InvalidInput
from rolecall.matching import read_cv
from rolecall.models import Cv
from rolecall.store import Connection, sql

FACTS = Path(__file__).with_name("facts.sql")
IDS = ("id", "userId", "user_id", "personId", "person_id")
APPLIED = Path(__file__).with_name("applied.sql")


@dataclass(frozen=True, slots=True)
class JobFacts:
    """One job.

    :param asked: the id it was asked for by; ``id`` is the one it has now
    :param risk: how much it looks like a fraud, 0 to 1
    :param expired: every posting of it has expired
    """

    asked: str
    id: str
    title: str
    company: str
    location: str
    url: str
    apply_url: str | None
    source: str
    state: str
    risk: float
    expired: bool


def jobs(conn: Connection, ids: Collection[str]) -> dict[str, JobFacts]:
    """The known ones among ``ids``, by the id they were asked for."""
    with conn.cursor(row_factory=class_row(JobFacts)) as cursor:
        return {job.asked: job for job in cursor.execute(sql(FACTS), {"ids": list(ids)})}


def applied(conn: Connection, cv: Cv) -> set[str]:
    """Ids of the jobs that the CV's person has applied for: the person it names, else the one our own row of it names."""
    person = cv.user_id
    if person is None and cv.id is not None:
        row = conn.execute("select person_id from cv where id = %s", (cv.id,)).fetchone()
        person = row["person_id"] if row else None
    return {row["id"] for row in conn.execute(sql(APPLIED), {"person": person, "cv": cv.id})}


def stored_cv(conn: Connection, cv_id: str) -> Cv | None:
    """Our own CV of that id with its person's present name and address, or ``None``."""
    row = conn.execute(
        "select cv.id, cv.person_id, cv.data, person.name, person.email from cv join person on person.id = cv.person_id where cv.id = %s",
        (cv_id,),
    ).fetchone()
    if row is None:
        return None
    return as_cv(row["data"]).model_copy(update={"id": row["id"], "user_id": row["person_id"], "name": row["name"], "email": row["email"]})


def as_cv(data: Mapping[str, Any]) -> Cv:
    """A CV as a platform serves it: our own record or JSON Resume, with its ``id`` and ``userId``.

    :raises InvalidInput: it is no CV; the field is named from ``cv`` on
    """
    try:
        cv = read_cv(dict(data))
    except InvalidInput as error:
        field = error.field if error.field == "cv" else f"cv.{error.field}"
        raise InvalidInput(field, error.message.removeprefix(f"{error.field}: "), fix=error.fix) from error
    named = Cv.model_validate({name: data[name] for name in IDS if data.get(name) is not None})
    return cv.model_copy(update={"id": named.id, "user_id": named.user_id})
