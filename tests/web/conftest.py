"""The page over a real Postgres: two people, jobs, matches, and applications that wait for a yes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from psycopg.types.json import Jsonb

from rolecall.applying import approval
from rolecall.applying.plan import plan
from rolecall.matching.cv.spans import cv_text
from rolecall.matching.score.store_matches import store_matches
from rolecall.models import ApplyOrder, Cv, Match
from rolecall.people.logins import make_login
from rolecall.store import Connection
from rolecall.web.page_app import create_page_app
from tests.services.conftest import CV, add_job, add_person, make_settings

BASE = "http://testserver"
LETTER = "Dear team,\n\nI built batch and streaming pipelines in Python at Lumen Freight.\n\nMira"


@dataclass
class Visitor:
    """Somebody with a browser of their own."""

    http: TestClient

    def get(self, path: str, **given: object) -> Response:
        return self.http.get(path, **given)  # type: ignore[arg-type]

    def post(self, path: str, data: dict[str, object] | None = None, *, csrf: str | None = None, **given: object) -> Response:
        token = self.csrf() if csrf is None else csrf
        return self.http.post(path, data={"csrf": token, **(data or {})}, **given)  # type: ignore[arg-type]

    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="(\w+)"', self.get("/me").text)
        return found[1] if found else ""


@pytest.fixture
def app(dsn: str, db: Connection) -> FastAPI:
    """The app, with two people who have a CV each."""
    add_person(db, "mira")
    add_person(db, "noor")
    made = create_page_app(make_settings(dsn), airflow_url="http://airflow.example")
    made.state.live.lasts = 0.0  # a stream says what is, and ends
    return made


@pytest.fixture
def visitor(app: FastAPI) -> Iterator[Visitor]:
    """Nobody who is known."""
    with TestClient(app, base_url=BASE, follow_redirects=False, raise_server_exceptions=False) as http:
        yield Visitor(http)


def login(app: FastAPI, db: Connection, person: str | None, *, operator: bool = False) -> Visitor:
    """Somebody who came in by a one-time link; the app must be running."""
    path = make_login(db, person, base_url=BASE, operator=operator).removeprefix(BASE)
    db.commit()
    made = Visitor(TestClient(app, base_url=BASE, follow_redirects=False, raise_server_exceptions=False))
    form = re.search(r'name="csrf" value="(\w+)"', made.get(path).text)
    assert form is not None
    assert made.post(path, csrf=form[1]).status_code == 303
    return made


@pytest.fixture
def mira(app: FastAPI, db: Connection, visitor: Visitor) -> Visitor:
    """Mira, logged in."""
    return login(app, db, "mira")


@pytest.fixture
def noor(app: FastAPI, db: Connection, visitor: Visitor) -> Visitor:
    """Somebody else, logged in."""
    return login(app, db, "noor")


@pytest.fixture
def operator(app: FastAPI, db: Connection, visitor: Visitor) -> Visitor:
    """Whoever runs Rolecall."""
    return login(app, db, None, operator=True)


def waits(
    db: Connection, *jobs: str, run: str = "r1", letter: str = LETTER, title: str = "Data engineer", company: str = "Quartz Harbor"
) -> list[str]:
    """Applications of Mira's that wait for her yes; their ids, in the order of the jobs."""
    for number, job in enumerate(jobs):
        add_job(db, job, apply_url=f"https://ats.example/{job}", title=title, company=f"{company} {number}" if number else company)
    db.execute("update person set preferences = %s where id = 'mira'", (Jsonb({"auto_apply": True, "applying": {"approval": True}}),))
    text = cv_text(Cv.model_validate(CV))
    reason = {
        "kind": "skill", "label": "Python", "verdict": "direct", "weight": 0.4, "text": "Python is required, and in your CV",
        "adSpan": [47, 53], "cvSpan": [text.find("Python"), text.find("Python") + 6], "adQuote": "Python", "cvQuote": "Python",
    }  # fmt: skip
    matches = [
        Match.model_validate(
            {
                "id": job, "title": title, "company": f"{company} {number}" if number else company, "source": "linkedin",
                "matchScore": 0.91 - number / 100, "canAutoApply": True, "generatedCoverLetter": letter, "matchReasons": [reason],
                "url": f"https://board.example/jobs/{job}",
            }
        )
        for number, job in enumerate(jobs)
    ]  # fmt: skip
    store_matches(db, person_id="mira", cv_id="cv-mira", matches=matches)
    order = ApplyOrder.model_validate({"cvId": "cv-mira", "userId": "mira", "userEmail": "mira@example.com"})
    planned = plan(db, order, run_id=run, cv_sha256="sha", matches=matches)
    approval.store_questions(db, run, planned.to_decide)
    db.commit()
    found = {row["job_id"]: str(row["id"]) for row in db.execute("select id, job_id from application").fetchall()}
    return [found[job] for job in jobs]


def shown(db: Connection, application: str) -> str:
    """What a card's form sends: the id and what the yes is for."""
    row = db.execute("select content_hash from application where id = %s", (application,)).fetchone()
    db.commit()
    return f"{application}:{row['content_hash']}" if row else application


def states(db: Connection) -> dict[str, str]:
    """Job → state of its application."""
    rows = db.execute("select job_id, state from application order by job_id").fetchall()
    db.commit()
    return {row["job_id"]: row["state"] for row in rows}
