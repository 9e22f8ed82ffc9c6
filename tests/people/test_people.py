"""Whose CV is matched when: everybody, in any number; what is new or changed soon; what cannot be matched is that person's alone."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg.types.json import Jsonb

from rolecall.people.records import AT_A_TIME, cvs_to_match, note_matched, save_cv, save_person
from rolecall.store import Connection, connect


def person(db: Connection, name: str, preferences: dict[str, Any] | None = None) -> None:
    save_person(db, person_id=name, name=name, email=f"{name}@x.example", phone=None, preferences=preferences or {})
    save_cv(db, cv_id=f"cv-{name}", person_id=name, data={"skills": ["sql"]})
    db.commit()


def some_time_passes(db: Connection, by: str = "5 minutes") -> None:
    """What was written so far is so much older."""
    db.execute("update person set updated_at = updated_at - %(by)s::interval", {"by": by})
    db.execute(
        "update cv set updated_at = updated_at - %(by)s::interval, matched_at = matched_at - %(by)s::interval, "
        "match_asked_at = match_asked_at - %(by)s::interval, "
        "matched_of = array[matched_of[1] - %(by)s::interval, matched_of[2] - %(by)s::interval], "
        "match_asked_of = array[match_asked_of[1] - %(by)s::interval, match_asked_of[2] - %(by)s::interval]",
        {"by": by},
    )
    db.execute(
        "update sync_cursor set position = jsonb_build_object('jobs_at', (position ->> 'jobs_at')::timestamptz - %(by)s::interval)",
        {"by": by},
    )
    db.commit()


def listed(db: Connection, *, jobs_changed: bool = False, only_changed: bool = False, most: int = AT_A_TIME) -> list[str]:
    due = [one["cv_data"]["id"] for one in cvs_to_match(db, jobs_changed=jobs_changed, only_changed=only_changed, most=most)]
    db.commit()
    return due


def matched(db: Connection, ids: list[str]) -> None:
    for cv_id in ids:
        note_matched(db, cv_id)
    db.commit()


def test_more_cvs_than_airflow_maps_over_are_matched_in_turn(db: Connection) -> None:
    db.execute("insert into person (id, name, email) select 'p' || n, 'N', 'n@x.example' from generate_series(1, 2500) n")
    db.execute("insert into cv (id, person_id, data, sha256) select 'cv' || n, 'p' || n, '{}', 'x' from generate_series(1, 2500) n")
    some_time_passes(db)
    turns = [listed(db, jobs_changed=True)]
    while turns[-1]:
        matched(db, turns[-1])
        turns.append(listed(db))
    assert [len(turn) for turn in turns] == [1000, 1000, 500, 0]
    assert len({one for turn in turns for one in turn}) == 2500


def test_a_new_cv_a_changed_one_and_a_changed_wish_are_matched_without_new_jobs(db: Connection) -> None:
    for name in ("ada", "ben", "cat"):
        person(db, name)
    some_time_passes(db)
    matched(db, listed(db, jobs_changed=True))
    some_time_passes(db)
    assert listed(db) == []
    person(db, "dot")
    save_cv(db, cv_id="cv-ada", person_id="ada", data={"skills": ["python"]})
    save_person(db, person_id="ben", name="ben", email="ben@x.example", phone=None, preferences={"criteria": {"remote": True}})
    db.commit()
    assert listed(db) == ["cv-ada", "cv-ben", "cv-dot"]


def test_who_changed_something_is_listed_alone_though_everybody_is_due_for_new_jobs(db: Connection) -> None:
    for name in ("ada", "ben", "cat"):
        person(db, name)
    some_time_passes(db)
    matched(db, listed(db, jobs_changed=True))
    some_time_passes(db)
    (first,) = listed(db, jobs_changed=True, most=1)  # new jobs: the others wait for the next run
    changed, other = sorted({"cv-ada", "cv-ben", "cv-cat"} - {first})
    db.execute("update person set updated_at = clock_timestamp() - interval '2 minutes' where id = %s", (changed.removeprefix("cv-"),))
    db.commit()
    assert listed(db, only_changed=True) == [changed]
    matched(db, [changed])
    some_time_passes(db)
    assert listed(db, only_changed=True) == []
    assert listed(db) == [other]


@pytest.mark.parametrize("only_changed", [False, True])
def test_a_change_is_matched_once_however_short_ago_it_was(db: Connection, only_changed: bool) -> None:
    person(db, "ada")
    matched(db, listed(db, only_changed=only_changed))
    assert listed(db, only_changed=only_changed) == []
    save_cv(db, cv_id="cv-ada", person_id="ada", data={"skills": ["python"]})
    db.commit()
    assert listed(db, only_changed=only_changed) == ["cv-ada"]
    assert listed(db, only_changed=only_changed) == []  # on its way
    matched(db, ["cv-ada"])
    assert listed(db, only_changed=only_changed) == []


def test_a_change_that_is_committed_after_a_listing_which_began_later_is_matched_in_the_next(dsn: str, db: Connection) -> None:
    person(db, "ada")
    with connect(dsn, name="platform") as slow:
        save_person(slow, person_id="ada", name="ada", email="ada@x.example", phone=None, preferences={"criteria": {"remote": True}})
        matched(db, listed(db))
        slow.commit()
    assert listed(db) == ["cv-ada"]


def test_a_cv_that_changes_while_it_is_matched_is_matched_again(db: Connection) -> None:
    person(db, "ada")
    some_time_passes(db)
    due = listed(db)
    some_time_passes(db)
    save_cv(db, cv_id="cv-ada", person_id="ada", data={"skills": ["python"]})
    matched(db, due)
    assert listed(db) == ["cv-ada"]


def test_a_cv_that_could_not_be_matched_is_tried_again_after_an_hour_and_keeps_nobody_waiting(db: Connection) -> None:
    for name in ("ada", "ben"):
        person(db, name)
    some_time_passes(db)
    assert listed(db, most=1) == ["cv-ada"]  # it fails
    assert listed(db, most=1) == ["cv-ben"]
    matched(db, ["cv-ben"])
    assert listed(db) == []
    some_time_passes(db, "61 minutes")
    assert listed(db) == ["cv-ada"]


def test_whose_criteria_cannot_be_understood_is_put_aside_until_they_change_and_the_others_are_matched(db: Connection) -> None:
    for name, criteria in (("odd", "remote only"), ("null", None), ("zoe", {"remote": True})):
        person(db, name)
        db.execute("update person set preferences = %s where id = %s", (Jsonb({"criteria": criteria}), name))
    some_time_passes(db)
    assert listed(db, jobs_changed=True) == ["cv-null", "cv-zoe"]
    matched(db, ["cv-null", "cv-zoe"])
    assert db.execute("select key, person_id from dead_letter").fetchall() == [{"key": "odd", "person_id": "odd"}]
    some_time_passes(db, "2 hours")
    assert listed(db) == []
    save_person(db, person_id="odd", name="odd", email="odd@x.example", phone=None, preferences={"criteria": {}})
    db.commit()
    assert listed(db) == ["cv-odd"]
    assert db.execute("select key from dead_letter").fetchall() == []
