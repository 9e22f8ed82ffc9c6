"""On *Me* a person sees all their CVs, puts a file in the place of one, and removes one."""

from __future__ import annotations

from fastapi import FastAPI

from rolecall.store import Connection
from tests.web.conftest import Visitor, states, waits


def upload(mira: Visitor, name: str, text: str, **data: object) -> str:
    answer = mira.post("/me/cv", data, files={"file": (name, f"Mira\nCook\n\nSkills\n{text}".encode(), "text/plain")})
    assert answer.status_code == 303, answer.text
    return mira.get(answer.headers["location"].partition("#")[0]).text


def cvs(db: Connection) -> dict[str, str | None]:
    rows = db.execute("select cv.id, filename from cv left join cv_file on cv_id = cv.id where person_id = 'mira'").fetchall()
    db.commit()
    return {row["id"]: row["filename"] for row in rows}


def test_a_file_of_the_same_name_replaces_and_the_page_says_so_and_one_may_choose(app: FastAPI, db: Connection, mira: Visitor) -> None:
    assert "is in the place of" not in upload(mira, "cook.txt", "Soup")
    assert "is in the place of the CV that was there" in upload(mira, "cook.txt", "Bread")
    assert "is in the place of" not in upload(mira, "cook.txt", "Stew", place="another")
    assert list(cvs(db).values()).count("cook.txt") == 2
    assert "is in the place of" in upload(mira, "baker.txt", "Rolls", place="cv-mira")
    assert cvs(db)["cv-mira"] == "baker.txt"
    page = mira.get("/me").text
    assert page.count("Remove cook.txt") == 2
    assert "For a job the one counts that fits it best" in page


def test_a_cv_is_removed_after_what_goes_with_it_was_said(app: FastAPI, db: Connection, mira: Visitor) -> None:
    waits(db, "j1")
    page = mira.get("/me").text
    assert "1 application waits to be sent with it" in page
    assert "; 1 match<" in page
    answer = mira.post("/me/cv/cv-mira/remove")
    assert (answer.status_code, answer.headers["location"]) == (303, "/me?cv=removed#cv")
    page = mira.get("/me?cv=removed").text
    assert "The CV is removed" in page
    assert "There is no CV" in page
    assert states(db) == {"j1": "cancelled"}
    assert mira.post("/me/cv/cv-noor/remove").status_code == 404
    assert mira.post("/me/cv/cv-mira/remove").status_code == 404
