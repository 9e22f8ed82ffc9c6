"""Matches as rows: stored once, changed when they change, dispatched once."""

from __future__ import annotations

from typing import Any

from rolecall.matching import store_matches
from rolecall.models import Match
from rolecall.store import Connection


def match(**changed: Any) -> Match:
    fields = {"id": "j1", "source": "linkedin", "title": "Baker", "company": "Crumb", "matchScore": 0.8, "canAutoApply": True,
              "matchReasons": [{"label": "Baking", "text": "a\0b"}], "recommendations": ["Stress Baking"], "engine": "e1"}  # fmt: skip
    return Match.model_validate({**fields, **changed})


def store(db: Connection, *matches: Match) -> int:
    return store_matches(db, person_id="p1", cv_id="c1", matches=matches)


def rows(db: Connection) -> list[dict[str, Any]]:
    return db.execute("select * from match order by job_id").fetchall()


def test_a_second_run_with_equal_values_changes_nothing(db: Connection) -> None:
    assert store(db, match(), match(id="j2")) == 2
    before = rows(db)
    db.commit()
    assert store(db, match(), match(id="j2")) == 0
    assert rows(db) == before


def test_a_match_that_changes_is_written_and_stays_dispatched(db: Connection) -> None:
    store(db, match())
    db.execute(
        "with asked as (insert into apply_request (person_id, cv_id, person_email, origin) values ('p1', 'c1', 'a@b.example', 'dispatch')"
        " returning id) update match set request_id = asked.id from asked"
    )
    dispatched = rows(db)[0]["request_id"]
    assert store(db, match(matchScore=0.9, engine="e2", generatedCoverLetter="Dear")) == 1
    (row,) = rows(db)
    assert (row["score"], row["engine"], row["letter"], row["request_id"]) == (0.9, "e2", "Dear", dispatched)


def test_one_job_twice_is_its_better_score_and_no_match_is_no_statement(db: Connection) -> None:
    assert store(db) == 0
    assert store(db, match(matchScore=0.7), match(matchScore=0.9), match(matchScore=0.8)) == 1
    assert rows(db)[0]["score"] == 0.9


def test_other_peoples_matches_are_not_touched(db: Connection) -> None:
    store(db, match())
    assert store_matches(db, person_id="p2", cv_id="c2", matches=[match(matchScore=0.1)]) == 1
    assert [row["score"] for row in rows(db)] in ([0.8, 0.1], [0.1, 0.8])
