"""A small world on the days around a day: postings, people, matches, applications, with the times a test wants."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from psycopg.types.json import Jsonb

from rolecall.catalog.profile import job_id
from rolecall.store import Connection

DAY = date(2026, 11, 10)  # any day: rows get their times from the test, a Tuesday
NOON = datetime(2026, 11, 10, 12, tzinfo=UTC)  # any day: as above


def at(days: float = 0) -> datetime:
    """Noon of the day, or so many days before (negative) or after."""
    return NOON + timedelta(days=days)


class World:
    """Writes facts as the other stages would have written them, at times of the test's choosing."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self._count = 0

    def insert(self, table: str, **values: Any) -> Any:
        """One row; returns it."""
        columns = ", ".join(values)
        marks = ", ".join(f"%({name})s" for name in values)
        given = {name: Jsonb(value) if isinstance(value, dict | list) and name != "skills" else value for name, value in values.items()}
        return self.db.execute(f"insert into {table} ({columns}) values ({marks}) returning *", given).fetchone()

    def posting(self, when: datetime, board: str = "linkedin", **more: Any) -> Any:
        """A posting first seen then."""
        self._count += 1
        values = {
            "board": board, "external_id": f"{self._count}", "url": f"https://{board}.example/{self._count}", "title": "Data Engineer",
            "company": "Acme", "location": "Berlin, Germany", "raw": {}, "content_hash": f"h{self._count}", "first_seen_at": when,
            "last_seen_at": when, "changed_at": when, **more,
        }  # fmt: skip
        return self.insert("posting", **values)

    def job(self, posting: Any, **more: Any) -> str:
        """The job that a posting is alone."""
        key = job_id(posting["board"], posting["external_id"])
        values = {"title": posting["title"], "company": "Acme", "url": posting["url"], "source": posting["board"], "content_hash": "x"}
        self.insert("job", id=key, merge_key=key, **{**values, "created_at": posting["first_seen_at"], **more})
        return key

    def merged(self, when: datetime, *postings: Any) -> str:
        """Makes postings one job, the first one's, at that time."""
        key = self.job(postings[0])
        for posting in postings:
            self.db.execute("update posting set job_id = %s where id = %s", (key, posting["id"]))
            self.db.execute("update figures.placement set since = %s where posting_id = %s and since = now()", (when, posting["id"]))
        return key

    def person(self, name: str, since: datetime) -> str:
        """Somebody who came then."""
        self.insert("person", id=name, name=name, email=f"{name}@example.org", created_at=since)
        return name

    def match(self, person: str, job: str, when: datetime, score: float = 0.82) -> None:
        """A match made then."""
        self.insert(
            "match", person_id=person, cv_id=f"cv-{person}", source="linkedin", job_id=job, score=score, can_auto_apply=True,
            already_applied=False, title="t", company="c", matched_at=when,
        )  # fmt: skip

    def application(self, person: str, job: str, when: datetime, *states: str, score: float = 0.82) -> Any:
        """An application that was planned then and came to each state an hour after the one before."""
        row = self.insert(
            "application", person_id=person, job_key=job, job_id=job, source="linkedin", cv_id=f"cv-{person}", cv_sha256="x",
            person_email="", title="t", company="c", score=score, idempotency_key=f"{person}-{job}", run_id="r", created_at=when,
        )["id"]  # fmt: skip
        self.db.execute("alter table application_event disable trigger application_event_append_only")
        self.db.execute("update application_event set at = %s where application_id = %s", (when, row))
        for hours, state in enumerate(states, 1):
            self.db.execute("update application set state = %s where id = %s", (state, row))
            moved = (when + timedelta(hours=hours), row, state)
            self.db.execute("update application_event set at = %s where application_id = %s and to_state = %s", moved)
        self.db.execute("alter table application_event enable trigger application_event_append_only")
        return row

    def answered(self, application: Any, status: str, when: datetime) -> None:
        """What the employer said then."""
        statement = "update application set employer_status = %s, employer_status_at = %s where id = %s"
        self.db.execute(statement, (status, when, application))

    def ran(self, when: datetime, board: str = "linkedin", **more: Any) -> None:
        """A search of a board that ended then."""
        self._count += 1
        values = {"outcome": "ok", "cards": 10, "requests": 4, "seconds": 2.5, **more}
        self.insert("board_run", run_id=f"r{self._count}", board=board, search="s", finished_at=when, **values)
