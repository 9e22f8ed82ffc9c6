from __future__ import annotations

import pytest
import yaml

from local.seed import PEOPLE, seed
from rolecall.boards.wished_searches import from_people
from rolecall.models import Cv
from rolecall.people.records import cvs_to_match, read_cv_row
from rolecall.store import Connection


def test_three_people_of_different_trades_the_first_of_whom_is_the_one_in_the_readme(dsn: str) -> None:
    people = seed(dsn)
    assert [person.id for person in people] == ["demo-person", "demo-nurse", "demo-seller"]
    assert people[0].name == "Mirela Sandoval"
    assert len({person.headline for person in people}) == 3
    assert [person.opted_in for person in people] == [True, True, False]


def test_seeding_again_changes_nothing(dsn: str, db: Connection) -> None:
    def rows() -> object:
        with db.transaction():
            people = db.execute("select id, name, email, phone, preferences, created_at from person order by id").fetchall()
            return people, db.execute("select id, person_id, data, sha256 from cv order by id").fetchall()

    first_people, before = seed(dsn), rows()
    assert (seed(dsn), rows()) == (first_people, before)


def test_people_and_cvs_own_each_other(dsn: str, db: Connection) -> None:
    people = seed(dsn)
    cvs = cvs_to_match(db)
    owners = [read_cv_row(db, each["cv_data"]["id"])["userId"] for each in cvs]
    assert sorted(owners) == sorted(person.id for person in people)


def test_everybodys_wishes_become_searches(dsn: str) -> None:
    seed(dsn)
    assert {query.keywords for query in from_people(dsn)} >= {"data engineer", "nurse", "sales"}


@pytest.mark.parametrize("file", PEOPLE, ids=lambda file: file.stem)
def test_nobody_can_be_reached_for_real_and_consent_is_said_aloud(file: object) -> None:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))  # type: ignore[attr-defined]
    person, cv = content["person"], content["cv"]
    assert person["email"].endswith(".example")
    assert person["phone"].startswith(("+49155555", "+447700900"))  # numbers that are given to nobody
    assert isinstance(person["preferences"]["auto_apply"], bool)
    assert (cv["name"], cv["email"]) == (person["name"], person["email"])
    read = Cv.model_validate(cv)
    assert read.roles
    assert read.skills
