from __future__ import annotations

import asyncio

import pytest
import yaml

from local.demo.seed import PEOPLE, seed, take_out
from local.processes.migrate import played
from rolecall.boards.add import add
from rolecall.boards.employers.follow_employer import followed
from rolecall.boards.wished_searches import wishes_of_people
from rolecall.connections import resolved
from rolecall.models import Cv
from rolecall.people.records import cvs_to_match, read_cv_row, save_cv, save_person
from rolecall.store import Connection


def test_three_people_of_different_trades_the_first_of_whom_is_the_one_in_the_readme(dsn: str) -> None:
    people = seed(dsn)
    assert [person.id for person in people] == ["demo-person", "demo-nurse", "demo-seller"]
    assert people[0].name == "Mirela Sandoval"
    assert len({person.headline for person in people}) == 3
    assert [(person.opted_in, person.asks) for person in people] == [(True, False), (True, False), (True, True)]


def test_seeding_again_changes_nothing(dsn: str, db: Connection) -> None:
    def rows() -> object:
        with db.transaction():
            people = db.execute("select id, name, email, phone, preferences, created_at from person order by id").fetchall()
            return people, db.execute("select id, person_id, data, sha256 from cv order by id").fetchall()

    first_people, before = seed(dsn), rows()
    assert (seed(dsn), rows()) == (first_people, before)


def test_wishes_that_were_changed_since_are_the_demos_again_and_it_says_which(dsn: str, db: Connection) -> None:
    assert [person.set_back for person in seed(dsn)] == [()] * 3
    db.execute("update person set preferences = preferences || '{\"threshold\": 0.9, \"hints\": true}' where id = 'demo-nurse'")
    db.commit()
    assert [person.set_back for person in seed(dsn)] == [(), ("hints", "threshold"), ()]
    assert [person.set_back for person in seed(dsn)] == [()] * 3
    db.execute("""update person set preferences = jsonb_set(preferences, '{criteria,salaryMin}', '1') where id = 'demo-nurse'""")
    db.commit()
    assert [person.set_back for person in seed(dsn)] == [(), ("criteria.salaryMin",), ()]


def test_people_and_cvs_own_each_other(dsn: str, db: Connection) -> None:
    people = seed(dsn)
    cvs = cvs_to_match(db)
    owners = [read_cv_row(db, each["cv_data"]["id"])["userId"] for each in cvs]
    assert sorted(owners) == sorted(person.id for person in people)


def test_everybodys_wishes_become_searches(dsn: str) -> None:
    seed(dsn)
    assert {wish.keywords for wish in wishes_of_people(dsn) or []} >= {"data engineer", "nurse", "sales"}


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


def test_with_the_sandbox_off_its_people_are_nowhere_and_its_ads_have_ended(dsn: str, db: Connection) -> None:
    seed(dsn)
    save_person(db, person_id="ada", name="Ada", email="ada@example.org", phone=None, preferences={"criteria": {"keywords": ["baker"]}})
    save_cv(db, cv_id="cv-ada", person_id="ada", data={})
    for board, url in (
        ("linkedin", "http://127.0.0.1:8090/linkedin/jobs"),
        ("remoteok", "http://127.0.0.1:9/api"),
        ("indeed", "https://x.example"),
    ):
        db.execute(
            "insert into board_answer (board, url, fetched_at, status, sha256, body) values (%s, %s, now(), 200, 'x', '')", (board, url)
        )
        db.execute(
            "insert into posting (board, external_id, url, title, company, raw, content_hash, first_seen_at, last_seen_at, changed_at)"
            " values (%s, '1', 'https://x.example', 'Baker', 'Crumb', '{}', 'h', now(), now(), now())",
            (board,),
        )
    db.execute(
        "insert into notification (dedupe_key, kind, type, recipient, message, person_id)"
        " select id, 'x', 'email', email, 'm', id from person"
    )
    db.commit()
    assert take_out(dsn, ["linkedin", "indeed"]) == (3, 1)
    assert [one["cv_data"]["id"] for one in cvs_to_match(db)] == ["cv-ada"]
    assert [wish.keywords for wish in wishes_of_people(dsn) or []] == ["baker"]
    assert db.execute("select person_id from notification").fetchall() == [{"person_id": "ada"}]
    assert db.execute("select board from posting where expired").fetchall() == [{"board": "linkedin"}]
    assert take_out(dsn, ["linkedin", "indeed"]) == (0, 0)
    db.execute("update posting set expired = false, last_seen_at = now() + interval '1 hour' where board = 'linkedin'")  # seen there
    db.commit()
    assert take_out(dsn, ["linkedin", "indeed"]) == (0, 0)
    db.commit()
    seed(dsn)
    assert len(cvs_to_match(db)) == 4


def test_an_employer_that_was_added_in_the_sandbox_is_not_followed_without_it(dsn: str, db: Connection) -> None:
    for name, env in (("tried", {"SANDBOX_URL": "http://127.0.0.1:9"}), ("wanted", {})):
        asyncio.run(add(f"https://jobs.lever.co/{name}", dsn=dsn, env=env))
    assert [one.company for one in followed("lever", dsn)] == ["tried", "wanted"]
    take_out(dsn, [])
    assert [one.company for one in followed("lever", dsn)] == ["wanted"]


def test_a_board_at_its_real_address_was_the_sandboxs_before() -> None:
    """Without the sandbox every board has an address: the real one, unless somebody named another."""
    off = resolved({"INDEED_BASE_URL": "http://127.0.0.1:9/mine"})
    assert played(off) == ["linkedin", "glassdoor"]
    assert played({}) == ["linkedin", "indeed", "glassdoor"]
